// The light in every situation it can come into.
#include "fsm/status_led.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<StatusLed>;

struct World final : StatusLedPort {
  bool lit = false;
  bool operator==(const World& other) const { return lit == other.lit; }
  void light() override { lit = true; }
  void darken() override { lit = false; }
};

/// The line and the table agree, or the light would stay on for a night.
bool it_is_lit_exactly_when_it_should_be(const Machine& m, const World& world) { return world.lit == m.is("lit"_s); }

/// No pattern is lit for longer than a tenth of a second, or dark for longer than three: it is seen, and spares the night.
bool it_flashes(const Machine& m, const World& world) { return m.next_deadline() <= (world.lit ? sml::Time{100ms} : sml::Time{3s}); }

bool it_counts_within_its_pattern(const Machine& m, const World&) { return m.context().flash < m.context().pattern.flashes; }

TEST(StatusLedExplored, KeepsItsPromisesInEverySituation) {
  Explored<StatusLed, World> what;
  what.events = {Show{kBooting}, Show{kReady}, Show{kRunning}, Show{kCameraLost}};
  what.invariants = {{"it is lit exactly when it should be", it_is_lit_exactly_when_it_should_be},
                     {"it flashes", it_flashes},
                     {"it counts within its pattern", it_counts_within_its_pattern}};
  what.progress = [](const Machine&, const World& world) { return world.lit; };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
