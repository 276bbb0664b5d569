#include "sim/cast.h"

#include <algorithm>

namespace nightjar::sim {
namespace {

// One network for all: devices from .1, cameras from .64, phones from .128; a scenario has at most 40 of each.
hal::IpAddress address(std::size_t base, std::size_t index) { return hal::IpAddress::v4(192, 168, 4, static_cast<std::uint8_t>(base + index)); }

app::Settings settings_of(const DeviceSpec& spec, bool digest) {
  app::Settings out;
  out.listen = {hal::IpAddress::any(), 3000};
  out.resume = spec.resume;
  out.auth_token = spec.token;
  if (digest) out.camera_credentials = hal::Credentials{kCameraUser, kCameraPassword};
  return out;
}

CameraOptions options_of(const CameraSpec& spec) {
  CameraOptions out;
  out.buttons = spec.buttons;
  out.tv = spec.exposure;
  out.port = ccapi_port(spec.tls);
  out.ssdp = spec.ssdp;
  if (!spec.ssdp) out.description_port = 0;
  if (spec.digest) out.digest = hal::Credentials{kCameraUser, kCameraPassword};
  return out;
}

template <class List, class Name>
auto* find(const List& list, Name name) {
  const auto found = std::find_if(list.begin(), list.end(), name);
  return found == list.end() ? nullptr : found->get();
}

}   // namespace

Cast::Cast(const Scenario& scenario) : world(scenario.seed) {
  for (const auto& spec : scenario.devices) {
    const auto digest = std::any_of(scenario.cameras.begin(), scenario.cameras.end(), [&](const auto& each) { return each.device == spec.name && each.digest; });
    pis.push_back(std::make_unique<Pi>());
    auto& host = world.add_host(spec.name, address(1, pis.size() - 1));
    host.set_clock_battery(spec.clock_battery);
    pis.back()->device = std::make_unique<Device>(host, settings_of(spec, digest));
  }
  for (const auto& spec : scenario.cameras) {
    cameras.push_back(std::make_unique<CameraUnit>(world.add_host(spec.name, address(64, cameras.size())), options_of(spec), spec.tls));
    if (auto* owner = pi(spec.device); owner->camera == nullptr) owner->camera = cameras.back().get();
  }
  for (const auto& spec : scenario.phones) {
    seats.push_back(std::make_unique<Seat>());
    seats.back()->phone = std::make_unique<Phone>(world.add_host(spec.name, address(128, seats.size() - 1)));
    seats.back()->phone->tell_time();
    seats.back()->pi = pi(spec.device);
    seats.back()->pi->phones.push_back(seats.back()->phone.get());
  }
}

Cast::Pi* Cast::pi(std::string_view name) {
  return find(pis, [name](const auto& each) { return each->device->name() == name; });
}
CameraUnit* Cast::camera(std::string_view name) {
  return find(cameras, [name](const auto& each) { return each->name() == name; });
}
Cast::Seat* Cast::seat(std::string_view name) {
  return find(seats, [name](const auto& each) { return each->phone->name() == name; });
}
Host* Cast::host(std::string_view name) {
  return find(world.hosts(), [name](const auto& each) { return each->name() == name; });
}

}   // namespace nightjar::sim
