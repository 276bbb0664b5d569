#pragma once
#include <functional>
#include <memory>
#include <string>

#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::hal {

/// A line as the board's data names it: the chip's label and the line's offset on it.
struct LineName {
  std::string chip;     // "pinctrl-bcm2711"
  unsigned line = 0;
};

enum class Bias : unsigned char { as_is, none, pull_up, pull_down };

struct InputOptions {
  bool active_low = false;
  Bias bias = Bias::as_is;
  Duration debounce{0};     // in the kernel where it can; 0 = none
};

struct Edge {
  Instant at;               // the kernel's own stamp, on the monotonic clock
  bool active = false;      // the level after the edge
};

/// A line we listen to; destroying it releases the line.
class InputLine {
 public:
  virtual ~InputLine() = default;
  virtual Result<bool> active() const = 0;
};

/// A line we drive; destroying it (or any end of the program) releases it, inactive.
class OutputLine {
 public:
  virtual ~OutputLine() = default;
  virtual Result<void> set(bool active) = 0;
};

/// The pins. Levels are logical (active), never electrical. Loop thread only.
class Gpio {
 public:
  virtual ~Gpio() = default;
  /// Calls `on_edge` for every change, in order. `missing` without such a chip, `not_found` without such a line, `in_use` when it is taken.
  virtual Result<std::unique_ptr<InputLine>> open_input(const LineName& line, const InputOptions& options,
                                                        std::function<void(const Edge&)> on_edge) = 0;
  /// Starts inactive.
  virtual Result<std::unique_ptr<OutputLine>> open_output(const LineName& line, bool active_low) = 0;
};

}  // namespace nightjar::hal
