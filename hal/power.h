#pragma once
#include <optional>
#include <string>

#include "hal/operation.h"
#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::hal {

struct PowerReading {
  std::optional<int> battery;            // percent; nothing without a battery
  std::optional<bool> charging;
  std::optional<double> temperature;     // of the processor, degrees Celsius
  std::optional<bool> under_voltage;     // now; nothing where the board cannot tell
  Duration uptime{};                     // of the system
};

/// What feeds the device and how warm it is. Parts that are not fitted are left empty; reading never fails as a whole.
class Power {
 public:
  virtual ~Power() = default;
  virtual Operation read(std::function<void(const PowerReading&)> done) = 0;
};

}  // namespace nightjar::hal
