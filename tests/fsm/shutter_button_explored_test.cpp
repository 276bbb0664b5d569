// The button in every situation a finger, a loose contact and a restart can bring it into.
#include "fsm/shutter_button.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<ShutterButton>;

struct Seen {
  bool down = false;
  bool ours = false;       // pushed while the program listened
  bool told = false;       // of this push
  bool twice = false;
  bool unasked = false;    // told of a push that nobody made
  bool operator==(const Seen&) const = default;
};

struct World final : ShutterButtonPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void report_press() override { tell(); }
  void report_hold() override { tell(); }
  void tell() {
    unasked |= !ours;
    twice |= std::exchange(told, true);
  }
  void hear(const sml::Input<ShutterButton>& input) {
    if (brings<LetGo>(input)) down = false;
    if (down || !(brings<Pushed>(input) || brings<FoundPushed>(input))) return;
    down = true;
    told = false;
    ours = brings<Pushed>(input);
  }
};

bool a_push_is_one_wish(const Machine&, const World& world) { return !world.twice; }

/// A button that is stuck, or leaned on while the device starts, takes no photos.
bool only_a_push_that_was_seen_is_a_wish(const Machine&, const World& world) { return !world.unasked; }

bool it_knows_whether_the_finger_is_there(const Machine& m, const World& world) { return world.down != m.is("up"_s); }

TEST(ShutterButtonExplored, KeepsItsPromisesInEverySituation) {
  Explored<ShutterButton, World> what;
  what.events = {Pushed{}, LetGo{}, FoundPushed{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"a push is one wish", a_push_is_one_wish},
                     {"only a push that was seen is a wish", only_a_push_that_was_seen_is_a_wish},
                     {"it knows whether the finger is there", it_knows_whether_the_finger_is_there}};
  what.progress = [](const Machine& m, const World&) { return m.is("up"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
