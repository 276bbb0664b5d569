#include "sim/simulation.h"

#include <gmock/gmock.h>

#include "sim/director.h"
#include "sim/fault_plan.h"
#include "sim/shrink.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;

TEST(Simulation, TheSameSeedGivesTheSameNightAndAnotherSeedAnother) {
  const auto first = Simulation{drawn_night(7, 20min)}.run();
  const auto again = Simulation{drawn_night(7, 20min)}.run();
  const auto other = Simulation{drawn_night(8, 20min)}.run();
  EXPECT_EQ(first.fingerprint, again.fingerprint);
  EXPECT_EQ(first.trace_hash, again.trace_hash);
  EXPECT_NE(first.trace_hash, other.trace_hash);
}

TEST(Simulation, WhoListensChangesNothing) {
  std::size_t lines = 0;
  const auto listened = Simulation{drawn_night(9, 20min), {[&](const std::string&) { ++lines; }, [](const std::string&) {}}}.run();
  EXPECT_EQ(lines, listened.steps);
  EXPECT_EQ(listened.fingerprint, Simulation{drawn_night(9, 20min)}.run().fingerprint);
}

TEST(Simulation, UntilATimeItIsTheSameNightCutShort) {
  const auto cut = Simulation{drawn_night(7, 20min)}.run(10min);
  EXPECT_EQ(cut.lived, 10min);
  EXPECT_FALSE(cut.broken);
}

TEST(Director, WhatBeginsWhileAnotherOfItsKindLastsGoesOnUntilBothAreOver) {
  Cast cast{drawn_night(1, 10min)};
  Director director{cast};
  auto& camera = cast.camera("camera")->camera();
  ASSERT_TRUE(camera.power_on().ok());
  director.perform({{}, Deed::camera_off, "camera", 60s, 0, 0, ""});
  cast.world.advance(10s);
  director.perform({{}, Deed::camera_off, "camera", 5s, 0, 0, ""});
  cast.world.advance(30s);
  EXPECT_FALSE(camera.on());
  cast.world.advance(30s);
  EXPECT_TRUE(camera.on());
}

TEST(Simulation, ACameraThatStaysAwayBreaksThePromiseThatAllIsWellAgain) {
  auto night = drawn_night(1, 10min);
  night.happenings = {{5min, Deed::camera_off, "camera", 3h, 0, 0, ""}};
  const auto outcome = Simulation{night}.run();
  ASSERT_TRUE(outcome.broken);
  EXPECT_EQ(outcome.broken->promise, "after the faults stop, all is well again within four minutes");
  EXPECT_FALSE(outcome.last_steps.empty());
}

TEST(Shrink, LeavesWhatTheFailureNeedsAndNothingElse) {
  auto night = drawn_night(3, 8h);
  night.happenings.insert(night.happenings.begin(), {1s, Deed::camera_off, "camera", 20min, 0, 0, ""});
  night.happenings.push_back({7h, Deed::power_cut, "pi", 10min, 0, 0, ""});
  const auto has = [](const Scenario& scenario, Deed deed, hal::Duration at_least) {
    return std::any_of(scenario.happenings.begin(), scenario.happenings.end(), [=](const auto& one) { return one.deed == deed && one.lasts >= at_least; });
  };
  const auto fails = [&](const Scenario& scenario) { return has(scenario, Deed::camera_off, 1min) && has(scenario, Deed::power_cut, 1s); };
  const auto [smallest, runs] = shrink(night, fails, 2000);
  ASSERT_EQ(smallest.happenings.size(), 2u);
  EXPECT_LT(smallest.happenings[0].lasts, 2min);
  EXPECT_LT(smallest.happenings[1].lasts, 2s);
  EXPECT_LE(runs, 2000);
  EXPECT_TRUE(fails(smallest));
}

TEST(Shrink, StopsAskingAtItsLimit) {
  int asked = 0;
  const auto result = shrink(drawn_night(5, 8h), [&](const Scenario&) { return ++asked, true; }, 3);
  EXPECT_EQ(result.runs, 3);
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace nightjar::sim
