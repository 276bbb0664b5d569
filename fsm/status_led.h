#pragma once
// The light beside the button. It says in flashes what the device is at, dark for most of the time, for it stands beside a camera at night.
#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

/// `flashes` of `lit`, with `gap` of darkness between them, then `pause`.
struct Pattern {
  int flashes = 1;
  sml::Time lit{};
  sml::Time gap{};
  sml::Time pause{};
  bool operator==(const Pattern&) const = default;
};

inline constexpr Pattern kBooting{1, 100ms, 0ms, 100ms};        // it hurries
inline constexpr Pattern kReady{1, 30ms, 0ms, 3s};              // one wink: all is well
inline constexpr Pattern kRunning{2, 30ms, 200ms, 3s};          // two: a session runs
inline constexpr Pattern kCameraLost{3, 100ms, 200ms, 1s};      // three, and brighter to the eye: go and look

struct Show { Pattern pattern; };

struct StatusLedPort {
  virtual ~StatusLedPort() = default;
  virtual void light() = 0;
  virtual void darken() = 0;
};

struct StatusLed {
  static constexpr auto name = "status_led";
  using Port = StatusLedPort;
  struct Context {
    Pattern pattern = kBooting;
    int flash = 0;                 // of the pattern, how many have been
    bool operator==(const Context&) const = default;

    bool is_other(const Show& show) const { return show.pattern != pattern; }
    void adopt(const Show& show) {
      pattern = show.pattern;
      flash = 0;
    }
    void count() { flash = flash + 1 < pattern.flashes ? flash + 1 : 0; }
    sml::Time lit_for() const { return pattern.lit; }
    sml::Time dark_for() const { return flash == 0 ? pattern.pause : pattern.gap; }
  };

  static constexpr auto is_other = sml::call<&Context::is_other>;
  static constexpr auto adopt = sml::call<&Context::adopt>;
  static constexpr auto count = sml::call<&Context::count>;
  static constexpr auto light = sml::call<&StatusLedPort::light>;
  static constexpr auto darken = sml::call<&StatusLedPort::darken>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"dark"_s + after(&Context::dark_for)      / light           = "lit"_s,
       "dark"_s + event<Show> [ is_other ]       / (adopt, light)  = "lit"_s,    // what is new is shown at once
       "dark"_s + ignore<Show>,
       "lit"_s  + after(&Context::lit_for)       / (count, darken) = "dark"_s,
       "lit"_s  + event<Show> [ is_other ]       / (adopt, light)  = "lit"_s,
       "lit"_s  + ignore<Show>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
