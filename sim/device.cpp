#include "sim/device.h"

#include "drivers/net/url.h"
#include "sim/camera/certificate.h"

namespace nightjar::sim {
namespace {

CameraOptions with_certificate(CameraOptions options, bool tls) {
  if (!tls) return options;
  const auto& certificate = camera_certificate();
  options.certificate_pem = certificate.cert_pem;
  options.key_pem = certificate.key_pem;
  return options;
}

}   // namespace

jellyfin::Place Device::media_place(const std::string& text) {
  const auto url = net::parse_url(text);
  return url ? jellyfin::Place{url->tls(), url->host, url->port, url->target == "/" ? "" : url->target, {}} : jellyfin::Place{};
}

void Device::boot(std::function<void(const hal::Result<hal::Endpoint>&)> ready) {
  if (running()) return;
  if (!host_.powered()) host_.power_on();
  program_ = std::make_unique<Program>(host_, settings_, pins_, uplink_, ca_pem_, air_);
  program_->nightjar.watch([this](const sml::Step& step) {
    if (on_step) on_step(step);
  });
  program_->nightjar.start(std::move(ready));
}

void Device::power_cut() {
  host_.power_cut();
  program_.reset();
}

CameraUnit::CameraUnit(Host& host, CameraOptions options, bool tls)
    : host_(host),
      tls_(tls),
      servers_(host.network(), host.loop(), host.random()),
      camera_(with_certificate(std::move(options), tls), host.loop(), servers_, host.network(), host.random(), host.wall_clock()) {}

}   // namespace nightjar::sim
