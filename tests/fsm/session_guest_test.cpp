#include "fsm/session_guest.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : SessionGuestPort {
  Asked asked;
  void refuse_not_found() override { asked.emplace_back("refuse_not_found"); }
  void refuse_duplicate() override { asked.emplace_back("refuse_duplicate"); }
  void refuse_full() override { asked.emplace_back("refuse_full"); }
  void refuse_silence() override { asked.emplace_back("refuse_silence"); }
  void admit() override { asked.emplace_back("admit"); }
  void say_invalid() override { asked.emplace_back("say_invalid"); }
  void say_joined_already() override { asked.emplace_back("say_joined_already"); }
  void close_for_rubbish() override { asked.emplace_back("close_for_rubbish"); }
  void let_go_silent() override { asked.emplace_back("let_go_silent"); }
  void let_go_slow() override { asked.emplace_back("let_go_slow"); }
  void let_go_kicked() override { asked.emplace_back("let_go_kicked"); }
  void tell_left() override { asked.emplace_back("tell_left"); }
  void say_closed() override { asked.emplace_back("say_closed"); }
  void close_going_away() override { asked.emplace_back("close_going_away"); }
  void make_way() override { asked.emplace_back("make_way"); }
  void forget() override { asked.emplace_back("forget"); }
};

struct SessionGuestTest : testing::Test, Rig<SessionGuest, Port> {
  void join() {
    on(GuestJoins{});
    asked();
  }
};

TEST_F(SessionGuestTest, JoinsAndIsAMemberUntilItsConnectionIsGone) {
  on(GuestJoins{});
  EXPECT_TRUE(machine.is("member"_s));
  on(GuestGone{});
  EXPECT_THAT(asked(), ElementsAre("admit", "tell_left", "forget"));
  EXPECT_TRUE(machine.is(sml::X));
}

TEST_F(SessionGuestTest, IsRefusedInTheOrderOfTheBook) {
  on(GuestJoins{true, true, true});
  EXPECT_THAT(asked(), ElementsAre("refuse_not_found"));
  Rig<SessionGuest, Port> second;
  second.on(GuestJoins{false, true, true});
  EXPECT_THAT(second.asked(), ElementsAre("refuse_duplicate"));
  Rig<SessionGuest, Port> third;
  third.on(GuestJoins{false, false, true});
  EXPECT_THAT(third.asked(), ElementsAre("refuse_full"));
  third.on(GuestGone{});
  EXPECT_THAT(third.asked(), ElementsAre("forget"));
}

TEST_F(SessionGuestTest, SaysWhatItWantsWithinTenSeconds) {
  pass(kJoinMax);
  EXPECT_THAT(asked(), ElementsAre("refuse_silence"));
  pass(kGuestCloseMax);
  EXPECT_THAT(asked(), ElementsAre("forget"));
}

/// Checked every 5 s: let go at the first check at which it has been silent for more than 15 s.
TEST_F(SessionGuestTest, IsLetGoAfterFifteenSecondsOfSilence) {
  join();
  pass(12s);
  on(GuestHeard{});
  pass(17s);   // 12 + 15 = 27: the check at 25 s is too early, the next is at 30 s
  EXPECT_THAT(asked(), IsEmpty());
  pass(1s);
  EXPECT_THAT(asked(), ElementsAre("let_go_silent"));
  EXPECT_TRUE(machine.is("silent"_s));
  on(GuestHeard{});
  on(GuestGone{});
  EXPECT_THAT(asked(), ElementsAre("forget"));
}

TEST_F(SessionGuestTest, ASilentOneThatDoesNotAnswerTheCloseIsForgotten) {
  join();
  pass(20s + kGuestCloseMax);
  EXPECT_THAT(asked(), ElementsAre("let_go_silent", "forget"));
}

TEST_F(SessionGuestTest, WhoBeatsStays) {
  join();
  for (int i = 0; i < 100; ++i) {
    pass(14s);
    on(GuestHeard{});
  }
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(SessionGuestTest, TenMessagesOfRubbishInARowEndIt) {
  join();
  for (int i = 0; i < 9; ++i) on(GuestBabbled{});
  on(GuestHeard{});
  for (int i = 0; i < 9; ++i) on(GuestBabbled{});
  EXPECT_TRUE(machine.is("member"_s));
  asked();
  on(GuestBabbled{});
  EXPECT_THAT(asked(), ElementsAre("tell_left", "close_for_rubbish"));
  Rig<SessionGuest, Port> stranger;
  for (int i = 0; i < 9; ++i) stranger.on(GuestBabbled{});
  EXPECT_EQ(stranger.asked().size(), 9u);
  stranger.on(GuestBabbled{});
  EXPECT_THAT(stranger.asked(), ElementsAre("close_for_rubbish"));
}

TEST_F(SessionGuestTest, AMemberThatJoinsAgainIsToldSoAndStays) {
  join();
  on(GuestJoins{});
  EXPECT_THAT(asked(), ElementsAre("say_joined_already"));
  EXPECT_TRUE(machine.is("member"_s));
}

TEST_F(SessionGuestTest, EveryEndOfAMemberIsToldOnce) {
  const auto ending = [](auto event) {
    Rig<SessionGuest, Port> rig;
    rig.on(GuestJoins{});
    rig.asked();
    rig.on(event);
    rig.on(GuestGone{});
    return rig.asked();
  };
  EXPECT_THAT(ending(KickGuest{}), ElementsAre("let_go_kicked", "forget"));
  EXPECT_THAT(ending(GuestBehind{}), ElementsAre("let_go_slow", "forget"));
  EXPECT_THAT(ending(DismissGuest{}), ElementsAre("say_closed", "forget"));
  EXPECT_THAT(ending(SuspendGuest{}), ElementsAre("close_going_away", "forget"));
  EXPECT_THAT(ending(ReplaceGuest{}), ElementsAre("make_way", "forget"));
}

TEST_F(SessionGuestTest, WhoHasNotJoinedIsLetGoToo) {
  const auto ending = [](auto event) {
    Rig<SessionGuest, Port> rig;
    rig.on(event);
    return rig.asked();
  };
  EXPECT_THAT(ending(DismissGuest{}), ElementsAre("say_closed"));
  EXPECT_THAT(ending(SuspendGuest{}), ElementsAre("close_going_away"));
  EXPECT_THAT(ending(GuestBehind{}), ElementsAre("close_for_rubbish"));
  EXPECT_THAT(ending(GuestGone{}), ElementsAre("forget"));
}

TEST_F(SessionGuestTest, WhatComesLateChangesNothing) {
  join();
  on(KickGuest{});
  asked();
  on(GuestJoins{});
  on(GuestHeard{});
  on(GuestBabbled{});
  on(GuestBehind{});
  on(KickGuest{});
  on(ReplaceGuest{});
  on(DismissGuest{});
  on(SuspendGuest{});
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_TRUE(machine.is("closing"_s));
}

}  // namespace
}  // namespace nightjar::fsm
