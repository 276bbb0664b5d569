// The driver against the simulated camera, over the real HTTP and TLS in virtual time.
#include "drivers/canon/ccapi_camera.h"

#include "tests/drivers/canon/rig.h"

namespace nightjar::canon {
namespace {

using enum hal::ErrorKind;
using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

TEST(CcapiCamera, OpenTellsWhoItIsAndThroughWhatItShoots) {
  Rig rig;
  const auto opened = rig.open();
  ASSERT_TRUE(opened.ok());
  const auto& info = opened.result().value();
  EXPECT_EQ(info.manufacturer, "Canon.Inc");
  EXPECT_EQ(info.model, "Canon EOS R50");
  EXPECT_EQ(info.serial, "042031000123");
  EXPECT_EQ(info.mac, "74:38:b7:e2:73:5f");
  EXPECT_EQ(info.firmware, "1.1.0");
  EXPECT_EQ(info.shutter_path, "/ccapi/ver100/shooting/control/shutterbutton");
  EXPECT_EQ(info.certificate, "");
}

TEST(CcapiCamera, OverTlsTheCertificateItShowsIsTold) {
  auto options = Rig::with_https();
  Rig rig{options};
  const auto opened = rig.open();
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.result().value().certificate, net::certificate_fingerprint(options.certificate_pem));
}

TEST(CcapiCamera, AnotherCertificateThanThePinnedOneIsNotSpokenTo) {
  Rig rig{Rig::with_https()};
  auto origin = rig.origin();
  origin.pinned_certificate = std::string(64, 'a');
  rig.driver = rig.cameras.camera(origin);
  EXPECT_EQ(rig.open().error(), tls);
  EXPECT_THAT(rig.camera->log(), SizeIs(0));
}

TEST(CcapiCamera, BeforeItIsOpenEverythingElseIsAProtocolError) {
  Rig rig;
  EXPECT_EQ(rig.shoot().error(), protocol);
  EXPECT_EQ(rig.check().error(), protocol);
  EXPECT_EQ(rig.status().error(), protocol);
  EXPECT_EQ(rig.last_picture().error(), protocol);
  EXPECT_THAT(rig.camera->log(), SizeIs(0));
}

TEST(CcapiCamera, AShotIsOnePostAndIsAnsweredWhenTheExposureIsOver) {
  sim::CameraOptions options;
  options.tv = "4\"";
  Rig rig{options};
  ASSERT_TRUE(rig.open().ok());
  const auto asked_before = rig.camera->log().size();
  const auto shot = rig.shoot();
  ASSERT_TRUE(shot.ok());
  EXPECT_EQ(rig.camera->log().size(), asked_before + 1);
  const auto took = shot.result().value().answered - shot.result().value().sent;
  EXPECT_GE(took, 4s);
  EXPECT_LE(took, 4200ms);
  rig.world.advance(1s);
  ASSERT_THAT(rig.camera->exposures(), SizeIs(1));
  EXPECT_EQ(rig.camera->exposures()[0].closed - rig.camera->exposures()[0].opened, 4s);
  EXPECT_EQ(rig.camera->exposures()[0].file, "100CANON/IMG_0001.JPG");
}

TEST(CcapiCamera, TenShotsOverTlsGoOutOnTheirGridOnConnectionsThatAreKept) {
  Rig rig{Rig::with_https()};
  ASSERT_TRUE(rig.open().ok());
  const auto start = rig.world.now() + 1s;
  std::vector<Answer<hal::Shot>> answers(10);
  std::vector<hal::Operation> operations(10);
  for (std::size_t n = 0; n < 10; ++n) {
    rig.world.run_until(start + n * 2s);
    operations[n] = rig.driver->shoot(30s, answers[n].taker());
  }
  rig.world.advance(2s);
  for (const auto& answer : answers) EXPECT_TRUE(answer.ok());
  ASSERT_THAT(rig.camera->presses(), SizeIs(10));
  for (std::size_t n = 0; n < 10; ++n) EXPECT_LT(rig.camera->presses()[n].at - (start + n * 2s), 20ms) << "shot " << n;
  EXPECT_LE(rig.camera->connections_seen(), 2u);
  EXPECT_THAT(rig.camera->presses(), Each(AllOf(Field(&sim::CameraPress::connection, rig.camera->presses()[0].connection),
                                                Field(&sim::CameraPress::status, 200))));
}

TEST(CcapiCamera, NoErrandIsEverInFrontOfAShot) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  ASSERT_TRUE(rig.shoot().ok());
  rig.world.advance(2s);
  rig.camera->change([](sim::CameraCondition& condition) { condition.latency = 700ms; });   // every answer takes long
  Answer<hal::Picture> picture;
  Answer<void> check;
  const auto downloads = rig.driver->last_picture(picture.taker());
  const auto asks = rig.driver->check(check.taker());
  rig.world.advance(300ms);
  const auto due = rig.world.now();
  Answer<hal::Shot> shot;
  const auto shoots = rig.driver->shoot(30s, shot.taker());
  rig.world.advance(20s);
  EXPECT_TRUE(shot.ok());
  EXPECT_TRUE(picture.ok());
  EXPECT_TRUE(check.ok());
  ASSERT_THAT(rig.camera->presses(), SizeIs(2));
  EXPECT_LT(rig.camera->presses()[1].at - due, 2ms);
}

TEST(CcapiCamera, LongPausesBetweenShotsNeedNoNewConnectionWhileItIsCheckedEveryTenSeconds) {
  Rig rig{Rig::with_https()};
  ASSERT_TRUE(rig.open().ok());
  for (int minute = 0; minute < 5; ++minute) {
    for (int check = 0; check < 6; ++check) {
      rig.world.advance(10s);
      EXPECT_TRUE(rig.check().ok());
    }
    EXPECT_TRUE(rig.shoot().ok());
  }
  EXPECT_EQ(rig.camera->connections_seen(), 2u);
}

TEST(CcapiCamera, ASecondShotWhileOneIsUnderWayIsBusyAndNeverSent) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  Answer<hal::Shot> first;
  const auto operation = rig.driver->shoot(30s, first.taker());
  EXPECT_EQ(rig.shoot().error(), busy);
  rig.world.advance(1s);
  EXPECT_TRUE(first.ok());
  EXPECT_THAT(rig.camera->presses(), SizeIs(1));
}

TEST(CcapiCamera, RefusalsOfThePassingKindAreBusy) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  for (const std::string message : {"Device busy", "During shooting or recording", "Taken in preparation", "Already started"}) {
    rig.camera->faults().busy_next(1, message);
    const auto shot = rig.shoot();
    EXPECT_EQ(shot.error(), busy) << message;
    EXPECT_EQ(shot.detail(), message);
  }
  EXPECT_THAT(rig.camera->exposures(), SizeIs(0));
  EXPECT_TRUE(rig.shoot().ok()) << "and nothing was left behind";
}

TEST(CcapiCamera, RefusalsThatWillNotPassAreToldInTheCamerasOwnWords) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  for (const std::string message : {"Out of focus", "Can not write to card", "Live view not started", "Not started", "Ice on the lens"}) {
    rig.camera->faults().busy_next(1, message);
    const auto shot = rig.shoot();
    EXPECT_EQ(shot.error(), io) << message;
    EXPECT_EQ(shot.detail(), message);
  }
  rig.camera->faults().busy_next(1, "Mode not supported");
  EXPECT_EQ(rig.shoot().error(), not_supported);
}

TEST(CcapiCamera, AFullCardIsTheCamerasSentence) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->change([](sim::CameraCondition& condition) { condition.card = sim::CameraCondition::Card::full; });
  const auto shot = rig.shoot();
  EXPECT_EQ(shot.error(), io);
  EXPECT_EQ(shot.detail(), "Can not write to card");
}

TEST(CcapiCamera, ABodyWhoseServiceIsBrokenIsAProtocolErrorUntilItIsSwitchedOffAndOn) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->faults().http_502(sim::CameraFault::kForEver);
  EXPECT_EQ(rig.shoot().error(), protocol);
  EXPECT_EQ(rig.check().error(), protocol);
  EXPECT_EQ(rig.status().error(), protocol);
  rig.camera->power_off();
  ASSERT_TRUE(rig.camera->power_on().ok());
  rig.world.advance(1s);
  EXPECT_TRUE(rig.shoot().ok());
}

TEST(CcapiCamera, WhatIsNotJsonIsAProtocolErrorWhereAnAnswerWasNeeded) {
  Rig rig;
  rig.camera->faults().garbage_next(1);
  EXPECT_EQ(rig.open().error(), protocol);
  rig.camera->faults().garbage_next(1, "deviceinformation");
  EXPECT_EQ(rig.open().error(), protocol);
  ASSERT_TRUE(rig.open().ok());
  rig.camera->faults().garbage_next(1);
  EXPECT_EQ(rig.check().error(), protocol);
  rig.camera->faults().garbage_next(1, "currentdirectory");
  EXPECT_EQ(rig.last_picture().error(), not_found) << "no folder is told, so there is no picture";
}

TEST(CcapiCamera, AHangEndsWithItsPatienceAndTheNextShotIsFree) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->faults().hang_next(1, sim::CameraFaults::kShutter);
  const auto before = rig.world.now();
  EXPECT_EQ(rig.shoot(5s).error(), timed_out);
  EXPECT_GE(rig.world.now() - before, 5s);
  EXPECT_LT(rig.world.now() - before, 5100ms);
  EXPECT_TRUE(rig.shoot().ok());
}

TEST(CcapiCamera, AConnectionThatBreaksBeforeOrWithinTheAnswerIsNotShotAgain) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->faults().reset_next(1, sim::CameraFaults::kShutter);
  const auto broken = rig.shoot().error();
  EXPECT_TRUE(broken == reset || broken == closed);
  EXPECT_THAT(rig.camera->presses(), SizeIs(1));
  rig.camera->faults().cut_next(1, sim::CameraFaults::kShutter);
  const auto cut = rig.shoot().error();
  EXPECT_TRUE(cut == reset || cut == closed || cut == protocol);
  EXPECT_THAT(rig.camera->presses(), SizeIs(2));
  EXPECT_TRUE(rig.shoot().ok());
}

TEST(CcapiCamera, PowerLostInMidExposureFailsTheShotAtOnce) {
  sim::CameraOptions options;
  options.tv = "30\"";
  Rig rig{options};
  ASSERT_TRUE(rig.open().ok());
  Answer<hal::Shot> shot;
  const auto operation = rig.driver->shoot(40s, shot.taker());
  rig.world.advance(10s);
  ASSERT_TRUE(rig.camera->exposing());
  rig.camera->power_off(false);
  rig.world.advance(1s);
  EXPECT_TRUE(shot.error() == reset || shot.error() == closed);
  EXPECT_EQ(rig.shoot().error(), refused);
  ASSERT_TRUE(rig.camera->power_on().ok());
  EXPECT_FALSE(rig.camera->exposing());
  EXPECT_TRUE(rig.shoot(40s).ok()) << "the paths are still known";
  rig.world.advance(1s);
  EXPECT_THAT(rig.camera->exposures(), SizeIs(1));
}

TEST(CcapiCamera, ADigestIsAnsweredAndAWrongPasswordIsDenied) {
  for (const bool sha256 : {false, true}) {
    sim::CameraOptions options;
    options.digest = hal::Credentials{"nightjar", "c'est la nuit"};
    options.digest_sha256 = sha256;
    Rig rig{options};
    EXPECT_EQ(rig.open().error(), denied) << "without an account";
    rig.credentials = hal::Credentials{"nightjar", "wrong"};
    rig.connect();
    EXPECT_EQ(rig.open().error(), denied) << "with a wrong password";
    rig.credentials = options.digest;
    rig.connect();
    ASSERT_TRUE(rig.open().ok());
    ASSERT_TRUE(rig.shoot().ok());
    rig.world.advance(2s);
    const auto refused_before =
        std::count_if(rig.camera->presses().begin(), rig.camera->presses().end(), [](const auto& press) { return press.status == 401; });
    ASSERT_TRUE(rig.shoot().ok());
    const auto refused =
        std::count_if(rig.camera->presses().begin(), rig.camera->presses().end(), [](const auto& press) { return press.status == 401; });
    EXPECT_EQ(refused, refused_before) << "a challenge is answered once and then in advance";
  }
}

TEST(CcapiCamera, OldFirmwareThatWritesWholeAddressesIsUnderstood) {
  sim::CameraOptions options;
  options.old_firmware = true;
  options.card = "sd";
  Rig rig{options};
  const auto opened = rig.open();
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.result().value().shutter_path, "/ccapi/ver100/shooting/control/shutterbutton");
  ASSERT_TRUE(rig.shoot().ok());
  rig.world.advance(1s);
  const auto picture = rig.last_picture();
  ASSERT_TRUE(picture.ok()) << picture.detail();
  EXPECT_EQ(picture.result().value().path, "/ccapi/ver100/contents/sd/100CANON/IMG_0001.JPG");
}

TEST(CcapiCamera, StatusIsReadAndAPartTheCameraRefusesStaysEmpty) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->change([](sim::CameraCondition& condition) {
    condition.battery = "half";
    condition.temperature = "warning";
  });
  auto status = rig.status();
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status.result().value().battery, "half");
  EXPECT_EQ(status.result().value().temperature, "warning");
  EXPECT_GT(status.result().value().shots_left.value_or(0), 1000);
  rig.camera->faults().busy_next(1, "Not started", "devicestatus/battery");
  status = rig.status();
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status.result().value().battery, "");
  EXPECT_EQ(status.result().value().temperature, "warning");
  rig.camera->faults().busy_next(1, "Device busy", "devicestatus/temperature");
  EXPECT_EQ(rig.status().error(), busy);
}

TEST(CcapiCamera, ACheckFindsAnotherCameraAtTheAddress) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  EXPECT_TRUE(rig.check().ok());
  rig.camera.reset();
  sim::CameraOptions other;
  other.serial = "999999999999";
  rig.camera = std::make_unique<sim::Camera>(other, rig.device.loop(), rig.servers, rig.device.network(), rig.device.random(),
                                             rig.device.wall_clock());
  ASSERT_TRUE(rig.camera->power_on().ok());
  rig.world.advance(1s);
  const auto checked = rig.check();
  EXPECT_EQ(checked.error(), protocol);
  EXPECT_THAT(checked.detail(), HasSubstr("another camera"));
}

TEST(CcapiCamera, TheLastPictureIsTheNewestOneBeyondTheFirstPageToo) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  EXPECT_EQ(rig.last_picture().error(), not_found);
  for (int shot = 0; shot < 103; ++shot) {
    ASSERT_TRUE(rig.shoot().ok());
    rig.world.advance(2s);
  }
  const auto picture = rig.last_picture();
  ASSERT_TRUE(picture.ok()) << picture.detail();
  EXPECT_EQ(picture.result().value().path, "/ccapi/ver130/contents/card1/100CANON/IMG_0103.JPG");
  EXPECT_TRUE(picture.result().value().jpeg.starts_with("\xff\xd8\xff"));
  EXPECT_TRUE(picture.result().value().jpeg.ends_with("\xff\xd9"));
}

TEST(CcapiCamera, ErrandsPastTheBoundAreBusy) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->faults().hang_next(1);
  std::vector<Answer<void>> answers(kErrandsMax + 2);
  std::vector<hal::Operation> operations;
  operations.push_back(rig.driver->check(answers[0].taker()));
  rig.world.advance(10ms);   // the first is under way; the others wait
  for (std::size_t i = 1; i < answers.size(); ++i) operations.push_back(rig.driver->check(answers[i].taker()));
  rig.world.advance(10ms);
  EXPECT_EQ(answers.back().error(), busy);
  rig.world.advance(1min);
  EXPECT_EQ(answers[0].error(), timed_out);
  for (std::size_t i = 1; i + 1 < answers.size(); ++i) EXPECT_TRUE(answers[i].ok());
}

TEST(CcapiCamera, ADroppedErrandIsSilentAndMakesRoomForTheNext) {
  Rig rig;
  ASSERT_TRUE(rig.open().ok());
  rig.camera->faults().hang_next(1);
  Answer<void> hanging, next;
  auto first = rig.driver->check(hanging.taker());
  const auto second = rig.driver->check(next.taker());
  rig.world.advance(1s);
  EXPECT_FALSE(next.came());
  first.drop();
  rig.world.advance(1s);
  EXPECT_TRUE(next.ok());
  EXPECT_FALSE(hanging.came());
}

TEST(CcapiCamera, DestroyedWhileEverythingIsUnderWayItNeverAnswers) {
  Rig rig{Rig::with_https()};
  ASSERT_TRUE(rig.open().ok());
  Answer<hal::Shot> shot;
  Answer<hal::CameraStatus> status;
  const auto shoots = rig.driver->shoot(30s, shot.taker());
  const auto asks = rig.driver->status(status.taker());
  rig.world.advance(1ms);
  rig.driver.reset();
  rig.world.advance(1min);
  EXPECT_FALSE(shot.came());
  EXPECT_FALSE(status.came());
}

TEST(CcapiCamera, ItMayBeDestroyedWithinItsOwnAnswer) {
  Rig rig;
  hal::Operation operation;
  bool answered = false;
  operation = rig.driver->open([&](const auto& result) {
    answered = result.ok();
    rig.driver.reset();
  });
  rig.world.advance(1s);
  EXPECT_TRUE(answered);
  rig.connect();
  ASSERT_TRUE(rig.open().ok());
  operation = rig.driver->shoot(30s, [&](const auto&) { rig.driver.reset(); });
  rig.world.advance(5s);
  EXPECT_EQ(rig.driver, nullptr);
}

}   // namespace
}   // namespace nightjar::canon
