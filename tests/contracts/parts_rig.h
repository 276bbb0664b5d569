#pragma once
// What the suites of the fitted parts stand on: pins, power, Wi-Fi, and of the log. As rig.h, with a rig for each part, for a machine may have the
// one and not the other: there make_...() answers nothing and says why, and the test is skipped.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/gpio.h"
#include "hal/load.h"
#include "hal/log.h"
#include "hal/power.h"
#include "hal/time.h"
#include "hal/wifi.h"

namespace nightjar::contracts {

class PartRig {
 public:
  virtual ~PartRig() = default;
  virtual hal::Loop& loop() = 0;
  /// As Rig::run_until.
  virtual bool run_until(const std::function<bool()>& done) = 0;
};

inline void let_pass(PartRig& rig, hal::Duration duration) {
  bool passed = false;
  const auto timer = rig.loop().at(rig.loop().now() + duration, [&] { passed = true; });
  ASSERT_TRUE(rig.run_until([&] { return passed; })) << "the loop's timer never expired";
}

/// One chip of at least 8 lines, nothing connected to any.
class GpioRig : public PartRig {
 public:
  virtual hal::Gpio& gpio() = 0;
  virtual std::string chip() = 0;
  virtual unsigned lines() = 0;
  /// Holds the line at an electrical level from outside.
  virtual void wire(unsigned line, bool level) = 0;
  /// The electrical level the line has; of a line nobody drives, where its bias or the outside leaves it.
  virtual bool level(unsigned line) = 0;
};

class PowerRig : public PartRig {
 public:
  virtual hal::Power& power() = 0;
  /// Fits exactly what is set (not the uptime).
  virtual void fit(const hal::PowerReading& parts) = 0;
};

class LoadRig : public PartRig {
 public:
  virtual hal::Load& load() = 0;
  /// From now on; whole KiB.
  virtual void set(double cpu, std::uint64_t memory_total, std::uint64_t memory_available) = 0;
  /// Nothing can be read any more.
  virtual void take_away() = 0;
};

class LogRig {
 public:
  struct Line {
    hal::LogLevel level;
    std::string component;
    std::string text;   // the sentence, then " name=value" of every field; how values are quoted is the log's own
  };
  virtual ~LogRig() = default;
  virtual hal::Log& log() = 0;
  /// What can be read now, oldest first. What was read once may be told again or not.
  virtual std::vector<Line> lines() = 0;
};

/// A radio, with nothing in the air at first and nothing saved. Whatever takes a person's time in the field takes it here in the rig's.
class WifiRig : public PartRig {
 public:
  virtual hal::Wifi& wifi() = 0;
  /// Puts a network into the air; an empty passphrase is an open one. It is heard of by the next scan at the latest.
  virtual void add_network(const std::string& ssid, const std::string& passphrase, int signal) = 0;
  /// The same, but it answers no join.
  virtual void add_deaf_network(const std::string& ssid, const std::string& passphrase, int signal) = 0;
  /// The network is switched off: who is on it loses it.
  virtual void remove_network(const std::string& ssid) = 0;
  /// Another Wi-Fi driver on a machine that has no radio, and on one (null: no such case) where the service does not run.
  virtual hal::Wifi& without_radio() = 0;
  virtual hal::Wifi* without_service() = 0;
};

std::unique_ptr<GpioRig> make_gpio_rig(std::string& why_not);
std::unique_ptr<LoadRig> make_load_rig();
std::unique_ptr<LogRig> make_log_rig();
std::unique_ptr<PowerRig> make_power_rig(std::string& why_not);
std::unique_ptr<WifiRig> make_wifi_rig(std::string& why_not);

}   // namespace nightjar::contracts
