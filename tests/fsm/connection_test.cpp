// Every row of the seed's transition table under its own words, then what the contract adds.
#include "fsm/connection.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;
using Trouble = Connection::Trouble;

struct Port final : ConnectionPort {
  Asked asked;
  double share = 0;   // of a delay, taken off it
  void open() override { asked.emplace_back("open"); }
  void forget_open() override { asked.emplace_back("forget_open"); }
  void tell_state() override { asked.emplace_back("tell_state"); }
  void ping() override { asked.emplace_back("ping"); }
  void drop() override { asked.emplace_back("drop"); }
  void hang_up() override { asked.emplace_back("hang_up"); }
  sml::Time jitter(sml::Time delay) override { return sml::Time{static_cast<sml::Time::rep>(share * static_cast<double>(delay.count()))}; }
};

struct ConnectionTest : testing::Test, Rig<Connection, Port> {
  std::vector<std::string> path;   // of states, as the log tells them

  template <class Event>
  void hear(const Event& event) {
    machine.process(event, now, port, follow());
  }
  auto follow() {
    return [this, counted = note()](const sml::Step& step) {
      counted(step);
      if (step.from != step.to) path.push_back(std::string{step.from_name()} + " -> " + std::string{step.to_name()});
    };
  }
  static Connection::OpenFailed failed(hal::ErrorKind kind) { return {{kind, {}}}; }

  void connect() {
    hear(Connection::Connect{});
    hear(Connection::Opened{});
  }
  void receive() {
    connect();
    hear(Connection::Received{});
    path.clear();
    asked();
  }
  /// To the state that waits for a person, by ten attempts that all come to the same.
  void fail_for_good(hal::ErrorKind kind) {
    hear(Connection::Connect{});
    hear(failed(kind));
    for (int attempt = 1; attempt <= 10; ++attempt) {
      pass(30s);
      hear(failed(kind));
    }
    path.clear();
    asked();
  }
};

// ---- the seed's table, row by row -------------------------------------------------------------------------------------

TEST_F(ConnectionTest, Disconnected_Connect_Connecting) {
  hear(Connection::Connect{});
  EXPECT_THAT(path, ElementsAre("disconnected -> connecting"));
  EXPECT_THAT(asked(), ElementsAre("open"));
}

TEST_F(ConnectionTest, Connecting_OnOpen_Connected_ResetsTheRetryCount) {
  hear(Connection::Connect{});
  hear(failed(hal::ErrorKind::refused));
  pass(1s);
  hear(failed(hal::ErrorKind::refused));
  pass(2s);
  EXPECT_EQ(machine.context().attempts, 2);
  path.clear();
  asked();
  hear(Connection::Opened{});
  EXPECT_THAT(path, ElementsAre("connecting -> connected"));
  EXPECT_EQ(machine.context(), Connection::Context{});
  EXPECT_THAT(asked(), ElementsAre("tell_state"));
}

TEST_F(ConnectionTest, Connecting_OnErrorAuth_Error) {
  hear(Connection::Connect{});
  path.clear();
  hear(Connection::Denied{});
  EXPECT_THAT(path, ElementsAre("connecting -> error"));
  EXPECT_EQ(machine.context().trouble, Trouble::denied);
}

TEST_F(ConnectionTest, Connecting_OnErrorRefused_Disconnected_TriggersAutoReconnect) {
  hear(Connection::Connect{});
  path.clear();
  hear(failed(hal::ErrorKind::refused));
  EXPECT_THAT(path, ElementsAre("connecting -> disconnected", "disconnected -> reconnecting"));
}

TEST_F(ConnectionTest, Connected_OnMessageFirst_ReceivingData) {
  connect();
  path.clear();
  hear(Connection::Received{});
  EXPECT_THAT(path, ElementsAre("connected -> receiving_data"));
}

TEST_F(ConnectionTest, ReceivingData_OnMessage_ReceivingData) {
  receive();
  for (int i = 0; i < 100; ++i) {
    pass(5s);
    hear(Connection::Received{});
  }
  EXPECT_THAT(path, IsEmpty());
  EXPECT_TRUE(machine.is("receiving_data"_s));
  EXPECT_THAT(asked(), testing::Each("tell_state"));   // no ping: the metrics are the sign of life
}

TEST_F(ConnectionTest, ReceivingData_OnClose_Disconnected_TriggersAutoReconnect) {
  receive();
  hear(Connection::Closed{});
  EXPECT_THAT(path, ElementsAre("receiving_data -> disconnected", "disconnected -> reconnecting"));
  EXPECT_THAT(asked(), ElementsAre("drop"));
}

TEST_F(ConnectionTest, Disconnected_AutoReconnect_Reconnecting_StartsTheBackoff) {
  hear(Connection::AutoReconnect{});
  EXPECT_THAT(path, ElementsAre("disconnected -> reconnecting"));
  EXPECT_EQ(machine.next_deadline(), now + 1s);
}

TEST_F(ConnectionTest, Reconnecting_RetryAttempt_Connecting) {
  receive();
  hear(Connection::Closed{});
  asked();
  pass(1s);
  EXPECT_TRUE(machine.is("connecting"_s));
  EXPECT_THAT(asked(), ElementsAre("open"));
}

TEST_F(ConnectionTest, Reconnecting_MaxRetries_Error_StopsRetrying) {
  fail_for_good(hal::ErrorKind::timed_out);
  EXPECT_TRUE(machine.is("error"_s));
  pass(24h);
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_EQ(machine.next_deadline(), std::nullopt);
}

TEST_F(ConnectionTest, Error_UserClicksRetry_Disconnected_AndConnects) {
  fail_for_good(hal::ErrorKind::refused);
  hear(Connection::Retry{});
  EXPECT_THAT(path, ElementsAre("error -> disconnected", "disconnected -> connecting"));
  EXPECT_EQ(machine.context(), Connection::Context{});
  EXPECT_THAT(asked(), ElementsAre("open"));
}

TEST_F(ConnectionTest, Any_UserLogout_Disconnected_AndStaysSo) {
  const std::vector<std::function<void()>> ways{[] {},
                                                [this] { hear(Connection::Connect{}); },
                                                [this] { connect(); },
                                                [this] { receive(); },
                                                [this] { receive(), hear(Connection::Closed{}); },
                                                [this] { fail_for_good(hal::ErrorKind::refused); }};
  for (const auto& go : ways) {
    go();
    asked();
    hear(Connection::Logout{});
    EXPECT_TRUE(machine.is("disconnected"_s));
    EXPECT_EQ(machine.context(), Connection::Context{});
    pass(24h);
    EXPECT_THAT(asked(), ElementsAre("hang_up"));
  }
}

TEST_F(ConnectionTest, Any_PageClose_End) {
  const std::vector<std::function<void(ConnectionTest&)>> ways{[](auto&) {},
                                                               [](auto& t) { t.hear(Connection::Connect{}); },
                                                               [](auto& t) { t.connect(); },
                                                               [](auto& t) { t.receive(); },
                                                               [](auto& t) { t.receive(), t.hear(Connection::Closed{}); },
                                                               [](auto& t) { t.fail_for_good(hal::ErrorKind::refused); }};
  for (const auto& go : ways) {
    machine = {};
    machine.start(now, port, note());
    go(*this);
    asked();
    hear(Connection::Stop{});
    EXPECT_TRUE(machine.is(sml::X));
    EXPECT_THAT(asked(), ElementsAre("hang_up"));
  }
}

// ---- what the contract adds -------------------------------------------------------------------------------------------

TEST_F(ConnectionTest, Connected_Closed_Disconnected) {
  connect();
  path.clear();
  asked();
  hear(Connection::Closed{});
  EXPECT_THAT(path, ElementsAre("connected -> disconnected", "disconnected -> reconnecting"));
  EXPECT_THAT(asked(), ElementsAre("drop"));
}

TEST_F(ConnectionTest, Connecting_Timeout_Disconnected_AfterTenSecondsToTheMillisecond) {
  hear(Connection::Connect{});
  asked();
  pass(10s - 1ms);
  EXPECT_TRUE(machine.is("connecting"_s));
  pass(1ms);
  EXPECT_TRUE(machine.is("reconnecting"_s));
  EXPECT_THAT(asked(), ElementsAre("forget_open"));
}

TEST_F(ConnectionTest, TheDelaysAre_1_2_4_8_16_30_30_30_30_30_ToTheMillisecond_ThenError) {
  hear(Connection::Connect{});
  asked();
  for (const auto delay : {1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s, 30s, 30s}) {
    hear(failed(hal::ErrorKind::unreachable));
    EXPECT_TRUE(machine.is("reconnecting"_s));
    pass(delay - 1ms);
    EXPECT_THAT(asked(), IsEmpty()) << "before " << delay.count() << " s";
    pass(1ms);
    EXPECT_THAT(asked(), ElementsAre("open")) << "after " << delay.count() << " s";
  }
  EXPECT_EQ(machine.context().attempts, 10);
  hear(failed(hal::ErrorKind::unreachable));
  EXPECT_TRUE(machine.is("error"_s));
}

TEST_F(ConnectionTest, OpeningBeginsTheScheduleAnew) {
  hear(Connection::Connect{});
  for (int i = 0; i < 7; ++i) {
    hear(failed(hal::ErrorKind::unreachable));
    pass(30s);
  }
  hear(Connection::Opened{});
  hear(Connection::Closed{});
  EXPECT_EQ(machine.next_deadline(), now + 1s);
}

TEST_F(ConnectionTest, AClosureForPolicyIsAnErrorAtOnce) {
  connect();
  asked();
  hear(Connection::Denied{});
  EXPECT_TRUE(machine.is("error"_s));
  EXPECT_THAT(asked(), ElementsAre("drop"));
  hear(Connection::Logout{});
  receive();
  hear(Connection::Denied{});
  EXPECT_TRUE(machine.is("error"_s));
  EXPECT_EQ(machine.context().trouble, Trouble::denied);
  EXPECT_THAT(asked(), ElementsAre("drop"));
}

TEST_F(ConnectionTest, TheReasonsForErrorAreKeptApart) {
  for (const auto& [kind, trouble] : {std::pair{hal::ErrorKind::refused, Trouble::refused}, std::pair{hal::ErrorKind::protocol, Trouble::refused},
                                     std::pair{hal::ErrorKind::unreachable, Trouble::network}, std::pair{hal::ErrorKind::tls, Trouble::network}}) {
    fail_for_good(kind);
    EXPECT_TRUE(machine.is("error"_s));
    EXPECT_EQ(machine.context().trouble, trouble);
    hear(Connection::Logout{});
  }
}

TEST_F(ConnectionTest, JitterShortensADelayAndNeverMore) {
  port.share = 0.25;
  receive();
  hear(Connection::Closed{});
  EXPECT_EQ(machine.next_deadline(), now + 750ms);
  port.share = 7;
  pass(750ms);
  hear(failed(hal::ErrorKind::unreachable));
  EXPECT_EQ(machine.next_deadline(), now);
}

TEST_F(ConnectionTest, AServerThatFallsSilentIsPingedAndThenGivenUp) {
  for (const bool metrics : {false, true}) {
    connect();
    if (metrics) hear(Connection::Received{});
    asked();
    pass(15s);
    EXPECT_THAT(asked(), ElementsAre("tell_state", "ping"));
    hear(Connection::Alive{});   // the pong
    pass(15s);
    EXPECT_THAT(asked(), ElementsAre("tell_state", "ping"));
    pass(15s);
    EXPECT_THAT(asked(), ElementsAre("drop"));
    EXPECT_TRUE(machine.is("reconnecting"_s));
    hear(Connection::Logout{});
  }
}

TEST_F(ConnectionTest, PressesThatHaveNothingToDoAndLateNewsChangeNothing) {
  receive();
  for (int i = 0; i < 2; ++i) {
    hear(Connection::Connect{});
    hear(Connection::Retry{});
    hear(Connection::Opened{});
    hear(failed(hal::ErrorKind::refused));
    hear(Connection::AutoReconnect{});
    EXPECT_TRUE(i == 0 ? machine.is("receiving_data"_s) : machine.is("reconnecting"_s));
    hear(Connection::Closed{});
    hear(Connection::Denied{});
    hear(Connection::Received{});
    hear(Connection::Alive{});
  }
  EXPECT_TRUE(machine.is("reconnecting"_s));
  EXPECT_THAT(asked(), ElementsAre("drop"));
}

}  // namespace
}  // namespace nightjar::fsm
