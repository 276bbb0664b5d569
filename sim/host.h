#pragma once
#include <optional>
#include <string>
#include <utility>

#include "sim/gpio.h"
#include "sim/log.h"
#include "sim/loop.h"
#include "sim/random.h"
#include "sim/stack.h"
#include "sim/storage.h"
#include "sim/wall_clock.h"

namespace nightjar::sim {

/// A device in the world: everything hal/ offers, its own. Made by World::add_host; lives as long as the world.
class Host {
 public:
  Host(Timeline& timeline, Network& network, const Chance& chance, Timeline::Owner owner, std::string name)
      : name_(std::move(name)),
        loop_(timeline, owner),
        network_(loop_, network),
        storage_(loop_, chance.fork(name_ + "/storage")),
        wall_clock_(loop_),
        random_(chance.fork(name_ + "/random")),
        log_(loop_),
        gpio_(loop_) {}

  const std::string& name() const { return name_; }
  VirtualLoop& loop() { return loop_; }
  Stack& network() { return network_; }
  Storage& storage() { return storage_; }
  WallClock& wall_clock() { return wall_clock_; }
  Random& random() { return random_; }
  Log& log() { return log_; }
  Gpio& gpio() { return gpio_; }
  /// Of its first interface.
  hal::IpAddress address() const { return network_.address(); }

  /// At once and without a word to anybody: tasks, timers and sockets are gone, the disk keeps what was durable. What the
  /// program's objects ask from now on is forgotten; destroy them, then power_on() and make new ones.
  void power_cut() {
    if (!clock_battery_) clock_at_boot_ = std::chrono::floor<std::chrono::hours>(wall_clock_.now());
    loop_.set_powered(false);
    network_.power_cut();
    storage_.power_cut();
    gpio_.power_cut();
  }
  void power_on() {
    if (clock_at_boot_) wall_clock_.jump_to(*std::exchange(clock_at_boot_, std::nullopt));
    loop_.set_powered(true);
    network_.power_on();
  }
  bool powered() const { return loop_.powered(); }
  /// Without one, as on a Pi, the clock goes on after a power cut from what was written down at the last full hour.
  void set_clock_battery(bool fitted) { clock_battery_ = fitted; }

 private:
  std::string name_;
  VirtualLoop loop_;
  Stack network_;
  Storage storage_;
  WallClock wall_clock_;
  Random random_;
  Log log_;
  Gpio gpio_;
  bool clock_battery_ = true;
  std::optional<hal::WallTime> clock_at_boot_;
};

}   // namespace nightjar::sim
