// One guest's connection in every situation it can come into.
#include "fsm/session_guest.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<SessionGuest>;

struct Seen {
  int joined = 0;        // told to the others
  int left = 0;          // told to the others
  int closes = 0;
  int forgets = 0;
  bool unannounced = false;   // it ends without being missed: the session ends, the host stops, or the device stays a member
  bool operator==(const Seen&) const = default;
};

struct World final : SessionGuestPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }
  void refuse_not_found() override { ++closes; }
  void refuse_duplicate() override { ++closes; }
  void refuse_full() override { ++closes; }
  void refuse_silence() override { ++closes; }
  void admit() override { ++joined; }
  void say_invalid() override {}
  void say_joined_already() override {}
  void close_for_rubbish() override { ++closes; }
  void let_go_silent() override { ++left, ++closes; }
  void let_go_slow() override { ++left, ++closes; }
  void let_go_kicked() override { ++left, ++closes; }
  void tell_left() override { ++left; }
  void say_closed() override { unannounced = true, ++closes; }
  void close_going_away() override { unannounced = true, ++closes; }
  void make_way() override { unannounced = true, ++closes; }
  void forget() override { ++forgets; }
};

/// Every list of members on every device ends the same.
bool who_was_announced_is_missed_once(const Machine& m, const World& world) {
  if (world.joined > 1 || world.left > world.joined) return false;
  if (m.is("joining"_s) || m.is("member"_s)) return world.left == 0;
  return world.joined == 0 || world.unannounced || world.left == 1;
}
bool it_is_closed_once(const Machine& m, const World& world) {
  return world.closes <= 1 && (world.closes == 1) == (m.is("silent"_s) || m.is("closing"_s) || (m.is(sml::X) && world.closes == 1));
}
bool it_is_forgotten_once_at_the_end(const Machine& m, const World& world) { return world.forgets == (m.is(sml::X) ? 1 : 0); }
/// Nobody holds a place without a word for longer than this.
bool it_never_waits_for_ever(const Machine& m, const World&) { return m.is(sml::X) || m.next_deadline() <= kJoinMax; }

TEST(SessionGuestExplored, KeepsItsPromisesInEverySituation) {
  Explored<SessionGuest, World> what;
  what.events = {GuestJoins{}, GuestJoins{true, false, false}, GuestJoins{false, true, false}, GuestJoins{false, false, true}, GuestHeard{},
                 GuestBabbled{}, GuestBehind{}, KickGuest{}, DismissGuest{}, SuspendGuest{}, ReplaceGuest{}, GuestGone{}};
  what.invariants = {{"who was announced is missed once", who_was_announced_is_missed_once},
                     {"it is closed once", it_is_closed_once},
                     {"it is forgotten once, at the end", it_is_forgotten_once_at_the_end},
                     {"it never waits for ever", it_never_waits_for_ever}};
  what.progress = [](const Machine& m, const World&) { return m.is(sml::X); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
