#pragma once
#include <ctime>

#include "hal/time.h"

namespace nightjar::os {

/// CLOCK_REALTIME and the system's time zone, which may change while we run. Setting needs CAP_SYS_TIME: `denied` without it.
class SystemWallClock final : public hal::WallClock {
 public:
  using SetClock = int (*)(clockid_t clock, const timespec* time);

  /// `set_clock` is the system call, for tests that must leave the machine's clock alone.
  explicit SystemWallClock(hal::Loop& loop, SetClock set_clock = &::clock_settime);

  hal::WallTime now() const override;
  std::chrono::seconds utc_offset(hal::WallTime time) const override;
  /// Dropped before the answer, nothing is set.
  hal::Operation set(hal::WallTime time, std::function<void(hal::Result<void>)> done) override;

 private:
  hal::Loop& loop_;
  SetClock set_clock_;
};

}   // namespace nightjar::os
