#include "drivers/linux/clocks.h"

#include <sys/timex.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "drivers/linux/loop_errors.h"

namespace nightjar::os {

SystemWallClock::SystemWallClock(hal::Loop& loop, SetClock set_clock) : loop_(loop), set_clock_(set_clock) {}

hal::WallTime SystemWallClock::now() const { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

std::chrono::seconds SystemWallClock::utc_offset(hal::WallTime time) const {
  ::tzset();   // localtime_r alone would never see another time zone
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  if (!::localtime_r(&seconds, &local)) return std::chrono::seconds{0};   // a year that has no name
  return std::chrono::seconds{local.tm_gmtoff};
}

int SystemWallClock::set_system_clock(clockid_t clock, const timespec* time) { return ::clock_settime(clock, time); }

bool SystemWallClock::is_synchronised() {
  timex nothing_to_change{};
  return ::adjtimex(&nothing_to_change) != TIME_ERROR;
}

hal::Operation SystemWallClock::set(hal::WallTime time, std::function<void(hal::Result<void>)> done) {
  const hal::Completion<hal::Result<void>> completion{std::move(done)};
  loop_.post([completion, time, set_clock = set_clock_] {
    if (!completion.wanted()) return;
    if (set_clock == nullptr) return completion(hal::Error{hal::ErrorKind::denied, "this computer's clock is not ours to set"});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    timespec value{};
    value.tv_sec = seconds.time_since_epoch().count();
    value.tv_nsec = static_cast<long>(std::chrono::nanoseconds{time - seconds}.count());
    if (set_clock(CLOCK_REALTIME, &value) == 0) return completion({});
    completion(os_error(errno, "system clock"));
  });
  return completion.operation();
}

}   // namespace nightjar::os
