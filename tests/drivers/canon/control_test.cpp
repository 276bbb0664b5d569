// Settings, news, live view and bulb: the driver against the simulated camera, over the real HTTP in virtual time.
#include "drivers/canon/ccapi_camera.h"
#include "tests/drivers/canon/rig.h"

namespace nightjar::canon {
namespace {

using enum hal::ErrorKind;
using testing::ElementsAre;
using testing::SizeIs;
using Settings = std::vector<hal::CameraSetting>;

struct ControlRig : Rig {
  using Rig::Rig;
  Answer<Settings> settings() {
    return wait<Settings>([&](auto taker) { return driver->settings(taker); });
  }
  Answer<hal::CameraSetting> setting(const std::string& name) {
    return wait<hal::CameraSetting>([&](auto taker) { return driver->setting(name, taker); });
  }
  Answer<hal::CameraSetting> set(const std::string& name, const std::string& value) {
    return wait<hal::CameraSetting>([&](auto taker) { return driver->set(name, value, taker); });
  }
  Answer<hal::CameraNews> news() {
    return wait<hal::CameraNews>([&](auto taker) { return driver->news(taker); });
  }
  Answer<std::string> frame() {
    return wait<std::string>([&](auto taker) { return driver->live_view_frame(taker); });
  }
  Answer<void> start_live_view() {
    return wait<void>([&](auto taker) { return driver->start_live_view(taker); });
  }
  Answer<hal::Shot> bulb(hal::Duration exposure) {
    return wait<hal::Shot>([&](auto taker) { return driver->shoot_bulb(exposure, 10s, taker); }, 10min);
  }
  auto puts() const {
    return std::count_if(camera->log().begin(), camera->log().end(), [](const auto& each) { return each.method == "PUT"; });
  }
};

TEST(CcapiSettings, AreReadWithWhatTheyMayBe) {
  ControlRig rig;
  ASSERT_TRUE(rig.open().ok());
  const auto all = rig.settings();
  ASSERT_TRUE(all.ok()) << all.detail();
  EXPECT_GE(all.result().value().size(), 10u);
  const auto iso = rig.setting("iso");
  ASSERT_TRUE(iso.ok());
  EXPECT_EQ(iso.result().value().value, "\"1600\"");
  EXPECT_THAT(all.result().value(), testing::Contains(iso.result().value()));
  EXPECT_EQ(rig.setting("iso/../../contents").error(), not_supported);
}

TEST(CcapiSettings, AreWrittenWithinTheirAbilityAndReadBack) {
  ControlRig rig;
  ASSERT_TRUE(rig.open().ok());
  const auto set = rig.set("iso", "\"800\"");
  ASSERT_TRUE(set.ok()) << set.detail();
  EXPECT_EQ(set.result().value().value, "\"800\"");
  EXPECT_EQ(rig.setting("iso").result().value().value, "\"800\"");
  ASSERT_TRUE(rig.set("wbshift", R"({"ba":-3,"mg":2})").ok());
  EXPECT_EQ(rig.puts(), 2);
  EXPECT_EQ(rig.set("iso", "\"801\"").error(), invalid);
  EXPECT_EQ(rig.set("iso", "800").error(), invalid);
  EXPECT_EQ(rig.set("shootingmodedial", "\"av\"").error(), invalid) << "the dial decides";
  EXPECT_EQ(rig.set("nothing", "1").error(), not_supported);
  EXPECT_EQ(rig.puts(), 2) << "what the camera would refuse is not sent";
}

TEST(CcapiSettings, WhatTheModeDecidesCannotBeSet) {
  ControlRig rig;
  ASSERT_TRUE(rig.open().ok());
  EXPECT_TRUE(rig.set("tv", "\"30\\\"\"").ok());
  rig.camera->turn_dial("av");
  EXPECT_EQ(rig.set("tv", "\"1/125\"").error(), invalid);
  EXPECT_TRUE(rig.set("exposure", "\"+1.0\"").ok());
  EXPECT_EQ(rig.setting("tv").result().value().ability, "[]");
}

TEST(CcapiSettings, DuringAnExposureABodyIsBusy) {
  ControlRig rig;
  ASSERT_TRUE(rig.open().ok());
  ASSERT_TRUE(rig.camera->set("tv", R"("4\"")"));
  Answer<hal::Shot> shot;
  const auto shoots = rig.driver->shoot(30s, shot.taker());
  rig.world.advance(1s);
  EXPECT_EQ(rig.set("iso", "\"100\"").error(), busy);
  rig.world.advance(10s);
  EXPECT_TRUE(shot.ok());
}

TEST(CcapiStatus, BatteriesAndCardsAreTold) {
  ControlRig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->change([](sim::CameraCondition& condition) { condition.battery = "half"; });
  const auto batteries = rig.wait<std::vector<hal::CameraBattery>>([&](auto taker) { return rig.driver->batteries(taker); });
  ASSERT_TRUE(batteries.ok()) << batteries.detail();
  ASSERT_THAT(batteries.result().value(), SizeIs(1));
  EXPECT_EQ(batteries.result().value()[0].level, "half") << "its list says 100 whatever is left";
  const auto cards = rig.wait<std::vector<hal::CameraCard>>([&](auto taker) { return rig.driver->cards(taker); });
  ASSERT_THAT(cards.result().value(), SizeIs(1));
  EXPECT_EQ(cards.result().value()[0].name, "card1");
  EXPECT_GT(cards.result().value()[0].space, 0);
  rig.camera->change([](sim::CameraCondition& condition) { condition.card = sim::CameraCondition::Card::removed; });
  EXPECT_THAT(rig.wait<std::vector<hal::CameraCard>>([&](auto taker) { return rig.driver->cards(taker); }).result().value(), SizeIs(0));
}

TEST(CcapiNews, AreToldOnceAndAtOnce) {
  for (const bool old_firmware : {false, true}) {
    sim::CameraOptions options;
    options.old_firmware = old_firmware;
    ControlRig rig{options};
    ASSERT_TRUE(rig.open().ok());
    const auto first = rig.news();
    ASSERT_TRUE(first.ok()) << first.detail();
    EXPECT_EQ(first.result().value().temperature, "normal") << "the first answer tells everything";
    rig.world.advance(1s);
    const auto asked = rig.world.now();
    EXPECT_THAT(rig.news().result().value().settings, SizeIs(0));
    EXPECT_LT(rig.world.now() - asked, 50ms);
    ASSERT_TRUE(rig.shoot().ok());
    ASSERT_TRUE(rig.camera->set("iso", "\"100\""));
    rig.world.advance(1s);
    const auto news = rig.news();
    ASSERT_THAT(news.result().value().added, SizeIs(1));
    EXPECT_TRUE(news.result().value().added[0].ends_with("100CANON/IMG_0001.JPG"));
    ASSERT_THAT(news.result().value().settings, SizeIs(1));
    EXPECT_EQ(news.result().value().settings[0].value, "\"100\"");
  }
}

TEST(CcapiNews, APollThatTheCameraHoldsIsCutOffAndStandsInNobodysWay) {
  ControlRig rig;
  ASSERT_TRUE(rig.open().ok());
  ASSERT_TRUE(rig.shoot().ok());
  rig.world.advance(1s);
  rig.camera->change([](sim::CameraCondition& condition) { condition.holds_polls = true; });
  Answer<hal::CameraNews> held;
  const auto asks = rig.driver->news(held.taker());
  rig.world.advance(500ms);
  const auto due = rig.world.now();
  ASSERT_TRUE(rig.shoot().ok());
  EXPECT_LT(rig.camera->presses().back().at - due, 5ms);
  EXPECT_TRUE(rig.check().ok());
  EXPECT_LE(rig.world.now() - due, kNewsPatience);
  EXPECT_EQ(held.error(), timed_out);
  EXPECT_EQ(rig.news().error(), busy) << "the camera holds it still: Already started";
  EXPECT_LE(rig.camera->connections_seen(), 3u) << "two, and one in place of the one that was cut off";
}

TEST(CcapiLiveView, IsStartedBeforeItShowsAndStopped) {
  ControlRig rig;
  ASSERT_TRUE(rig.open().ok());
  EXPECT_EQ(rig.frame().error(), io);
  ASSERT_TRUE(rig.start_live_view().ok());
  EXPECT_EQ(rig.frame().detail(), "Live view not started") << "it is warming up";
  rig.world.advance(1s);
  const auto frame = rig.frame();
  ASSERT_TRUE(frame.ok()) << frame.detail();
  EXPECT_TRUE(frame.result().value().starts_with("\xff\xd8\xff"));
  EXPECT_TRUE(rig.wait<void>([&](auto taker) { return rig.driver->stop_live_view(taker); }).ok());
  EXPECT_EQ(rig.frame().error(), io);
}

TEST(CcapiBulb, TheButtonIsHeldAsLongAsTheExposureIsToBe) {
  sim::CameraOptions options;
  options.tv = "bulb";
  ControlRig rig{options};
  ASSERT_TRUE(rig.open().ok());
  EXPECT_EQ(rig.shoot().error(), not_supported) << "without a length it is no exposure";
  const auto shot = rig.bulb(3min);
  ASSERT_TRUE(shot.ok()) << shot.detail();
  rig.world.advance(2s);
  ASSERT_THAT(rig.camera->exposures(), SizeIs(1));
  const auto length = rig.camera->exposures()[0].closed - rig.camera->exposures()[0].opened;
  EXPECT_LE(std::chrono::abs(length - hal::Duration{3min}), 50ms);
  EXPECT_FALSE(rig.camera->button_held());
}

TEST(CcapiBulb, WhoLosesInterestOrTheCameraLeavesNoButtonDown) {
  sim::CameraOptions options;
  options.tv = "bulb";
  ControlRig rig{options};
  ASSERT_TRUE(rig.open().ok());
  for (const bool destroyed : {false, true}) {
    Answer<hal::Shot> shot;
    auto held = rig.driver->shoot_bulb(1h, 10s, shot.taker());
    rig.world.advance(5s);
    ASSERT_TRUE(rig.camera->button_held());
    if (destroyed) rig.driver.reset();
    else held.drop();
    rig.world.advance(2s);
    EXPECT_FALSE(rig.camera->button_held());
    EXPECT_FALSE(shot.came());
  }
}

TEST(CcapiBulb, ABodyWhoseButtonCannotBeHeldSaysSo) {
  sim::CameraOptions options;
  options.buttons = sim::CameraOptions::Buttons::simple;
  ControlRig rig{options};
  ASSERT_TRUE(rig.open().ok());
  EXPECT_EQ(rig.bulb(1min).error(), not_supported);
  EXPECT_THAT(rig.camera->presses(), SizeIs(0));
}

TEST(CcapiSleep, ACameraThatIsCheckedEveryTenSecondsStaysAwakeAndOneThatIsLeftAloneDoesNot) {
  sim::CameraOptions options;
  options.sleeps = true;   // after a minute
  ControlRig rig{options};
  ASSERT_TRUE(rig.open().ok());
  for (int i = 0; i < 60; ++i) {
    rig.world.advance(10s);
    ASSERT_TRUE(rig.check().ok());
  }
  rig.world.advance(2min);
  EXPECT_FALSE(rig.check().ok());
  ASSERT_TRUE(rig.camera->power_on().ok());   // somebody half-presses its shutter
  EXPECT_TRUE(rig.check().ok());
}

}   // namespace
}   // namespace nightjar::canon
