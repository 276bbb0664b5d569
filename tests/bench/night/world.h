#pragma once
// A night in the full-protocol world: a device, its camera and two phones, as a field trip has them.
#include <memory>
#include <string>

#include "app/nightjar.h"
#include "drivers/canon/ccapi_camera.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/tls.h"
#include "drivers/net/websocket_dialer.h"
#include "sim/camera/camera.h"
#include "sim/world.h"

namespace nightjar::bench {

using namespace std::chrono_literals;

/// Holds /ws open and counts what comes, by what each message begins with.
class Phone final : private hal::WebSocket::Handler {
 public:
  Phone(sim::World& world, const std::string& name, std::uint8_t last)
      : host_(world.add_host(name, hal::IpAddress::v4(192, 168, 4, last))), dialer_(host_.network(), host_.loop(), host_.random()) {}

  void connect(const hal::Endpoint& device) {
    hal::WebSocketTarget where;
    where.origin.endpoint = device;
    where.target = "/ws";
    dialing_ = dialer_.connect(where, 10s, [this](hal::Result<std::unique_ptr<hal::WebSocket>> socket) {
      if (!socket.ok()) return;
      socket_ = std::move(socket).value();
      socket_->start(*this);
    });
  }
  void send(std::string text) { socket_->send_text(std::move(text)); }

  std::size_t messages = 0;
  std::size_t bytes = 0;
  std::size_t photos = 0;
  bool completed = false;

 private:
  void on_message(hal::MessageKind, std::string_view text) override {
    ++messages;
    bytes += text.size();
    if (text.starts_with(R"({"type":"event")") && text.find("photo_taken") != text.npos) ++photos;
    if (text.starts_with(R"({"type":"timelapse_event")") && text.find("sessionCompleted") != text.npos) completed = true;
  }
  void on_closed(std::uint16_t, std::string_view) override {}

  sim::Host& host_;
  net::WebSocketDialer dialer_;
  hal::Operation dialing_;
  std::unique_ptr<hal::WebSocket> socket_;
};

class Night {
 public:
  struct Options {
    std::uint64_t seed = 1;
    bool tls = true;
    hal::Duration interval = 30s;
    int shots = 1440;   // 12 h
  };

  explicit Night(const Options& options)
      : options_(options),
        world_(options.seed),
        pi_(world_.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1))),
        camera_host_(world_.add_host("camera", hal::IpAddress::v4(192, 168, 4, 2))),
        camera_servers_(camera_host_.network(), camera_host_.loop(), camera_host_.random()),
        camera_(camera_options(options, camera_host_.random()), camera_host_.loop(), camera_servers_, camera_host_.network(), camera_host_.random(),
                camera_host_.wall_clock()),
        servers_(pi_.network(), pi_.loop(), pi_.random()),
        clients_(pi_.network(), pi_.loop(), pi_.random()),
        cameras_(clients_, pi_.loop()),
        nightjar_({pi_.loop(), pi_.wall_clock(), pi_.network(), servers_, cameras_, pi_.storage(), pi_.random(), pi_.log()}, settings()),
        first_(world_, "phone-1", 50),
        second_(world_, "phone-2", 51) {}

  /// Connects everybody, runs the session from the wish to its end; false when it did not come out as a night does.
  bool run() {
    bool ready = false;
    if (!camera_.power_on().ok()) return false;
    nightjar_.start([&](const hal::Result<hal::Endpoint>& at) { ready = at.ok(); });
    if (!world_.run_until([&] { return ready; }, 10s)) return false;
    nightjar_.use_camera({options_.tls, camera_.ccapi(), {}, {}, {}});
    const hal::Endpoint device{pi_.address(), 3000};
    first_.connect(device);
    second_.connect(device);
    world_.advance(5s);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.interval).count();
    first_.send(R"({"type":"start_intervalometer_with_title","data":{"interval":)" + std::to_string(seconds) + R"(,"shots":)" +
                std::to_string(options_.shots) + R"(,"title":"Night"}})");
    world_.advance(options_.interval * options_.shots);
    const auto shots = static_cast<std::size_t>(options_.shots);
    return camera_.exposures().size() == std::min<std::size_t>(shots, 10'000) && first_.photos == shots && second_.photos == shots &&
           first_.completed && second_.completed;
  }

  sim::World& world() { return world_; }
  const Phone& phone() const { return first_; }
  const sim::Camera& camera() const { return camera_; }

 private:
  static sim::CameraOptions camera_options(const Options& options, hal::Random& random) {
    sim::CameraOptions out;
    out.ssdp = false;
    if (!options.tls) return out;
    auto certificate = net::make_self_signed("camera", random);
    out.certificate_pem = std::move(certificate.cert_pem);
    out.key_pem = std::move(certificate.key_pem);
    out.port = 443;
    return out;
  }
  static app::Settings settings() {
    app::Settings out;
    out.listen = {hal::IpAddress::any(), 3000};
    return out;
  }

  Options options_;
  sim::World world_;
  sim::Host& pi_;
  sim::Host& camera_host_;
  net::HttpServers camera_servers_;
  sim::Camera camera_;
  net::HttpServers servers_;
  net::HttpClients clients_;
  canon::CcapiCameras cameras_;
  app::Nightjar nightjar_;
  Phone first_;
  Phone second_;
};

}  // namespace nightjar::bench
