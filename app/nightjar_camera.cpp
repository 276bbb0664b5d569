// The device's camera besides its photos: who hears of its settings and its news, and what clients ask of them.
#include "app/rest_camera_control.h"
#include "app/messages/camera_message.h"
#include "app/nightjar.h"

namespace nightjar::app {
namespace {

constexpr auto kPausedByHeat = "The camera is too hot";

const char* code_of(const hal::Error& error) {
  using enum hal::ErrorKind;
  if (error.kind == unreachable) return "CAMERA_OFFLINE";
  if (error.kind == invalid || error.kind == not_supported) return "INVALID_PARAMETER";
  return error.kind == busy ? "CAMERA_BUSY" : "CAMERA_ERROR";
}

}  // namespace

void Nightjar::wire_camera_control() {
  camera_.on_gone = [this] { control_.camera_gone(); };
  camera_.on_news = [this](const hal::CameraNews& news) { control_.hear(news); };
  camera_.on_recording = [this](bool records) {
    if (!records) broadcast(camera_error(wall_now(), finder_.registry().primary(), "CAMERA_RECORDS_NOTHING", camera_.last_error()));
  };
  camera_.is_bulb = [this] { return control_.is_bulb(); };
  camera_.set_bulb(settings_.bulb);
  control_.is_session_running = [this] { return timelapse_.running(); };
  control_.on_setting_changed = [this](const hal::CameraSetting& setting) { broadcast(camera_setting_changed(wall_now(), setting)); };
  add_camera_control_routes(web_, control_);
}

void Nightjar::on_camera_message(const std::weak_ptr<Client>& asker, const GetCameraSettings&) {
  control_.settings([this, asker](const hal::Result<std::vector<hal::CameraSetting>>& settings) {
    if (settings.ok()) return tell(asker, camera_settings_answer(wall_now(), settings.value()));
    tell(asker, error_message(wall_now(), code_of(settings.error()), settings.error().detail, "get_camera_settings"));
  });
}

void Nightjar::on_camera_message(const std::weak_ptr<Client>& asker, const SetCameraSetting& wish) {
  control_.set(wish.name, wish.value, [this, asker](const hal::Result<hal::CameraSetting>& setting) {
    if (setting.ok()) return tell(asker, operation_result(wall_now(), "set_camera_setting", true));
    tell(asker, error_message(wall_now(), code_of(setting.error()), setting.error().detail, "set_camera_setting"));
  });
}

void Nightjar::on_camera_message(const std::weak_ptr<Client>& asker, const CaptureLiveview&) {
  control_.capture([this, asker](const hal::Result<std::shared_ptr<const LiveCapture>>& capture) {
    if (!capture.ok()) return tell(asker, error_message(wall_now(), code_of(capture.error()), capture.error().text(), "capture_liveview"));
    tell(asker, liveview_capture_result(wall_now(), *capture.value()));
    broadcast(liveview_captured(wall_now(), *capture.value()));
  });
}

/// A camera that is too hot takes no photo: its session waits until it has cooled, and says why. A pause that somebody asked for stays.
void Nightjar::heed_heat() {
  const auto& session = timelapse_.session();
  if (closed_ || !session || !camera_.ready() || !timelapse_.running() || timelapse_.stopping()) return;
  if (camera_.too_hot() && !timelapse_.paused()) return timelapse_.pause(kPausedByHeat, {});
  if (!camera_.too_hot() && session->paused && session->paused_why == kPausedByHeat) timelapse_.go_on({});
}

void Nightjar::on_camera_message(const std::weak_ptr<Client>& asker, const SetBulb& bulb) {
  camera_.set_bulb(bulb.exposure);
  tell(asker, operation_result(wall_now(), "set_bulb", true));
  tell_changed();
}

void Nightjar::tell(const std::weak_ptr<Client>& client, std::string text) {
  if (const auto there = client.lock()) there->send(std::move(text));
}

}  // namespace nightjar::app
