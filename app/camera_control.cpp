#include "app/camera_control.h"

#include <algorithm>
#include <numeric>

namespace nightjar::app {

CameraControl::CameraControl(CameraSlot& camera, Runtime& runtime, hal::WallClock& wall_clock)
    : camera_(camera), runtime_(runtime), wall_clock_(wall_clock), frames_(camera, runtime) {}

void CameraControl::settings(Done<std::vector<hal::CameraSetting>> done) {
  using Settings = std::vector<hal::CameraSetting>;
  camera_.ask<Settings>([](hal::Camera& camera, auto answer) { return camera.settings(std::move(answer)); },
                        [this, done = std::move(done)](hal::Result<Settings> settings) {
                          if (settings.ok())
                            for (const auto& setting : settings.value()) learn(setting);
                          done(std::move(settings));
                        });
}

void CameraControl::set(std::string name, std::string value, Done<hal::CameraSetting> done) {
  camera_.ask<hal::CameraSetting>([name = std::move(name), value = std::move(value)](hal::Camera& camera, auto answer) { return camera.set(name, value, std::move(answer)); },
                                  [this, done = std::move(done)](hal::Result<hal::CameraSetting> setting) {
                                    if (setting.ok()) {
                                      known_.erase(setting.value().name);
                                      learn(setting.value());
                                      if (on_setting_changed) on_setting_changed(setting.value());
                                    }
                                    done(std::move(setting));
                                  });
}

void CameraControl::batteries(Done<std::vector<hal::CameraBattery>> done) {
  camera_.ask<std::vector<hal::CameraBattery>>([](hal::Camera& camera, auto answer) { return camera.batteries(std::move(answer)); }, std::move(done));
}

void CameraControl::cards(Done<std::vector<hal::CameraCard>> done) {
  camera_.ask<std::vector<hal::CameraCard>>([](hal::Camera& camera, auto answer) { return camera.cards(std::move(answer)); }, std::move(done));
}

void CameraControl::capture(Done<std::shared_ptr<const LiveCapture>> done) {
  const auto refuse = [&](hal::ErrorKind kind, const char* why) { runtime_.queue.post([done, error = hal::Error{kind, why}] { done(error); }); };
  if (!camera_.ready()) return refuse(hal::ErrorKind::unreachable, "Camera not available");
  if (is_session_running()) return refuse(hal::ErrorKind::busy, "A session is running");
  frames_.look([this, done = std::move(done)](const hal::Result<std::string>& frame) {
    if (frame.ok()) done(keep(frame.value()));
    else done(frame.error());
  });
}

std::shared_ptr<const LiveCapture> CameraControl::keep(std::string jpeg) {
  captures_.push_back(std::make_shared<const LiveCapture>(LiveCapture{std::to_string(++last_capture_), wall_clock_.now(), std::move(jpeg)}));
  const auto bytes = [this] {
    return std::accumulate(captures_.begin(), captures_.end(), std::size_t{0}, [](std::size_t sum, const auto& each) { return sum + each->jpeg.size(); });
  };
  const auto kept = captures_.back();
  while (captures_.size() > kCapturesMax || (captures_.size() > 1 && bytes() > kCaptureBytesMax)) captures_.pop_front();
  return kept;
}

std::shared_ptr<const LiveCapture> CameraControl::find_capture(std::string_view id) const {
  const auto found = std::find_if(captures_.begin(), captures_.end(), [id](const auto& each) { return each->id == id; });
  return found == captures_.end() ? nullptr : *found;
}

bool CameraControl::remove_capture(std::string_view id) {
  return std::erase_if(captures_, [id](const auto& each) { return each->id == id; }) != 0;
}

bool CameraControl::is_bulb() const {
  const auto tv = known_.find("tv");
  return tv != known_.end() && tv->second == "\"bulb\"";
}

void CameraControl::hear(const hal::CameraNews& news) {
  for (const auto& setting : news.settings) learn(setting);
  if (!read_) read_all();
}

void CameraControl::read_all() {
  read_ = true;
  settings([this](const hal::Result<std::vector<hal::CameraSetting>>& all) {
    if (!all.ok()) read_ = all.error().kind == hal::ErrorKind::not_supported;   // else the next news bring another chance
    else if (is_bulb()) camera_.let_go();
  });
}

void CameraControl::camera_gone() {
  known_.clear();
  read_ = false;
  frames_.camera_gone();
}

/// What is heard of for the first time is no change.
void CameraControl::learn(const hal::CameraSetting& setting) {
  const auto known = known_.find(setting.name);
  if (known == known_.end()) {
    if (known_.size() < hal::Camera::kSettingsMax) known_.emplace(setting.name, setting.value);
  } else if (std::exchange(known->second, setting.value) != setting.value) {
    if (on_setting_changed) on_setting_changed(setting);
  }
}

}  // namespace nightjar::app
