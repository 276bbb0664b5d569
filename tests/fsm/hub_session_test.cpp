#include "fsm/hub_session.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : HubSessionPort {
  Asked asked;
  void register_connection() override { asked.emplace_back("register"); }
  void deregister() override { asked.emplace_back("deregister"); }
  void ping() override { asked.emplace_back("ping"); }
  void close_for_silence() override { asked.emplace_back("1011"); }
  void close_for_slowness() override { asked.emplace_back("1013"); }
  void close_going_away() override { asked.emplace_back("1001"); }
  void forget() override { asked.emplace_back("forget"); }
};

struct HubSessionTest : testing::Test, Rig<HubSession, Port> {};

TEST_F(HubSessionTest, IsRegisteredAtOnceAndPingedEveryFiveSeconds) {
  EXPECT_THAT(asked(), ElementsAre("register"));
  pass(4999ms);
  EXPECT_THAT(asked(), IsEmpty());
  for (int i = 0; i < 100; ++i) {
    pass(1ms);
    EXPECT_THAT(asked(), ElementsAre("ping"));
    on(Pong{});
    pass(4999ms);
    EXPECT_THAT(asked(), IsEmpty());
  }
  EXPECT_TRUE(machine.is("registered"_s));
}

TEST_F(HubSessionTest, OneThatNeverAnswersIsClosedTenSecondsAfterItCame) {
  pass(9999ms);
  EXPECT_THAT(asked(), ElementsAre("register", "ping"));
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("deregister", "1011"));
}

TEST_F(HubSessionTest, OneThatFallsSilentIsClosedTenSecondsAfterItsLastPong) {
  pass(5s);
  asked();
  pass(80ms);
  on(Pong{});
  pass(9999ms);
  EXPECT_THAT(asked(), ElementsAre("ping"));
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("deregister", "1011"));
}

TEST_F(HubSessionTest, APongThatNobodyAskedForIsASignOfLife) {
  for (int i = 0; i < 10; ++i) {
    pass(4s);
    on(Pong{});
  }
  EXPECT_THAT(asked(), ElementsAre("register"));
}

TEST_F(HubSessionTest, OneThatDoesNotReadIsLetGo) {
  on(Overflowed{});
  EXPECT_THAT(asked(), ElementsAre("register", "deregister", "1013"));
}

TEST_F(HubSessionTest, IsToldWhenTheDeviceStops) {
  on(ShutDown{});
  EXPECT_THAT(asked(), ElementsAre("register", "deregister", "1001"));
  on(Gone{});
  EXPECT_THAT(asked(), ElementsAre("forget"));
}

TEST_F(HubSessionTest, OneThatGoesIsForgotten) {
  on(Gone{});
  EXPECT_THAT(asked(), ElementsAre("register", "deregister", "forget"));
  pass(1h);
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(HubSessionTest, OneThatNeverFinishesItsCloseIsForgotten) {
  on(Overflowed{});
  on(Overflowed{});
  on(Pong{});
  on(ShutDown{});
  pass(kCloseMax);
  EXPECT_THAT(asked(), ElementsAre("register", "deregister", "1013", "forget"));
}

}  // namespace
}  // namespace nightjar::fsm
