// The search for cameras in every situation it can come into.
#include "fsm/camera_discovery.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<CameraDiscovery>;

constexpr int kRoundsMax = 7;   // from the fifth on all rests are the same

struct Facts {
  bool wanted = false;            // somebody wants cameras
  bool listening = false;
  bool searched_deaf = false;     // a search whose answers nobody would hear
  int searches = 0;               // since it listened anew
  int rounds = 0;                 // since there was a reason to hurry
  bool operator==(const Facts&) const = default;
};

struct World final : CameraDiscoveryPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }
  void listen() override {
    listening = true;
    searches = 0;
    ++rounds;
  }
  void search() override {
    searched_deaf |= !listening;
    ++searches;
  }
  void look_at_networks() override {}
  void stop_listening() override { listening = false; }
  void hear(const sml::Input<CameraDiscovery>& input) {
    if (brings<LookForCameras>(input)) wanted = true;
    if (brings<StopLooking>(input)) wanted = false;
    if (brings<LookForCameras>(input) || brings<NetworksChanged>(input)) rounds = 0;
  }
};

/// An answer that comes finds somebody who listens, and nobody listens when no camera is wanted.
bool it_listens_exactly_when_it_looks(const Machine& m, const World& world) {
  return !world.searched_deaf && world.listening == world.wanted && world.wanted != m.is("idle"_s);
}

/// Multicast gets lost: a round asks three times, and no more, for every search wakes every device on the network.
bool a_round_asks_three_times(const Machine& m, const World& world) {
  return m.is("idle"_s) || (m.is("resting"_s) ? world.searches == kSearchesMax : world.searches >= 1 && world.searches <= kSearchesMax);
}

/// A camera that is switched on is found within a minute, and at once when there is a reason to hurry.
bool the_next_round_comes_in_time(const Machine& m, const World& world) {
  if (m.is("searching"_s)) return m.next_deadline() <= kSearchAgain;
  return m.is("idle"_s) || (m.next_deadline() <= kLookAtNetworks && m.context().rest() <= kRestMax && (world.rounds > 1 || m.context().rest() == kRestFirst));
}

TEST(CameraDiscoveryExplored, KeepsItsPromisesInEverySituation) {
  Explored<CameraDiscovery, World> what;
  what.events = {LookForCameras{}, StopLooking{}, NetworksChanged{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.normalise = [](Machine& m, World& world) {
    m.context().rounds = std::min(m.context().rounds, kRoundsMax);
    world.rounds = std::min(world.rounds, kRoundsMax);
    if (!m.is("idle"_s)) return;
    m.context() = {};   // no row looks at it any more
    world.searches = world.rounds = 0;
  };
  what.invariants = {{"it listens exactly when it looks", it_listens_exactly_when_it_looks},
                     {"a round asks three times", a_round_asks_three_times},
                     {"the next round comes in time", the_next_round_comes_in_time}};
  what.progress = [](const Machine& m, const World&) { return m.is("resting"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
