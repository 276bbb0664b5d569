#pragma once
// What stands in the field: a Nightjar on a host, whose program a power cut takes away, and a camera on another.
#include <functional>
#include <memory>
#include <optional>

#include "app/nightjar.h"
#include "drivers/canon/ccapi_camera.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/ssdp_discovery.h"
#include "sim/camera/camera.h"
#include "sim/host.h"

namespace nightjar::sim {

class Device {
 public:
  Device(Host& host, app::Settings settings) : host_(host), settings_(std::move(settings)) {}
  Device(const Device&) = delete;

  /// Switches on and starts the program; `ready` as Nightjar::start. Nothing happens while it runs.
  void boot(std::function<void(const hal::Result<hal::Endpoint>&)> ready);
  /// At once, without a word to anybody. The disk keeps what was durable.
  void power_cut();
  bool running() const { return program_ != nullptr; }

  Host& host() { return host_; }
  const std::string& name() const { return host_.name(); }
  const app::Settings& settings() const { return settings_; }
  /// Changes what the next boot() starts with.
  void set(app::Settings settings) { settings_ = std::move(settings); }
  /// What is soldered to its host's pins, from the next boot() on.
  void solder(app::Pins pins) { pins_ = std::move(pins); }
  /// Its radio, from the next boot() on; outlives this.
  void fit(hal::Wifi& wifi) { wifi_ = &wifi; }
  /// Only while running.
  app::Nightjar& nightjar() { return program_->nightjar; }
  const net::SsdpDiscovery& discovery() const { return program_->discovery; }
  /// Where it listens, once it has been ready.
  hal::Endpoint endpoint() const { return {host_.address(), settings_.listen.port}; }

  /// Hears every step of every machine; may be empty.
  std::function<void(const sml::Step&)> on_step;

 private:
  struct Program {
    Program(Host& host, const app::Settings& settings, const app::Pins& pins, hal::Wifi* wifi)
        : servers(host.network(), host.loop(), host.random()),
          clients(host.network(), host.loop(), host.random()),
          cameras(clients, host.loop()),
          discovery(host.network(), clients, host.loop()),
          nightjar({host.loop(), host.wall_clock(), host.network(), servers, cameras, host.storage(), host.random(), host.log(), nullptr, wifi, &discovery, &host.gpio(), pins}, settings) {}
    net::HttpServers servers;
    net::HttpClients clients;
    canon::CcapiCameras cameras;
    net::SsdpDiscovery discovery;
    app::Nightjar nightjar;
  };

  Host& host_;
  app::Settings settings_;
  app::Pins pins_;
  hal::Wifi* wifi_ = nullptr;
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

}   // namespace nightjar::sim
