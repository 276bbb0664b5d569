#include "fsm/capture.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using hal::ErrorKind;
using sml::literals::operator""_s;
using testing::ElementsAre;

struct Port final : CapturePort {
  Asked asked;
  void take_order() override { asked.emplace_back("take_order"); }
  void hold_order() override { asked.emplace_back("hold"); }
  void take_held() override { asked.emplace_back("take_held"); }
  void shoot() override { asked.emplace_back("shoot"); }
  void forget_shot() override { asked.emplace_back("forget_shot"); }
  void report_saved() override { asked.emplace_back("saved"); }
  void report_failed(const Failed& failed) override { asked.push_back("failed: " + failed.error.detail); }
  void report_timed_out() override { asked.emplace_back("timed_out"); }
  void report_abandoned() override { asked.emplace_back("abandoned"); }
  void report_busy() override { asked.emplace_back("busy"); }
  void report_held_too_long() override { asked.emplace_back("held_too_long"); }
  void report_held_abandoned() override { asked.emplace_back("held_abandoned"); }
};

struct CaptureTest : testing::Test, Rig<Capture, Port> {
  Press press(sml::Time patience = 5s) { return {now + patience, Asker::person}; }
  Press slot(sml::Time patience = 5s) { return {now + patience, Asker::session}; }
  Failed failure(ErrorKind kind) { return {{kind, "why"}, now}; }
};

TEST_F(CaptureTest, OnePressIsOnePhoto) {
  on(press());
  EXPECT_TRUE(machine.is("exposing"_s));
  on(Saved{});
  EXPECT_TRUE(machine.is("idle"_s));
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "saved"));
}

TEST_F(CaptureTest, PressDuringAnExposureIsRefusedAndDoesNotProlongIt) {
  on(press());
  for (int i = 0; i < 4; ++i) {
    pass(10s);
    on(press());
  }
  pass(5s);   // 45 s after the first press
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "busy", "busy", "busy", "busy", "forget_shot", "timed_out"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(CaptureTest, ACameraThatIsBusyIsAskedAgainWithinTheTimeThePhotoMayTake) {
  on(press(1s));
  for (int i = 0; i < 3; ++i) {
    on(failure(ErrorKind::busy));
    EXPECT_TRUE(machine.is("waiting"_s));
    on(press());
    pass(kBusyPause);
    EXPECT_TRUE(machine.is("exposing"_s));
  }
  on(failure(ErrorKind::busy));   // 0.9 s are gone: the next attempt would begin after the time is over
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "busy", "shoot", "busy", "shoot", "busy", "shoot", "failed: why"));
  EXPECT_EQ(machine.context().retries, 3);
}

TEST_F(CaptureTest, ARefusalIsNotAskedAgain) {
  on(press());
  on(failure(ErrorKind::io));
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "failed: why"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(CaptureTest, ACameraThatIsReplacedLosesItsPhoto) {
  on(press());
  on(Abandon{});
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "forget_shot", "abandoned"));
  on(press());
  on(failure(ErrorKind::busy));
  on(Abandon{});
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "abandoned"));
  on(Abandon{});
  EXPECT_TRUE(asked().empty());
  pass(1h);
  EXPECT_TRUE(asked().empty());
}

TEST_F(CaptureTest, ASlotWaitsForAPersonsPhotoAndIsShotWhenThatIsDone) {
  on(press());
  pass(1s);
  on(slot());
  pass(2s);
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "hold"));
  on(Saved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "take_held", "shoot"));
  EXPECT_EQ(machine.context().press.by, Asker::session);
  on(failure(ErrorKind::busy));   // the camera still writes: the slot has 2 s left for that
  pass(kBusyPause);
  on(Saved{});
  EXPECT_THAT(asked(), ElementsAre("shoot", "saved"));
  EXPECT_TRUE(machine.is("idle"_s));
  EXPECT_TRUE(machine.is("free"_s));
}

TEST_F(CaptureTest, ASlotThatWaitsTooLongFailsInTimeAndTheNextOneWaitsAnew) {
  on(press());
  on(slot(1500ms));
  pass(1499ms);
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "hold"));
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("held_too_long"));
  on(slot(1500ms));
  on(Saved{});
  EXPECT_THAT(asked(), ElementsAre("hold", "saved", "take_held", "shoot"));
}

TEST_F(CaptureTest, ASlotIsShotWhateverBecomesOfThePersonsPhotoBeforeIt) {
  on(press());
  on(slot());
  on(failure(ErrorKind::io));
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "hold", "failed: why", "take_held", "shoot"));
  on(Saved{});
  asked();
  on(press());
  on(slot(1min));
  pass(kExposureMax);
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "hold", "forget_shot", "timed_out", "take_held", "shoot"));
}

TEST_F(CaptureTest, AShutterThatIsHeldOpenIsWaitedForAsMuchLonger) {
  auto held = press();
  held.bulb = kBulbMax;
  on(held);
  pass(kExposureMax + kBulbMax - 1ns);
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot"));
  pass(1ns);
  EXPECT_THAT(asked(), ElementsAre("forget_shot", "timed_out"));
}

TEST_F(CaptureTest, APersonsPressWaitsForTheSessionsPhotoAndAThirdIsRefused) {
  on(slot());
  on(press(3s));
  on(press(3s));
  on(Saved{});
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "hold", "busy", "saved", "take_held", "shoot"));
}

TEST_F(CaptureTest, WhoWaitsForACameraThatIsReplacedLosesItsPhotoToo) {
  on(press());
  on(slot());
  on(Abandon{});
  EXPECT_THAT(asked(), ElementsAre("take_order", "shoot", "hold", "forget_shot", "abandoned", "held_abandoned"));
  EXPECT_TRUE(machine.is("free"_s));
  pass(1h);
  EXPECT_TRUE(asked().empty());
}

}  // namespace
}  // namespace nightjar::fsm
