#pragma once
// A night in the full-protocol world: a device, its camera and two phones, as a field trip has them.
#include <algorithm>
#include <string>

#include "app/nightjar.h"
#include "drivers/canon/ccapi_camera.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "sim/device.h"
#include "sim/phone.h"
#include "sim/world.h"

namespace nightjar::bench {

using namespace std::chrono_literals;

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
        unit_(world_.add_host("camera", hal::IpAddress::v4(192, 168, 4, 2)), camera_options(options), options.tls),
        servers_(pi_.network(), pi_.loop(), pi_.random()),
        clients_(pi_.network(), pi_.loop(), pi_.random()),
        cameras_(clients_, pi_.loop()),
        nightjar_({pi_.loop(), pi_.wall_clock(), pi_.network(), servers_, cameras_, pi_.storage(), pi_.random(), pi_.log()}, settings()),
        first_(world_.add_host("phone-1", hal::IpAddress::v4(192, 168, 4, 50))),
        second_(world_.add_host("phone-2", hal::IpAddress::v4(192, 168, 4, 51))) {}

  /// Connects everybody and starts the session.
  bool start() {
    bool ready = false;
    if (!camera().power_on().ok()) return false;
    nightjar_.start([&](const hal::Result<hal::Endpoint>& at) { ready = at.ok(); });
    if (!world_.run_until([&] { return ready; }, 10s)) return false;
    nightjar_.use_camera(unit_.origin());
    const hal::Endpoint device{pi_.address(), 3000};
    for (auto* phone : {&first_, &second_}) phone->call(device, "/ws", {}, false);
    world_.advance(5s);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.interval).count();
    first_.send(R"({"type":"start_intervalometer_with_title","data":{"interval":)" + std::to_string(seconds) + R"(,"shots":)" +
                std::to_string(options_.shots) + R"(,"title":"Night"}})");
    return true;
  }

  /// From the wish to its end; false when it did not come out as a night does.
  bool run() {
    if (!start()) return false;
    world_.advance(options_.interval * options_.shots);
    const auto shots = static_cast<std::size_t>(options_.shots);
    const auto saw_it = [shots](const sim::Phone& phone) {
      return phone.count("event", "photo_taken") == shots && phone.count("timelapse_event", "sessionCompleted") == 1;
    };
    return camera().exposures().size() == std::min<std::size_t>(shots, 10'000) && saw_it(first_) && saw_it(second_);
  }

  sim::World& world() { return world_; }
  sim::Host& pi() { return pi_; }
  sim::Host& camera_host() { return unit_.host(); }
  sim::Phone& phone() { return first_; }
  sim::Phone& other_phone() { return second_; }
  sim::Camera& camera() { return unit_.camera(); }

 private:
  static sim::CameraOptions camera_options(const Options& options) {
    sim::CameraOptions out;
    out.ssdp = false;
    if (options.tls) out.port = 443;
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
  sim::CameraUnit unit_;
  net::HttpServers servers_;
  net::HttpClients clients_;
  canon::CcapiCameras cameras_;
  app::Nightjar nightjar_;
  sim::Phone first_;
  sim::Phone second_;
};

}  // namespace nightjar::bench
