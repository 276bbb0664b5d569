#pragma once
// hal::Load.
#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

class LoadContract : public ::testing::Test {
 protected:
  hal::LoadReading read() {
    std::optional<hal::LoadReading> answer;
    const auto operation = rig_->load().read([&](const hal::LoadReading& reading) { answer = reading; });
    EXPECT_FALSE(answer) << "later than the call";
    EXPECT_TRUE(rig_->run_until([&] { return answer.has_value(); }));
    return answer.value_or(hal::LoadReading{});
  }
  std::unique_ptr<LoadRig> rig_ = make_load_rig();
};

TEST_F(LoadContract, MemoryIsToldInBytes) {
  rig_->set(0, 948'012u << 10, 512'000u << 10);
  const auto reading = read();
  EXPECT_EQ(reading.memory_total, 948'012u << 10);
  EXPECT_EQ(reading.memory_available, 512'000u << 10);
}

TEST_F(LoadContract, TheShareIsThatSinceTheReadingBefore) {
  rig_->set(0.75, 1024, 1024);
  EXPECT_DOUBLE_EQ(read().cpu.value_or(-1), 0.75);
  rig_->set(0.25, 1024, 1024);
  EXPECT_DOUBLE_EQ(read().cpu.value_or(-1), 0.25);
  rig_->set(1, 1024, 1024);
  EXPECT_DOUBLE_EQ(read().cpu.value_or(-1), 1);
}

TEST_F(LoadContract, WhatCannotBeReadIsEmpty) {
  rig_->take_away();
  const auto reading = read();
  EXPECT_FALSE(reading.cpu);
  EXPECT_FALSE(reading.memory_total);
  EXPECT_FALSE(reading.memory_available);
}

TEST_F(LoadContract, ADroppedReadingIsNeverHeardOf) {
  bool heard = false;
  {
    const auto operation = rig_->load().read([&](const hal::LoadReading&) { heard = true; });
  }
  (void)read();
  EXPECT_FALSE(heard);
}

}   // namespace nightjar::contracts
