#pragma once
// One button for cold fingers: a short press is one wish, holding it is another. The line is debounced before it comes here (hal/gpio.h).
#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct Pushed {};
struct LetGo {};
struct FoundPushed {};             // it was down already when the program began: leaned on, or stuck

struct ShutterButtonPort {
  virtual ~ShutterButtonPort() = default;
  virtual void report_press() = 0;
  virtual void report_hold() = 0;  // at once when it has been held long enough: the finger need not be lifted to see it work
};

constexpr auto kHold = 2s;         // contract.md, section 6

struct ShutterButton {
  static constexpr auto name = "shutter_button";
  using Port = ShutterButtonPort;

  static constexpr auto report_press = sml::call<&ShutterButtonPort::report_press>;
  static constexpr auto report_hold = sml::call<&ShutterButtonPort::report_hold>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"up"_s   + event<Pushed>                     = "down"_s,
       "up"_s   + event<FoundPushed>                = "held"_s,   // nobody asked for anything
       "up"_s   + ignore<LetGo>,
       "down"_s + event<LetGo>       / report_press = "up"_s,
       "down"_s + after(kHold)       / report_hold  = "held"_s,
       "down"_s + ignore<Pushed>,
       "held"_s + event<LetGo>                      = "up"_s,
       "held"_s + ignore<Pushed>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
