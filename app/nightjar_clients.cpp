// What clients ask of the device on /ws, and what REST, the button and others ask likewise.
#include "app/nightjar.h"
#include "app/overloaded.h"

namespace nightjar::app {
namespace {

constexpr auto kPhotoRetry = std::chrono::seconds{3};       // a person's patience with a camera that is busy

}  // namespace

void Nightjar::on_client_message(const std::shared_ptr<Client>& client, const ClientMessage& message) {
  const auto answer_as = [this, weak = std::weak_ptr{client}](const char* operation) {
    return [this, weak, operation](const hal::Result<void>& result) { answer(weak, operation, result); };
  };
  std::visit(Overloaded{
                 [&](const GetStatus&) { client->send(status_answer(view())); },
                 [&](const Ping&) { client->send(pong(wall_now())); },
                 [&](const TakePhoto&) {
                   take_photo([this, weak = std::weak_ptr{client}](const hal::Result<void>& result) { answer(weak, "take_photo", result, "PHOTO_FAILED"); });
                 },
                 [&](const ConnectToIp& where) {
                   connect_to_ip(where, [this, weak = std::weak_ptr{client}, where](const hal::Result<void>& result) {
                     if (result.ok()) return answer(weak, "connect_to_ip", result);
                     if (const auto asker = weak.lock())
                       asker->send(error_message(wall_now(), "CAMERA_OFFLINE", "Failed to connect to camera at IP", "connect_to_ip", where.endpoint.text() + ": " + result.error().text()));
                   });
                 },
                 [&](const GetCameraSettings& which) { on_camera_message(client, which); },
                 [&](const SetCameraSetting& wish) { on_camera_message(client, wish); },
                 [&](const CaptureLiveview& what) { on_camera_message(client, what); },
                 [&](const SetBulb& bulb) { on_camera_message(client, bulb); },
                 [&](const GetCameras&) { client->send(cameras_answer(view())); },
                 [&](const DiscoverCameras&) {
                   finder_.look();
                   answer_as("discover_cameras")({});
                 },
                 [&](const SetPrimaryCamera& camera) { answer_as("set_primary_camera")(finder_.set_primary(camera.uuid)); },
                 [&](const ForgetCamera& camera) { answer_as("forget_camera")(forget_camera(camera.uuid)); },
                 [&](const RenameCamera& camera) { answer_as("rename_camera")(finder_.rename(camera.uuid, camera.name)); },
                 [&](const StartIntervalometer& start) {
                   timelapse_.start(start.requested(settings_.late), start.stop_at, answer_as("start_intervalometer_with_title"));
                 },
                 [&](const StopIntervalometer&) { timelapse_.stop(answer_as("stop_intervalometer")); },
                 [&](const PauseIntervalometer&) { timelapse_.pause(kPausedByPerson, answer_as("pause_intervalometer")); },
                 [&](const ResumeIntervalometer&) { timelapse_.go_on(answer_as("resume_intervalometer")); },
                 [&](const UpdateIntervalometer& update) { timelapse_.change_plan(update.change, answer_as("update_intervalometer")); },
                 [&](const SaveSession& save) { timelapse_.save(save.session_id, save.title, answer_as("save_session_as_report")); },
                 [&](const Sharing& sharing) {
                   shared_.ask(sharing.request, [this, weak = std::weak_ptr{client}, type = sharing.type](const auto& result) { answer(weak, type.c_str(), result); });
                 },
                 [&](const DiscardSession& discard) { timelapse_.discard(discard.session_id, answer_as("discard_session")); },
                 [&](const TimeMessage& about_time) { on_time_message(client, about_time); },
                 [&](const NetworkMessage& about_network) { on_network_message(client, about_network); },
                 [&](const GetUnsavedSession&) { client->send(unsaved_session(wall_now(), timelapse_.unsaved_session())); },
                 [&](const GetReports& page) { on_reports_asked(client, page); },
                 [&](const GetReport& report) { on_report_asked(client, report.id); },
                 [&](const RenameReport& report) { reports_.rename(report.id, report.title, report_answer(client, "update_report_title", report.id)); },
                 [&](const DeleteReport& report) { reports_.remove(report.id, report_answer(client, "delete_timelapse_report", report.id)); },
             },
             message);
}

void Nightjar::answer(const std::weak_ptr<Client>& weak, const char* operation, const hal::Result<void>& result, const char* code) {
  const auto client = weak.lock();
  if (!client) return;
  if (result.ok()) return client->send(operation_result(wall_now(), operation, true, timelapse_.session()));
  const auto kind = result.error().kind;
  if (kind == hal::ErrorKind::unreachable) code = "CAMERA_OFFLINE";
  else if (code == nullptr) code = kind == hal::ErrorKind::io ? "STORAGE" : kind == hal::ErrorKind::not_found ? "NOT_FOUND" : "NOT_POSSIBLE";
  client->send(error_message(wall_now(), code, result.error().detail, operation));
}

/// One photo that a person asked for; all clients hear of it.
void Nightjar::take_photo(Answer answer) {
  camera_.shoot(fsm::Asker::person, devices_.loop.now() + kPhotoRetry, [this, answer = std::move(answer)](const hal::Result<hal::Shot>& shot) {
    if (shot.ok()) {
      picture_.taken();
      broadcast(photo_taken(wall_now(), true, std::nullopt, nullptr, {}));
      return answer({});
    }
    devices_.log.write(hal::LogLevel::warning, "nightjar", "a photo failed", {{"error", shot.error().text()}});
    const bool offline = shot.error().kind == hal::ErrorKind::unreachable;
    answer(hal::Error{shot.error().kind, offline ? "Camera not available" : shot.error().text()});
  });
}

void Nightjar::connect_to_ip(const ConnectToIp& where, Answer answer) {
  settle_probe(hal::Error{hal::ErrorKind::busy, "another address was asked for"});
  probe_.answer = std::move(answer);
  if (const auto& known = camera_.origin(); known && known->endpoint == where.endpoint && known->tls == where.tls) {
    probe_.opening.drop();
    probe_.camera.reset();
    if (!camera_.ready()) return camera_.retry_anew();   // answered when it is connected, or is not
    broadcast(camera_connected(wall_now(), where.endpoint));
    return settle_probe({});
  }
  const hal::HttpOrigin origin{where.tls, where.endpoint, {}, settings_.camera_credentials, {}};
  probe_.camera = devices_.cameras.camera(origin);
  probe_.opening = probe_.camera->open([this, origin](const hal::Result<hal::CameraInfo>& info) {
    queue_.post([this] { probe_.camera.reset(); });   // not within its own answer
    if (!info.ok()) return settle_probe(info.error());
    camera_.retarget(origin, CameraSlot::Trust::anew);   // answered when it is connected, or is not
  });
}

hal::Result<void> Nightjar::forget_camera(const std::string& uuid) {
  const bool is_primary = !uuid.empty() && finder_.registry().primary() == uuid;
  if (is_primary && timelapse_.running()) return hal::Error{hal::ErrorKind::busy, "A session is running with this camera"};
  if (is_primary) camera_.release();
  return finder_.forget(uuid);
}

void Nightjar::settle_probe(const hal::Result<void>& result) {
  if (auto answer = std::exchange(probe_.answer, nullptr)) answer(result);
}

}  // namespace nightjar::app
