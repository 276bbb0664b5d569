// A guest's side of a session in every situation it can come into.
#include "fsm/session_member.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {

/// Found by the exploration's look-up, which else would compare all contexts of a state.
static std::uint64_t hash_value(const SessionMember::Context& context) {
  return static_cast<std::uint64_t>(context.unheard.count()) * 31 + static_cast<std::uint64_t>(context.attempt * 1000 + context.beats);
}

namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<SessionMember>;

constexpr int kAttemptsMax = 7;   // from the sixth on all delays are the same
constexpr int kQuickMax = 3;      // so many quick beats stand for all of them

struct Seen {
  bool twice = false;        // a connection while there was one
  bool connection = false;   // or an attempt at one
  bool member = false;       // as told
  bool operator==(const Seen&) const = default;
};

struct World final : SessionMemberPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }
  void look() override {}
  void connect() override { twice |= std::exchange(connection, true); }
  void drop() override { connection = false; }
  void say_join() override {}
  void beat() override {}
  void say_goodbye() override {}
  void report_joined() override { member = true; }
  void report_busy() override {}
  void report_not_found() override { over(); }
  void report_not_reached() override { over(); }
  void report_refused() override { over(); }
  void report_lost() override {}
  void report_left() override { over(); }
  void report_ended() override { over(); }
  void report_kicked() override { over(); }
  void report_none() override {}
  void over() { member = false; }
  void hear(const sml::Input<SessionMember>& input) {
    if (brings<HostNotReached>(input)) connection = false;
  }
};

bool there_is_never_a_second_connection(const Machine&, const World& world) { return !world.twice; }
bool nothing_is_left_of_it_when_it_is_over(const Machine& m, const World& world) {
  return !m.is("idle"_s) || (!world.connection && !world.member);
}
/// Only who was a member comes back by itself.
bool only_members_reconnect(const Machine& m, const World& world) { return !m.is("reconnecting"_s) || world.member; }
bool the_pauses_are_1_2_4_8_16_and_then_30_s(const Machine& m, const World&) {
  if (!m.is("reconnecting"_s)) return true;
  const sml::Time pauses[]{1s, 2s, 4s, 8s, 16s, 30s};
  return m.next_deadline() == pauses[std::min(m.context().attempt, 6) - 1];
}
bool it_never_waits_for_ever(const Machine& m, const World&) { return m.is("idle"_s) || m.next_deadline() <= sml::Time{kAgainMax}; }
bool a_host_is_never_waited_for_longer_than_it_waits_for_us(const Machine& m, const World&) { return m.context().unheard < kDeafMax + kBeat; }

TEST(SessionMemberExplored, KeepsItsPromisesInEverySituation) {
  Explored<SessionMember, World> what;
  what.events = {JoinSession{true}, JoinSession{false}, HostFound{}, HostReached{}, HostNotReached{}, Welcomed{}, JoinRefused{true},
                 JoinRefused{false}, HostHeard{}, HostDropped{}, SessionEnded{}, KickedOut{}, LeaveSession{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.normalise = [](Machine& m, World&) {
    m.context().attempt = std::min(m.context().attempt, kAttemptsMax);
    if (m.context().beats > kQuickMax) m.context().beats = kFirstBeats;
  };
  what.invariants = {{"there is never a second connection", there_is_never_a_second_connection},
                     {"nothing is left of it when it is over", nothing_is_left_of_it_when_it_is_over},
                     {"only members reconnect", only_members_reconnect},
                     {"the pauses are 1, 2, 4, 8, 16, and then 30 s", the_pauses_are_1_2_4_8_16_and_then_30_s},
                     {"it never waits for ever", it_never_waits_for_ever},
                     {"a host is never waited for longer than it waits for us", a_host_is_never_waited_for_longer_than_it_waits_for_us}};
  what.progress = [](const Machine& m, const World&) { return m.is("idle"_s) || m.is("joined"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
