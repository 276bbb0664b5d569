#pragma once
#include <cstdint>
#include <functional>
#include <optional>

#include "hal/operation.h"

namespace nightjar::hal {

struct LoadReading {
  std::optional<double> cpu;                        // share of all processors that was busy since the reading before, 0 to 1; of the first one since the start
  std::optional<std::uint64_t> memory_total;        // bytes
  std::optional<std::uint64_t> memory_available;    // bytes that programs could have without swapping
};

/// How busy the computer is. What cannot be read is left empty; reading never fails as a whole. Temperature and battery are hal::Power's,
/// the disk's room is hal::Storage's.
class Load {
 public:
  virtual ~Load() = default;
  virtual Operation read(std::function<void(const LoadReading&)> done) = 0;
};

}  // namespace nightjar::hal
