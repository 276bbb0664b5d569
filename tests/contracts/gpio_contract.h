#pragma once
// hal::Gpio.
#include <gmock/gmock.h>

#include <vector>

#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

class GpioContract : public ::testing::Test {
 protected:
  using Heard = std::vector<hal::Edge>;

  void SetUp() override {
    std::string why_not;
    rig_ = make_gpio_rig(why_not);
    if (!rig_) GTEST_SKIP() << why_not;
  }
  hal::LineName line(unsigned number) { return {rig_->chip(), number}; }
  std::unique_ptr<hal::InputLine> input(unsigned number, const hal::InputOptions& options, Heard& heard) {
    auto opened = rig_->gpio().open_input(line(number), options, [&heard](const hal::Edge& edge) { heard.push_back(edge); });
    EXPECT_TRUE(opened.ok()) << opened.error().text();
    return opened.ok() ? std::move(opened).value() : nullptr;
  }
  std::unique_ptr<hal::OutputLine> output(unsigned number, bool active_low = false) {
    auto opened = rig_->gpio().open_output(line(number), active_low);
    EXPECT_TRUE(opened.ok()) << opened.error().text();
    return opened.ok() ? std::move(opened).value() : nullptr;
  }
  /// Wires a level and waits until `heard` has grown to `size`.
  bool changes(unsigned number, bool level, const Heard& heard, std::size_t size) {
    rig_->wire(number, level);
    return rig_->run_until([&] { return heard.size() >= size; });
  }
  static constexpr hal::InputOptions kButton{true, hal::Bias::pull_up, hal::Duration{0}};   // to ground, as all of ours are
  std::unique_ptr<GpioRig> rig_;
};

TEST_F(GpioContract, EveryChangeIsToldInOrderLogicalAndStampedOnTheMonotonicClock) {
  rig_->wire(0, true);
  Heard heard;
  const auto button = input(0, kButton, heard);
  ASSERT_TRUE(button);
  EXPECT_EQ(button->active().value(), false);
  const auto before = rig_->loop().now();
  ASSERT_TRUE(changes(0, false, heard, 1));
  EXPECT_EQ(button->active().value(), true);
  ASSERT_TRUE(changes(0, true, heard, 2));
  ASSERT_TRUE(changes(0, false, heard, 3));
  EXPECT_TRUE(heard[0].active);
  EXPECT_FALSE(heard[1].active);
  EXPECT_TRUE(heard[2].active);
  EXPECT_LE(before, heard[0].at);
  EXPECT_LE(heard[0].at, heard[1].at);
  EXPECT_LE(heard[1].at, heard[2].at);
  EXPECT_LE(heard[2].at, rig_->loop().now());
}

TEST_F(GpioContract, AnActiveHighLineIsActiveAtTheHighLevel) {
  rig_->wire(1, false);
  Heard heard;
  const auto pin = input(1, {false, hal::Bias::pull_down, hal::Duration{0}}, heard);
  ASSERT_TRUE(pin);
  EXPECT_EQ(pin->active().value(), false);
  ASSERT_TRUE(changes(1, true, heard, 1));
  EXPECT_TRUE(heard[0].active);
  EXPECT_EQ(pin->active().value(), true);
}

TEST_F(GpioContract, WhatIsHeldWhenTheLineIsOpenedIsNoChange) {
  rig_->wire(0, false);
  Heard heard;
  const auto button = input(0, {true, hal::Bias::as_is, hal::Duration{0}}, heard);   // a simulated chip's pull-up would win over the finger
  ASSERT_TRUE(button);
  EXPECT_EQ(button->active().value(), true);
  let_pass(*rig_, std::chrono::milliseconds{30});
  EXPECT_TRUE(heard.empty());
}

TEST_F(GpioContract, EdgesComeLaterThanWhatCausedThem) {
  rig_->wire(0, true);
  Heard heard;
  const auto button = input(0, kButton, heard);
  rig_->wire(0, false);
  EXPECT_TRUE(heard.empty());
  EXPECT_TRUE(rig_->run_until([&] { return !heard.empty(); }));
}

TEST_F(GpioContract, ALineThatIsDestroyedIsHeardNoMoreAndFree) {
  rig_->wire(0, true);
  Heard heard;
  auto button = input(0, kButton, heard);
  rig_->wire(0, false);
  button.reset();
  rig_->wire(0, true);
  let_pass(*rig_, std::chrono::milliseconds{30});
  EXPECT_TRUE(heard.empty());
  EXPECT_TRUE(input(0, kButton, heard));
}

TEST_F(GpioContract, ALineMayBeDestroyedByWhatItTells) {
  rig_->wire(0, true);
  std::unique_ptr<hal::InputLine> button;
  int calls = 0;
  auto opened = rig_->gpio().open_input(line(0), kButton, [&](const hal::Edge&) {
    ++calls;
    button.reset();
  });
  ASSERT_TRUE(opened.ok());
  button = std::move(opened).value();
  rig_->wire(0, false);
  ASSERT_TRUE(rig_->run_until([&] { return calls != 0; }));
  rig_->wire(0, true);
  let_pass(*rig_, std::chrono::milliseconds{30});
  EXPECT_EQ(calls, 1);
}

TEST_F(GpioContract, ADebouncedLineTellsALevelOnceItHasStoodStill) {
  constexpr auto kDebounce = std::chrono::milliseconds{200};
  rig_->wire(0, true);
  Heard heard;
  auto options = kButton;
  options.debounce = kDebounce;
  const auto button = input(0, options, heard);
  ASSERT_TRUE(button);
  const auto began = rig_->loop().now();
  rig_->wire(0, false);   // the contact bounces
  let_pass(*rig_, std::chrono::milliseconds{25});
  rig_->wire(0, true);
  let_pass(*rig_, std::chrono::milliseconds{25});
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(button->active().value(), false);
  rig_->wire(0, false);
  ASSERT_TRUE(rig_->run_until([&] { return !heard.empty(); }));
  let_pass(*rig_, kDebounce + std::chrono::milliseconds{50});
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_TRUE(heard[0].active);
  EXPECT_GE(heard[0].at - began, kDebounce + std::chrono::milliseconds{40}) << "counted from the last change";
  EXPECT_EQ(button->active().value(), true);
}

TEST_F(GpioContract, AGlitchShorterThanTheDebounceIsNeverTold) {
  rig_->wire(0, true);
  Heard heard;
  auto options = kButton;
  options.debounce = std::chrono::milliseconds{200};
  const auto button = input(0, options, heard);
  rig_->wire(0, false);
  let_pass(*rig_, std::chrono::milliseconds{25});
  rig_->wire(0, true);
  let_pass(*rig_, std::chrono::milliseconds{500});
  EXPECT_TRUE(heard.empty());
}

TEST_F(GpioContract, AnOutputStartsInactiveAndIsDrivenAsAsked) {
  const auto shutter = output(2);
  ASSERT_TRUE(shutter);
  EXPECT_FALSE(rig_->level(2));
  EXPECT_TRUE(shutter->set(true).ok());
  EXPECT_TRUE(rig_->level(2));
  EXPECT_TRUE(shutter->set(false).ok());
  EXPECT_FALSE(rig_->level(2));
}

TEST_F(GpioContract, AnActiveLowOutputIsActiveAtTheLowLevel) {
  const auto shutter = output(3, true);
  ASSERT_TRUE(shutter);
  EXPECT_TRUE(rig_->level(3));
  EXPECT_TRUE(shutter->set(true).ok());
  EXPECT_FALSE(rig_->level(3));
}

TEST_F(GpioContract, AnOutputThatIsDestroyedIsNotActiveAnyMoreAndFree) {
  auto shutter = output(2);
  ASSERT_TRUE(shutter && shutter->set(true).ok());
  shutter.reset();
  rig_->wire(2, false);
  EXPECT_FALSE(rig_->level(2));
  EXPECT_TRUE(output(2));
}

TEST_F(GpioContract, WhatIsNotThereOrTakenIsToldApart) {
  const auto nothing = [](const hal::Edge&) {};
  const auto no_chip = rig_->gpio().open_input({"no-such-chip", 0}, kButton, nothing);
  ASSERT_FALSE(no_chip.ok());
  EXPECT_EQ(no_chip.error().kind, hal::ErrorKind::missing);
  EXPECT_EQ(rig_->gpio().open_output({"no-such-chip", 0}, false).error().kind, hal::ErrorKind::missing);
  EXPECT_EQ(rig_->gpio().open_input(line(rig_->lines()), kButton, nothing).error().kind, hal::ErrorKind::not_found);
  EXPECT_EQ(rig_->gpio().open_output(line(rig_->lines()), false).error().kind, hal::ErrorKind::not_found);
  Heard heard;
  const auto first = input(0, kButton, heard);
  EXPECT_EQ(rig_->gpio().open_input(line(0), kButton, nothing).error().kind, hal::ErrorKind::in_use);
  EXPECT_EQ(rig_->gpio().open_output(line(0), false).error().kind, hal::ErrorKind::in_use);
  const auto second = output(1);
  EXPECT_EQ(rig_->gpio().open_input(line(1), kButton, nothing).error().kind, hal::ErrorKind::in_use);
}

TEST_F(GpioContract, LinesDoNotDisturbEachOther) {
  rig_->wire(0, true);
  rig_->wire(1, true);
  Heard first;
  Heard second;
  const auto one = input(0, kButton, first);
  const auto other = input(1, kButton, second);
  ASSERT_TRUE(changes(1, false, second, 1));
  let_pass(*rig_, std::chrono::milliseconds{30});
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(second.size(), 1u);
}

}   // namespace nightjar::contracts
