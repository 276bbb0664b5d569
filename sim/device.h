#pragma once
// What stands in the field: a Nightjar on a host, whose program a power cut takes away, and a camera on another.
#include <functional>
#include <memory>
#include <optional>

#include "app/pins.h"
#include "app/settings.h"
#include "drivers/net/http_server.h"
#include "fsm/sml/trace.h"
#include "hal/wifi.h"
#include "sim/camera/camera.h"
#include "sim/host.h"
#include "sim/media/media_server.h"
#include "sim/metrics_server.h"
#include "sim/vicinity.h"

namespace nightjar::app {
class Nightjar;
}
namespace nightjar::net {
class SsdpDiscovery;
}

namespace nightjar::sim {

class Device {
 public:
  Device(Host& host, app::Settings settings);
  Device(const Device&) = delete;
  ~Device();

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
  /// Its radio, from the next boot() on; outlives this.
  void fit(hal::Wifi& wifi) { wifi_ = &wifi; }
  /// Where its uplink leads, from the next boot() on. With `ca_pem` the server is verified against it.
  void link_up(hal::WebSocketTarget target, std::string ca_pem = {}) {
    uplink_ = std::move(target);
    ca_pem_ = std::move(ca_pem);
  }
  /// Only while running.
  app::Nightjar& nightjar();
  const net::SsdpDiscovery& discovery() const;
  /// Nightjar::use_camera.
  void use_camera(hal::HttpOrigin origin);
  /// Where it listens, once it has been ready.
  hal::Endpoint endpoint() const { return {host_.address(), settings_.listen.port}; }

  /// Hears every step of every machine; may be empty.
  std::function<void(const sml::Step&)> on_step;

 private:
  struct Program;   // all that a power cut takes away

  Host& host_;
  app::Settings settings_;
  app::Pins pins_;
  hal::Wifi* wifi_ = nullptr;
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

/// A metrics server on a host of its own. Not yet switched on.
class MetricsUnit {
 public:
  MetricsUnit(Host& host, MetricsServerOptions options)
      : host_(host), servers_(host.network(), host.loop(), host.random()), server_(std::move(options), host.loop(), servers_) {}

  MetricsServer& server() { return server_; }
  Host& host() { return host_; }

 private:
  Host& host_;
  net::HttpServers servers_;
  MetricsServer server_;
};

}   // namespace nightjar::sim
