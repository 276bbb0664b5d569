// A photographer without a phone: the button, the light, and what they do with the camera.
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::SizeIs;

struct FrontPanel : Field {
  FrontPanel() {
    pi.gpio().add_chip("pins", 28);
    program.solder({app::ButtonPin{kButton, {true, hal::Bias::pull_up, 20ms}}, app::LedPin{kLight, false}});
    pi.gpio().on_driven = [this](const hal::LineName&, std::optional<bool> level) { flashes += level.value_or(false) ? 1 : 0; };
  }
  ~FrontPanel() override { pi.gpio().on_driven = nullptr; }   // the program, which lets go of its lines, ends later

  void press(hal::Duration how_long) {
    pi.gpio().bounce(kButton, true, 9, 8ms);   // a worn contact
    world.advance(how_long);
    pi.gpio().bounce(kButton, false, 9, 8ms);
    world.advance(1s);
  }
  int flashes_in(hal::Duration duration) {
    flashes = 0;
    world.advance(duration);
    return flashes;
  }

  const hal::LineName kButton{"pins", 17};
  const hal::LineName kLight{"pins", 27};
  int flashes = 0;
};

TEST_F(FrontPanel, AShortPressIsOnePhotoAndEverybodyHears) {
  boot();
  const auto phone = this->phone();
  press(300ms);
  EXPECT_THAT(camera->presses(), SizeIs(1));
  EXPECT_THAT(phone->all("event", "photo_taken"), SizeIs(1));
  EXPECT_EQ(phone->count("timelapse_event"), 0u);
}

TEST_F(FrontPanel, AHoldStartsTheIntervalometerAndAnotherStopsIt) {
  boot();
  const auto phone = this->phone();
  press(2500ms);
  ASSERT_THAT(phone->all("timelapse_event", "sessionStarted"), SizeIs(1));
  world.advance(29s);
  EXPECT_THAT(camera->presses(), SizeIs(4)) << "every ten seconds, until it is stopped";
  press(2500ms);
  EXPECT_THAT(phone->all("timelapse_event", "sessionStopped"), SizeIs(1));
}

TEST_F(FrontPanel, AHoldTakesTheLastSettingsAndSavesWhatWaits) {
  boot();
  const auto phone = this->phone();
  phone->ask("start_intervalometer_with_title", {{"interval", 3}, {"stopCondition", "stop-after"}, {"shots", 4}, {"title", "By phone"}}, "operation_result");
  ASSERT_FALSE(phone->wait("timelapse_event", "sessionCompleted").is_null());
  press(2500ms);
  ASSERT_THAT(phone->all("timelapse_event", "reportSaved"), SizeIs(1));
  ASSERT_THAT(phone->all("timelapse_event", "sessionStarted"), SizeIs(2));
  EXPECT_EQ(phone->all("timelapse_event", "sessionStarted").back()["data"]["interval"], 3);
  ASSERT_FALSE(phone->wait("timelapse_event", "sessionCompleted").is_null());
  EXPECT_THAT(camera->presses(), SizeIs(8));
}

TEST_F(FrontPanel, TheLastSettingsSurviveAPowerCut) {
  boot();
  phone()->ask("start_intervalometer_with_title", {{"interval", 7}, {"title", "Before"}}, "operation_result");
  world.advance(10s);
  pull_the_plug();
  boot();
  const auto phone = this->phone("another phone", 51);
  press(2500ms);
  ASSERT_THAT(phone->all("timelapse_event", "sessionStarted"), SizeIs(1));
  EXPECT_EQ(phone->all("timelapse_event", "sessionStarted").back()["data"]["interval"], 7);
}

TEST_F(FrontPanel, AShortPressMayBeTheIntervalometersBySetting) {
  settings.press_starts = true;
  boot();
  const auto phone = this->phone();
  press(300ms);
  EXPECT_THAT(phone->all("timelapse_event", "sessionStarted"), SizeIs(1));
}

TEST_F(FrontPanel, AButtonHeldDuringTheStartAsksNothing) {
  pi.gpio().press(kButton);
  boot();
  world.advance(10s);
  pi.gpio().release(kButton);
  world.advance(1s);
  EXPECT_THAT(camera->presses(), SizeIs(0));
}

TEST_F(FrontPanel, TheLightTellsReadyRunningAndACameraThatIsLost) {
  boot();
  world.advance(5s);
  EXPECT_EQ(flashes_in(30300ms), 10) << "a wink every three seconds";
  press(2500ms);
  world.advance(5s);
  EXPECT_EQ(flashes_in(32600ms), 20) << "two, every 3.26 s";
  camera->power_off();
  world.advance(60s);
  EXPECT_EQ(flashes_in(17s), 30) << "three, every 1.7 s";
}

TEST_F(FrontPanel, ABoardWhosePinsAreMissingRunsWithoutThem) {
  program.solder({app::ButtonPin{{"no-such-chip", 1}, {}}, app::LedPin{{"no-such-chip", 2}, false}});
  boot();
  EXPECT_TRUE(pi.log().contains("the button cannot be used"));
  EXPECT_TRUE(pi.log().contains("the light cannot be used"));
}

}  // namespace
}  // namespace nightjar::scenarios
