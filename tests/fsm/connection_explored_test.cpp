// The uplink in every situation it can come into.
#include "fsm/connection.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<Connection>;
using Trouble = Connection::Trouble;

struct Seen {
  bool opening = false;      // an attempt is under way
  bool open_ = false;        // a socket is ours
  bool broken = false;       // asked for what cannot be: two attempts, a word without a socket
  int opens = 0;             // the first connect and the attempts after it; a lost connection was a first connect
  Trouble last = Trouble::none;
  bool operator==(const Seen&) const = default;
};

struct World final : ConnectionPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void open() override {
    broken |= std::exchange(opening, true) || open_;
    ++opens;
  }
  void forget_open() override {
    broken |= !std::exchange(opening, false);
    last = Trouble::network;
  }
  void tell_state() override { broken |= !open_; }
  void ping() override { broken |= !open_; }
  void drop() override {
    broken |= !std::exchange(open_, false);
    opens = 1;
    if (last != Trouble::denied) last = Trouble::network;
  }
  void hang_up() override { *this = {}; }
  sml::Time jitter(sml::Time) override { return {}; }

  bool idle() const { return !opening && !open_ && opens == 0; }
  bool given_up() const { return !opening && !open_ && (last == Trouble::denied || opens > Connection::kRetriesMax); }
  void hear(const sml::Input<Connection>& input) {
    if (brings<Connection::AutoReconnect>(input) && idle()) opens = 1;
    if (brings<Connection::Retry>(input) && given_up()) *this = {};
    if (brings<Connection::Opened>(input) && opening) *this = {}, open_ = true;
    if (brings<Connection::Denied>(input) && (opening || open_)) opening = false, last = Trouble::denied;
    if (const auto* failed = brought<Connection::OpenFailed>(input); failed && std::exchange(opening, false))
      last = failed->error.kind == hal::ErrorKind::refused ? Trouble::refused : Trouble::network;
  }
};

/// An answer that belongs to nothing would be taken for one that does.
bool an_attempt_is_under_way_exactly_while_connecting(const Machine& m, const World& world) { return world.opening == m.is("connecting"_s); }
bool a_socket_is_ours_exactly_while_connected(const Machine& m, const World& world) {
  return world.open_ == (m.is("connected"_s) || m.is("receiving_data"_s));
}
bool nothing_is_asked_that_cannot_be(const Machine&, const World& world) { return !world.broken; }

/// "Disconnected" is where it stays only when nobody wants a connection.
bool it_rests_only_when_nobody_wants_a_connection(const Machine& m, const World& world) { return m.is(sml::X) || m.is("disconnected"_s) == world.idle(); }

/// The first connect and ten more; only then, or when the token is not taken, it gives up.
bool it_gives_up_after_ten_reconnections_or_a_denial(const Machine& m, const World& world) { return m.is("error"_s) == world.given_up(); }

bool every_attempt_counts_until_one_succeeds(const Machine& m, const World& world) { return m.is("error"_s) || m.context().attempts == std::max(world.opens - 1, 0); }

bool the_page_is_told_the_right_trouble(const Machine& m, const World& world) { return m.context().trouble == world.last; }

/// contract.md, section 2.
bool the_delays_are_the_schedule(const Machine& m, const World&) {
  if (!m.is("reconnecting"_s)) return true;
  const sml::Time delays[]{1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s, 30s, 30s};
  return m.next_deadline() == delays[m.context().attempts];
}

bool wherever_it_waits_for_the_world_a_clock_runs(const Machine& m, const World&) {
  return m.is("disconnected"_s) || m.is("error"_s) || m.is(sml::X) || m.next_deadline().has_value();
}

TEST(ConnectionExplored, KeepsItsPromisesInEverySituation) {
  Explored<Connection, World> what;
  what.events = {Connection::Connect{}, Connection::Opened{}, Connection::OpenFailed{{hal::ErrorKind::refused, {}}},
                 Connection::OpenFailed{{hal::ErrorKind::unreachable, {}}}, Connection::Denied{}, Connection::Received{}, Connection::Alive{},
                 Connection::Closed{}, Connection::Retry{}, Connection::AutoReconnect{}, Connection::Logout{}, Connection::Stop{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"an attempt is under way exactly while connecting", an_attempt_is_under_way_exactly_while_connecting},
                     {"a socket is ours exactly while connected", a_socket_is_ours_exactly_while_connected},
                     {"nothing is asked that cannot be", nothing_is_asked_that_cannot_be},
                     {"it rests only when nobody wants a connection", it_rests_only_when_nobody_wants_a_connection},
                     {"it gives up after ten reconnections or a denial", it_gives_up_after_ten_reconnections_or_a_denial},
                     {"every attempt counts until one succeeds", every_attempt_counts_until_one_succeeds},
                     {"the page is told the right trouble", the_page_is_told_the_right_trouble},
                     {"the delays are the schedule", the_delays_are_the_schedule},
                     {"wherever it waits for the world a clock runs", wherever_it_waits_for_the_world_a_clock_runs}};
  what.progress = [](const Machine& m, const World&) { return m.is("receiving_data"_s) || m.is(sml::X); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
