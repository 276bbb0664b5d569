#include "fsm/device_clock.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : DeviceClockPort {
  Asked asked;
  void set_clock(sml::Time by) override { asked.push_back("set by " + std::to_string(by / 1ms)); }
  void forget_set() override { asked.emplace_back("forget"); }
  void report_in_time() override { asked.emplace_back("in time"); }
  void report_set() override { asked.emplace_back("was set"); }
  void report_not_set(const ClockNotSet&) override { asked.emplace_back("was not set"); }
  void report_set_timed_out() override { asked.emplace_back("timed out"); }
  void report_inaccurate() override { asked.emplace_back("inaccurate"); }
  void report_too_old() override { asked.emplace_back("too old"); }
  void report_busy() override { asked.emplace_back("busy"); }
  void report_lost() override { asked.emplace_back("lost"); }
};

struct DeviceClockTest : testing::Test, Rig<DeviceClock, Port> {};

TEST_F(DeviceClockTest, FiveSecondsAreInTimeAndAMillisecondMoreIsSetInEitherDirection) {
  on(ClientTold{5s});
  on(ClientTold{-5s});
  EXPECT_THAT(asked(), ElementsAre("in time", "in time"));
  on(ClientTold{5001ms});
  EXPECT_THAT(asked(), ElementsAre("set by 5001")) << "and nothing is said yet";
  EXPECT_TRUE(machine.is("setting"_s));
  on(ClockSet{});
  EXPECT_THAT(asked(), ElementsAre("was set"));
  on(ClientTold{-5001ms});
  on(ClockSet{});
  EXPECT_THAT(asked(), ElementsAre("set by -5001", "was set"));
  EXPECT_TRUE(machine.is("known"_s));
}

TEST_F(DeviceClockTest, AClockThatIsNotSetIsNotKnown) {
  on(ClientTold{1h});
  on(ClockNotSet{});
  EXPECT_THAT(asked(), ElementsAre("set by 3600000", "was not set"));
  EXPECT_TRUE(machine.is("unknown"_s));
  on(ClientTold{0s});
  on(ClientTold{1h});
  on(ClockNotSet{});
  EXPECT_TRUE(machine.is("unknown"_s)) << "nor any longer";
}

TEST_F(DeviceClockTest, ASettingThatHangsIsGivenUpAndItsAnswerNotHeard) {
  on(ClientTold{1h});
  pass(5s);
  EXPECT_THAT(asked(), ElementsAre("set by 3600000", "forget", "timed out"));
  on(ClockSet{});
  on(ClockNotSet{});
  EXPECT_TRUE(machine.is("unknown"_s));
  on(ClientTold{0s});
  on(ClockSet{});
  on(ClockNotSet{});
  EXPECT_TRUE(machine.is("known"_s));
}

TEST_F(DeviceClockTest, TwoWhoTellTheSameErrorAtOnceDoNotSetItTwice) {
  on(ClientTold{1h});
  on(ClientTold{1h});
  on(GpsTold{1h, true, 0s});
  on(ClockSet{});
  EXPECT_THAT(asked(), ElementsAre("set by 3600000", "busy", "busy", "was set"));
}

TEST_F(DeviceClockTest, GpsIsBelievedWhenItIsAccurateAndNotTenSecondsOld) {
  on(GpsTold{1h, false, 0s});
  on(GpsTold{1h, true, 10s});
  on(GpsTold{1h, false, 1h});
  EXPECT_THAT(asked(), ElementsAre("inaccurate", "too old", "inaccurate"));
  EXPECT_TRUE(machine.is("unknown"_s));
  on(GpsTold{1s, true, 9999ms});
  EXPECT_THAT(asked(), ElementsAre("in time"));
  on(GpsTold{1h, false, 0s});
  on(GpsTold{1h, true, 10s});
  on(GpsTold{0s, true, 0s});
  EXPECT_THAT(asked(), ElementsAre("inaccurate", "too old", "in time"));
  on(GpsTold{6s, true, 0s});
  on(ClockSet{});
  EXPECT_THAT(asked(), ElementsAre("set by 6000", "was set"));
  EXPECT_EQ(machine.context().source, TimeSource::gps);
}

TEST_F(DeviceClockTest, GpsSetsAClockThatNobodyHasTold) {
  on(GpsTold{-6s, true, 0s});
  EXPECT_THAT(asked(), ElementsAre("set by -6000"));
}

TEST_F(DeviceClockTest, WhatNobodyConfirmsForElevenMinutesIsNotKnownAnyMore) {
  on(ClientTold{0s});
  pass(10min);
  on(ClientTold{0s});
  pass(11min - 1ms);
  EXPECT_THAT(asked(), ElementsAre("in time", "in time"));
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("lost"));
  EXPECT_TRUE(machine.is("unknown"_s));
  pass(1h);
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace nightjar::fsm
