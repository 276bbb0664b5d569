#include "sim/cast.h"

#include <fmt/format.h>

#include <algorithm>

namespace nightjar::sim {
namespace {

// One network for all: devices from .1, cameras from .64, phones from .128, servers from .192; a scenario has at most 40 of each.
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
    if (scenario.devices.size() > 1) pis.back()->device->breathe(air);
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
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) add(scenario.servers[i], address(192, i));
}

void Cast::add(const ServerSpec& spec, const hal::IpAddress& address) {
  auto& host = world.add_host(spec.name, address);
  auto& owner = *pi(spec.device);
  if (spec.kind == ServerSpec::Kind::media) {
    MediaServerOptions options;
    options.api_key = kMediaKey;
    media_servers.push_back(std::make_unique<MediaUnit>(host, options));
    owner.media = media_servers.back().get();
    auto& server = owner.media->server();
    server.add_user("ada", true);
    server.start_session(server.add_user("bob"), "Jellyfin Android TV", "Living room");
    auto settings = owner.device->settings();
    settings.media_server.url = fmt::format("http://{}", hal::Endpoint{address, options.listen.port}.text());
    settings.media_server.api_key = kMediaKey;
    owner.device->set(std::move(settings));
    return;
  }
  MetricsServerOptions options;
  options.token = kMetricsToken;
  metrics_servers.push_back(std::make_unique<MetricsUnit>(host, options));
  owner.metrics = metrics_servers.back().get();
  hal::WebSocketTarget target;
  target.origin = {false, {address, options.listen.port}, {}, {}, {}};
  target.target = options.path;
  owner.device->link_up(std::move(target));
  auto settings = owner.device->settings();
  settings.uplink.token = kMetricsToken;
  owner.device->set(std::move(settings));
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
MediaUnit* Cast::media_server(std::string_view name) {
  return find(media_servers, [name](const auto& each) { return each->host().name() == name; });
}
MetricsUnit* Cast::metrics_server(std::string_view name) {
  return find(metrics_servers, [name](const auto& each) { return each->host().name() == name; });
}
Host* Cast::host(std::string_view name) {
  return find(world.hosts(), [name](const auto& each) { return each->name() == name; });
}

}   // namespace nightjar::sim
