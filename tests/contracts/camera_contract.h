#pragma once
// hal::Camera and hal::Cameras: one attempt a call, one answer later than the call, a press that is always released.
//
// Behind the wire stands the simulated camera on both sides: over this machine's own sockets and clock, and in the virtual world.
#include <optional>

#include "drivers/canon/ccapi_camera.h"
#include "sim/camera/camera.h"
#include "tests/contracts/http_tools.h"

namespace nightjar::contracts {

class CameraContract : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }

  /// A camera at the rig's address, behind TLS, and a driver that has not spoken to it yet.
  void start(sim::CameraOptions options) {
    driver_.reset();
    device_.reset();
    options.certificate_pem = test_certificate(rig_->random()).cert_pem;
    options.key_pem = test_certificate(rig_->random()).key_pem;
    options.port = 0;
    options.listen = rig_->host();
    options.ssdp = false;
    options.description_port = 0;
    options.shutter_lag = options.answer_lag = std::chrono::milliseconds{5};
    options.write_time = std::chrono::milliseconds{20};
    device_ = std::make_unique<sim::Camera>(options, rig_->loop(), servers_, rig_->network(), rig_->random(), rig_->wall_clock());
    const auto on = device_->power_on();
    ASSERT_TRUE(on.ok()) << on.error().text();
    driver_ = cameras_.camera(origin());
  }
  hal::HttpOrigin origin() const {
    hal::HttpOrigin out;
    out.tls = true;
    out.endpoint = device_->ccapi();
    return out;
  }

  /// The answer to what `ask` starts, which is held until it has come.
  template <class T, class Ask>
  hal::Result<T> answer_to(Ask ask) {
    std::optional<hal::Result<T>> answer;
    const auto operation = ask([&](hal::Result<T> result) {
      EXPECT_FALSE(answer) << "answered twice";
      answer.emplace(std::move(result));
    });
    EXPECT_FALSE(answer) << "answered within the call";
    if (!rig_->run_until([&] { return answer.has_value(); })) return hal::Error{hal::ErrorKind::timed_out, "no answer came"};
    return *std::move(answer);
  }
  auto open() {
    return answer_to<hal::CameraInfo>([&](auto done) { return driver_->open(done); });
  }
  auto check() {
    return answer_to<void>([&](auto done) { return driver_->check(done); });
  }
  auto status() {
    return answer_to<hal::CameraStatus>([&](auto done) { return driver_->status(done); });
  }
  auto shoot(hal::Duration patience = kPatience) {
    return answer_to<hal::Shot>([&](auto done) { return driver_->shoot(patience, done); });
  }
  auto last_picture() {
    return answer_to<hal::Picture>([&](auto done) { return driver_->last_picture(done); });
  }
  auto date_time() {
    return answer_to<hal::CameraTime>([&](auto done) { return driver_->date_time(done); });
  }
  auto set_date_time(const hal::CameraTime& time) {
    return answer_to<void>([&](auto done) { return driver_->set_date_time(time, done); });
  }
  /// Turns until the camera has written what it exposed.
  void let_it_write(std::size_t exposures) {
    ASSERT_TRUE(rig_->run_until([&] { return device_->exposures().size() == exposures && !device_->exposures().back().file.empty(); }));
  }

  std::unique_ptr<Rig> rig_ = make_rig();
  net::HttpServers servers_{rig_->network(), rig_->loop(), rig_->random()};
  net::HttpClients clients_{rig_->network(), rig_->loop(), rig_->random()};
  canon::CcapiCameras cameras_{clients_, rig_->loop()};
  std::unique_ptr<sim::Camera> device_;
  std::unique_ptr<hal::Camera> driver_;
};

TEST_F(CameraContract, OpenTellsWhoItIs) {
  const auto info = open();
  ASSERT_TRUE(info.ok()) << info.error().text();
  EXPECT_EQ(info.value().manufacturer, "Canon.Inc");
  EXPECT_EQ(info.value().model, "Canon EOS R50");
  EXPECT_EQ(info.value().serial, "042031000123");
  EXPECT_EQ(info.value().certificate, net::certificate_fingerprint(test_certificate(rig_->random()).cert_pem));
}

TEST_F(CameraContract, BeforeItIsOpenEverythingElseIsAProtocolErrorAndNothingIsSent) {
  EXPECT_EQ(check().error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(status().error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(shoot().error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(last_picture().error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(date_time().error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(set_date_time({}).error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(answer_to<hal::CameraNews>([&](auto done) { return driver_->news(done); }).error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(answer_to<hal::CameraSetting>([&](auto done) { return driver_->set("iso", "1", done); }).error().kind, hal::ErrorKind::protocol);
  EXPECT_TRUE(device_->log().empty());
}

TEST_F(CameraContract, AShotIsOnePressReleasedAndAnsweredWhenTheExposureIsOver) {
  ASSERT_TRUE(open().ok());
  const auto asked = rig_->loop().now();
  const auto shot = shoot();
  ASSERT_TRUE(shot.ok()) << shot.error().text();
  EXPECT_LE(asked, shot.value().sent);
  EXPECT_LT(shot.value().sent, shot.value().answered);
  EXPECT_LE(shot.value().answered, rig_->loop().now());
  EXPECT_EQ(device_->presses().size(), 1u);
  let_it_write(1);
  EXPECT_LE(shot.value().sent, device_->exposures()[0].opened);
  EXPECT_LE(device_->exposures()[0].closed, shot.value().answered);
  EXPECT_FALSE(device_->button_held());
}

TEST_F(CameraContract, ABodyWithAButtonToPressAndReleaseIsReleasedToo) {
  sim::CameraOptions options;
  options.buttons = sim::CameraOptions::Buttons::manual;
  start(options);
  ASSERT_TRUE(open().ok());
  ASSERT_TRUE(shoot().ok());
  EXPECT_EQ(device_->presses().size(), 1u);
  EXPECT_TRUE(rig_->run_until([&] { return !device_->button_held(); }));
}

TEST_F(CameraContract, AShotThatIsDroppedIsSilentAndItsPressIsReleased) {
  sim::CameraOptions options;
  options.buttons = sim::CameraOptions::Buttons::manual;
  start(options);
  ASSERT_TRUE(open().ok());
  bool answered = false;
  auto shot = driver_->shoot(kPatience, [&](const auto&) { answered = true; });
  ASSERT_TRUE(rig_->run_until([&] { return device_->button_held(); }));
  shot.drop();
  EXPECT_TRUE(rig_->run_until([&] { return !device_->button_held(); })) << "the shutter stays pressed";
  EXPECT_FALSE(answered);
}

TEST_F(CameraContract, ABusyCameraTookNothingAndTheNextAttemptIsFree) {
  ASSERT_TRUE(open().ok());
  device_->faults().busy_next(1);
  EXPECT_EQ(shoot().error().kind, hal::ErrorKind::busy);
  EXPECT_TRUE(device_->exposures().empty());
  EXPECT_TRUE(shoot().ok());
}

TEST_F(CameraContract, WhatTheCameraCannotDoIsToldInItsOwnWords) {
  ASSERT_TRUE(open().ok());
  device_->faults().busy_next(1, "Out of focus");
  const auto shot = shoot();
  EXPECT_EQ(shot.error().kind, hal::ErrorKind::io);
  EXPECT_EQ(shot.error().detail, "Out of focus");
}

TEST_F(CameraContract, AnAnswerThatDoesNotComeEndsWithItsPatience) {
  ASSERT_TRUE(open().ok());
  device_->faults().hang_next(1, sim::CameraFaults::kShutter);
  const auto asked = rig_->loop().now();
  EXPECT_EQ(shoot(std::chrono::milliseconds{200}).error().kind, hal::ErrorKind::timed_out);
  EXPECT_GE(rig_->loop().now() - asked, std::chrono::milliseconds{200});
}

TEST_F(CameraContract, ACameraThatIsOffIsToldAndFoundAgainWithoutOpeningAnew) {
  ASSERT_TRUE(open().ok());
  ASSERT_TRUE(check().ok());
  const auto at = device_->ccapi();
  device_->power_off();
  EXPECT_FALSE(check().ok());
  EXPECT_FALSE(shoot().ok());
  ASSERT_TRUE(device_->power_on().ok());
  if (device_->ccapi() != at) GTEST_SKIP() << "the port went to somebody else";
  EXPECT_TRUE(check().ok());
}

TEST_F(CameraContract, StatusSaysWhatTheCameraSays) {
  device_->change([](sim::CameraCondition& condition) {
    condition.battery = "quarter";
    condition.temperature = "warning";
  });
  ASSERT_TRUE(open().ok());
  const auto read = status();
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read.value().battery, "quarter");
  EXPECT_EQ(read.value().temperature, "warning");
  EXPECT_GT(read.value().shots_left.value_or(0), 0);
}

TEST_F(CameraContract, TheLastPictureIsAJpegOfTheNewestShot) {
  ASSERT_TRUE(open().ok());
  ASSERT_TRUE(shoot().ok());
  let_it_write(1);
  const auto picture = last_picture();
  ASSERT_TRUE(picture.ok()) << picture.error().text();
  EXPECT_TRUE(picture.value().path.ends_with("IMG_0001.JPG")) << picture.value().path;
  EXPECT_TRUE(picture.value().jpeg.starts_with("\xff\xd8\xff"));
  EXPECT_TRUE(picture.value().jpeg.ends_with("\xff\xd9"));
}

TEST_F(CameraContract, ASettingIsReadSetWithinItsAbilityAndReadBack) {
  ASSERT_TRUE(open().ok());
  const auto set = answer_to<hal::CameraSetting>([&](auto done) { return driver_->set("iso", "\"400\"", done); });
  ASSERT_TRUE(set.ok()) << set.error().text();
  EXPECT_EQ(set.value().value, "\"400\"");
  const auto all = answer_to<std::vector<hal::CameraSetting>>([&](auto done) { return driver_->settings(done); });
  ASSERT_TRUE(all.ok()) << all.error().text();
  EXPECT_EQ(std::count(all.value().begin(), all.value().end(), set.value()), 1);
  const auto wrong = answer_to<hal::CameraSetting>([&](auto done) { return driver_->set("iso", "\"401\"", done); });
  EXPECT_EQ(wrong.error().kind, hal::ErrorKind::invalid);
  const auto absent = answer_to<hal::CameraSetting>([&](auto done) { return driver_->setting("nothing", done); });
  EXPECT_EQ(absent.error().kind, hal::ErrorKind::not_supported);
}

TEST_F(CameraContract, NewsTellWhatWasRecordedOnce) {
  ASSERT_TRUE(open().ok());
  const auto news = [&] { return answer_to<hal::CameraNews>([&](auto done) { return driver_->news(done); }); };
  ASSERT_TRUE(news().ok());
  ASSERT_TRUE(shoot().ok());
  let_it_write(1);
  const auto told = news();
  ASSERT_TRUE(told.ok()) << told.error().text();
  ASSERT_EQ(told.value().added.size(), 1u);
  EXPECT_TRUE(told.value().added[0].ends_with("IMG_0001.JPG"));
  EXPECT_TRUE(news().value().added.empty());
}

TEST_F(CameraContract, BatteriesAndCardsAreTold) {
  ASSERT_TRUE(open().ok());
  const auto batteries = answer_to<std::vector<hal::CameraBattery>>([&](auto done) { return driver_->batteries(done); });
  ASSERT_TRUE(batteries.ok()) << batteries.error().text();
  EXPECT_EQ(batteries.value().size(), 1u);
  const auto cards = answer_to<std::vector<hal::CameraCard>>([&](auto done) { return driver_->cards(done); });
  ASSERT_TRUE(cards.ok()) << cards.error().text();
  EXPECT_EQ(cards.value().at(0).name, "card1");
}

TEST_F(CameraContract, ABulbExposureIsAsLongAsTheButtonIsHeld) {
  sim::CameraOptions options;
  options.tv = "bulb";
  start(options);
  ASSERT_TRUE(open().ok());
  constexpr auto kLong = std::chrono::milliseconds{150};
  const auto shot = answer_to<hal::Shot>([&](auto done) { return driver_->shoot_bulb(kLong, kPatience, done); });
  ASSERT_TRUE(shot.ok()) << shot.error().text();
  ASSERT_EQ(device_->exposures().size(), 1u);
  EXPECT_GE(device_->exposures()[0].closed - device_->exposures()[0].opened, kLong);
  EXPECT_FALSE(device_->button_held());
}

TEST_F(CameraContract, LiveViewIsStartedShowsAndStops) {
  ASSERT_TRUE(open().ok());
  const auto frame = [&] { return answer_to<std::string>([&](auto done) { return driver_->live_view_frame(done); }); };
  EXPECT_EQ(frame().error().kind, hal::ErrorKind::io);
  ASSERT_TRUE(answer_to<void>([&](auto done) { return driver_->start_live_view(done); }).ok());
  let_pass(*rig_, std::chrono::milliseconds{600});
  const auto shown = frame();
  ASSERT_TRUE(shown.ok()) << shown.error().text();
  EXPECT_TRUE(shown.value().starts_with("\xff\xd8\xff"));
  ASSERT_TRUE(answer_to<void>([&](auto done) { return driver_->stop_live_view(done); }).ok());
  EXPECT_FALSE(frame().ok());
}

TEST_F(CameraContract, ADriverMayBeDestroyedWithEverythingUnderWay) {
  ASSERT_TRUE(open().ok());
  int answers = 0;
  const auto count = [&](const auto&) { ++answers; };
  const hal::Operation operations[] = {driver_->check(count), driver_->status(count), driver_->shoot(kPatience, count), driver_->last_picture(count),
                                      driver_->settings(count), driver_->news(count), driver_->start_live_view(count)};
  driver_.reset();
  let_pass(*rig_, std::chrono::milliseconds{200});
  EXPECT_EQ(answers, 0);
}

TEST_F(CameraContract, ItsClockIsReadAndSetAndKeepsItsZone) {
  ASSERT_TRUE(open().ok());
  device_->change([](auto& condition) {
    condition.clock_offset = std::chrono::hours{1};
    condition.zone_minutes = -480;
    condition.daylight_saving = true;
  });
  const auto read = date_time();
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_LE(std::chrono::abs(read.value().utc - std::chrono::hours{1} - rig_->wall_clock().now()), std::chrono::seconds{2});
  ASSERT_TRUE(set_date_time({rig_->wall_clock().now(), read.value().zone, read.value().daylight_saving}).ok());
  EXPECT_LE(std::chrono::abs(device_->condition().clock_offset), std::chrono::seconds{2});
  EXPECT_EQ(device_->condition().zone_minutes, -480);
  EXPECT_TRUE(device_->condition().daylight_saving);
}

}   // namespace nightjar::contracts
