// Bodies that have only the manual button: what is pressed is released, whatever happens between.
#include "tests/drivers/canon/rig.h"

namespace nightjar::canon {
namespace {

using enum hal::ErrorKind;
using testing::SizeIs;

constexpr auto kManual = "/ccapi/ver100/shooting/control/shutterbutton/manual";

sim::CameraOptions only_manual(const std::string& tv = "1/125") {
  sim::CameraOptions options;
  options.buttons = sim::CameraOptions::Buttons::manual;
  options.tv = tv;
  return options;
}

TEST(ManualButton, AShotIsAPressAndARelease) {
  Rig rig{only_manual("2\"")};
  const auto opened = rig.open();
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.result().value().shutter_path, kManual);
  const auto shot = rig.shoot();
  ASSERT_TRUE(shot.ok()) << shot.detail();
  EXPECT_GE(shot.result().value().answered - shot.result().value().sent, 2s);
  EXPECT_EQ(rig.requests("/manual"), 3) << "opening released it once";
  EXPECT_FALSE(rig.camera->button_held());
  rig.world.advance(2s);
  ASSERT_TRUE(rig.shoot().ok()) << "the next one finds the button up";
  EXPECT_THAT(rig.camera->presses(), SizeIs(2));
}

TEST(ManualButton, OpeningReleasesAButtonThatAPowerCutLeftDown) {
  Rig rig{only_manual()};
  ASSERT_TRUE(rig.open().ok());
  Answer<hal::Shot> shot;
  const auto shooting = rig.driver->shoot(30s, shot.taker());
  ASSERT_TRUE(rig.world.run_until([&] { return rig.camera->button_held(); }, 1s));
  rig.pi.power_cut();
  rig.world.advance(10s);
  ASSERT_TRUE(rig.camera->button_held());
  rig.pi.power_on();
  net::HttpClients clients{rig.pi.network(), rig.pi.loop(), rig.pi.random()};
  CcapiCameras cameras{clients, rig.pi.loop()};
  const auto again = cameras.camera(rig.origin());
  Answer<hal::CameraInfo> info;
  const auto opening = again->open(info.taker());
  EXPECT_TRUE(rig.world.run_until([&] { return info.came() && !rig.camera->button_held(); }, 10s));
}

TEST(ManualButton, ARefusedPressIsReleasedBeforeItsErrorIsTold) {
  Rig rig{only_manual()};
  ASSERT_TRUE(rig.open().ok());
  rig.world.advance(100ms);   // its release is over
  rig.camera->faults().busy_next(1, "Device busy");
  const auto shot = rig.shoot();
  EXPECT_EQ(shot.error(), busy);
  EXPECT_EQ(rig.requests("/manual"), 3) << "opening released it once";
  EXPECT_TRUE(rig.shoot().ok());
}

TEST(ManualButton, APressWhoseAnswerWasLostIsReleased) {
  Rig rig{only_manual()};
  ASSERT_TRUE(rig.open().ok());
  rig.world.after(50ms, [&] { rig.world.network().reset_connections(rig.device); });   // the press is in, its answer is due at 60 ms
  const auto shot = rig.shoot();
  EXPECT_TRUE(shot.error() == reset || shot.error() == closed);
  rig.world.advance(1s);
  EXPECT_FALSE(rig.camera->button_held());
  EXPECT_THAT(rig.camera->exposures(), SizeIs(1)) << "the press had arrived";
  EXPECT_TRUE(rig.shoot().ok());
}

TEST(ManualButton, AHangingPressIsReleasedAfterItsPatience) {
  Rig rig{only_manual()};
  ASSERT_TRUE(rig.open().ok());
  rig.world.advance(100ms);   // its release is over
  rig.camera->faults().hang_next(1, sim::CameraFaults::kShutter);
  EXPECT_EQ(rig.shoot(3s).error(), timed_out);
  EXPECT_EQ(rig.requests("/manual"), 3) << "opening released it once";
}

/// A shot, with `fault` waiting for its release.
void shoot_and_strike_release(Rig& rig, const std::function<void(sim::CameraFaults&)>& fault) {
  ASSERT_TRUE(rig.open().ok());
  rig.world.advance(100ms);   // its release is over
  Answer<hal::Shot> shot;
  const auto shooting = rig.driver->shoot(30s, shot.taker());
  ASSERT_TRUE(rig.world.run_until([&] { return rig.camera->button_held(); }, 1s));
  fault(rig.camera->faults());
  ASSERT_TRUE(rig.world.run_until([&] { return shot.came(); }, 60s));
  EXPECT_FALSE(shot.ok()) << "its error is told";
  EXPECT_TRUE(rig.camera->button_held());
}

TEST(ManualButton, AReleaseIsTriedAgainUntilTheCameraSaysItIsDone) {
  for (const int times : {1, 2, 5}) {
    Rig busy_rig{only_manual()};
    shoot_and_strike_release(busy_rig, [&](auto& faults) { faults.busy_next(times); });
    busy_rig.world.advance(1s * times);
    EXPECT_FALSE(busy_rig.camera->button_held()) << times << " times busy";
    Rig garbage_rig{only_manual()};
    shoot_and_strike_release(garbage_rig, [&](auto& faults) { faults.garbage_next(times); });
    garbage_rig.world.advance(1s * times);
    EXPECT_FALSE(garbage_rig.camera->button_held()) << times << " times something that is no answer";
  }
}

TEST(ManualButton, AReleaseThatWaitsForItsNextTryDoesNotEndTheNextPress) {
  Rig rig{only_manual("2\"")};
  shoot_and_strike_release(rig, [](auto& faults) { faults.busy_next(2); });   // its own, and the keeper's first
  rig.world.advance(500ms);
  ASSERT_TRUE(rig.camera->button_held());
  const auto requests = rig.requests("/manual");
  (void)rig.shoot();
  rig.world.advance(5s);
  EXPECT_EQ(rig.requests("/manual"), requests + 2) << "a press and its release";
  EXPECT_FALSE(rig.camera->button_held());
}

TEST(ManualButton, AReleaseIsGivenUpAfterTenTries) {
  Rig rig{only_manual()};
  shoot_and_strike_release(rig, [](auto& faults) { faults.busy_next(sim::CameraFault::kForEver); });
  const auto requests = rig.requests("/manual");
  rig.world.advance(60s);
  EXPECT_EQ(rig.requests("/manual"), requests + 10);
}

TEST(ManualButton, ADroppedShotIsReleasedInSilence) {
  Rig rig{only_manual("bulb")};
  ASSERT_TRUE(rig.open().ok());
  Answer<hal::Shot> shot;
  auto operation = rig.driver->shoot(30s, shot.taker());
  rig.world.advance(30ms);
  ASSERT_TRUE(rig.camera->button_held());
  operation.drop();
  rig.world.advance(1s);
  EXPECT_FALSE(rig.camera->button_held());
  EXPECT_FALSE(shot.came());
  EXPECT_TRUE(rig.shoot().ok()) << "and the next one is free to go";
}

TEST(ManualButton, ACameraDestroyedWithItsButtonDownIsReleased) {
  Rig rig{only_manual("bulb")};
  ASSERT_TRUE(rig.open().ok());
  Answer<hal::Shot> shot;
  const auto operation = rig.driver->shoot(30s, shot.taker());
  rig.world.advance(30ms);
  ASSERT_TRUE(rig.camera->button_held());
  rig.driver.reset();
  rig.world.advance(1s);
  EXPECT_FALSE(rig.camera->button_held());
  EXPECT_FALSE(shot.came());
}

TEST(ManualButton, AShotOnACameraThatIsNotThereIsNotReleased) {
  Rig rig{only_manual()};
  ASSERT_TRUE(rig.open().ok());
  rig.camera->power_off();
  rig.world.advance(1s);
  const auto before = rig.world.now();
  EXPECT_EQ(rig.shoot().error(), refused);
  EXPECT_LT(rig.world.now() - before, 100ms);
}

TEST(ManualButton, ReleasesOutliveTheirFactoryByNothing) {
  auto rig = std::make_unique<Rig>(only_manual("bulb"));
  ASSERT_TRUE(rig->open().ok());
  Answer<hal::Shot> shot;
  auto operation = rig->driver->shoot(30s, shot.taker());
  rig->world.advance(30ms);
  rig->driver.reset();
  rig.reset();   // with the release still on its way
  EXPECT_FALSE(shot.came());
}

}   // namespace
}   // namespace nightjar::canon
