#pragma once
// hal::Power.
#include <algorithm>
#include <vector>

#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

class PowerContract : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why_not;
    rig_ = make_power_rig(why_not);
    if (!rig_) GTEST_SKIP() << why_not;
  }
  hal::PowerReading read() {
    std::optional<hal::PowerReading> answer;
    const auto operation = rig_->power().read([&](const hal::PowerReading& reading) { answer = reading; });
    EXPECT_FALSE(answer) << "later than the call";
    EXPECT_TRUE(rig_->run_until([&] { return answer.has_value(); }));
    return answer.value_or(hal::PowerReading{});
  }
  std::unique_ptr<PowerRig> rig_;
};

TEST_F(PowerContract, WhatIsFittedIsTold) {
  hal::PowerReading parts;
  parts.battery = 83;
  parts.charging = true;
  parts.temperature = 51.5;
  parts.under_voltage = false;
  rig_->fit(parts);
  const auto reading = read();
  EXPECT_EQ(reading.battery, 83);
  EXPECT_EQ(reading.charging, true);
  EXPECT_EQ(reading.temperature, 51.5);
  EXPECT_EQ(reading.under_voltage, false);
}

TEST_F(PowerContract, PartsThatAreNotFittedAreEmptyAndTheOthersAreStillTold) {
  rig_->fit({});
  const auto bare = read();
  EXPECT_FALSE(bare.battery);
  EXPECT_FALSE(bare.charging);
  EXPECT_FALSE(bare.temperature);
  EXPECT_FALSE(bare.under_voltage);
  hal::PowerReading parts;
  parts.temperature = -12.25;   // a night in the field
  rig_->fit(parts);
  EXPECT_EQ(read().temperature, -12.25);
  EXPECT_FALSE(read().battery);
  parts = {};
  parts.under_voltage = true;
  rig_->fit(parts);
  EXPECT_EQ(read().under_voltage, true);
  EXPECT_FALSE(read().temperature);
}

TEST_F(PowerContract, EveryReadingIsFresh) {
  hal::PowerReading parts;
  parts.battery = 10;
  parts.charging = false;
  rig_->fit(parts);
  EXPECT_EQ(read().battery, 10);
  parts.battery = 9;
  rig_->fit(parts);
  EXPECT_EQ(read().battery, 9);
  EXPECT_EQ(read().charging, false);
}

TEST_F(PowerContract, UptimeGrows) {
  const auto before = read().uptime;
  EXPECT_GE(before, hal::Duration{0});
  let_pass(*rig_, std::chrono::milliseconds{30});   // the kernel's file counts hundredths of a second
  EXPECT_GT(read().uptime, before);
}

TEST_F(PowerContract, ManyMayAskAtOnceAndEachIsAnsweredOnce) {
  std::vector<int> answers(5, 0);
  std::vector<hal::Operation> operations;
  for (auto& count : answers) operations.push_back(rig_->power().read([&count](const hal::PowerReading&) { ++count; }));
  ASSERT_TRUE(rig_->run_until([&] { return std::count(answers.begin(), answers.end(), 0) == 0; }));
  let_pass(*rig_, std::chrono::milliseconds{5});
  EXPECT_EQ(std::count(answers.begin(), answers.end(), 1), 5);
}

TEST_F(PowerContract, ADroppedReadingIsNeverHeardOf) {
  bool heard = false;
  {
    const auto operation = rig_->power().read([&](const hal::PowerReading&) { heard = true; });
  }
  (void)read();
  let_pass(*rig_, std::chrono::milliseconds{5});
  EXPECT_FALSE(heard);
}

}   // namespace nightjar::contracts
