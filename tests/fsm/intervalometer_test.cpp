#include "fsm/intervalometer.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : IntervalometerPort {
  Asked asked;
  void create_session(const SessionRequest& request) override { asked.push_back("create " + request.title); }
  void ask_camera() override { asked.emplace_back("ask_camera"); }
  void begin_session(const SessionRequest& request, const Grid&) override {
    asked.emplace_back("begin");
    planned = request.shots;
  }
  std::uint32_t planned = 0;
  void drop_session() override { asked.emplace_back("drop"); }
  void take_shot(std::uint32_t slot, sml::Time at) override {
    asked.push_back("shot " + std::to_string(slot));
    due = at;
  }
  sml::Time due{};
  void note_paused(const Pause& pause) override { asked.push_back("paused " + pause.why); }
  void note_went_on(const SessionRequest& request, const Grid& grid) override { note_grid("went_on", request, grid); }
  void note_replanned(const SessionRequest& request, const Grid& grid) override { note_grid("replanned", request, grid); }
  void note_shifted(const SessionRequest& request, const Grid& grid) override { note_grid("shifted", request, grid); }
  void note_grid(const std::string& what, const SessionRequest& request, const Grid& grid) {
    asked.push_back(what + " from slot " + std::to_string(grid.first));
    planned = request.shots;
  }
  void note_missed(std::uint32_t slots) override { asked.push_back("missed " + std::to_string(slots)); }
  void note_saved() override { asked.emplace_back("saved"); }
  void note_failed() override { asked.emplace_back("failed"); }
  void end_completed() override { asked.emplace_back("completed"); }
  void end_stopped() override { asked.emplace_back("stopped"); }
  void store_report() override { asked.emplace_back("store"); }
  void remove_session() override { asked.emplace_back("remove"); }
  void report_saved() override { asked.emplace_back("report_saved"); }
  void report_discarded() override { asked.emplace_back("discarded"); }
  void report_store_failed() override { asked.emplace_back("store_failed"); }
  void report_no_camera() override { asked.emplace_back("no_camera"); }
  void report_unsaved() override { asked.emplace_back("unsaved"); }
  void report_running() override { asked.emplace_back("running"); }
  void report_no_session() override { asked.emplace_back("no_session"); }
  void report_not_running() override { asked.emplace_back("not_running"); }
  void report_not_paused() override { asked.emplace_back("not_paused"); }
  void report_nothing_unsaved() override { asked.emplace_back("nothing_unsaved"); }
  void report_called_off() override { asked.emplace_back("called_off"); }
  void look_at_clock() override { asked.emplace_back("look_at_clock"); }
};

struct IntervalometerTest : testing::Test, Rig<Intervalometer, Port> {
  static Start wish(sml::Time interval, std::uint32_t shots, std::string title = "stars") {
    return {{interval, shots, "stop-after", "", std::move(title)}};
  }
  /// Started, the first shot under way.
  void begin(sml::Time interval, std::uint32_t shots) {
    on(wish(interval, shots));
    on(CameraReady{});
    pass(0s);
    EXPECT_THAT(asked(), ElementsAre("create stars", "ask_camera", "begin", "shot 0"));
  }
  void finish() {
    begin(2s, 1);
    on(ShotSaved{});
    EXPECT_TRUE(machine.is("unsaved"_s));
    asked();
  }
};

TEST_F(IntervalometerTest, TakesEveryShotAtItsPlaceOnTheGrid) {
  begin(2s, 4);
  const auto origin = now;
  for (std::uint32_t shot = 1; shot < 4; ++shot) {
    pass(700ms);
    on(ShotSaved{});
    EXPECT_THAT(asked(), ElementsAre("saved"));
    EXPECT_EQ(machine.next_deadline(), origin + 2s * shot);
    pass(1300ms);
    EXPECT_THAT(asked(), ElementsAre("shot " + std::to_string(shot)));
  }
  pass(700ms);
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "completed"));
}

TEST_F(IntervalometerTest, DoesNotDriftOverAHundredThousandShots) {
  begin(1s, 100'000);
  const auto origin = now;
  for (std::uint32_t shot = 1; shot < 100'000; ++shot) {
    pass(sml::Time{333'333'333} + sml::Time{shot});
    on(ShotSaved{});
    ASSERT_EQ(machine.next_deadline(), origin + 1s * shot);
    pass(*machine.next_deadline() - now);
  }
}

TEST_F(IntervalometerTest, SlotsThatPassDuringAShotAreCountedAndTheNextIsOnTheGrid) {
  begin(2s, 10);
  const auto origin = now;
  pass(9s);   // slots 1 to 4 pass; 5 is due at 10 s
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "missed 4"));
  EXPECT_EQ(machine.next_deadline(), origin + 10s);
  pass(1s);
  EXPECT_THAT(asked(), ElementsAre("shot 5"));
}

TEST_F(IntervalometerTest, AShotThatEndsWhenTheNextIsDueMissesNothing) {
  begin(2s, 3);
  pass(2s);
  on(ShotSaved{});
  pass(0s);
  EXPECT_THAT(asked(), ElementsAre("saved", "shot 1"));
}

TEST_F(IntervalometerTest, MissedSlotsCountTowardsTheEnd) {
  begin(2s, 3);
  pass(59s);
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "missed 2", "completed"));
}

TEST_F(IntervalometerTest, AFailedShotDoesNotEndTheSession) {
  begin(2s, 3);
  on(ShotFailed{});
  pass(2s);
  pass(kShotMax);   // this one is never answered
  EXPECT_THAT(asked(), ElementsAre("failed", "shot 1", "failed", "missed 1", "completed"));
}

TEST_F(IntervalometerTest, WithoutALimitItGoesOnUntilItIsStopped) {
  begin(2s, 0);
  for (int i = 0; i < 1'000; ++i) {
    on(ShotSaved{});
    pass(2s);
  }
  on(ShotSaved{});
  asked();
  on(Stop{});
  EXPECT_THAT(asked(), ElementsAre("stopped"));
  EXPECT_TRUE(machine.is("unsaved"_s));
}

TEST_F(IntervalometerTest, UntilATimeItTakesTheShotsThatFitHoweverLateItBegins) {
  auto until = wish(2s, 0);
  until.request.until = now + 11s;
  on(until);
  on(CameraReady{});
  EXPECT_EQ(port.planned, 6u);   // 0, 2, ... 10 s
  on(Stop{});
  asked();
  until.request.until = now + 11s;
  on(until);
  pass(4s);   // a person decides about the one before
  on(Discard{});
  on(Stored{});
  on(CameraReady{});
  EXPECT_EQ(port.planned, 4u);   // 4, 6, 8, 10 s
  on(Stop{});
  on(until);
  pass(1min);   // the time is over before it begins: one photo, not an endless session
  on(Discard{});
  on(Stored{});
  on(CameraReady{});
  EXPECT_EQ(port.planned, 1u);
}

TEST_F(IntervalometerTest, APhotoInFlightFinishesAndIsCountedBeforeAStop) {
  begin(2s, 10);
  on(Stop{});
  on(Stop{});
  on(wish(2s, 1));
  EXPECT_THAT(asked(), ElementsAre("running"));
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "stopped"));
}

TEST_F(IntervalometerTest, APhotoInFlightThatFailsOrHangsDoesNotHoldUpAStop) {
  begin(2s, 10);
  on(Stop{});
  on(ShotFailed{});
  EXPECT_THAT(asked(), ElementsAre("failed", "stopped"));
  Rig<Intervalometer, Port> other;
  other.on(wish(2s, 10));
  other.on(CameraReady{});
  other.pass(0s);
  other.on(Stop{});
  other.asked();
  other.pass(kShotMax);
  EXPECT_THAT(other.asked(), ElementsAre("failed", "stopped"));
}

TEST_F(IntervalometerTest, WithoutACameraNothingStarts) {
  on(wish(2s, 3));
  on(CameraMissing{});
  EXPECT_THAT(asked(), ElementsAre("create stars", "ask_camera", "drop", "no_camera"));
  on(wish(2s, 3));
  on(wish(2s, 3));
  on(Stop{});
  pass(kAskMax);
  EXPECT_THAT(asked(), ElementsAre("create stars", "ask_camera", "running", "no_session", "drop", "no_camera"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(IntervalometerTest, WithoutASessionThereIsNothingToStopSaveOrDiscard) {
  on(Stop{});
  on(Save{});
  on(Discard{});
  EXPECT_THAT(asked(), ElementsAre("no_session", "nothing_unsaved", "nothing_unsaved"));
  begin(2s, 2);
  on(Save{});
  on(Discard{});
  on(wish(1s, 1));
  EXPECT_THAT(asked(), ElementsAre("nothing_unsaved", "nothing_unsaved", "running"));
}

TEST_F(IntervalometerTest, AFinishedSessionIsSaved) {
  finish();
  on(Stop{});
  on(Save{});
  on(Save{});
  on(Stored{});
  EXPECT_THAT(asked(), ElementsAre("no_session", "store", "nothing_unsaved", "report_saved"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(IntervalometerTest, AFinishedSessionIsDiscarded) {
  finish();
  on(Discard{});
  on(Stored{});
  EXPECT_THAT(asked(), ElementsAre("remove", "discarded"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(IntervalometerTest, ASessionThatCannotBeSavedOrDiscardedStays) {
  finish();
  on(Save{});
  on(StoreFailed{});
  on(Discard{});
  on(StoreFailed{});
  EXPECT_THAT(asked(), ElementsAre("store", "store_failed", "remove", "store_failed"));
  EXPECT_TRUE(machine.is("unsaved"_s));
}

TEST_F(IntervalometerTest, ANewSessionWaitsForTheDecisionAboutTheOldOneAndThenStarts) {
  finish();
  on(wish(2s, 5, "first wish"));
  on(wish(2s, 5, "moon"));
  on(Save{});
  on(Stored{});
  EXPECT_THAT(asked(), ElementsAre("unsaved", "unsaved", "store", "report_saved", "create moon", "ask_camera"));
  on(CameraMissing{});
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(IntervalometerTest, ANewSessionStartsAfterTheOldOneIsDiscarded) {
  finish();
  on(wish(2s, 5, "moon"));
  on(Discard{});
  on(Stored{});
  EXPECT_THAT(asked(), ElementsAre("unsaved", "remove", "discarded", "create moon", "ask_camera"));
}

TEST_F(IntervalometerTest, AStartThatWaitsCanBeCalledOff) {
  finish();
  on(wish(2s, 5, "moon"));
  on(Stop{});
  on(Save{});
  on(Stored{});
  EXPECT_THAT(asked(), ElementsAre("unsaved", "called_off", "store", "report_saved"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(IntervalometerTest, AFullDiskCallsOffTheStartThatWaits) {
  finish();
  on(wish(2s, 5, "moon"));
  on(Save{});
  on(StoreFailed{});
  EXPECT_TRUE(machine.is("unsaved"_s));
  EXPECT_FALSE(machine.context().has_next());
}

TEST_F(IntervalometerTest, ASessionFoundAfterAPowerCutWaitsToBeSaved) {
  on(Recovered{});
  EXPECT_TRUE(machine.is("unsaved"_s));
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(IntervalometerTest, ASessionGoesOnAlongItsOldGridAfterAPowerCut) {
  const auto origin = now - 61s;   // slots 0 to 9 were shot; the power was off for the rest
  on(Resumed{wish(5s, 100).request, origin, 10});
  EXPECT_THAT(asked(), ElementsAre("missed 3"));   // 50, 55, 60 s
  EXPECT_EQ(machine.next_deadline(), origin + 65s);
  pass(4s);
  EXPECT_THAT(asked(), ElementsAre("shot 13"));
}

TEST_F(IntervalometerTest, ASessionWhoseTimeIsOverAfterAPowerCutIsComplete) {
  on(Resumed{wish(5s, 20).request, now - 1h, 10});
  EXPECT_THAT(asked(), ElementsAre("missed 10", "completed"));
  Rig<Intervalometer, Port> other;
  other.on(Resumed{wish(5s, 20).request, other.now - 1h, 20});
  EXPECT_THAT(other.asked(), ElementsAre("completed"));
}

TEST_F(IntervalometerTest, ASessionWaitsForTheTimeAndThenGoesOnAlongItsGrid) {
  on(Suspended{});
  pass(10s);
  EXPECT_THAT(asked(), ElementsAre("look_at_clock", "look_at_clock"));
  on(wish(2s, 3, "moon"));
  on(Save{});
  on(Discard{});
  EXPECT_THAT(asked(), ElementsAre("running", "nothing_unsaved", "nothing_unsaved")) << "it is not over";
  on(ClockKnown{});
  on(Resumed{wish(2s, 10).request, now - 3s, 1});
  pass(1s);
  EXPECT_THAT(asked(), ElementsAre("missed 1", "shot 2"));
}

TEST_F(IntervalometerTest, ASessionThatWaitsForTheTimeCanBeStopped) {
  on(Suspended{});
  on(Stop{});
  EXPECT_THAT(asked(), ElementsAre("stopped"));
  EXPECT_TRUE(machine.is("unsaved"_s));
  pass(1min);
  EXPECT_TRUE(asked().empty());
}

// ---- late shots, by policy ----------------------------------------------------------------------------------------------

Start late(Late policy, sml::Time interval, std::uint32_t shots) {
  return {{interval, shots, "stop-after", "", "stars", {}, policy}};
}

TEST_F(IntervalometerTest, WhereItShiftsALateShotMovesTheGridAndNoneIsMissed) {
  on(late(Late::shift, 2s, 4));
  on(CameraReady{});
  pass(0s);
  asked();
  pass(9s);
  on(ShotSaved{});
  EXPECT_EQ(machine.next_deadline(), now);
  pass(500ms);
  EXPECT_THAT(asked(), ElementsAre("saved", "shifted from slot 1", "shot 1"));
  EXPECT_EQ(port.due, now - 500ms);
  on(ShotSaved{});
  EXPECT_EQ(machine.next_deadline(), now + 1500ms);   // an interval after the one before it was due
  pass(1500ms);
  on(ShotSaved{});
  pass(2s);
  pass(9s);
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "shot 2", "saved", "shot 3", "saved", "completed"));   // nothing moves after the last
}

TEST_F(IntervalometerTest, UntilATimeAShiftedGridHasFewerSlots) {
  auto wish = late(Late::shift, 2s, 0);
  wish.request.until = now + 10s;
  on(wish);
  on(CameraReady{});
  EXPECT_EQ(port.planned, 6u);   // 0, 2, ... 10 s
  pass(7s);
  on(ShotSaved{});
  EXPECT_EQ(port.planned, 3u);   // 0, 7, 9 s
}

TEST_F(IntervalometerTest, WhereItBurstsSlotsThatPassedAreShotAtOnceAndTheGridStays) {
  on(late(Late::burst, 2s, 8));
  on(CameraReady{});
  const auto origin = now;
  pass(0s);
  asked();
  pass(5s);   // slots 1 and 2 pass
  on(ShotSaved{});
  pass(100ms);
  EXPECT_EQ(port.due, origin + 2s);
  on(ShotSaved{});
  pass(100ms);
  EXPECT_EQ(port.due, origin + 4s);
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "shot 1", "saved", "shot 2", "saved"));
  EXPECT_EQ(machine.next_deadline(), origin + 6s);
}

TEST_F(IntervalometerTest, ABurstHasABound) {
  on(late(Late::burst, 1s, 100));
  on(CameraReady{});
  pass(0s);
  asked();
  pass(60s);   // slots 1 to 59 pass, 60 is due
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "missed 49"));
  pass(0s);
  EXPECT_THAT(asked(), ElementsAre("shot 50"));
}

TEST_F(IntervalometerTest, AStopWithinABurstCountsWhatItHadNotCaughtUpWith) {
  on(late(Late::burst, 2s, 100));
  on(CameraReady{});
  pass(0s);
  pass(9s);   // slots 1 to 4 pass
  asked();
  on(ShotSaved{});
  on(Stop{});
  EXPECT_THAT(asked(), ElementsAre("saved", "missed 4", "stopped"));
}

TEST_F(IntervalometerTest, AfterAPowerCutAShiftedGridGoesOnNowAndABurstCatchesUpWithTheLastSlots) {
  on(Resumed{late(Late::shift, 5s, 100).request, now - 61s, 10});
  pass(0s);
  EXPECT_THAT(asked(), ElementsAre("shifted from slot 10", "shot 10"));
  Rig<Intervalometer, Port> other;
  other.on(Resumed{late(Late::burst, 5s, 100).request, other.now - 121s, 10});   // slots 10 to 24 passed
  other.pass(0s);
  EXPECT_THAT(other.asked(), ElementsAre("missed 5", "shot 15"));
}

// ---- a pause, another plan ------------------------------------------------------------------------------------------------

TEST_F(IntervalometerTest, APauseTakesNoSlotAndTheNextShotComesWhenItGoesOn) {
  begin(2s, 3);
  on(ShotSaved{});
  on(Pause{"a cloud"});
  on(Pause{"again"});
  pass(1h);
  EXPECT_THAT(asked(), ElementsAre("saved", "paused a cloud", "not_running"));
  on(GoOn{});
  pass(0s);
  EXPECT_THAT(asked(), ElementsAre("went_on from slot 1", "shot 1"));
  on(ShotSaved{});
  EXPECT_EQ(machine.next_deadline(), now + 2s);
}

TEST_F(IntervalometerTest, APauseThatEndsBeforeTheNextSlotMovesNothing) {
  begin(10s, 3);
  const auto origin = now;
  on(ShotSaved{});
  on(Pause{});
  pass(4s);
  on(GoOn{});
  EXPECT_EQ(machine.next_deadline(), origin + 10s);
}

TEST_F(IntervalometerTest, APhotoInFlightFinishesAndIsCountedBeforeAPause) {
  begin(2s, 9);
  pass(5s);   // slots 1 and 2 pass
  on(Pause{});
  pass(10s);
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("paused ", "saved", "missed 2"));
  EXPECT_TRUE(machine.is("paused"_s));
  on(GoOn{});
  pass(0s);
  EXPECT_THAT(asked(), ElementsAre("went_on from slot 3", "shot 3"));
  on(Pause{});
  on(GoOn{});   // before the photo is there
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("paused ", "went_on from slot 3", "saved"));
  EXPECT_TRUE(machine.is("waiting"_s));
}

TEST_F(IntervalometerTest, APauseDuringTheLastPhotoEndsTheSession) {
  begin(2s, 1);
  on(Pause{});
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("paused ", "saved", "completed"));
}

TEST_F(IntervalometerTest, APausedSessionIsStoppedAtOnce) {
  begin(2s, 9);
  on(Pause{});
  on(Stop{});
  pass(7s);
  on(ShotFailed{});
  EXPECT_THAT(asked(), ElementsAre("paused ", "failed", "stopped"));   // what passed after the pause was not due
  Rig<Intervalometer, Port> other;
  other.on(wish(2s, 9));
  other.on(CameraReady{});
  other.on(Pause{});
  other.pass(1min);
  other.asked();
  other.on(Stop{});
  EXPECT_THAT(other.asked(), ElementsAre("stopped"));
}

TEST_F(IntervalometerTest, ASessionThatWasPausedIsPausedAfterAPowerCut) {
  on(Resumed{wish(5s, 100).request, now - 1h, 10, 0, true});
  pass(1h);
  EXPECT_THAT(asked(), IsEmpty());
  on(GoOn{});
  pass(0s);
  EXPECT_THAT(asked(), ElementsAre("went_on from slot 10", "shot 10"));
}

Replan plan(sml::Time interval, std::uint32_t shots) { return {{interval, shots, "stop-after", "", "stars"}}; }

TEST_F(IntervalometerTest, ANewIntervalCountsFromTheLastShot) {
  begin(60s, 10);
  const auto origin = now;
  on(ShotSaved{});
  pass(5s);
  on(plan(20s, 10));
  EXPECT_EQ(machine.next_deadline(), origin + 20s);
  on(plan(600s, 10));
  EXPECT_EQ(machine.next_deadline(), origin + 600s);
  pass(25s);
  on(plan(20s, 10));   // that would have been 10 s ago: at once, and none is missed
  pass(0s);
  EXPECT_THAT(asked(), ElementsAre("saved", "replanned from slot 1", "replanned from slot 1", "replanned from slot 1", "shot 1"));
  on(ShotSaved{});
  EXPECT_EQ(machine.next_deadline(), origin + 50s);
}

TEST_F(IntervalometerTest, ANewIntervalDuringAPhotoBeginsWithTheNextOne) {
  begin(60s, 10);
  const auto origin = now;
  pass(10s);
  on(plan(15s, 10));
  pass(1s);
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("replanned from slot 1", "saved"));
  EXPECT_EQ(machine.next_deadline(), origin + 15s);
}

TEST_F(IntervalometerTest, ANewEndIsTheEnd) {
  begin(2s, 10);
  on(ShotSaved{});
  pass(2s);
  on(plan(2s, 2));
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "shot 1", "replanned from slot 2", "saved", "completed"));

  Rig<Intervalometer, Port> other;
  other.on(wish(2s, 10));
  other.on(CameraReady{});
  other.pass(0s);
  other.on(ShotSaved{});
  auto until = plan(2s, 0);
  until.request.until = other.now + 7s;
  other.on(until);
  EXPECT_EQ(other.port.planned, 4u);   // 0, 2, 4, 6 s
  other.on(plan(2s, 1));               // that one has been shot
  EXPECT_TRUE(other.machine.is("unsaved"_s));
}

TEST_F(IntervalometerTest, APausedSessionTakesANewPlan) {
  begin(2s, 10);
  on(ShotSaved{});
  on(Pause{});
  on(plan(30s, 2));
  pass(1min);
  on(GoOn{});
  pass(0s);
  on(ShotSaved{});
  EXPECT_THAT(asked(), ElementsAre("saved", "paused ", "replanned from slot 1", "went_on from slot 1", "shot 1", "saved", "completed"));
}

TEST_F(IntervalometerTest, WithoutASessionThereIsNothingToPauseOrToChange) {
  on(Pause{});
  on(GoOn{});
  on(plan(2s, 1));
  EXPECT_THAT(asked(), ElementsAre("not_running", "not_paused", "not_running"));
  begin(2s, 2);
  on(GoOn{});
  EXPECT_THAT(asked(), ElementsAre("not_paused"));
}

}  // namespace
}  // namespace nightjar::fsm
