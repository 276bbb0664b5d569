#include "drivers/canon/date_time.h"

#include <nlohmann/json.hpp>

#include "tests/drivers/canon/rig.h"

namespace nightjar::canon {
namespace {

using nlohmann::json;
using std::chrono::minutes;

constexpr hal::WallTime utc(int year, unsigned month, unsigned day, std::chrono::seconds time) {
  return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} + time;
}

TEST(CameraDateTime, TheZoneIsThatOfStandardTimeAndTheDigitsAreNot) {
  EXPECT_EQ(parse_date_time(R"({"datetime":"Tue, 01 Jan 2019 01:23:45 +0900","dst":false})"),
            (hal::CameraTime{utc(2018, 12, 31, 16h + 23min + 45s), minutes{540}, false}));
  EXPECT_EQ(parse_date_time(R"({"datetime":"Wed, 01 Jul 2026 05:00:10 -0800","dst":true})"), (hal::CameraTime{utc(2026, 7, 1, 12h + 10s), minutes{-480}, true}))
      << "five in the morning by the wall in Los Angeles";
  EXPECT_EQ(parse_date_time(R"({"datetime":"Fri, 01 Jan 2027 00:15:00 +0545"})"), (hal::CameraTime{utc(2026, 12, 31, 18h + 30min), minutes{345}, false}));
}

TEST(CameraDateTime, IsWrittenAsItIsRead) {
  for (const auto& [time, text] : {std::pair{hal::CameraTime{utc(2018, 12, 31, 16h + 23min + 45s), minutes{540}, false}, "Tue, 01 Jan 2019 01:23:45 +0900"},
                                   std::pair{hal::CameraTime{utc(2026, 7, 1, 12h + 10s), minutes{-480}, true}, "Wed, 01 Jul 2026 05:00:10 -0800"},
                                   std::pair{hal::CameraTime{utc(2026, 6, 30, 23h + 30min), minutes{-210}, true}, "Tue, 30 Jun 2026 21:00:00 -0330"},
                                   std::pair{hal::CameraTime{utc(2028, 2, 29, 0s), minutes{0}, false}, "Tue, 29 Feb 2028 00:00:00 +0000"}}) {
    const auto body = format_date_time(time);
    EXPECT_EQ(json::parse(body), json({{"datetime", text}, {"dst", time.daylight_saving}}));
    EXPECT_EQ(parse_date_time(body), time) << body;
  }
}

TEST(CameraDateTime, WhatIsNoneIsNone) {
  for (const auto* body : {"", "[]", "{}", R"({"datetime":7,"dst":false})", R"({"datetime":"Tue, 01 Jan 2019 01:23:45 +0900","dst":"no"})",
                           R"({"datetime":"Tue, 31 Feb 2019 01:23:45 +0900","dst":false})", R"({"datetime":"Tue, 01 Jan 2019 24:00:00 +0900","dst":false})",
                           R"({"datetime":"Tue, 01 Jan 2019 01:23:45 GMT  ","dst":false})", R"({"datetime":"Tue, 01 Jan 2019 01:23:45 +9900","dst":false})",
                           R"({"datetime":"Tue, 01 Foo 2019 01:23:45 +0900","dst":false})", R"({"datetime":"Tue, -1 Jan 2019 01:23:45 +0900","dst":false})",
                           R"({"datetime":"Tue, 01 Jan 2019 01:23:45 +0900 ","dst":false})", R"({"datetime":"2019-01-01T01:23:45+09:00","dst":false})"})
    EXPECT_FALSE(parse_date_time(body)) << body;
}

struct CameraClock : testing::Test {
  Answer<hal::CameraTime> read() {
    return rig.wait<hal::CameraTime>([&](auto taker) { return rig.driver->date_time(taker); });
  }
  Answer<void> set(const hal::CameraTime& time) {
    return rig.wait<void>([&](auto taker) { return rig.driver->set_date_time(time, taker); });
  }
  Rig rig;
};

TEST_F(CameraClock, IsReadAndSetOverTheWire) {
  ASSERT_TRUE(rig.open().ok());
  rig.camera->change([](auto& condition) {
    condition.clock_offset = 90s;
    condition.zone_minutes = 60;
    condition.daylight_saving = true;
  });
  const auto first = read();
  ASSERT_TRUE(first.ok()) << first.detail();
  auto time = first.result().value();
  EXPECT_LE(std::chrono::abs(time.utc - rig.device.wall_clock().now() - 90s), 1s);
  EXPECT_EQ(time.zone, minutes{60});
  EXPECT_TRUE(time.daylight_saving);
  time.utc -= 90s;
  ASSERT_TRUE(set(time).ok());
  EXPECT_LE(std::chrono::abs(rig.camera->condition().clock_offset), 1s);
  EXPECT_EQ(rig.camera->condition().zone_minutes, 60);
  EXPECT_TRUE(rig.camera->condition().daylight_saving);
}

TEST_F(CameraClock, IsNotSetWhileItExposesAndSaysThatItIsBusy) {
  ASSERT_TRUE(rig.open().ok());
  ASSERT_TRUE(rig.camera->set("tv", R"("4\"")"));
  Answer<hal::Shot> shot;
  const auto shooting = rig.driver->shoot(30s, shot.taker());
  rig.world.advance(1s);
  const auto time = read();
  ASSERT_TRUE(time.ok()) << "it can be read";
  EXPECT_EQ(set(time.result().value()).error(), hal::ErrorKind::busy);
  EXPECT_TRUE(rig.world.run_until([&] { return shot.came(); }, 30s));
}

TEST_F(CameraClock, AnAnswerThatIsNoTimeIsAProtocolError) {
  ASSERT_TRUE(rig.open().ok());
  rig.camera->faults().garbage_next(1, "datetime");
  EXPECT_EQ(read().error(), hal::ErrorKind::protocol);
}

}   // namespace
}   // namespace nightjar::canon
