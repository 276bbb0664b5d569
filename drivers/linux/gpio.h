#pragma once
#include "drivers/linux/loop.h"
#include "hal/gpio.h"
#include "hal/log.h"

namespace nightjar::os {

/// The kernel's pins through libgpiod; a chip is found by its label.
///
/// Debounce is the kernel's with libgpiod 2, ours with 1.6, with the same meaning: a level counts once it has stood still that long, and is
/// stamped then. Without it every edge the kernel saw is told, except one that repeats the level told before (the
/// kernel reads the level after the interrupt, so a glitch shows as two alike). The loop outlives this and its lines.
class GpiodGpio final : public hal::Gpio {
 public:
  /// `log` hears when a line that was open fails, which has no other way to be told.
  GpiodGpio(AsioLoop& loop, hal::Log& log) : loop_(loop), log_(log) {}

  hal::Result<std::unique_ptr<hal::InputLine>> open_input(const hal::LineName& line, const hal::InputOptions& options,
                                                          std::function<void(const hal::Edge&)> on_edge) override;
  hal::Result<std::unique_ptr<hal::OutputLine>> open_output(const hal::LineName& line, bool active_low) override;

 private:
  AsioLoop& loop_;
  hal::Log& log_;
};

}   // namespace nightjar::os
