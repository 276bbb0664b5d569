#pragma once
// What is soldered to the board, as its data says; and the owners of the two machines that live on pins.
#include <functional>
#include <memory>
#include <optional>

#include "app/hosted.h"
#include "fsm/shutter_button.h"
#include "fsm/status_led.h"
#include "hal/gpio.h"

namespace nightjar::app {

struct ButtonPin {
  hal::LineName line;
  hal::InputOptions options;
};

struct LedPin {
  hal::LineName line;
  bool active_low = false;
};

struct Pins {
  std::optional<ButtonPin> button;
  std::optional<LedPin> led;
};

class ShutterButton final : private fsm::ShutterButtonPort {
 public:
  explicit ShutterButton(Runtime& runtime) : machine_(runtime, *this) {}

  /// From now on the button is heard. Errors: as Gpio::open_input; then there is no button.
  hal::Result<void> open(hal::Gpio& gpio, const ButtonPin& pin);

  std::function<void()> on_press;
  std::function<void()> on_hold;

  const Hosted<fsm::ShutterButton>& machine() const { return machine_; }

 private:
  void report_press() override { on_press(); }
  void report_hold() override { on_hold(); }

  Hosted<fsm::ShutterButton> machine_;
  std::unique_ptr<hal::InputLine> line_;
};

class StatusLed final : private fsm::StatusLedPort {
 public:
  explicit StatusLed(Runtime& runtime) : machine_(runtime, *this) {}

  /// From now on it flashes. Errors: as Gpio::open_output; then there is no light.
  hal::Result<void> open(hal::Gpio& gpio, const LedPin& pin);
  /// Harmless without a light.
  void show(const fsm::Pattern& pattern);

  const Hosted<fsm::StatusLed>& machine() const { return machine_; }

 private:
  void light() override { (void)line_->set(true); }    // a light that fails has nobody else to tell
  void darken() override { (void)line_->set(false); }

  std::unique_ptr<hal::OutputLine> line_;
  Hosted<fsm::StatusLed> machine_;
};

}  // namespace nightjar::app
