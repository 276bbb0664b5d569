#pragma once
// hal::Loop: tasks, timers, the clock, and the handles of hal/operation.h as everything uses them.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/contracts/rig.h"

namespace nightjar::contracts {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(LoopContract, TasksRunLaterThanTheyArePostedAndInTheirOrder) {
  const auto rig = make_rig();
  std::vector<int> ran;
  for (int i = 0; i < 1000; ++i) rig->loop().post([&, i] { ran.push_back(i); });
  EXPECT_TRUE(ran.empty());
  ASSERT_TRUE(rig->run_until([&] { return ran.size() == 1000; }));
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST(LoopContract, ATaskPostedByATaskRunsAfterItAndAfterThoseAlreadyPosted) {
  const auto rig = make_rig();
  std::vector<std::string> ran;
  rig->loop().post([&] {
    rig->loop().post([&] { ran.push_back("third"); });
    ran.push_back("first");
  });
  rig->loop().post([&] { ran.push_back("second"); });
  ASSERT_TRUE(rig->run_until([&] { return ran.size() == 3; }));
  EXPECT_THAT(ran, ElementsAre("first", "second", "third"));
}

TEST(LoopContract, ATimerExpiresOnceAndNotBeforeItsTime) {
  const auto rig = make_rig();
  const auto when = rig->loop().now() + 5ms;
  std::vector<hal::Instant> expired;
  const auto timer = rig->loop().at(when, [&] { expired.push_back(rig->loop().now()); });
  ASSERT_TRUE(rig->run_until([&] { return !expired.empty(); }));
  let_pass(*rig, 10ms);
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_GE(expired[0], when);
}

TEST(LoopContract, ATimerWhoseTimeHasPassedExpiresLaterThanTheCall) {
  const auto rig = make_rig();
  int expired = 0;
  const auto past = rig->loop().at(rig->loop().now() - 1h, [&] { ++expired; });
  const auto long_past = rig->loop().at(hal::Instant::min(), [&] { ++expired; });
  const auto now = rig->loop().at(rig->loop().now(), [&] { ++expired; });
  EXPECT_EQ(expired, 0);
  EXPECT_TRUE(rig->run_until([&] { return expired == 3; }));
}

TEST(LoopContract, TimersExpireInTheOrderOfTheirTimesWhateverTheOrderOfAsking) {
  const auto rig = make_rig();
  const auto start = rig->loop().now();
  std::vector<int> expired;
  std::vector<hal::Operation> timers;
  for (const int i : {5, 1, 4, 2, 3}) timers.push_back(rig->loop().at(start + i * 2ms, [&, i] { expired.push_back(i); }));
  ASSERT_TRUE(rig->run_until([&] { return expired.size() == 5; }));
  EXPECT_THAT(expired, ElementsAre(1, 2, 3, 4, 5));
}

TEST(LoopContract, TimersOfTheSameMomentExpireInTheOrderTheyWereAskedFor) {
  const auto rig = make_rig();
  const auto when = rig->loop().now() + 3ms;
  std::vector<int> expired;
  std::vector<hal::Operation> timers;
  for (int i = 0; i < 500; ++i) timers.push_back(rig->loop().at(when, [&, i] { expired.push_back(i); }));
  ASSERT_TRUE(rig->run_until([&] { return expired.size() == 500; }));
  EXPECT_TRUE(std::is_sorted(expired.begin(), expired.end()));
}

TEST(LoopContract, ADroppedTimerNeverExpires) {
  const auto rig = make_rig();
  const auto when = rig->loop().now() + 2ms;
  bool expired = false;
  {
    const auto by_scope = rig->loop().at(when, [&] { expired = true; });
    auto by_hand = rig->loop().at(when, [&] { expired = true; });
    auto by_another = rig->loop().at(when, [&] { expired = true; });
    by_hand.drop();
    by_another = hal::Operation{};
  }
  let_pass(*rig, 10ms);
  EXPECT_FALSE(expired);
}

TEST(LoopContract, ATimerDroppedByAnotherOfTheSameMomentDoesNotExpire) {
  const auto rig = make_rig();
  const auto when = rig->loop().now() + 2ms;
  hal::Operation second;
  bool expired = false;
  const auto first = rig->loop().at(when, [&] { second.drop(); });
  second = rig->loop().at(when, [&] { expired = true; });
  let_pass(*rig, 10ms);
  EXPECT_FALSE(expired);
}

TEST(LoopContract, ATimerMayDropItsOwnHandleAndAskForTheNext) {
  const auto rig = make_rig();
  int expired = 0;
  hal::Operation timer;
  std::function<void()> tick = [&] {
    if (++expired < 10) timer = rig->loop().at(rig->loop().now() + 1ms, tick);
  };
  timer = rig->loop().at(rig->loop().now(), tick);
  EXPECT_TRUE(rig->run_until([&] { return expired == 10; }));
}

TEST(LoopContract, ATimerThatIsAlwaysDueDoesNotStarveTasks) {
  const auto rig = make_rig();
  bool ran = false;
  int expired = 0;
  hal::Operation timer;
  std::function<void()> tick = [&] {
    if (++expired < 100'000 && !ran) timer = rig->loop().at(hal::Instant{}, tick);
  };
  timer = rig->loop().at(hal::Instant{}, tick);
  rig->loop().post([&] { rig->loop().post([&] { ran = true; }); });
  ASSERT_TRUE(rig->run_until([&] { return ran; }));
  EXPECT_LT(expired, 100'000);
}

TEST(LoopContract, AHandleMovedElsewhereStillHoldsItsTimer) {
  const auto rig = make_rig();
  bool expired = false;
  hal::Operation kept;
  {
    auto timer = rig->loop().at(rig->loop().now() + 1ms, [&] { expired = true; });
    kept = std::move(timer);
    EXPECT_FALSE(timer);   // NOLINT: what is left behind is empty
  }
  EXPECT_TRUE(kept);
  EXPECT_TRUE(rig->run_until([&] { return expired; }));
  EXPECT_TRUE(kept) << "an answer does not clear the handle";
  kept.drop();
  EXPECT_FALSE(kept);
}

TEST(LoopContract, WhatACallbackHoldsIsReleasedWhenItsTimerHasExpiredOrWasDropped) {
  const auto rig = make_rig();
  auto held = std::make_shared<int>();
  bool expired = false;
  const auto kept = rig->loop().at(rig->loop().now(), [&, held] { expired = true; });
  auto dropped = rig->loop().at(rig->loop().now() + 1h, [held] {});
  dropped.drop();
  ASSERT_TRUE(rig->run_until([&] { return expired; }));
  EXPECT_EQ(held.use_count(), 1);
}

TEST(LoopContract, TheClockNeverRunsBackwards) {
  const auto rig = make_rig();
  auto last = rig->loop().now();
  int turns = 0;
  hal::Operation timer;
  std::function<void()> tick = [&] {
    for (int i = 0; i < 100; ++i) {
      const auto now = rig->loop().now();
      EXPECT_GE(now, last);
      last = now;
    }
    if (++turns < 20) timer = rig->loop().at(rig->loop().now() + 100us, tick);
  };
  tick();
  ASSERT_TRUE(rig->run_until([&] { return turns == 20; }));
}

TEST(LoopContract, AnOwnerThatIsDestroyedIsNotCalled) {
  struct Owner {
    explicit Owner(hal::Loop& loop, int& count) : timer(loop.at(loop.now() + 1ms, [&count] { ++count; })) {}
    hal::Operation timer;
  };
  const auto rig = make_rig();
  int calls = 0;
  auto owner = std::make_unique<Owner>(rig->loop(), calls);
  const auto killer = rig->loop().at(rig->loop().now(), [&] { owner.reset(); });
  ASSERT_TRUE(rig->run_until([&] { return owner == nullptr; }));
  let_pass(*rig, 5ms);
  EXPECT_EQ(calls, 0);
}

}   // namespace nightjar::contracts
