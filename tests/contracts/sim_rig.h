#pragma once
// The rig over the simulated world: one host on a link, another that hangs, a disk that survives a power cut.
#include "sim/world.h"
#include "tests/contracts/rig.h"

namespace nightjar::contracts {

class SimRig final : public Rig {
 public:
  SimRig() {
    world_.add_host("hung", kSilent);
    world_.network().hang(world_.host("hung"));
    world_.network().set_name("nightjar.test", {kHost});
  }

  hal::Loop& loop() override { return host_.loop(); }
  hal::Network& network() override { return host_.network(); }
  hal::Storage& storage() override { return host_.storage(); }
  hal::WallClock& wall_clock() override { return host_.wall_clock(); }
  hal::Random& random() override { return host_.random(); }
  bool run_until(const std::function<bool()>& done) override { return world_.run_until(done, std::chrono::hours{1}); }

  hal::Storage& restart_storage() override {
    host_.power_cut();
    host_.power_on();
    return host_.storage();
  }

  hal::IpAddress host() override { return kHost; }
  hal::Endpoint silent_endpoint() override { return {kSilent, 80}; }
  hal::Endpoint unreachable_endpoint() override { return {hal::IpAddress::v4(10, 0, 0, 1), 80}; }
  std::string known_host() override { return "nightjar.test"; }
  std::string unknown_host() override { return "nobody.test"; }

 private:
  static constexpr auto kHost = hal::IpAddress::v4(192, 168, 4, 1);
  static constexpr auto kSilent = hal::IpAddress::v4(192, 168, 4, 2);
  sim::World world_{20260615};
  sim::Host& host_ = world_.add_host("nightjar", kHost);
};

std::unique_ptr<Rig> make_rig() { return std::make_unique<SimRig>(); }

}   // namespace nightjar::contracts
