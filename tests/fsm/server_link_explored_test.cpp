// The link to a media server in every situation it can come into, strays from before included: an answer or a push that was already
// on its way when it was given up.
#include "fsm/server_link.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<ServerLink>;

constexpr int kAttemptsMax = 7;   // from the seventh on all pauses are the same
constexpr int kDialsMax = 2;      // its schedule is the same function, and a story's

struct Facts {
  enum class Ask : unsigned char { nothing, users, sessions };
  enum class Socket : unsigned char { none, opening, open, delivering };
  bool info = false;            // asked and not answered
  Ask ask = Ask::nothing;
  Socket socket = Socket::none;
  bool asked_twice = false;     // while the like of it was not answered
  bool online = false;          // as told
  bool realtime = false;        // as told
  bool told_twice = false;      // something that was so already
  bool doubled = false;         // sessions from a poll while the WebSocket delivers
  bool gap = false;             // realtime ended and nothing was asked
  int failures = 0;             // of the server, in a row
  bool operator==(const Facts&) const = default;
};

struct World final : ServerLinkPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }

  void fetch_info() override { asked_twice |= std::exchange(info, true); }
  void forget_info() override { info = false; }
  void ask_users() override { asked_twice |= std::exchange(ask, Ask::users) != Ask::nothing; }
  void ask_sessions() override { asked_twice |= std::exchange(ask, Ask::sessions) != Ask::nothing; }
  void forget_ask() override { ask = Ask::nothing; }
  void open_socket() override { asked_twice |= std::exchange(socket, Socket::opening) != Socket::none; }
  void subscribe() override {}
  void send_keep_alive() override {}
  void forget_socket() override { socket = Socket::none; }
  void take_users() override {}
  void take_sessions() override { doubled |= realtime; }
  void take_pushed() override { doubled |= socket != Socket::delivering; }
  void discover_clients() override {}
  void report_connected() override { failures = 0; }
  void report_online() override { told_twice |= std::exchange(online, true); }
  void report_unreachable(const InfoFailed&) override { ++failures; }
  void report_silent() override { ++failures; }
  void report_refused() override { online = realtime = false; }
  void report_lost(const ServerLost&) override {
    told_twice |= !std::exchange(online, false);
    realtime = false;
    ++failures;
  }
  void report_realtime() override { told_twice |= std::exchange(realtime, true); }
  void report_fallback(const SocketFailed&) override {
    told_twice |= !std::exchange(realtime, false);
    gap = true;
  }

  void hear(const sml::Input<ServerLink>& input) {
    if (brings<InfoReceived>(input) || brings<InfoFailed>(input)) info = false;
    if (brings<UsersReceived>(input) && ask == Ask::users) ask = Ask::nothing;
    if (brings<SessionsReceived>(input) && ask == Ask::sessions) ask = Ask::nothing;
    if (brings<AskFailed>(input)) ask = Ask::nothing;
    if (brings<SocketOpened>(input) && socket == Socket::opening) socket = Socket::open;
    if (brings<SocketFailed>(input)) socket = Socket::none;
    if (brings<SessionsPushed>(input) && socket == Socket::open) socket = Socket::delivering;
  }
};

bool is_realtime(const Machine& m) { return m.is("realtime"_s) || m.is("reading_users"_s); }

/// One connection, one WebSocket, one request: a server is never asked the same thing twice at a time.
bool nothing_is_asked_twice_at_a_time(const Machine& m, const World& world) {
  const bool asking = m.is("polling_users"_s) || m.is("polling_sessions"_s) || m.is("reading_users"_s);
  return !world.asked_twice && world.info == m.is("fetching"_s) && asking == (world.ask != Facts::Ask::nothing);
}

/// The seed's tasks: all of them while the server is connected, none of them else.
bool the_tasks_run_exactly_while_connected(const Machine& m, const World& world) {
  const bool connected = m.is("connected"_s);
  return connected == !m.is("shut"_s) && connected == !m.is("idle"_s) && connected == m.is("discovering"_s) && connected == world.online &&
         (connected || world.socket == Facts::Socket::none);
}

/// Without a gap: what is not told is polled.
bool it_is_polled_unless_the_websocket_delivers(const Machine& m, const World& world) {
  return is_realtime(m) == world.realtime && (!world.realtime || (world.socket == Facts::Socket::delivering && m.is("open"_s)));
}
bool a_fallback_asks_at_once(const Machine&, const World& world) { return !world.gap || world.ask == Facts::Ask::users || !world.online; }

/// Without doubling: sessions come from one source at a time.
bool sessions_come_from_one_source_at_a_time(const Machine&, const World& world) { return !world.doubled; }

/// While connected, the next request or its end comes within a minute, pushes or not.
bool nothing_is_older_than_a_minute(const Machine& m, const World&) {
  return !m.is("connected"_s) || (m.next_deadline() && *m.next_deadline() <= sml::Time{kServerSyncEvery});
}

bool the_page_is_told_of_each_change_once(const Machine&, const World& world) { return !world.told_twice; }

/// 1, 2, 4 ... 60 s, for ever.
bool the_pauses_double_up_to_a_minute(const Machine& m, const World& world) {
  if (!m.is("backing_off"_s)) return true;
  const sml::Time pauses[]{1s, 2s, 4s, 8s, 16s, 32s, 60s};
  return m.next_deadline() == pauses[std::min(world.failures, 7) - 1];
}

bool it_never_waits_for_ever(const Machine& m, const World&) { return m.next_deadline().has_value(); }

TEST(ServerLinkExplored, KeepsItsPromisesInEverySituation) {
  Explored<ServerLink, World> what;
  const hal::Error reset{hal::ErrorKind::reset, {}};
  const hal::Error denied{hal::ErrorKind::denied, {}};
  what.events = {InfoReceived{}, InfoFailed{reset}, InfoFailed{denied}, UsersReceived{}, SessionsReceived{}, AskFailed{reset}, AskFailed{denied},
                 SocketOpened{}, SocketFailed{reset}, SessionsPushed{}, UsersChanged{}, Spoken{}, KeepAliveWanted{60s}};
  what.before = [](World& world, const auto& input) {
    world.gap = false;
    world.hear(input);
  };
  what.normalise = [](Machine& m, World& world) {
    m.context().attempt = std::min(m.context().attempt, kAttemptsMax);
    m.context().dial = std::min(m.context().dial, kDialsMax);
    world.failures = std::min(world.failures, kAttemptsMax);
    if (m.is("connected"_s)) return;
    m.context().dial = 0;   // no row looks at it
    m.context().heard = false;
    m.context().beat = kKeepAliveEvery;
  };
  what.invariants = {{"nothing is asked twice at a time", nothing_is_asked_twice_at_a_time},
                     {"the tasks run exactly while connected", the_tasks_run_exactly_while_connected},
                     {"it is polled unless the WebSocket delivers", it_is_polled_unless_the_websocket_delivers},
                     {"a fallback asks at once", a_fallback_asks_at_once},
                     {"sessions come from one source at a time", sessions_come_from_one_source_at_a_time},
                     {"nothing is older than a minute", nothing_is_older_than_a_minute},
                     {"the page is told of each change once", the_page_is_told_of_each_change_once},
                     {"the pauses double up to a minute", the_pauses_double_up_to_a_minute},
                     {"it never waits for ever", it_never_waits_for_ever}};
  what.progress = [](const Machine& m, const World&) { return m.is("realtime"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
