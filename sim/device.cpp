#include "sim/device.h"

#include "app/nightjar.h"
#include "drivers/canon/ccapi_camera.h"
#include "drivers/jellyfin/jellyfin_server.h"
#include "drivers/net/http_client.h"
#include "drivers/net/jwt.h"
#include "drivers/net/session_beacon.h"
#include "drivers/net/ssdp_discovery.h"
#include "drivers/net/url.h"
#include "drivers/net/websocket_dialer.h"
#include "sim/camera/certificate.h"
#include "sim/load.h"

namespace nightjar::sim {
namespace {

CameraOptions with_certificate(CameraOptions options, bool tls) {
  if (!tls) return options;
  const auto& certificate = camera_certificate();
  options.certificate_pem = certificate.cert_pem;
  options.key_pem = certificate.key_pem;
  return options;
}

jellyfin::Place media_place(const std::string& text) {
  const auto url = net::parse_url(text);
  return url ? jellyfin::Place{url->tls(), url->host, url->port, url->target == "/" ? "" : url->target, {}} : jellyfin::Place{};
}

}   // namespace

struct Device::Program {
  Program(Host& host, const app::Settings& settings, const app::Pins& pins, const std::optional<hal::WebSocketTarget>& uplink, const std::string& ca_pem,
          MulticastAir* air, hal::Wifi* wifi)
      : servers(host.network(), host.loop(), host.random()),
        clients(host.network(), host.loop(), host.random()),
        cameras(clients, host.loop()),
        discovery(host.network(), clients, host.loop()),
        load(host.loop()),
        tokens(settings.metrics_secret),
        dialer(host.network(), host.loop(), host.random(), {ca_pem}),
        media_server(media_place(settings.media_server.url), settings.media_server.api_key, {"Nightjar", "0", host.name(), "nightjar-" + host.name()},
                     {host.network(), clients, dialer, host.loop()}),
        mdns(air ? std::make_unique<Vicinity>(host.loop(), host.network(), *air) : nullptr),
        beacon(host.network(), host.loop()),
        nightjar({.loop = host.loop(),
                  .wall_clock = host.wall_clock(),
                  .network = host.network(),
                  .servers = servers,
                  .cameras = cameras,
                  .storage = host.storage(),
                  .random = host.random(),
                  .log = host.log(),
                  .wifi = wifi,
                  .discovery = &discovery,
                  .gpio = &host.gpio(),
                  .pins = pins,
                  .load = &load,
                  .tokens = settings.metrics_secret.empty() ? nullptr : &tokens,
                  .uplink = uplink ? app::UplinkRoute{&dialer, *uplink} : app::UplinkRoute{},
                  .media_server = settings.media_server.url.empty() ? nullptr : &media_server,
                  .web_sockets = &dialer,
                  .vicinities = {mdns.get(), &beacon, nullptr}},
                 settings) {}
  net::HttpServers servers;
  net::HttpClients clients;
  canon::CcapiCameras cameras;
  net::SsdpDiscovery discovery;
  Load load;
  net::JwtTokens tokens;
  net::WebSocketDialer dialer;
  jellyfin::JellyfinServer media_server;   // asked only where the settings name one
  std::unique_ptr<Vicinity> mdns;
  net::SessionBeacon beacon;
  app::Nightjar nightjar;
};

Device::Device(Host& host, app::Settings settings) : host_(host), settings_(std::move(settings)) {}
Device::~Device() = default;

app::Nightjar& Device::nightjar() { return program_->nightjar; }
const net::SsdpDiscovery& Device::discovery() const { return program_->discovery; }
void Device::use_camera(hal::HttpOrigin origin) { program_->nightjar.use_camera(std::move(origin)); }

void Device::boot(std::function<void(const hal::Result<hal::Endpoint>&)> ready) {
  if (running()) return;
  if (!host_.powered()) host_.power_on();
  program_ = std::make_unique<Program>(host_, settings_, pins_, uplink_, ca_pem_, air_, wifi_);
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
