#pragma once
#include <chrono>

#include "drivers/linux/loop.h"

namespace nightjar::os {

/// Turns the loop until `done()`; false after half a minute, which is a hang.
inline bool turn_until(AsioLoop& loop, const std::function<bool()>& done) {
  const auto end = loop.now() + std::chrono::seconds{30};
  while (!done()) {
    if (loop.now() >= end) return false;
    loop.turn(end - loop.now());
  }
  return true;
}

/// Lets `duration` pass on the loop.
inline void let_pass(AsioLoop& loop, hal::Duration duration) {
  bool passed = false;
  const auto timer = loop.at(loop.now() + duration, [&] { passed = true; });
  turn_until(loop, [&] { return passed; });
}

}   // namespace nightjar::os
