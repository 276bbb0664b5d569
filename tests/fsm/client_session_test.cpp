#include "fsm/client_session.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;

struct Port final : ClientSessionPort {
  Asked asked;
  void send_welcome() override { asked.emplace_back("welcome"); }
  void send_status() override { asked.emplace_back("status"); }
  void close_for_rubbish() override { asked.emplace_back("1008"); }
  void close_for_slowness() override { asked.emplace_back("1013"); }
  void close_going_away() override { asked.emplace_back("1001"); }
  void forget() override { asked.emplace_back("forget"); }
};

struct ClientSessionTest : testing::Test, Rig<ClientSession, Port> {
  void bad() { on(BadMessage{now}); }
};

TEST_F(ClientSessionTest, IsWelcomedAtOnceAndHearsTheStateEveryTenSeconds) {
  EXPECT_THAT(asked(), ElementsAre("welcome"));
  pass(30s);
  EXPECT_THAT(asked(), ElementsAre("status", "status", "status"));
}

TEST_F(ClientSessionTest, ChangesThatComeTogetherAreToldTogether) {
  asked();
  for (int i = 0; i < 100; ++i) on(Changed{});
  EXPECT_TRUE(asked().empty());
  pass(kChangeWait);
  EXPECT_THAT(asked(), ElementsAre("status"));
  pass(10s);
  EXPECT_THAT(asked(), ElementsAre("status"));
}

TEST_F(ClientSessionTest, TenBadMessagesWithinTenSecondsEndIt) {
  asked();
  for (int i = 0; i < 9; ++i) {
    bad();
    pass(1s);
  }
  EXPECT_TRUE(machine.is("open"_s));
  bad();
  EXPECT_THAT(asked(), ElementsAre("1008"));
  on(Gone{});
  EXPECT_THAT(asked(), ElementsAre("forget"));
}

TEST_F(ClientSessionTest, BadMessagesThatAreRareAreBorne) {
  asked();
  for (int i = 0; i < 1'000; ++i) {
    bad();
    pass(1112ms);   // the tenth comes 10.008 s after the first
  }
  EXPECT_FALSE(machine.is("closing"_s));
  for (int i = 0; i < 9; ++i) bad();
  EXPECT_TRUE(machine.is("closing"_s));
}

TEST_F(ClientSessionTest, BadMessagesCountWhileAChangeWaits) {
  on(Changed{});
  for (int i = 0; i < 10; ++i) bad();
  EXPECT_THAT(asked(), ElementsAre("welcome", "1008"));
}

TEST_F(ClientSessionTest, OneThatDoesNotReadIsLetGo) {
  on(Overflowed{});
  EXPECT_THAT(asked(), ElementsAre("welcome", "1013"));
  Rig<ClientSession, Port> other;
  other.on(Changed{});
  other.on(Overflowed{});
  EXPECT_THAT(other.asked(), ElementsAre("welcome", "1013"));
}

TEST_F(ClientSessionTest, IsToldWhenTheDeviceStops) {
  on(ShutDown{});
  EXPECT_THAT(asked(), ElementsAre("welcome", "1001"));
  Rig<ClientSession, Port> other;
  other.on(Changed{});
  other.on(ShutDown{});
  EXPECT_THAT(other.asked(), ElementsAre("welcome", "1001"));
}

TEST_F(ClientSessionTest, OneThatNeverFinishesItsCloseIsForgotten) {
  on(ShutDown{});
  on(Changed{});
  bad();
  on(Overflowed{});
  on(ShutDown{});
  pass(kCloseMax);
  EXPECT_THAT(asked(), ElementsAre("welcome", "1001", "forget"));
}

TEST_F(ClientSessionTest, OneThatGoesIsForgotten) {
  on(Gone{});
  EXPECT_THAT(asked(), ElementsAre("welcome", "forget"));
  pass(1h);
  EXPECT_TRUE(asked().empty());
  Rig<ClientSession, Port> other;
  other.on(Changed{});
  other.on(Gone{});
  EXPECT_THAT(other.asked(), ElementsAre("welcome", "forget"));
}

}  // namespace
}  // namespace nightjar::fsm
