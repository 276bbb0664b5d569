#include "app/pins.h"

namespace nightjar::app {

hal::Result<void> ShutterButton::open(hal::Gpio& gpio, const ButtonPin& pin) {
  auto line = gpio.open_input(pin.line, pin.options, [this](const hal::Edge& edge) {
    if (edge.active) machine_.dispatch(fsm::Pushed{});
    else machine_.dispatch(fsm::LetGo{});
  });
  if (!line.ok()) return line.error();
  line_ = std::move(line).value();
  machine_.start();
  if (const auto active = line_->active(); active.ok() && active.value()) machine_.dispatch(fsm::FoundPushed{});
  return {};
}

hal::Result<void> StatusLed::open(hal::Gpio& gpio, const LedPin& pin) {
  auto line = gpio.open_output(pin.line, pin.active_low);
  if (!line.ok()) return line.error();
  line_ = std::move(line).value();
  machine_.start();
  return {};
}

void StatusLed::show(const fsm::Pattern& pattern) {
  if (line_ != nullptr) machine_.dispatch(fsm::Show{pattern});
}

}  // namespace nightjar::app
