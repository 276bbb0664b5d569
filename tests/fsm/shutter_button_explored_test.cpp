// The button in every situation it can come into.
#include "fsm/shutter_button.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<ShutterButton>;

struct Facts {
  bool down = false;          // the finger is
  bool counts = false;        // it came down while the program ran, and nothing was told of it
  bool told_falsely = false;  // something was told that no finger did, or twice
  bool operator==(const Facts&) const = default;
};

struct World final : ShutterButtonPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }
  void report_press() override { tell(); }
  void report_hold() override { tell(); }
  void tell() { told_falsely |= !std::exchange(counts, false); }
  void hear(const sml::Input<ShutterButton>& input) {
    if (brings<Pushed>(input) && !std::exchange(down, true)) counts = true;
    if (brings<FoundPushed>(input)) down = true;
    if (brings<LetGo>(input)) down = false;
  }
};

/// One wish for one push, and none for a button that was found pushed.
bool each_push_is_told_at_most_once(const Machine&, const World& world) { return !world.told_falsely; }

/// A finger that is up again has been heard.
bool no_push_is_lost(const Machine& m, const World& world) { return world.counts == m.is("down"_s); }

bool it_follows_the_finger(const Machine& m, const World& world) { return world.down != m.is("up"_s); }

TEST(ShutterButtonExplored, KeepsItsPromisesInEverySituation) {
  Explored<ShutterButton, World> what;
  what.events = {Pushed{}, LetGo{}, FoundPushed{}};
  what.waits = {kHold / 2};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"each push is told at most once", each_push_is_told_at_most_once},
                     {"no push is lost", no_push_is_lost},
                     {"it follows the finger", it_follows_the_finger}};
  what.progress = [](const Machine& m, const World&) { return m.is("up"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
