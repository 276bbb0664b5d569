#pragma once
// What a person without a phone has: a button and a light. A short press takes a photo (or starts and stops, by setting); holding it starts
// or stops the intervalometer with the last settings.
#include <functional>

#include "app/pins.h"
#include "app/timelapse.h"

namespace nightjar::app {

class FrontPanel {
 public:
  FrontPanel(Timelapse& timelapse, Runtime& runtime, hal::Storage& storage, const Settings& settings);

  /// Reads what the last session was, then opens what is fitted; a part that cannot be had is logged, and done without.
  void open(hal::Gpio* gpio, const Pins& pins, std::function<void()> done);
  /// What a hold starts from now on: the session that has just begun.
  void remember(const Session& session);
  void show(const fsm::Pattern& pattern) { led_.show(pattern); }

  std::function<void()> on_photo;   // a photo is wanted

  const ShutterButton& button() const { return button_; }
  const StatusLed& led() const { return led_; }

 private:
  void start_or_stop();
  void start();
  /// A failure is logged in these words: a button has no screen.
  Timelapse::Answer logged(const char* what);

  Timelapse& timelapse_;
  Runtime& runtime_;
  hal::Storage& storage_;
  fsm::SessionRequest request_;
  ShutterButton button_;
  StatusLed led_;
  hal::Operation reading_;
  hal::Operation writing_;
};

}  // namespace nightjar::app
