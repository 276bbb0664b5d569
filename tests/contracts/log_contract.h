#pragma once
// hal::Log: what was written can be read, a line a write, whatever was in it; writing never fails and never waits.
#include <string>
#include <vector>

#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

class LogContract : public ::testing::Test {
 protected:
  std::unique_ptr<LogRig> rig_ = make_log_rig();
};

TEST_F(LogContract, AWriteIsOneLineWithItsLevelComponentSentenceAndFieldsInOrder) {
  rig_->log().write(hal::LogLevel::info, "camera_link", "connected", {{"address", "192.168.4.2:443"}, {"model", "R50"}});
  rig_->log().write(hal::LogLevel::warning, "camera_link", "not reached");
  rig_->log().write(hal::LogLevel::error, "timelapse", "the disk is full");
  const auto lines = rig_->lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].level, hal::LogLevel::info);
  EXPECT_EQ(lines[0].component, "camera_link");
  EXPECT_TRUE(lines[0].text.starts_with("connected")) << lines[0].text;
  const auto address = lines[0].text.find("address=192.168.4.2:443");
  EXPECT_NE(address, std::string::npos) << lines[0].text;
  EXPECT_GT(lines[0].text.find("model=R50"), address);
  EXPECT_NE(lines[0].text.find("model=R50"), std::string::npos);
  EXPECT_EQ(lines[1].level, hal::LogLevel::warning);
  EXPECT_EQ(lines[1].text, "not reached");
  EXPECT_EQ(lines[2].level, hal::LogLevel::error);
  EXPECT_EQ(lines[2].component, "timelapse");
}

TEST_F(LogContract, WhatWasLentIsNotNeededAfterTheCall) {
  {
    std::string component = "camera_registry_of_many";
    std::string text = "a sentence that is longer than what fits into a small string";
    std::string value = "and so is the value of its only field, on purpose";
    rig_->log().write(hal::LogLevel::info, component, text, {{"field", value}});
    component.assign(component.size(), 'x');
    text.assign(text.size(), 'x');
    value.assign(value.size(), 'x');
  }
  const auto lines = rig_->lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].component, "camera_registry_of_many");
  EXPECT_EQ(lines[0].text.find("xxx"), std::string::npos);
}

TEST_F(LogContract, ALineStaysOneLineWhateverTheNetworkSent) {
  const std::string hostile{"a\r\nb\0c\x1b[31m\"\\\xff", 14};
  rig_->log().write(hal::LogLevel::info, "ssdp", "seen", {{"name", hostile}, {"empty", ""}});
  rig_->log().write(hal::LogLevel::info, "ssdp", "after");
  const auto lines = rig_->lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(lines[0].text.starts_with("seen"));
  EXPECT_EQ(lines[1].text, "after");
}

TEST_F(LogContract, AHundredThousandLinesThatNobodyReadsDelayNothingAndTheNewestIsTold) {
  for (int i = 0; i < 100'000; ++i) rig_->log().write(hal::LogLevel::info, "loop", "turned");
  (void)rig_->lines();   // somebody reads at last: what there is room for is there
  rig_->log().write(hal::LogLevel::info, "loop", "the newest");
  const auto lines = rig_->lines();
  ASSERT_FALSE(lines.empty());
  EXPECT_TRUE(lines.back().text.starts_with("the newest")) << lines.back().text;
}

}   // namespace nightjar::contracts
