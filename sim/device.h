#pragma once
// What stands in the field: a Nightjar on a host, whose program a power cut takes away, and a camera on another.
#include <functional>
#include <memory>
#include <optional>

#include "app/nightjar.h"
#include "drivers/canon/ccapi_camera.h"
#include "drivers/jellyfin/jellyfin_server.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/jwt.h"
#include "drivers/net/session_beacon.h"
#include "drivers/net/ssdp_discovery.h"
#include "drivers/net/websocket_dialer.h"
#include "sim/camera/camera.h"
#include "sim/host.h"
#include "sim/load.h"
#include "sim/media/media_server.h"
#include "sim/vicinity.h"

namespace nightjar::sim {

class Device {
 public:
  Device(Host& host, app::Settings settings) : host_(host), settings_(std::move(settings)) {}
  Device(const Device&) = delete;

  /// Switches on and starts the program; `ready` as Nightjar::start. Nothing happens while it runs.
  void boot(std::function<void(const hal::Result<hal::Endpoint>&)> ready);
  /// At once, without a word to anybody. The disk keeps what was durable.
  void power_cut();
  /// From the next boot() on it tells and hears of sessions by mDNS over `air`; without one, the service does not run.
  void breathe(MulticastAir& air) { air_ = &air; }
  bool running() const { return program_ != nullptr; }

  Host& host() { return host_; }
  const std::string& name() const { return host_.name(); }
  const app::Settings& settings() const { return settings_; }
  /// Changes what the next boot() starts with.
  void set(app::Settings settings) { settings_ = std::move(settings); }
  /// What is soldered to its host's pins, from the next boot() on.
  void solder(app::Pins pins) { pins_ = std::move(pins); }
  /// Where its uplink leads, from the next boot() on. With `ca_pem` the server is verified against it.
  void link_up(hal::WebSocketTarget target, std::string ca_pem = {}) {
    uplink_ = std::move(target);
    ca_pem_ = std::move(ca_pem);
  }
  /// Only while running.
  app::Nightjar& nightjar() { return program_->nightjar; }
  const net::SsdpDiscovery& discovery() const { return program_->discovery; }
  /// Where it listens, once it has been ready.
  hal::Endpoint endpoint() const { return {host_.address(), settings_.listen.port}; }

  /// Hears every step of every machine; may be empty.
  std::function<void(const sml::Step&)> on_step;

 private:
  struct Program {
    Program(Host& host, const app::Settings& settings, const app::Pins& pins, const std::optional<hal::WebSocketTarget>& uplink, const std::string& ca_pem,
            MulticastAir* air)
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
  static jellyfin::Place media_place(const std::string& url);

  Host& host_;
  app::Settings settings_;
  app::Pins pins_;
  std::optional<hal::WebSocketTarget> uplink_;
  std::string ca_pem_;
  MulticastAir* air_ = nullptr;
  std::unique_ptr<Program> program_;
};

/// A camera on a host of its own.
class CameraUnit {
 public:
  /// With `tls` it makes itself a certificate. Not yet switched on.
  CameraUnit(Host& host, CameraOptions options, bool tls);

  Camera& camera() { return camera_; }
  Host& host() { return host_; }
  const std::string& name() const { return host_.name(); }
  hal::HttpOrigin origin() const { return {tls_, camera_.ccapi(), {}, {}, {}}; }

 private:
  Host& host_;
  bool tls_;
  net::HttpServers servers_;
  Camera camera_;
};

/// A media server on a host of its own. Not yet switched on.
class MediaUnit {
 public:
  MediaUnit(Host& host, MediaServerOptions options = {})
      : host_(host), servers_(host.network(), host.loop(), host.random()), server_(std::move(options), host.loop(), servers_, host.wall_clock()) {}

  MediaServer& server() { return server_; }
  Host& host() { return host_; }

 private:
  Host& host_;
  net::HttpServers servers_;
  MediaServer server_;
};

}   // namespace nightjar::sim
