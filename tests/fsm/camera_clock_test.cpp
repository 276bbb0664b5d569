#include "fsm/camera_clock.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

const CameraClockFailed kBusy{{hal::ErrorKind::busy, "During shooting or recording"}};
const CameraClockFailed kRefused{{hal::ErrorKind::not_supported, {}}};

struct Port final : CameraClockPort {
  Asked asked;
  void read() override { asked.emplace_back("read"); }
  void set() override { asked.emplace_back("set"); }
  void forget() override { asked.emplace_back("forget"); }
  void report_acceptable() override { asked.emplace_back("acceptable"); }
  void report_set() override { asked.emplace_back("was set"); }
  void report_not_read(const CameraClockFailed&) override { asked.emplace_back("not read"); }
  void report_rejected(const CameraClockFailed&) override { asked.emplace_back("rejected"); }
  void report_silent() override { asked.emplace_back("silent"); }
};

struct CameraClockTest : testing::Test, Rig<CameraClock, Port> {};

TEST_F(CameraClockTest, TwoSecondsAreAcceptableAndAMillisecondMoreIsSetInEitherDirection) {
  for (const auto ahead : {0ms, 2000ms, -2000ms}) {
    on(CompareClocks{});
    on(CameraClockRead{ahead});
    EXPECT_THAT(asked(), ElementsAre("read", "acceptable")) << ahead.count();
  }
  for (const auto ahead : {2001ms, -2001ms}) {
    on(CompareClocks{});
    on(CameraClockRead{ahead});
    EXPECT_THAT(asked(), ElementsAre("read", "set")) << ahead.count();
    on(CameraClockSet{});
    EXPECT_THAT(asked(), ElementsAre("was set"));
  }
}

TEST_F(CameraClockTest, ACameraThatIsBusyIsAskedAgainThreeTimesAndOneThatRefusesIsNot) {
  on(CompareClocks{});
  for (int i = 0; i < 3; ++i) {
    on(CameraClockRead{1h});
    on(kBusy);
    EXPECT_THAT(asked(), ElementsAre("read", "set"));
    pass(2s);
  }
  on(CameraClockRead{1h});
  on(kBusy);
  EXPECT_THAT(asked(), ElementsAre("read", "set", "rejected"));
  on(CompareClocks{});
  on(CameraClockRead{1h});
  on(kRefused);
  EXPECT_THAT(asked(), ElementsAre("read", "set", "rejected"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(CameraClockTest, AClockThatCannotBeReadIsNotSet) {
  on(CompareClocks{});
  on(kBusy);
  pass(2s);
  on(kRefused);
  EXPECT_THAT(asked(), ElementsAre("read", "read", "not read"));
}

TEST_F(CameraClockTest, ACameraThatDoesNotAnswerIsGivenUp) {
  on(CompareClocks{});
  pass(20s);
  EXPECT_THAT(asked(), ElementsAre("read", "forget", "silent"));
  on(CompareClocks{});
  on(CameraClockRead{1h});
  pass(20s);
  EXPECT_THAT(asked(), ElementsAre("read", "set", "forget", "silent"));
}

TEST_F(CameraClockTest, WhatIsAskedMeanwhileIsBeingDoneAndWhatComesLateIsNotHeard) {
  on(CameraClockRead{1h});
  on(CameraClockSet{});
  on(kRefused);
  on(CompareClocks{});
  on(CompareClocks{});
  on(CameraClockSet{});
  on(CameraClockRead{1h});
  on(CompareClocks{});
  on(CameraClockRead{0s});
  on(kBusy);
  on(CompareClocks{});
  on(CameraClockRead{0s});
  on(CameraClockSet{});
  on(kRefused);
  EXPECT_THAT(asked(), ElementsAre("read", "set"));
  EXPECT_TRUE(machine.is("waiting"_s));
}

}  // namespace
}  // namespace nightjar::fsm
