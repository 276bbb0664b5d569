#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "hal/load.h"
#include "hal/time.h"

namespace nightjar::os {

/// What /proc/stat and /proc/meminfo tell (proc(5)). Read on the loop: the kernel writes both from memory, in some 50 us.
class ProcLoad final : public hal::Load {
 public:
  /// `proc` is where procfs is mounted; tests have their own.
  explicit ProcLoad(hal::Loop& loop, std::string proc = "/proc") : loop_(loop), proc_(std::move(proc)) {}

  hal::Operation read(std::function<void(const hal::LoadReading&)> done) override;

 private:
  struct Ticks {
    std::uint64_t busy = 0;
    std::uint64_t all = 0;
  };
  std::optional<Ticks> ticks() const;
  std::optional<double> busy_share();

  hal::Loop& loop_;
  std::string proc_;
  Ticks before_;
};

}   // namespace nightjar::os
