#include "boards/device.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "app/local_vicinity.h"
#include "app/nightjar.h"
#include "boards/media_server.h"
#include "boards/simulated_camera.h"
#include "boards/uplink.h"
#include "drivers/canon/ccapi_camera.h"
#include "drivers/linux/avahi.h"
#include "drivers/linux/clocks.h"
#include "drivers/linux/gpio.h"
#include "drivers/linux/load.h"
#include "drivers/linux/log.h"
#include "drivers/linux/network.h"
#include "drivers/linux/power.h"
#include "drivers/linux/random.h"
#include "drivers/linux/service_manager.h"
#include "drivers/linux/storage.h"
#include "drivers/linux/wifi.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/jwt.h"
#include "drivers/net/session_beacon.h"
#include "drivers/net/ssdp_discovery.h"
#include "drivers/net/url.h"
#include "drivers/net/websocket_dialer.h"

namespace nightjar::boards {

struct Device::Parts {
  Parts(const Board& board, hal::LogLevel level)
      : log(level), network(loop, log), wall_clock(loop, board.sets_clock ? &os::SystemWallClock::set_system_clock : nullptr),
        servers(network, loop, random), clients(network, loop, random), cameras(clients, loop),
        discovery(network, clients, loop), power(loop), load(loop), gpio(loop, log), web_sockets(network, loop, random), avahi(loop), beacon(network, loop), local(loop), service_manager(loop) {}

  // In this order: what is below uses what is above.
  os::AsioLoop loop;
  os::ConsoleLog log;
  os::KernelRandom random;
  os::AsioNetwork network;
  os::SystemWallClock wall_clock;
  std::unique_ptr<os::PosixStorage> storage;
  net::HttpServers servers;
  net::HttpClients clients;
  canon::CcapiCameras cameras;
  net::SsdpDiscovery discovery;
  os::SysfsPower power;
  os::ProcLoad load;
  os::GpiodGpio gpio;
  net::WebSocketDialer web_sockets;
  os::AvahiVicinity avahi;
  net::SessionBeacon beacon;
  app::LocalVicinity local;
  os::ServiceManager service_manager;
  std::unique_ptr<os::NmWifi> wifi;
  std::unique_ptr<SimulatedCamera> simulated_camera;
  std::optional<hal::HttpOrigin> camera;
  std::unique_ptr<Uplink> uplink;           // where one is set
  std::unique_ptr<net::JwtTokens> tokens;   // where their secret is set
  std::unique_ptr<MediaServer> media_server;
  std::unique_ptr<app::Nightjar> nightjar;
  int status = 0;
};

Device::Device(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Device::~Device() = default;

namespace {

/// "https://192.168.4.2:443" as a person writes it in the settings; an address, for a camera has no name.
hal::Result<hal::HttpOrigin> origin_of(const std::string& text) {
  const auto url = net::parse_url(text);
  if (!url || !url->address || !url->scheme.starts_with("http"))
    return hal::Error{hal::ErrorKind::invalid, fmt::format("camera.url must be like https://192.168.4.2:443, not \"{}\"", text)};
  return hal::HttpOrigin{url->tls(), *url->endpoint(), {}, {}, {}};
}

/// The address to show a person: one of ours, not "any".
std::string page_url(const hal::Endpoint& at) {
  auto shown = at;
  if (shown.address.is_any()) shown.address = hal::IpAddress::loopback();
  return "http://" + shown.text();
}

}  // namespace

hal::Result<std::unique_ptr<Device>> Device::make(const Board& board, app::Settings settings, const std::string& state_folder, hal::LogLevel log_level) {
  auto parts = std::make_unique<Parts>(board, log_level);
  auto storage = os::PosixStorage::open(parts->loop, state_folder);
  if (!storage.ok()) return hal::Error{storage.error().kind, fmt::format("the state folder {}: {}", state_folder, storage.error().text())};
  parts->storage = std::move(storage).value();
  parts->wifi = std::make_unique<os::NmWifi>(parts->loop);

  if (!settings.camera_url.empty()) {
    const auto origin = origin_of(settings.camera_url);
    if (!origin.ok()) return origin.error();
    parts->camera = origin.value();
  } else if (board.simulated_camera) {
    auto camera = SimulatedCamera::make({parts->loop, parts->servers, parts->network, parts->wall_clock});
    if (!camera.ok()) return hal::Error{camera.error().kind, "the simulated camera: " + camera.error().text()};
    parts->simulated_camera = std::move(camera).value();
    parts->camera = parts->simulated_camera->origin();
  }

  if (!settings.uplink.url.empty()) {
    auto uplink = Uplink::make(settings.uplink, {parts->network, parts->loop, parts->random});
    if (!uplink.ok()) return uplink.error();
    parts->uplink = std::move(uplink).value();
  }
  if (!settings.metrics_secret.empty()) parts->tokens = std::make_unique<net::JwtTokens>(settings.metrics_secret);

  if (!settings.media_server.url.empty()) {
    auto media_server = MediaServer::make(settings.media_server, parts->network, parts->loop, parts->random);
    if (!media_server.ok()) return hal::Error{media_server.error().kind, media_server.error().detail};
    parts->media_server = std::move(media_server).value();
  }

  parts->nightjar = std::make_unique<app::Nightjar>(
      app::Devices{.loop = parts->loop,
                   .wall_clock = parts->wall_clock,
                   .network = parts->network,
                   .servers = parts->servers,
                   .cameras = parts->cameras,
                   .storage = *parts->storage,
                   .random = parts->random,
                   .log = parts->log,
                   .power = &parts->power,
                   .wifi = parts->wifi.get(),
                   .discovery = &parts->discovery,
                   .gpio = &parts->gpio,
                   .pins = board.pins,
                   .load = &parts->load,
                   .tokens = parts->tokens.get(),
                   .uplink = parts->uplink ? parts->uplink->route() : app::UplinkRoute{},
                   .media_server = parts->media_server ? &parts->media_server->server() : nullptr,
                   .web_sockets = &parts->web_sockets,
                   .vicinities = {&parts->avahi, &parts->beacon, &parts->local}},
      std::move(settings));
  return std::unique_ptr<Device>{new Device{std::move(parts)}};
}

int Device::run() {
  auto& parts = *parts_;
  const auto signals = parts.loop.on_signal({SIGTERM, SIGINT}, [&parts](int) {
    parts.service_manager.stopping();
    parts.nightjar->shut_down([&parts] { parts.loop.stop(); });
  });
  parts.nightjar->start([&parts](const hal::Result<hal::Endpoint>& at) {
    if (!at.ok()) {
      fmt::print(stderr, "nightjar: cannot listen: {}\n", at.error().text());
      parts.status = 2;
      return parts.loop.stop();
    }
    if (parts.simulated_camera) fmt::print("Simulated camera: {}\n", parts.simulated_camera->description());
    fmt::print("Nightjar is ready: {}\n", page_url(at.value()));
    std::fflush(stdout);
    parts.service_manager.ready("Serving " + page_url(at.value()));
    if (parts.camera) parts.nightjar->use_camera(*parts.camera);
  });
  parts.loop.run();
  parts.nightjar.reset();   // while the loop it lives on is still there
  return parts.status;
}

}  // namespace nightjar::boards
