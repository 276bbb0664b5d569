#include "fsm/server_link.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : ServerLinkPort {
  Asked asked;
  void fetch_info() override { asked.emplace_back("fetch_info"); }
  void forget_info() override { asked.emplace_back("forget_info"); }
  void ask_users() override { asked.emplace_back("ask_users"); }
  void ask_sessions() override { asked.emplace_back("ask_sessions"); }
  void forget_ask() override { asked.emplace_back("forget_ask"); }
  void open_socket() override { asked.emplace_back("open_socket"); }
  void subscribe() override { asked.emplace_back("subscribe"); }
  void send_keep_alive() override { asked.emplace_back("keep_alive"); }
  void forget_socket() override { asked.emplace_back("forget_socket"); }
  void take_users() override { asked.emplace_back("take_users"); }
  void take_sessions() override { asked.emplace_back("take_sessions"); }
  void take_pushed() override { asked.emplace_back("take_pushed"); }
  void discover_clients() override { asked.emplace_back("discover_clients"); }
  void report_connected() override { asked.emplace_back("connected"); }
  void report_online() override { asked.emplace_back("online"); }
  void report_unreachable(const InfoFailed&) override { asked.emplace_back("unreachable"); }
  void report_silent() override { asked.emplace_back("silent"); }
  void report_refused() override { asked.emplace_back("refused"); }
  void report_lost(const ServerLost& lost) override { asked.push_back("lost: " + lost.error.text()); }
  void report_realtime() override { asked.emplace_back("realtime"); }
  void report_fallback(const SocketFailed&) override { asked.emplace_back("fallback"); }
};

const hal::Error kReset{hal::ErrorKind::reset, {}};
const hal::Error kDenied{hal::ErrorKind::denied, {}};

struct ServerLinkTest : testing::Test, Rig<ServerLink, Port> {
  /// Polling, the WebSocket still being opened.
  void connect() {
    on(InfoReceived{});
    on(UsersReceived{});
    on(SessionsReceived{});
    asked();
  }
  void connect_without_socket() {
    connect();
    on(SocketFailed{kReset});
    asked();
  }
  void go_realtime() {
    connect();
    on(SocketOpened{});
    on(SessionsPushed{});
    on(UsersReceived{});
    asked();
  }
};

// ---- the seed's diagram, top to bottom --------------------------------------------------------------------------------

TEST_F(ServerLinkTest, RetrievesSystemInfoThenIsConnectedThenOnlineThenStartsTheTasks) {
  EXPECT_THAT(asked(), ElementsAre("fetch_info"));
  on(InfoReceived{});
  EXPECT_THAT(asked(), ElementsAre("connected", "online", "open_socket", "ask_users"));
  EXPECT_TRUE(machine.is("connected"_s));
  EXPECT_TRUE(machine.is("discovering"_s));
}

TEST_F(ServerLinkTest, WhereTheWebSocketIsAvailableItTellsWhoIsThere) {
  connect();
  on(SocketOpened{});
  EXPECT_THAT(asked(), ElementsAre("subscribe"));
  EXPECT_TRUE(machine.is("polled"_s)) << "a server pushes nothing until something happens: polling goes on";
  on(SessionsPushed{});
  EXPECT_THAT(asked(), ElementsAre("take_pushed", "realtime", "ask_users", "discover_clients"));
  on(UsersReceived{});
  EXPECT_TRUE(machine.is("realtime"_s));
}

TEST_F(ServerLinkTest, WhereItIsNotItIsPolledEverySixtySeconds) {
  connect_without_socket();
  for (int round = 0; round < 3; ++round) {
    for (pass(59999ms); machine.is("opening"_s);) on(SocketFailed{kReset});
    EXPECT_TRUE(machine.is("polled"_s));
    asked();
    pass(1ms);
    auto said = asked();
    std::erase(said, "open_socket");
    EXPECT_THAT(said, ElementsAre("ask_users"));
    on(UsersReceived{});
    on(SessionsReceived{});
    if (machine.is("opening"_s)) on(SocketFailed{kReset});
    asked();
  }
}

TEST_F(ServerLinkTest, ARoundOfPollingIsUsersThenTheirChangesThenSessionsThenClients) {
  on(InfoReceived{});
  asked();
  on(UsersReceived{});
  EXPECT_THAT(asked(), ElementsAre("take_users", "ask_sessions"));
  on(SessionsReceived{});
  EXPECT_THAT(asked(), ElementsAre("take_sessions", "discover_clients"));
}

TEST_F(ServerLinkTest, WhenTheWebSocketFailsPollingStartsAtOnce) {
  go_realtime();
  on(SocketFailed{kReset});
  EXPECT_THAT(asked(), ElementsAre("forget_socket", "fallback", "ask_users"));
  on(UsersReceived{});
  on(SessionsReceived{});
  EXPECT_THAT(asked(), ElementsAre("take_users", "ask_sessions", "take_sessions", "discover_clients"));
}

// ---- the contract's additions -----------------------------------------------------------------------------------------

TEST_F(ServerLinkTest, RealtimeIsTriedAgainAfterOneTwoFourUpToSixtySecondsForEver) {
  connect_without_socket();
  for (const auto delay : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    pass(delay - 1ms);
    for (auto& said = port.asked; machine.is("polling_users"_s) || machine.is("polling_sessions"_s); said.clear()) {
      on(UsersReceived{});
      on(SessionsReceived{});
    }
    EXPECT_FALSE(machine.is("opening"_s)) << "before " << delay.count() << " s";
    pass(1ms);
    EXPECT_TRUE(machine.is("opening"_s)) << "after " << delay.count() << " s";
    on(SocketFailed{kReset});
    on(UsersReceived{});
    on(SessionsReceived{});
  }
}

TEST_F(ServerLinkTest, RealtimeTakesOverWhenItIsBackAndItsScheduleBeginsAnew) {
  go_realtime();
  for (int fall = 0; fall < 3; ++fall) {
    on(SocketFailed{kReset});
    on(UsersReceived{});
    on(SessionsReceived{});
    asked();
    pass(1s);
    EXPECT_THAT(asked(), ElementsAre("open_socket"));
    on(SocketOpened{});
    on(SessionsPushed{});
    EXPECT_THAT(asked(), ElementsAre("subscribe", "take_pushed", "realtime", "ask_users", "discover_clients"));
    on(UsersReceived{});
    asked();
  }
}

TEST_F(ServerLinkTest, APollInFlightIsForgottenWhenRealtimeTakesOver) {
  on(InfoReceived{});
  on(UsersReceived{});
  on(SocketOpened{});
  asked();
  on(SessionsPushed{});
  EXPECT_THAT(asked(), ElementsAre("forget_ask", "take_pushed", "realtime", "discover_clients"));
  EXPECT_TRUE(machine.is("realtime"_s)) << "users have just been read";
}

TEST_F(ServerLinkTest, UsersInFlightAreStillWantedWhenRealtimeTakesOver) {
  on(InfoReceived{});
  on(SocketOpened{});
  asked();
  on(SessionsPushed{});
  EXPECT_THAT(asked(), ElementsAre("take_pushed", "realtime", "discover_clients"));
  on(SessionsPushed{});
  on(UsersReceived{});
  EXPECT_THAT(asked(), ElementsAre("take_pushed", "discover_clients", "take_users"));
  EXPECT_TRUE(machine.is("realtime"_s));
}

TEST_F(ServerLinkTest, UsersInFlightAreStillWantedWhenRealtimeFails) {
  go_realtime();
  on(UsersChanged{});
  on(SocketFailed{kReset});
  EXPECT_THAT(asked(), ElementsAre("ask_users", "forget_socket", "fallback"));
  on(UsersReceived{});
  EXPECT_THAT(asked(), ElementsAre("take_users", "ask_sessions"));
}

TEST_F(ServerLinkTest, UsersAreReadEveryMinuteWhileSessionsAreToldForTheyAreNotTold) {
  go_realtime();
  for (int minute = 0; minute < 3; ++minute) {
    for (int i = 0; i < 6; ++i) {
      pass(9'999ms);
      on(Spoken{});
      on(SessionsPushed{});
    }
    asked();
    pass(6ms);
    EXPECT_THAT(asked(), testing::Contains("ask_users")) << "pushes do not put it off";
    on(UsersReceived{});
  }
}

TEST_F(ServerLinkTest, UsersAreReadWhenTheServerSaysThatTheyChanged) {
  go_realtime();
  on(UsersChanged{});
  EXPECT_THAT(asked(), ElementsAre("ask_users"));
  on(UsersReceived{});
  on(SocketFailed{kReset});
  on(UsersReceived{});
  on(SessionsReceived{});
  asked();
  on(UsersChanged{});
  EXPECT_THAT(asked(), ElementsAre("ask_users")) << "polled";
}

TEST_F(ServerLinkTest, ASocketThatIsNotOpenedInTenSecondsIsGivenUp) {
  connect();
  pass(10s);
  EXPECT_THAT(asked(), ElementsAre("forget_socket"));
  EXPECT_TRUE(machine.is("resting"_s));
}

TEST_F(ServerLinkTest, ASocketThatAnswersNoKeepAliveIsGivenUp) {
  go_realtime();
  pass(kKeepAliveEvery);
  EXPECT_THAT(asked(), ElementsAre("keep_alive"));
  on(Spoken{});
  pass(kKeepAliveEvery);
  EXPECT_THAT(asked(), ElementsAre("keep_alive"));
  pass(kKeepAliveEvery - 1ms);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1ms);
  auto said = asked();
  std::erase(said, "ask_users");   // their minute is over as well
  EXPECT_THAT(said, ElementsAre("forget_socket", "fallback"));
  EXPECT_TRUE(machine.is("polling_users"_s));
}

TEST_F(ServerLinkTest, AServerThatWantsSignsOfLifeGetsOneAtOnceAndThenTwiceInItsTime) {
  go_realtime();
  on(KeepAliveWanted{10s});
  EXPECT_THAT(asked(), ElementsAre("keep_alive"));
  for (int i = 0; i < 5; ++i) {
    on(Spoken{});
    pass(5s);
    EXPECT_THAT(asked(), ElementsAre("keep_alive"));
  }
  on(KeepAliveWanted{0s});
  EXPECT_EQ(machine.context().beat, kKeepAliveMin) << "no server can make us send without end";
  on(KeepAliveWanted{1h});
  EXPECT_EQ(machine.context().beat, kKeepAliveEvery);
}

// ---- what may go wrong ------------------------------------------------------------------------------------------------

TEST_F(ServerLinkTest, AServerThatIsNotThereIsTriedAgainAfterOneTwoFourUpToSixtySecondsForEver) {
  asked();
  on(InfoFailed{kReset});
  EXPECT_THAT(asked(), ElementsAre("unreachable"));
  for (const auto delay : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    pass(delay - 1ms);
    EXPECT_THAT(asked(), IsEmpty()) << "before " << delay.count() << " s";
    pass(1ms);
    EXPECT_THAT(asked(), ElementsAre("fetch_info")) << "after " << delay.count() << " s";
    on(InfoFailed{kReset});
    asked();
  }
  pass(60s);
  on(InfoReceived{});
  EXPECT_EQ(machine.context().attempt, 0);
}

TEST_F(ServerLinkTest, AServerThatDoesNotAnswerIsGivenUp) {
  asked();
  pass(kServerAnswerMax);
  EXPECT_THAT(asked(), ElementsAre("forget_info", "silent"));
}

TEST_F(ServerLinkTest, AKeyThatIsRefusedIsTriedAgainEveryMinute) {
  on(InfoFailed{kDenied});
  asked();
  EXPECT_TRUE(machine.is("refused"_s));
  pass(60s - 1ms);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("fetch_info"));
}

TEST_F(ServerLinkTest, AKeyThatIsRevokedEndsTheTasks) {
  go_realtime();
  on(UsersChanged{});
  asked();
  on(AskFailed{kDenied});
  EXPECT_THAT(asked(), ElementsAre("refused", "forget_socket"));
  EXPECT_TRUE(machine.is("refused"_s));
  EXPECT_TRUE(machine.is("shut"_s) && machine.is("idle"_s) && machine.is("dormant"_s));
}

TEST_F(ServerLinkTest, ARequestThatFailsEndsAllTasksInEveryPhaseOfARound) {
  on(InfoReceived{});   // polling_users
  asked();
  on(AskFailed{kReset});
  EXPECT_THAT(asked(), ElementsAre("lost: connection reset", "forget_socket"));
  pass(1s);
  on(InfoReceived{});
  on(UsersReceived{});  // polling_sessions
  asked();
  on(AskFailed{kReset});
  EXPECT_THAT(asked(), ElementsAre("lost: connection reset", "forget_socket"));
  pass(1s);
  on(InfoReceived{});
  on(SocketFailed{kReset});
  asked();
  on(AskFailed{kReset});
  EXPECT_THAT(asked(), ElementsAre("lost: connection reset")) << "its WebSocket rests";
  EXPECT_TRUE(machine.is("backing_off"_s) && machine.is("shut"_s) && machine.is("idle"_s) && machine.is("dormant"_s));
}

TEST_F(ServerLinkTest, ARequestThatIsNotAnsweredInTimeEndsAllTasksInEveryPhaseOfARound) {
  for (const int phase : {0, 1, 2}) {
    on(InfoReceived{});
    on(SocketOpened{});
    if (phase == 1) on(UsersReceived{});
    if (phase == 2) on(SessionsPushed{});
    asked();
    pass(kServerAnswerMax);
    EXPECT_THAT(asked(), ElementsAre("forget_ask", "lost: timed out: the server did not answer", "forget_socket")) << "phase " << phase;
    EXPECT_TRUE(machine.is("backing_off"_s) && machine.is("shut"_s) && machine.is("idle"_s) && machine.is("dormant"_s));
    pass(1s);
  }
}

TEST_F(ServerLinkTest, WhatComesOverASocketThatWasGivenUpIsNotTaken) {
  connect_without_socket();
  on(SessionsPushed{});
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_TRUE(machine.is("polled"_s));
}

}  // namespace
}  // namespace nightjar::fsm
