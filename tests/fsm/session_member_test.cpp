#include "fsm/session_member.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : SessionMemberPort {
  Asked asked;
  void look() override { asked.emplace_back("look"); }
  void connect() override { asked.emplace_back("connect"); }
  void drop() override { asked.emplace_back("drop"); }
  void say_join() override { asked.emplace_back("say_join"); }
  void beat() override { asked.emplace_back("beat"); }
  void say_goodbye() override { asked.emplace_back("say_goodbye"); }
  void report_joined() override { asked.emplace_back("report_joined"); }
  void report_busy() override { asked.emplace_back("report_busy"); }
  void report_not_found() override { asked.emplace_back("report_not_found"); }
  void report_not_reached() override { asked.emplace_back("report_not_reached"); }
  void report_refused() override { asked.emplace_back("report_refused"); }
  void report_lost() override { asked.emplace_back("report_lost"); }
  void report_left() override { asked.emplace_back("report_left"); }
  void report_ended() override { asked.emplace_back("report_ended"); }
  void report_kicked() override { asked.emplace_back("report_kicked"); }
  void report_none() override { asked.emplace_back("report_none"); }
};

constexpr JoinSession kKnown{true};

struct SessionMemberTest : testing::Test, Rig<SessionMember, Port> {
  void join() {
    on(kKnown);
    on(HostReached{});
    on(Welcomed{});
    asked();
  }
};

TEST_F(SessionMemberTest, ConnectsJoinsBeatsAndLeaves) {
  on(kKnown);
  on(HostReached{});
  on(Welcomed{});
  EXPECT_THAT(asked(), ElementsAre("connect", "say_join", "report_joined", "beat"));
  pass(kFirstBeat * 2);
  EXPECT_THAT(asked(), ElementsAre("beat", "beat"));
  on(LeaveSession{});
  on(LeaveSession{});
  on(HostDropped{});
  EXPECT_THAT(asked(), ElementsAre("say_goodbye", "drop", "report_left"));
}

TEST_F(SessionMemberTest, ATypedCodeIsLookedFor) {
  on(JoinSession{});
  on(HostFound{});
  EXPECT_THAT(asked(), ElementsAre("look", "connect"));
  Rig<SessionMember, Port> unlucky;
  unlucky.on(JoinSession{});
  unlucky.pass(kLookMax);
  EXPECT_THAT(unlucky.asked(), ElementsAre("look", "report_not_found"));
  unlucky.on(JoinSession{});
  unlucky.on(LeaveSession{});
  EXPECT_THAT(unlucky.asked(), ElementsAre("look", "report_left"));
}

TEST_F(SessionMemberTest, BeatsQuicklyAtFirstAndThenTwiceASecond) {
  join();
  pass(kFirstBeat * kFirstBeats);
  EXPECT_EQ(asked().size(), static_cast<std::size_t>(kFirstBeats));
  on(HostHeard{});
  pass(10s);
  EXPECT_EQ(asked().size(), 20u);
}

TEST_F(SessionMemberTest, ComesBackAfter1_2_4_8_16AndThenEvery30Seconds) {
  join();
  on(HostDropped{});
  EXPECT_THAT(asked(), ElementsAre("drop", "report_lost"));
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s}) {
    pass(pause - 1ms);
    EXPECT_THAT(asked(), IsEmpty()) << pause.count();
    pass(1ms);
    EXPECT_THAT(asked(), ElementsAre("look", "connect")) << pause.count();
    on(HostNotReached{});
  }
  pass(30s);
  on(HostReached{});
  on(Welcomed{});
  on(HostDropped{});
  EXPECT_EQ(machine.context().attempt, 1);
}

TEST_F(SessionMemberTest, AHostThatDoesNotAnswerForFifteenSecondsIsLost) {
  join();
  pass(14s);
  EXPECT_TRUE(machine.is("joined"_s));
  on(HostHeard{});
  pass(kDeafMax);
  EXPECT_TRUE(machine.is("joined"_s));
  pass(1s);
  EXPECT_TRUE(machine.is("reconnecting"_s));
}

TEST_F(SessionMemberTest, WhoWasNeverAMemberIsToldWhyAndDoesNotTryAgain) {
  on(kKnown);
  on(HostNotReached{});
  EXPECT_THAT(asked(), ElementsAre("connect", "report_not_reached"));
  on(kKnown);
  pass(kReachMax);
  EXPECT_THAT(asked(), ElementsAre("connect", "drop", "report_not_reached"));
  on(kKnown);
  on(HostReached{});
  on(JoinRefused{true});
  EXPECT_THAT(asked(), ElementsAre("connect", "say_join", "drop", "report_refused"));
  on(kKnown);
  on(HostReached{});
  on(HostDropped{});
  EXPECT_THAT(asked(), ElementsAre("connect", "say_join", "drop", "report_not_reached"));
  on(kKnown);
  on(HostReached{});
  pass(kWelcomeMax);
  EXPECT_THAT(asked(), ElementsAre("connect", "say_join", "drop", "report_not_reached"));
  on(kKnown);
  on(HostReached{});
  on(SessionEnded{});
  EXPECT_THAT(asked(), ElementsAre("connect", "say_join", "drop", "report_ended"));
}

TEST_F(SessionMemberTest, WhoWasAMemberTriesAgainUnlessTheSessionIsNotThereAnyMore) {
  join();
  on(HostDropped{});
  on(HostFound{});   // at another address: at once
  EXPECT_THAT(asked(), ElementsAre("drop", "report_lost", "connect"));
  pass(kReachMax);
  EXPECT_EQ(machine.context().attempt, 2);
  on(HostFound{});
  on(HostReached{});
  on(JoinRefused{true});   // it has not missed us yet
  EXPECT_EQ(machine.context().attempt, 3);
  on(HostFound{});
  on(HostReached{});
  on(HostDropped{});
  on(HostFound{});
  on(HostReached{});
  pass(kWelcomeMax);
  EXPECT_EQ(machine.context().attempt, 5);
  on(HostFound{});
  on(HostReached{});
  asked();
  on(JoinRefused{false});
  EXPECT_THAT(asked(), ElementsAre("drop", "report_refused"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(SessionMemberTest, TheEndOfTheSessionAndAKickAreTheEnd) {
  join();
  on(SessionEnded{});
  EXPECT_THAT(asked(), ElementsAre("drop", "report_ended"));
  join();
  on(KickedOut{});
  EXPECT_THAT(asked(), ElementsAre("drop", "report_kicked"));
}

TEST_F(SessionMemberTest, CanLeaveAtAnyTime) {
  on(LeaveSession{});
  EXPECT_THAT(asked(), ElementsAre("report_none"));
  on(kKnown);
  on(LeaveSession{});
  EXPECT_THAT(asked(), ElementsAre("connect", "drop", "report_left"));
  on(kKnown);
  on(HostReached{});
  on(LeaveSession{});
  EXPECT_THAT(asked(), ElementsAre("connect", "say_join", "drop", "report_left"));
  join();
  on(HostDropped{});
  on(LeaveSession{});
  EXPECT_THAT(asked(), ElementsAre("drop", "report_lost", "report_left"));
  join();
  on(LeaveSession{});
  pass(kGoodbyeMax);   // the host does not answer the close
  EXPECT_THAT(asked(), ElementsAre("say_goodbye", "drop", "report_left"));
}

TEST_F(SessionMemberTest, IsInOneSessionAtATime) {
  join();
  on(kKnown);
  EXPECT_THAT(asked(), ElementsAre("report_busy"));
}

TEST_F(SessionMemberTest, WhatComesLateChangesNothing) {
  on(HostFound{});
  on(HostReached{});
  on(HostNotReached{});
  on(Welcomed{});
  on(JoinRefused{});
  on(HostHeard{});
  on(HostDropped{});
  on(SessionEnded{});
  on(KickedOut{});
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace nightjar::fsm
