// What time it is: one story a branch of the seed's diagrams (camera-control-websocket.md), and what the field adds.
#include "app/iso_time.h"
#include "tests/scenarios/rest.h"

namespace nightjar::scenarios {
namespace {

using testing::HasSubstr;

struct Time : Field {
  /// Its clock goes as everybody's did at the beginning, whenever it came into the world, and so much ahead of that.
  void put_ahead(Phone& phone, hal::Duration ahead) {
    const auto right = sim::WallClock::kFirstEvening + world.now().time_since_epoch();
    phone.clock().step(right + ahead - phone.clock().now());
  }
  /// A phone whose clock is so far ahead of the device's, and that says so when it is asked.
  std::unique_ptr<Phone> telling(hal::Duration ahead, const std::string& name = "phone", std::uint8_t last = 50) {
    auto out = std::make_unique<Phone>(world, name, hal::IpAddress::v4(192, 168, 4, last));
    put_ahead(*out, ahead);
    out->tell_time();
    out->connect(device());
    return out;
  }
  json sync(Phone& phone) {
    world.run_until([&] { return phone.count("event", "pi-sync") != 0; }, 20s);
    const auto all = phone.all("event", "pi-sync");
    return all.empty() ? json() : all.back()["data"];
  }
  /// How far the device's clock is from what everybody's was at the beginning.
  hal::Duration gone() const { return pi.wall_clock().now() - sim::WallClock::kFirstEvening - world.now().time_since_epoch(); }
  std::int64_t ms(hal::WallTime time) const { return time.time_since_epoch().count(); }
  std::size_t clock_puts() const {
    return static_cast<std::size_t>(
        std::count_if(camera->log().begin(), camera->log().end(), [](const auto& each) { return each.method == "PUT" && each.target.ends_with("functions/datetime"); }));
  }
  void put_off(std::chrono::seconds offset) {
    camera->change([offset](auto& condition) {
      condition.clock_offset = offset;
      condition.zone_minutes = -480;        // Los Angeles, in summer: the trap
      condition.daylight_saving = true;
    });
  }
  json status(Phone& phone) { return phone.ask("get_status", json::object(), "status")["data"]; }
  void start(Phone& phone, int shots) {
    ASSERT_EQ(phone.ask("start_intervalometer_with_title", {{"interval", 2}, {"shots", shots}, {"title", "Night"}}, "operation_result")["success"], true);
  }
  void expect_on_grid() const {
    for (const auto& press : presses()) EXPECT_LE((press + 5ms) % 2s, 10ms) << press.count();
  }
  /// The power goes, and comes again while the camera's connections of the last life are gone.
  void cut_and_boot(hal::Duration off, bool with_camera = true) {
    pull_the_plug();
    camera->power_off(false);
    world.advance(off);
    ASSERT_TRUE(camera->power_on().ok());
    boot(with_camera);
  }
};

// ---- client time synchronisation --------------------------------------------------------------------------------------

TEST_F(Time, Client_LargeDifference_SetsTheClock) {
  boot(false);
  const auto phone = telling(1h);
  const auto data = sync(*phone);
  EXPECT_EQ(data["synchronized"], true);
  EXPECT_EQ(data["source"], "client");
  EXPECT_NEAR(data["offset"].get<double>(), 3'600'000, 2);
  EXPECT_EQ(data["reliability"], "medium") << "it was not below two seconds";
  EXPECT_LE(std::chrono::abs(gone() - 1h), 3ms);
  EXPECT_EQ(phone->messages[0]["type"], "welcome");
  EXPECT_EQ(phone->messages[1]["type"], "time-sync-request");
  const auto& request = phone->messages[1]["data"];
  EXPECT_TRUE(request["requestId"].is_string());
  EXPECT_NEAR(request["serverTime"].get<double>(), static_cast<double>(ms(sim::WallClock::kFirstEvening)), 10'000);
  const auto shown = status(*phone)["timesync"]["pi"];
  EXPECT_EQ(shown["isSynchronized"], true);
  EXPECT_EQ(shown["reliability"], "medium");
  world.advance(5min + 1s);
  EXPECT_EQ(status(*phone)["timesync"]["pi"]["reliability"], "high") << "asked again, they agree";
}

TEST_F(Time, Client_SmallDifference_ChangesNothing) {
  boot(false);
  const auto phone = telling(1500ms);
  const auto data = sync(*phone);
  EXPECT_EQ(data["synchronized"], true);
  EXPECT_EQ(data["source"], "client");
  EXPECT_NEAR(data["offset"].get<double>(), 1500, 2);
  EXPECT_EQ(data["reliability"], "high");
  EXPECT_LE(std::chrono::abs(gone()), 1ms);
}

TEST_F(Time, Client_BetweenTwoAndFiveSecondsItIsLessReliableAndNotSet) {
  boot(false);
  const auto phone = telling(-4s);
  const auto data = sync(*phone);
  EXPECT_EQ(data["synchronized"], true);
  EXPECT_NEAR(data["offset"].get<double>(), -4000, 2);
  EXPECT_EQ(data["reliability"], "medium");
  EXPECT_LE(std::chrono::abs(gone()), 1ms);
}

TEST_F(Time, Client_HalfTheRoundTripIsTakenOff) {
  world.network().set_latency(700ms);
  boot(false);
  const auto phone = telling(1500ms);
  const auto data = sync(*phone);
  EXPECT_NEAR(data["offset"].get<double>(), 1500, 2) << "and not 800";
}

TEST_F(Time, Client_AnAnswerThatTookFiveSecondsIsNotBelieved) {
  boot(false);
  const auto phone = this->phone();
  phone->tell_time();
  world.network().set_latency(2500ms);
  phone->clock().step(1h);
  world.advance(6min);
  EXPECT_GE(phone->count("time-sync-request"), 2u);
  EXPECT_EQ(phone->count("event", "pi-sync"), 0u);
  EXPECT_LE(std::chrono::abs(gone()), 1ms);
}

TEST_F(Time, Client_IsAskedEveryFiveMinutesAndWhenASessionBegins) {
  boot();
  const auto phone = telling(0s);
  EXPECT_EQ(phone->count("time-sync-request"), 1u);
  world.advance(4min);
  EXPECT_EQ(phone->count("time-sync-request"), 1u);
  start(*phone, 1);
  world.advance(1s);
  EXPECT_EQ(phone->count("time-sync-request"), 2u);
  world.advance(10min);
  EXPECT_EQ(phone->count("time-sync-request"), 4u);
}

TEST_F(Time, Client_NobodyIsToldOfSuccessWhereTheClockCannotBeSet) {
  pi.wall_clock().deny_set(true);
  boot(false);
  const auto phone = telling(1h);
  const auto data = sync(*phone);
  EXPECT_EQ(data["synchronized"], false);
  EXPECT_EQ(data["reliability"], "none");
  EXPECT_THAT(data["error"].get<std::string>(), HasSubstr("denied"));
  EXPECT_EQ(status(*phone)["timesync"]["pi"]["isSynchronized"], false);
  EXPECT_LE(std::chrono::abs(gone()), 1ms);
}

TEST_F(Time, Client_TwoPhonesThatAreAskedAtOnceDoNotSetItTwice) {
  boot();
  const auto one = phone("one", 50);
  const auto two = phone("two", 51);
  world.advance(5s);   // neither has said what time it is
  for (auto* each : {one.get(), two.get()}) {
    put_ahead(*each, 1h);
    each->tell_time();
  }
  start(*one, 1);   // both are asked in the same moment
  world.advance(2s);
  EXPECT_LE(std::chrono::abs(gone() - 1h), 3ms);
  EXPECT_EQ(one->count("event", "pi-sync"), 1u);
  EXPECT_EQ(two->count("event", "pi-sync"), 1u) << "all are told that it was set";
}

TEST_F(Time, Client_ATrustThatNobodyConfirmsEnds) {
  boot(false);
  const auto phone = telling(0s);
  EXPECT_EQ(sync(*phone)["reliability"], "high");
  const auto silent = this->phone("silent", 51);
  world.network().partition(pi, world.host("phone"));
  const auto lost = silent->wait("event", "reliability-lost", 12min);
  EXPECT_EQ(lost["data"]["source"], "client");
  EXPECT_EQ(status(*silent)["timesync"]["pi"]["reliability"], "low");
}

TEST_F(Time, Client_ATimeThatIsNoneIsRefusedAndByHandTheClockIsSetToo) {
  boot(false);
  const auto phone = this->phone();
  for (const json& time : {json("yesterday"), json(0), json(1e300), json(nullptr), json("1999-12-31T23:59:59Z"), json("2026-13-01T00:00:00Z")})
    EXPECT_EQ(phone->ask("time-sync-response", {{"clientTime", time}, {"requestId", "1"}}, "error")["error"]["code"], "INVALID_PARAMETER") << time;
  const auto set = phone->ask("manual-time-sync", {{"clientTime", app::iso_utc(pi.wall_clock().now() + 2h)}, {"timezone", "Europe/Berlin"}}, "manual_sync_complete");
  EXPECT_EQ(set["data"]["success"], true);
  EXPECT_EQ(set["data"]["status"]["syncSource"], "client");
  EXPECT_LE(std::chrono::abs(gone() - 2h), 10ms);
  pi.wall_clock().deny_set(true);
  const auto refused = phone->ask("manual-time-sync", {{"clientTime", app::iso_utc(pi.wall_clock().now() + 2h)}}, "manual_sync_complete");
  EXPECT_EQ(refused["data"]["success"], false);
  EXPECT_EQ(phone->ask("get-time-sync-status", json::object(), "time_sync_status")["data"]["status"]["piReliable"], false);
}

// ---- GPS --------------------------------------------------------------------------------------------------------------

TEST_F(Time, Gps_GoodAndLarge_SetsTheClock) {
  boot(false);
  const auto phone = this->phone();
  const auto event = phone->ask("gps-response", {{"timestamp", ms(pi.wall_clock().now() + 5500ms)}, {"accuracy", "high"}, {"source", "gps"}}, "event", "pi-sync");
  EXPECT_EQ(event["data"]["synchronized"], true);
  EXPECT_EQ(event["data"]["source"], "gps");
  EXPECT_EQ(event["data"]["reliability"], "high");
  EXPECT_NEAR(event["data"]["offset"].get<double>(), 5500, 2);
  EXPECT_LE(std::chrono::abs(gone() - 5500ms), 3ms);
}

TEST_F(Time, Gps_GoodAndSmall_ChangesNothing) {
  boot(false);
  const auto phone = this->phone();
  const auto event = phone->ask("gps-response", {{"timestamp", ms(pi.wall_clock().now() + 1200ms)}, {"accuracy", "high"}, {"source", "gps"}}, "event", "pi-sync");
  EXPECT_EQ(event["data"]["synchronized"], true);
  EXPECT_NEAR(event["data"]["offset"].get<double>(), 1200, 2);
  EXPECT_EQ(event["data"]["reliability"], "high");
  EXPECT_LE(std::chrono::abs(gone()), 1ms);
}

TEST_F(Time, Gps_Poor_IsNotBelieved) {
  boot(false);
  const auto phone = this->phone();
  const auto later = ms(pi.wall_clock().now() + 1h);
  for (const json& accuracy : {json("low"), json(5), json(nullptr)}) {
    const auto event = phone->ask("gps-response", {{"timestamp", later}, {"accuracy", accuracy}, {"source", "gps"}}, "event", "reliability-lost");
    EXPECT_EQ(event["data"], json({{"source", "gps"}, {"reason", "Poor GPS accuracy"}}));
  }
  EXPECT_LE(std::chrono::abs(gone()), 1ms);
}

TEST_F(Time, Gps_AFixThatIsTenSecondsOldIsNotBelieved) {
  boot(false);
  const auto phone = telling(0s);
  sync(*phone);
  phone->send("gps-response", {{"timestamp", ms(phone->clock().now() - 10'001ms)}, {"accuracy", "high"}});
  EXPECT_EQ(phone->wait("event", "reliability-lost")["data"]["reason"], "Stale GPS time");
  phone->send("gps-response", {{"timestamp", ms(phone->clock().now() - 9'900ms)}, {"accuracy", "high"}});
  EXPECT_FALSE(phone->wait("event", "pi-sync").is_null());
  const auto told = phone->ask("gps-response", {{"timestamp", ms(phone->clock().now())}, {"accuracy", "high"}, {"age", 12'000}}, "event", "reliability-lost");
  EXPECT_EQ(told["data"]["reason"], "Stale GPS time") << "it says so itself";
}

TEST_F(Time, Gps_TheAgeOfAFixIsToldByItsPhonesClockHoweverWrongOursIs) {
  pi.wall_clock().deny_set(true);   // so that it stays wrong when the phone is asked
  pi.wall_clock().step(1h);         // ours is ahead: by it every fix is an hour old
  boot(false);
  const auto phone = telling(0s);
  sync(*phone);
  pi.wall_clock().deny_set(false);
  const auto event = phone->ask("gps-response", {{"timestamp", ms(phone->clock().now())}, {"accuracy", "high"}}, "event", "pi-sync");
  EXPECT_EQ(event["data"]["synchronized"], true);
  EXPECT_LE(std::chrono::abs(gone()), 3ms);
}

// ---- the camera's clock -----------------------------------------------------------------------------------------------

TEST_F(Time, Camera_ADifferenceAboveTwoSecondsIsSetInTheCamerasOwnZone) {
  boot();
  const auto phone = this->phone();
  put_off(1h);
  const auto event = phone->ask("manual_camera_sync", json::object(), "event", "camera-sync");
  EXPECT_EQ(event["data"]["success"], true);
  EXPECT_NEAR(event["data"]["offset"].get<double>(), 3'600'000, 600);
  const auto previous = app::parse_iso_utc(event["data"]["previousTime"].get<std::string>());
  const auto now = app::parse_iso_utc(event["data"]["newTime"].get<std::string>());
  ASSERT_TRUE(previous && now);
  EXPECT_LE(std::chrono::abs(*previous - *now - 1h), 2s);
  EXPECT_LE(std::chrono::abs(camera->condition().clock_offset), 1s) << "an hour off is what the trap makes of it";
  EXPECT_EQ(camera->condition().zone_minutes, -480);
  EXPECT_TRUE(camera->condition().daylight_saving);
  EXPECT_EQ(clock_puts(), 1u);
  EXPECT_EQ(status(*phone)["timesync"]["camera"]["isSynchronized"], true);
}

TEST_F(Time, Camera_ThatRejectsTheChangeIsToldAsSuch) {
  boot();
  const auto phone = this->phone();
  put_off(1h);
  ASSERT_TRUE(camera->set("tv", R"("30\"")"));
  phone->send("take_photo", json::object());
  world.advance(1s);   // it exposes now, for longer than it is asked
  const auto event = phone->ask("manual_camera_sync", json::object(), "event", "sync-failed");
  EXPECT_EQ(event["data"]["component"], "camera");
  EXPECT_EQ(event["data"]["error"], "Camera rejected time change");
  EXPECT_EQ(camera->condition().clock_offset, 1h);
  EXPECT_EQ(phone->count("event", "camera-sync"), 0u);
  EXPECT_EQ(status(*phone)["timesync"]["camera"]["isSynchronized"], false);
}

TEST_F(Time, Camera_ThatIsBusyForAMomentIsAskedAgain) {
  boot();
  const auto phone = this->phone();
  put_off(1h);
  ASSERT_TRUE(camera->set("tv", R"("4\"")"));
  phone->send("take_photo", json::object());
  world.advance(1s);
  EXPECT_FALSE(phone->ask("manual_camera_sync", json::object(), "event", "camera-sync").is_null());
  EXPECT_LE(std::chrono::abs(camera->condition().clock_offset), 1s);
}

TEST_F(Time, Camera_AnAcceptableDifferenceIsLeftAlone) {
  boot();
  const auto phone = this->phone();
  put_off(1s);
  const auto event = phone->ask("manual_camera_sync", json::object(), "event", "camera-sync");
  EXPECT_EQ(event["data"]["success"], true);
  EXPECT_EQ(event["data"]["previousTime"], event["data"]["newTime"]);
  EXPECT_NEAR(event["data"]["offset"].get<double>(), 1000, 600);
  EXPECT_EQ(clock_puts(), 0u);
  EXPECT_EQ(camera->condition().clock_offset, 1s);
}

TEST_F(Time, Camera_ThatIsNotThereFails) {
  boot(false);
  const auto phone = this->phone();
  const auto event = phone->ask("manual_camera_sync", json::object(), "event", "sync-failed");
  EXPECT_EQ(event["data"]["component"], "camera");
  EXPECT_THAT(event["data"]["details"].get<std::string>(), HasSubstr("Camera not available"));
}

TEST_F(Time, Camera_IsSetByItselfWhenItIsKnownWhatTimeItIsAndNotDuringASession) {
  boot();
  put_off(-1h);
  const auto quiet = phone("quiet", 51);
  start(*quiet, 5);
  const auto phone = telling(2h);
  sync(*phone);
  world.advance(3s);
  EXPECT_EQ(clock_puts(), 0u) << "the pictures of one night are dated by one clock";
  ASSERT_TRUE(world.run_until([&] { return quiet->count("timelapse_event", "sessionCompleted") == 1; }, 1min));
  camera->power_off(false);
  world.advance(20s);
  ASSERT_TRUE(camera->power_on().ok());
  ASSERT_TRUE(world.run_until([&] { return phone->count("event", "camera-sync") != 0; }, 2min)) << "when it is back";
  EXPECT_LE(std::chrono::abs(camera->condition().clock_offset - 2h), 1s) << "as the device's own, which is two hours ahead of the world's";
}

// ---- what must not feel it ----------------------------------------------------------------------------------------------

TEST_F(Time, SettingTheClockMovesNoShotNorWhereTheSessionGoesOnAfterAPowerCut) {
  settings.resume = true;
  boot();
  const auto first = phone("first", 51);
  start(*first, 30);
  world.advance(5s);
  const auto phone = telling(-3h);   // a Pi that thought it was later
  sync(*phone);
  EXPECT_LE(std::chrono::abs(gone() + 3h), 3ms);
  world.advance(6s);
  cut_and_boot(10s);
  const auto again = this->phone("again", 60);
  ASSERT_TRUE(world.run_until([&] { return again->count("timelapse_event", "sessionCompleted") == 1; }, 2min));
  expect_on_grid();
  const auto stats = again->all("timelapse_event", "sessionCompleted").back()["data"]["stats"];
  EXPECT_EQ(stats["shotsSuccessful"].get<int>() + stats["shotsFailed"].get<int>() + stats["shotsMissed"].get<int>(), 30);
  EXPECT_NEAR(stats["shotsMissed"].get<int>(), 6, 3) << "while the power was off";
  const auto began = app::parse_iso_utc(stats["startTime"].get<std::string>());
  const auto ended = app::parse_iso_utc(stats["endTime"].get<std::string>());
  EXPECT_LE(std::chrono::abs(*ended - *began - 59s), 3s) << "by one clock";
}

TEST_F(Time, ThePowerMayGoBetweenTheSettingOfTheClockAndTheNextShot) {
  settings.resume = true;
  boot();
  const auto first = phone("first", 51);
  ASSERT_EQ(first->ask("start_intervalometer_with_title", {{"interval", 60}, {"shots", 4}, {"title", "Night"}}, "operation_result")["success"], true);
  world.advance(5s);
  const auto phone = telling(3h);
  sync(*phone);
  world.advance(1s);
  cut_and_boot(10s);
  const auto again = this->phone("again", 60);
  ASSERT_TRUE(world.run_until([&] { return again->count("timelapse_event", "sessionCompleted") == 1; }, 5min));
  EXPECT_EQ(camera->presses().size(), 4u) << "and not: three hours of missed shots";
  for (const auto& press : presses()) EXPECT_LE((press + 5ms) % 60s, 10ms);
}

TEST_F(Time, AfterAPowerCutASessionWaitsForTheTimeAndThenGoesOnAlongItsGrid) {
  settings.resume = true;
  pi.set_clock_battery(false);
  boot();
  const auto first = phone("first", 51);
  start(*first, 60);
  world.advance(21s);
  cut_and_boot(20s);
  const auto before = camera->presses().size();
  const auto again = this->phone("again", 60);
  world.advance(30s);
  EXPECT_EQ(camera->presses().size(), before) << "nobody knows where on its grid it is";
  EXPECT_EQ(status(*again)["intervalometer"]["state"], "paused");
  const auto wait = again->ask("save_session_as_report", {{"sessionId", status(*again)["intervalometer"]["sessionId"]}}, "error");
  EXPECT_EQ(wait["error"]["message"], "The session is still running; stop it first");
  const auto phone = telling(0s);
  ASSERT_TRUE(world.run_until([&] { return camera->presses().size() > before; }, 5s));
  world.advance(20s);
  expect_on_grid();
  EXPECT_EQ(status(*again)["intervalometer"]["state"], "running");
  EXPECT_EQ(again->count("event", "camera-sync"), 0u) << "the session that goes on has its clock";
}

TEST_F(Time, ASessionThatWaitsForTheTimeHearsOfATimeServerToo) {
  settings.resume = true;
  pi.set_clock_battery(false);
  boot();
  const auto first = phone("first", 51);
  start(*first, 60);
  world.advance(21s);
  cut_and_boot(20s);
  const auto before = camera->presses().size();
  world.advance(10s);
  EXPECT_EQ(camera->presses().size(), before);
  pi.wall_clock().step(-gone());   // as NTP does
  world.advance(8s);
  EXPECT_GT(camera->presses().size(), before);
  expect_on_grid();
}

TEST_F(Time, ASessionThatWaitsForTheTimeCanBeStoppedAndSaved) {
  settings.resume = true;
  pi.set_clock_battery(false);
  boot();
  const auto first = phone("first", 51);
  start(*first, 60);
  world.advance(21s);
  cut_and_boot(20s);
  const auto again = this->phone("again", 60);
  const auto stopped = again->ask("stop_intervalometer", json::object(), "timelapse_event", "sessionStopped");
  ASSERT_FALSE(stopped.is_null());
  EXPECT_FALSE(again->ask("save_session_as_report", {{"sessionId", stopped["data"]["sessionId"]}}, "timelapse_event", "reportSaved").is_null());
}

// ---- the same by REST ---------------------------------------------------------------------------------------------------

TEST_F(Time, TheSameIsDoneByRest) {
  boot();
  put_off(1h);
  Rest rest{world, hal::IpAddress::v4(192, 168, 4, 70), device()};
  EXPECT_EQ(rest.ask("GET", "/api/timesync/status").body["status"]["piReliable"], false);
  const auto camera_sync = rest.ask("POST", "/api/timesync/camera");
  EXPECT_EQ(camera_sync.status, 200);
  EXPECT_NEAR(camera_sync.body["offset"].get<double>(), 3'600'000, 600);
  EXPECT_LE(std::chrono::abs(camera->condition().clock_offset), 1s);

  const auto set = rest.ask("POST", "/api/system/time", {{"timestamp", app::iso_utc(pi.wall_clock().now() + 1h)}});
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_LE(std::chrono::abs(gone() - 1h), 10ms);
  const auto shown = app::parse_iso_utc(rest.ask("GET", "/api/system/time").body["currentTime"].get<std::string>());
  ASSERT_TRUE(shown);
  EXPECT_LE(std::chrono::abs(*shown - pi.wall_clock().now()), 10ms);
  EXPECT_EQ(rest.ask("POST", "/api/system/time", {{"timestamp", "soon"}}).status, 400);
  EXPECT_EQ(rest.ask("POST", "/api/system/time", json::array({1})).status, 400);
  EXPECT_EQ(rest.ask("GET", "/api/timesync/camera").status, 405);

  pi.wall_clock().deny_set(true);
  EXPECT_EQ(rest.ask("POST", "/api/system/time", {{"timestamp", app::iso_utc(pi.wall_clock().now() + 1h)}}).status, 403);
  camera->power_off(false);
  world.advance(30s);
  EXPECT_EQ(rest.ask("POST", "/api/timesync/camera").status, 503);
}

}  // namespace
}  // namespace nightjar::scenarios
