// The device's links to metrics servers: it is the client of one, and the server of others.
#include "app/messages/link_message.h"
#include "app/messages/metrics_message.h"
#include "app/nightjar.h"

namespace nightjar::app {
namespace {

constexpr auto kSameMoment = std::chrono::milliseconds{900};   // readers that ask within it are told the same

}  // namespace

void Nightjar::wire_uplink() {
  uplink_.state_text = [this] { return status_text(); };
  uplink_.on_state = [this](std::string_view from, std::string_view to) {
    broadcast(uplink_changed(wall_now(), from, to, uplink_.view()));
    tell_changed();
  };
  uplink_.on_command = [this](const ClientMessage& message, auto answer) { obey_upstream(message, std::move(answer)); };
  metrics_feed_.metrics_text = [this] { return metrics_text(); };

  web_.door("/api/ws/metrics", {Access::open,   // by its own token
                                [this](const hal::HttpRequest&) {
                                  return metrics_feed_.is_full() ? std::optional{error_response(503, "TOO_MANY_READERS", "Too many readers are connected")} : std::nullopt;
                                },
                                [this](const hal::HttpRequest& request, auto socket) { metrics_feed_.enter(query_value(request, "token").value_or(""), std::move(socket)); }});
  web_.route("GET", "/metrics", [this](const WebCall&, hal::HttpReply reply) {
    auto text = uplink_.fitted() ? uplink_.metrics().prometheus(uplink_.machine().state_name()) : std::string{};
    reply.answer({200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}}, std::move(text)});
  });
  web_.route("GET", "/api/uplink/metrics", [this](const WebCall&, hal::HttpReply reply) {
    if (uplink_.last_metrics().empty()) return reply.answer(error_response(404, "NOT_FOUND", "No metrics have come yet"));
    reply.answer(json_response(200, uplink_.last_metrics()));
  });
  const auto press = [this](void (Uplink::*what)()) {
    return [this, what](const WebCall&, hal::HttpReply reply) {
      if (!uplink_.fitted()) return reply.answer(error_response(404, "NOT_FOUND", "There is no uplink: uplink.url is not set"));
      (uplink_.*what)();
      reply.answer(json_response(202, "{}"));   // what comes of it is told on /ws
    };
  };
  web_.route("POST", "/api/uplink/connect", press(&Uplink::connect));
  web_.route("POST", "/api/uplink/retry", press(&Uplink::retry));
  web_.route("POST", "/api/uplink/logout", press(&Uplink::log_out));
}

/// What the settings can allow; see kUpstreamCommands there.
void Nightjar::obey_upstream(const ClientMessage& message, std::function<void(std::string error)> answer) {
  const auto done = [answer](const hal::Result<void>& result) { answer(result.ok() ? std::string{} : result.error().detail); };
  if (std::get_if<TakePhoto>(&message) != nullptr) {
    constexpr auto kPatience = std::chrono::seconds{3};
    return camera_.shoot(fsm::Asker::person, devices_.loop.now() + kPatience, [this, answer](const hal::Result<hal::Shot>& shot) {
      if (!shot.ok()) return answer(shot.error().text());
      picture_.taken();
      broadcast(photo_taken(wall_now(), true, std::nullopt, nullptr, {}));
      answer({});
    });
  }
  if (const auto* start = std::get_if<StartIntervalometer>(&message)) return timelapse_.start(start->request, start->stop_at, done);
  if (std::get_if<StopIntervalometer>(&message) != nullptr) return timelapse_.stop(done);
  if (const auto* save = std::get_if<SaveSession>(&message)) return timelapse_.save(save->session_id, save->title, done);
  if (const auto* discard = std::get_if<DiscardSession>(&message)) return timelapse_.discard(discard->session_id, done);
  answer("This command is not possible here");
}

hal::Buffer Nightjar::metrics_text() {
  const auto now = devices_.loop.now();
  if (!metrics_at_ || now - *metrics_at_ >= kSameMoment) {
    metrics_text_ = std::make_shared<const std::string>(metrics_message(view(), load_, disk_));
    metrics_at_ = now;
    refresh_load();
  }
  return metrics_text_;
}

/// What the next reader is told; asking is slow, telling must not be.
void Nightjar::refresh_load() {
  if (devices_.load != nullptr) reading_load_ = devices_.load->read([this](const hal::LoadReading& reading) { load_ = reading; });
  reading_disk_ = devices_.storage.space([this](const hal::Result<hal::Storage::Space>& space) {
    disk_ = space.ok() ? std::optional{space.value()} : std::nullopt;
  });
}

}  // namespace nightjar::app
