#include "app/known_cameras.h"

#include <nlohmann/json.hpp>

namespace nightjar::app {
namespace {

constexpr auto kCamerasFile = "cameras.json";
constexpr std::size_t kCamerasFileMax = 1u << 20;

}  // namespace

void KnownCameras::load(std::function<void()> done) {
  reading_ = storage_.read(kCamerasFile, kCamerasFileMax, [this, done = std::move(done)](const hal::Result<std::string>& text) {
    const auto known = text.ok() ? nlohmann::json::parse(text.value(), nullptr, false) : nlohmann::json{};
    if (known.is_object()) {
      for (const auto& [serial, camera] : known.items())
        if (camera.is_object() && camera.contains("certificate") && camera["certificate"].is_string())
          certificates_[serial] = camera["certificate"].get<std::string>();
    } else if (text.ok() || text.error().kind != hal::ErrorKind::not_found) {
      log_.write(hal::LogLevel::error, "known_cameras", "the list of known cameras cannot be read; certificates are pinned anew");
    }
    done();
  });
}

bool KnownCameras::is_trusted(const hal::CameraInfo& camera) const {
  const auto known = certificates_.find(camera.serial);
  return camera.certificate.empty() || camera.serial.empty() || known == certificates_.end() || known->second == camera.certificate;
}

void KnownCameras::trust(const hal::CameraInfo& camera) {
  if (camera.certificate.empty() || camera.serial.empty()) return;
  const auto known = certificates_.find(camera.serial);
  if (known == certificates_.end() && certificates_.size() >= kKept) return;
  if (known != certificates_.end() && known->second == camera.certificate) return;
  certificates_[camera.serial] = camera.certificate;
  save();
}

std::string KnownCameras::certificate(const std::string& serial) const {
  const auto known = certificates_.find(serial);
  return known == certificates_.end() ? std::string{} : known->second;
}

void KnownCameras::forget(const std::string& serial) {
  if (certificates_.erase(serial) != 0) save();
}

void KnownCameras::save() {
  auto out = nlohmann::json::object();
  for (const auto& [serial, certificate] : certificates_) out[serial] = {{"certificate", certificate}};
  writing_ = storage_.replace(kCamerasFile, out.dump(2) + "\n", [this](const hal::Result<void>& written) {
    if (!written.ok()) log_.write(hal::LogLevel::error, "known_cameras", "a certificate is not remembered", {{"error", written.error().text()}});
  });
}

}  // namespace nightjar::app
