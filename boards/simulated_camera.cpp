#include "boards/simulated_camera.h"

#include "drivers/net/tls.h"

namespace nightjar::boards {
namespace {

sim::CameraOptions options(hal::Random& random) {
  sim::CameraOptions out;
  const auto certificate = net::make_self_signed("Canon EOS R50", random);
  out.certificate_pem = certificate.cert_pem;
  out.key_pem = certificate.key_pem;
  out.listen = hal::IpAddress::loopback();
  out.announce = hal::IpAddress::loopback();
  out.port = 0;
  out.ssdp = false;   // nobody on the desk's network shall take it for a camera
  out.description_port = 0;
  out.control = hal::Endpoint{hal::IpAddress::loopback(), 0};
  return out;
}

}  // namespace

SimulatedCamera::SimulatedCamera(const Lent& lent)
    : random_(sim::Chance{1}), camera_(options(random_), lent.loop, lent.servers, lent.network, random_, lent.wall_clock) {}

hal::Result<std::unique_ptr<SimulatedCamera>> SimulatedCamera::make(const Lent& lent) {
  std::unique_ptr<SimulatedCamera> out{new SimulatedCamera{lent}};
  if (auto on = out->camera_.power_on(); !on.ok()) return on.error();
  return out;
}

std::string SimulatedCamera::description() const { return camera_.access_url() + " (control http://" + camera_.control().text() + "/sim)"; }

}  // namespace nightjar::boards
