#pragma once
#include <ctime>

#include "hal/time.h"

namespace nightjar::os {

/// CLOCK_REALTIME and the system's time zone, which may change while we run. Whether it may be set at all is said by whoever makes it, and
/// is no by default: the clock of a desk belongs to others. Setting needs CAP_SYS_TIME: `denied` without it, and where it may not be set.
class SystemWallClock final : public hal::WallClock {
 public:
  using SetClock = int (*)(clockid_t clock, const timespec* time);

  /// `set_clock` sets it: set_system_clock where that may be, null where it may not.
  explicit SystemWallClock(hal::Loop& loop, SetClock set_clock = nullptr);
  /// The system call.
  static int set_system_clock(clockid_t clock, const timespec* time);
  /// Does a time server, or another clock, keep the system's clock right, as far as the kernel knows?
  static bool is_synchronised();

  hal::WallTime now() const override;
  std::chrono::seconds utc_offset(hal::WallTime time) const override;
  /// Dropped before the answer, nothing is set.
  hal::Operation set(hal::WallTime time, std::function<void(hal::Result<void>)> done) override;

 private:
  hal::Loop& loop_;
  SetClock set_clock_;
};

}   // namespace nightjar::os
