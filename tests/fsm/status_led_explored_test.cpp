// The light in every situation, whatever it is told to show and when.
#include "fsm/status_led.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<StatusLed>;

struct Seen {
  bool lit = false;
  Pattern wanted = kBooting;
  bool operator==(const Seen&) const = default;
};

struct World final : StatusLedPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }
  void light() override { lit = true; }
  void darken() override { lit = false; }
};

bool the_light_is_on_exactly_while_lit(const Machine& m, const World& world) { return world.lit == m.is("lit"_s); }

bool it_shows_what_it_was_told_last(const Machine& m, const World& world) { return m.context().pattern == world.wanted; }

/// A light that stays on all night is in somebody's picture.
bool it_is_never_lit_longer_than_its_flash(const Machine& m, const World& world) {
  return !m.is("lit"_s) || (m.next_deadline().has_value() && *m.next_deadline() <= world.wanted.lit);
}

bool it_never_stands_still(const Machine& m, const World&) { return m.next_deadline().has_value(); }

bool flashes_are_counted(const Machine& m, const World& world) { return m.context().flash >= 0 && m.context().flash < world.wanted.flashes; }

TEST(StatusLedExplored, KeepsItsPromisesInEverySituation) {
  Explored<StatusLed, World> what;
  what.events = {Show{kBooting}, Show{kReady}, Show{kRunning}, Show{kCameraLost}};
  what.before = [](World& world, const auto& input) {
    if (const auto* show = brought<Show>(input)) world.wanted = show->pattern;
  };
  what.invariants = {{"the light is on exactly while lit", the_light_is_on_exactly_while_lit},
                     {"it shows what it was told last", it_shows_what_it_was_told_last},
                     {"it is never lit longer than its flash", it_is_never_lit_longer_than_its_flash},
                     {"it never stands still", it_never_stands_still},
                     {"flashes are counted", flashes_are_counted}};
  what.progress = [](const Machine& m, const World&) { return m.is("dark"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
