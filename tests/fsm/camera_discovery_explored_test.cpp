// Looking for cameras in every situation it can come into.
#include "fsm/camera_discovery.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<CameraDiscovery>;

struct Seen {
  bool listening = false;
  bool deaf = false;       // it asked where it could not hear the answer
  bool hasty = false;      // it asked more often in a round than it may
  int asked = 0;           // in this round
  bool operator==(const Seen&) const = default;
};

struct World final : CameraDiscoveryPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void listen() override {
    listening = true;
    asked = 0;
  }
  void search() override {
    deaf |= !listening;
    hasty |= ++asked > kSearchesMax;
  }
  void look_at_networks() override {}
  void stop_listening() override { listening = false; }
};

bool who_asks_can_hear_the_answer(const Machine&, const World& world) { return !world.deaf; }

bool it_listens_exactly_while_it_looks(const Machine& m, const World& world) { return world.listening != m.is("idle"_s); }

bool a_round_asks_three_times_at_most(const Machine&, const World& world) { return !world.hasty; }

/// The next question comes within a minute: a camera that is switched on is found, whoever missed its announcement.
bool a_round_is_never_far_away(const Machine& m, const World&) {
  return m.is("idle"_s) || (m.next_deadline().has_value() && m.context().rest() >= kRestFirst && m.context().rest() <= kRestMax);
}

TEST(CameraDiscoveryExplored, KeepsItsPromisesInEverySituation) {
  Explored<CameraDiscovery, World> what;
  what.events = {LookForCameras{}, StopLooking{}, NetworksChanged{}};
  // From the fifth round on all rests are alike.
  what.normalise = [](Machine& m, World&) { m.context().rounds = std::min(m.context().rounds, 6); };
  what.invariants = {{"who asks can hear the answer", who_asks_can_hear_the_answer},
                     {"it listens exactly while it looks", it_listens_exactly_while_it_looks},
                     {"a round asks three times at most", a_round_asks_three_times_at_most},
                     {"a round is never far away", a_round_is_never_far_away}};
  what.progress = [](const Machine& m, const World&) { return m.is("searching"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
