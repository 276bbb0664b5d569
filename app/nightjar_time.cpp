// Of the device: who hears what time it is, and what clients say about it.
#include "app/iso_time.h"
#include "app/nightjar.h"
#include "app/rest.h"

namespace nightjar::app {

void Nightjar::wire_time() {
  // To the one who told the time; to all when that has changed something.
  time_.on_in_time = [this](const std::weak_ptr<Client>& who) {
    if (const auto client = who.lock()) client->send(pi_sync(wall_now(), time_view(), {}));
  };
  time_.on_set = [this] {
    timelapse_.clock_was_set();
    broadcast(pi_sync(wall_now(), time_view(), {}));
  };
  time_.on_not_set = [this](const std::string& error) { broadcast(pi_sync(wall_now(), time_view(), error)); };
  time_.on_unreliable = [this](const std::weak_ptr<Client>& who, const char* source, const char* reason) {
    auto text = reliability_lost(wall_now(), source, reason);
    if (const auto client = who.lock()) client->send(std::move(text));
    else broadcast(std::move(text));
  };
  time_.on_known = [this] {
    timelapse_.clock_known();
    compare_camera_clock();
  };
  camera_time_.read_camera = [this](auto done) { return camera_.date_time(std::move(done)); };
  camera_time_.set_camera = [this](const hal::CameraTime& time, auto done) { return camera_.set_date_time(time, std::move(done)); };
  camera_time_.on_synchronized = [this](const CameraSync& sync) { broadcast(camera_sync(wall_now(), sync.previous, sync.now, sync.ahead)); };
  camera_time_.on_failed = [this](const char* error, const hal::Error& why) { broadcast(sync_failed(wall_now(), "camera", error, why.text())); };
  time_.on_changed = camera_time_.on_changed = [this] {
    broadcast(time_sync_status(wall_now(), time_view()));
    tell_changed();
  };
  add_time_routes();
}

void Nightjar::add_time_routes() {
  web_.route("GET", "/api/timesync/status", [this](const WebCall&, hal::HttpReply reply) {
    reply.answer(json_response(200, time_sync_status_object(wall_now(), time_view())));
  });
  web_.route("POST", "/api/timesync/camera", [this](const WebCall&, hal::HttpReply reply) {
    camera_time_.compare([to = shared(std::move(reply))](const hal::Result<CameraSync>& sync) {
      if (!sync.ok()) return refuse_with(*to, "CAMERA_TIME", sync.error());
      const auto& done = sync.value();
      answer_json(*to, {{"success", true}, {"previousTime", iso_utc(done.previous)}, {"newTime", iso_utc(done.now)}, {"offset", done.ahead.count()}});
    });
  });
  web_.route("GET", "/api/system/time", [this](const WebCall&, hal::HttpReply reply) {
    const auto now = wall_now();
    answer_json(reply, {{"currentTime", iso_utc(now)}, {"timestamp", now.time_since_epoch().count()}, {"utcOffsetSeconds", devices_.wall_clock.utc_offset(now).count()}});
  });
  web_.route("POST", "/api/system/time", [this](const WebCall& call, hal::HttpReply reply) {
    with_message<ManualTimeSync>("manual-time-sync", call, std::move(reply), [this](const ManualTimeSync& told, hal::HttpReply answer) {
      time_.told_by_hand(told.client_time, [this, to = shared(std::move(answer))](const hal::Result<void>& result) {
        if (!result.ok()) return refuse_with(*to, "TIME", result.error());
        answer_json(*to, {{"success", true}, {"newTime", iso_utc(wall_now())}, {"timesync", time_sync_json(time_view())}});
      });
    });
  });
}

TimeSyncView Nightjar::time_view() const {
  TimeSyncView out;
  time_.show(out);
  camera_time_.show(out);
  return out;
}

/// By itself, when both clocks are there and ours is right; not while a session's pictures are being dated by it. Looked at when the step
/// that brought it about is done: only then is the link ready, and does a session run that waited for the time.
void Nightjar::compare_camera_clock() {
  runtime_.queue.post([this] {
    if (time_.known() && camera_.ready() && !timelapse_.running()) camera_time_.compare();
  });
}

void Nightjar::on_time_message(const std::shared_ptr<Client>& client, const TimeMessage& message) {
  if (const auto* response = std::get_if<TimeSyncResponse>(&message)) return time_.answered(*client, *response);
  if (const auto* gps = std::get_if<GpsResponse>(&message)) return time_.told_by_gps(client, *gps);
  if (std::holds_alternative<GetTimeSyncStatus>(message)) return client->send(time_sync_status_answer(wall_now(), time_view()));
  if (std::holds_alternative<ManualCameraSync>(message)) return camera_time_.compare();   // events tell it
  const auto time = std::get<ManualTimeSync>(message).client_time;
  time_.told_by_hand(time, [this, weak = std::weak_ptr{client}](const hal::Result<void>& result) {
    if (const auto there = weak.lock())
      there->send(manual_sync_complete(wall_now(), result.ok(), result.ok() ? "The time is synchronised" : result.error().text(), time_view()));
  });
}

}  // namespace nightjar::app
