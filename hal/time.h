#pragma once
// Time comes from here and nowhere else: a monotonic clock for schedules, a wall clock for people.
#include <chrono>
#include <functional>

#include "hal/operation.h"
#include "hal/result.h"

namespace nightjar::hal {

using Duration = std::chrono::nanoseconds;
constexpr double in_seconds(Duration duration) { return std::chrono::duration<double>{duration}.count(); }

/// Names the monotonic time line; it has no now() of its own.
struct MonotonicTimeline {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicTimeline, Duration>;
  static constexpr bool is_steady = true;
};
/// A moment on the monotonic clock. Its epoch is the device's own; only differences mean anything to others.
using Instant = MonotonicTimeline::time_point;
/// A moment in UTC, to the millisecond: what messages and reports carry.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Never steps, never runs backwards, goes on through a change of the wall clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

/// What people call the time. It may step at any moment: never compute a delay from it.
class WallClock {
 public:
  virtual ~WallClock() = default;
  virtual WallTime now() const = 0;
  /// How far local time is ahead of UTC at `time`: daylight saving is in it.
  virtual std::chrono::seconds utc_offset(WallTime time) const = 0;
  /// Sets the system's clock. Answers `denied` where the process may not.
  virtual Operation set(WallTime time, std::function<void(Result<void>)> done) = 0;
};

/// Calls back at a moment of the monotonic clock.
class Timers {
 public:
  virtual ~Timers() = default;
  /// Calls `expired` on the loop thread, not before `when`, once; at once (but later than this call) when `when` has passed.
  /// Timers of the same moment expire in the order they were asked for.
  virtual Operation at(Instant when, std::function<void()> expired) = 0;
};

/// The one thread everything runs on.
class Loop : public Clock, public Timers {
 public:
  /// Runs `task` on the loop thread after what is running now; tasks keep their order. From the loop thread only.
  virtual void post(std::function<void()> task) = 0;
};

}  // namespace nightjar::hal
