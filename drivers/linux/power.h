#pragma once
#include <memory>
#include <string>
#include <vector>

#include "drivers/linux/loop_worker.h"
#include "hal/power.h"

namespace nightjar::os {

/// What sysfs tells: the first battery by name that feeds the system (class/power_supply), the processor's thermal zone
/// (class/thermal/thermal_zone0), the Pi firmware's under-voltage alarm (class/hwmon, "rpi_volt"). Read off the loop, for a fuel
/// gauge on a slow bus takes milliseconds; those who ask while a reading is under way share the next one.
class SysfsPower final : public hal::Power {
 public:
  /// `sys` is where sysfs is mounted, `uptime` the file with the seconds since the start; tests have their own.
  explicit SysfsPower(AsioLoop& loop, std::string sys = "/sys", std::string uptime = "/proc/uptime");

  hal::Operation read(std::function<void(const hal::PowerReading&)> done) override;

 private:
  using Answer = hal::Completion<const hal::PowerReading&>;
  void begin();

  std::string sys_;
  std::string uptime_;
  std::vector<Answer> waiting_;   // bounded by those who still hold their handle: the others are dropped at every read()
  bool reading_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);   // answers come even after us
  Worker worker_;                                                // last: its thread ends before the rest goes
};

}   // namespace nightjar::os
