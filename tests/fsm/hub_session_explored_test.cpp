// One connection of the hub in every situation it can come into.
#include "fsm/hub_session.h"

#include <algorithm>

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<HubSession>;

constexpr sml::Time kWait = kPingEvery / 2;   // an answer comes within the ping's time, or after it

struct Seen {
  int registered = 0;            // times
  int deregistered = 0;
  int closes = 0;
  int forgets = 0;
  bool pinged_a_stranger = false;
  bool left_registered = false;  // closed or forgotten, and others still write to it
  sml::Time silent{};            // since its last pong, up to the limit
  sml::Time unpinged{};          // since its last pong or our last ping
  bool operator==(const Seen&) const = default;
};

struct World final : HubSessionPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void live(const sml::Input<HubSession>& input) {
    if (!is_registered()) return;
    silent += input.time;   // so much has passed, and then it comes
    unpinged += input.time;
    if (brings<Pong>(input)) silent = unpinged = {};
  }
  bool is_registered() const { return registered > deregistered; }
  void register_connection() override { ++registered; }
  void deregister() override {
    ++deregistered;
    silent = unpinged = {};
  }
  void ping() override {
    pinged_a_stranger |= !is_registered();
    unpinged = {};
  }
  void close_for_silence() override { close(); }
  void close_for_slowness() override { close(); }
  void close_going_away() override { close(); }
  void forget() override {
    ++forgets;
    left_registered |= is_registered();
  }
  void close() {
    ++closes;
    left_registered |= is_registered();
  }
};

/// Connect registers a connection once; whatever ends it takes it off once.
bool it_is_registered_exactly_while_it_is_open(const Machine& m, const World& world) {
  return world.registered == 1 && world.deregistered == (m.is("registered"_s) ? 0 : 1) && !world.left_registered;
}

/// RFC 6455, section 5.5.1: one close, and no ping after it.
bool it_is_closed_once_and_not_pinged_after_it(const Machine& m, const World& world) {
  return world.closes <= 1 && !world.pinged_a_stranger && (world.closes == 1 || !m.is("closing"_s));
}

/// What a connection cost the device is given back exactly when it has gone.
bool it_is_forgotten_once_when_it_has_gone(const Machine& m, const World& world) { return world.forgets == (m.is(sml::X) ? 1 : 0); }

/// Contract.md, section 3: a ping every five seconds, and ten seconds without a pong are the end.
bool it_is_pinged_and_its_silence_ends_it_in_time(const Machine& m, const World& world) {
  if (!m.is("registered"_s)) return true;
  return world.silent < kPongMax && world.unpinged < kPingEvery &&
         m.next_deadline() == std::min<sml::Time>(kPingEvery - world.unpinged, kPongMax - world.silent);
}

/// A peer that does not answer our close costs six seconds.
bool a_close_ends(const Machine& m, const World&) { return !m.is("closing"_s) || m.next_deadline() <= kCloseMax; }

TEST(HubSessionExplored, KeepsItsPromisesInEverySituation) {
  Explored<HubSession, World> what;
  what.events = {Pong{}, Overflowed{}, ShutDown{}, Gone{}};
  what.waits = {kWait};
  what.before = [](World& world, const sml::Input<HubSession>& input) { world.live(input); };
  what.invariants = {{"it is registered exactly while it is open", it_is_registered_exactly_while_it_is_open},
                     {"it is closed once, and not pinged after it", it_is_closed_once_and_not_pinged_after_it},
                     {"it is forgotten once, when it has gone", it_is_forgotten_once_when_it_has_gone},
                     {"it is pinged, and its silence ends it, in time", it_is_pinged_and_its_silence_ends_it_in_time},
                     {"a close ends", a_close_ends}};
  what.progress = [](const Machine& m, const World&) { return m.is(sml::X); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
