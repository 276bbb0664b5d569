#pragma once
// hal::WallClock.
#include <chrono>
#include <optional>

#include "tests/contracts/rig.h"

namespace nightjar::contracts {

using namespace std::chrono_literals;

TEST(WallClockContract, ItTellsATimeOfOurDays) {
  const auto rig = make_rig();
  EXPECT_GE(rig->wall_clock().now(), hal::WallTime{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}});
  EXPECT_LT(rig->wall_clock().now(), hal::WallTime{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}});
}

TEST(WallClockContract, TheOffsetFromUtcIsOneThatExists) {
  const auto rig = make_rig();
  for (int month = 0; month < 24; ++month) {
    const auto offset = rig->wall_clock().utc_offset(rig->wall_clock().now() + std::chrono::hours{24 * 30} * month);
    EXPECT_GE(offset, -12h);
    EXPECT_LE(offset, 14h);
    EXPECT_EQ(offset % 15min, 0s);
  }
}

TEST(WallClockContract, SettingAnswersLaterOnceAndTheClockIsSetWhenItSaysSo) {
  const auto rig = make_rig();
  const hal::WallTime time{std::chrono::sys_days{std::chrono::year{2031} / 7 / 1} + 23h};
  int answers = 0;
  std::optional<hal::Result<void>> answer;
  const auto setting = rig->wall_clock().set(time, [&](hal::Result<void> result) {
    ++answers;
    answer = std::move(result);
  });
  EXPECT_EQ(answers, 0);
  ASSERT_TRUE(rig->run_until([&] { return answer.has_value(); }));
  if (answer->ok()) {
    EXPECT_GE(rig->wall_clock().now(), time);
  } else {
    EXPECT_EQ(answer->error().kind, hal::ErrorKind::denied);
    EXPECT_FALSE(answer->error().detail.empty());
    EXPECT_LT(rig->wall_clock().now(), time);
  }
  let_pass(*rig, 5ms);
  EXPECT_EQ(answers, 1);
}

TEST(WallClockContract, SettingDoesNotTouchTheMonotonicClock) {
  const auto rig = make_rig();
  bool answered = false;
  bool expired = false;
  const auto before = rig->loop().now();
  const auto timer = rig->loop().at(before + 20ms, [&] { expired = true; });
  const auto setting = rig->wall_clock().set(rig->wall_clock().now() + 24h, [&](const hal::Result<void>&) { answered = true; });
  ASSERT_TRUE(rig->run_until([&] { return answered; }));
  EXPECT_LT(rig->loop().now() - before, 12h);
  EXPECT_TRUE(rig->run_until([&] { return expired; }));
}

TEST(WallClockContract, ADroppedSettingNeverAnswers) {
  const auto rig = make_rig();
  bool answered = false;
  auto setting = rig->wall_clock().set(rig->wall_clock().now(), [&](const hal::Result<void>&) { answered = true; });
  setting.drop();
  let_pass(*rig, 5ms);
  EXPECT_FALSE(answered);
}

}   // namespace nightjar::contracts
