// The camera as it is in the field: slow, busy, hot, asleep, set by hand, and now and then not telling the truth.
#include "app/nightjar.h"
#include "drivers/net/http_client.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

struct CameraStory : Field {
  void start(Phone& phone, double interval, int shots) { phone.ask("start_intervalometer_with_title", {{"interval", interval}, {"shots", shots}}, "operation_result"); }
  json until_the_end(Phone& phone, hal::Duration patience = 1h) {
    if (!world.run_until([&] { return phone.count("timelapse_event", "sessionCompleted") != 0; }, patience)) throw std::runtime_error{"the session does not end"};
    return phone.all("timelapse_event", "sessionCompleted").back()["data"]["stats"];
  }
  /// Every press on its slot, this much late at most.
  void expect_on_grid(hal::Duration interval, hal::Duration late) {
    for (const auto& press : presses()) EXPECT_LE((press + late) % interval, 2 * late) << press.count();
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::count_if(camera->exposures().begin(), camera->exposures().end(), [](const auto& each) { return !each.file.empty(); }));
  }
  /// In CCAPI's words.
  void temperature(const char* word) {
    camera->change([word](sim::CameraCondition& condition) { condition.temperature = word; });
  }
  json camera_status(Phone& phone) { return phone.ask("get_status", json::object(), "status")["data"]["camera"]; }

  /// One request of a program on the phone's network.
  hal::HttpResponse rest(const std::string& method, const std::string& target, const std::string& body = {}) {
    if (!http_) http_ = clients_.client({false, device(), {}, {}, {}});
    std::optional<hal::Result<hal::HttpResponse>> answer;
    const auto asking = http_->request({method, target, {{"Content-Type", "application/json"}}, body, {}}, 30s, [&](auto result) { answer = std::move(result); });
    world.run_until([&] { return answer.has_value(); }, 1min);
    if (!answer || !answer->ok()) return {0, {}, {}};
    return answer->value();
  }
  json rest_json(const std::string& method, const std::string& target, const std::string& body = {}) { return json::parse(rest(method, target, body).body, nullptr, false); }

 private:
  sim::Host& laptop_ = world.add_host("laptop", hal::IpAddress::v4(192, 168, 4, 80));
  net::HttpClients clients_{laptop_.network(), laptop_.loop(), laptop_.random()};
  std::unique_ptr<hal::HttpClient> http_;
};

// ---- where the existing program fails --------------------------------------------------------------------------------

TEST_F(CameraStory, ACameraThatHoldsItsPollsForHalfAMinuteMakesNoShotLate) {
  camera->change([](sim::CameraCondition& condition) { condition.holds_polls = true; });
  boot();
  const auto phone = this->phone();
  start(*phone, 2, 60);
  const auto stats = until_the_end(*phone);
  EXPECT_EQ(stats["shotsSuccessful"], 60);
  EXPECT_EQ(stats["shotsMissed"], 0);
  expect_on_grid(2s, 5ms);
  EXPECT_EQ(connections(), 1u) << "and the link stands";
  EXPECT_GE(std::count_if(camera->log().begin(), camera->log().end(), [](const auto& each) { return each.target.find("event/polling") != std::string::npos; }), 2);
}

TEST_F(CameraStory, WhenEveryAnswerComesLateTheShotsStillLeaveOnTime) {
  camera->change([](sim::CameraCondition& condition) { condition.latency = 40ms; });
  boot();
  const auto phone = this->phone();
  start(*phone, 1, 120);
  EXPECT_EQ(until_the_end(*phone)["shotsSuccessful"], 120);
  expect_on_grid(1s, 5ms);
}

TEST_F(CameraStory, AnExposureOfTenSecondsInASessionOfTwoSkipsSlotsAndTheNextIsOnItsOwn) {
  boot();
  const auto phone = this->phone();
  start(*phone, 2, 12);
  ASSERT_TRUE(camera->set("tv", R"("10\"")"));   // the nearest that cameras have
  const auto stats = until_the_end(*phone);
  EXPECT_EQ(stats["shotsSuccessful"].get<int>() + stats["shotsMissed"].get<int>(), 12);
  EXPECT_EQ(stats["shotsFailed"], 0);
  EXPECT_GE(stats["shotsMissed"], 4);
  expect_on_grid(2s, 5ms);
}

TEST_F(CameraStory, OneRefusalForTheMomentIsRetriedInTheSlotAndTheStatisticsAreWhatTheCardHas) {
  boot();
  const auto phone = this->phone();
  camera->faults().busy_next(1);
  start(*phone, 2, 10);
  const auto stats = until_the_end(*phone);
  EXPECT_EQ(stats["shotsSuccessful"], 10);
  EXPECT_EQ(stats["shotsFailed"], 0);
  world.advance(2s);
  EXPECT_EQ(files(), 10u);
}

TEST_F(CameraStory, ACameraThatIsAwayForTwentySecondsIsMissedAndTheSessionGoesOnByItself) {
  boot();
  const auto phone = this->phone();
  start(*phone, 2, 60);
  world.advance(20s);
  camera->leave_network(20s);
  const auto stats = until_the_end(*phone);
  EXPECT_EQ(stats["shotsSuccessful"].get<int>() + stats["shotsFailed"].get<int>() + stats["shotsMissed"].get<int>(), 60);
  EXPECT_GE(stats["shotsSuccessful"], 40);
  EXPECT_LE(stats["shotsFailed"], 20);
  world.advance(2s);
  EXPECT_GE(files(), stats["shotsSuccessful"].get<std::size_t>());
  expect_on_grid(2s, 10ms);
  EXPECT_EQ(phone->all("event", "photo_taken").back()["data"]["success"], true);
}

// ---- what it says and what it does -----------------------------------------------------------------------------------

TEST_F(CameraStory, ACameraThatSaysYesAndRecordsNothingIsOpenedAnewAndThenReported) {
  boot();
  const auto phone = this->phone();
  start(*phone, 5, 40);
  world.advance(12s);   // three are recorded
  camera->change([](sim::CameraCondition& condition) { condition.records = false; });
  const auto error = phone->wait("discovery_event", "camera_error", 3min);
  ASSERT_FALSE(error.is_null());
  EXPECT_EQ(error["data"]["code"], "CAMERA_RECORDS_NOTHING");
  EXPECT_EQ(error["data"]["recoveryAction"], "power_cycle_camera");
  EXPECT_EQ(connections(), 2u) << "it was opened anew first";
  EXPECT_THAT(camera_status(*phone)["lastError"].get<std::string>(), HasSubstr("records none"));
  world.advance(10s);
  const auto failed = phone->all("event", "photo_taken").back()["data"];
  ASSERT_EQ(failed["success"], false);
  EXPECT_THAT(failed["error"].get<std::string>(), HasSubstr("switch it off and on"));
  camera->power_off(false);
  world.advance(2s);
  ASSERT_TRUE(camera->power_on().ok());
  world.advance(30s);
  EXPECT_EQ(phone->all("event", "photo_taken").back()["data"]["success"], true);
  EXPECT_TRUE(camera_status(*phone)["lastError"].is_null());
  until_the_end(*phone);
  expect_on_grid(5s, 10ms);
}

TEST_F(CameraStory, AHotCameraPausesTheSessionUntilItHasCooled) {
  boot();
  const auto phone = this->phone();
  start(*phone, 2, 60);
  world.advance(10s);
  temperature("disablerelease");
  const auto paused = phone->wait("timelapse_event", "sessionPaused", 6s);   // it is asked every five seconds
  EXPECT_EQ(paused["data"]["reason"], "The camera is too hot");
  world.advance(2s);
  const auto presses_before = camera->presses().size();
  world.advance(10min);
  EXPECT_EQ(camera->presses().size(), presses_before) << "it is left in peace";
  EXPECT_EQ(camera_status(*phone)["temperature"], "disablerelease");
  EXPECT_THAT(phone->ask("take_photo", json::object(), "error")["error"]["message"].get<std::string>(), HasSubstr("camera too hot"));

  temperature("normal");
  phone->wait("timelapse_event", "sessionResumed", 12s);
  const auto stats = until_the_end(*phone);
  world.advance(2s);
  EXPECT_EQ(stats["shotsSuccessful"].get<std::size_t>(), files());
  EXPECT_EQ(stats["shotsSuccessful"].get<int>() + stats["shotsFailed"].get<int>(), 60) << "none is missed for it";
  EXPECT_LE(stats["shotsFailed"], 3) << "those before it was asked";
  EXPECT_EQ(phone->count("timelapse_event", "sessionPaused"), 1);
}

TEST_F(CameraStory, APauseThatSomebodyAskedForOutlastsTheHeat) {
  boot();
  const auto phone = this->phone();
  start(*phone, 2, 10);
  world.advance(5s);
  phone->send("pause_intervalometer", json::object());
  phone->wait("timelapse_event", "sessionPaused", 2s);
  temperature("disablerelease");
  world.advance(1min);
  temperature("normal");
  world.advance(5min);
  EXPECT_EQ(phone->count("timelapse_event", "sessionResumed"), 0);
  phone->send("resume_intervalometer", json::object());
  phone->wait("timelapse_event", "sessionResumed", 2s);
  EXPECT_EQ(until_the_end(*phone)["shotsSuccessful"], 10);
}

TEST_F(CameraStory, WhoGoesOnWithAHotCameraIsPausedAgain) {
  boot();
  const auto phone = this->phone();
  start(*phone, 2, 60);
  world.advance(5s);
  temperature("disablerelease");
  phone->wait("timelapse_event", "sessionPaused", 6s);
  world.advance(3s);
  phone->send("resume_intervalometer", json::object());
  phone->wait("timelapse_event", "sessionResumed", 2s);
  world.advance(12s);
  EXPECT_EQ(phone->count("timelapse_event", "sessionPaused"), 2);
  temperature("normal");
  const auto stats = until_the_end(*phone);
  world.advance(2s);   // the last file is on its card
  EXPECT_EQ(stats["shotsMissed"], 0);
  EXPECT_EQ(stats["shotsSuccessful"].get<std::size_t>(), files());
}

TEST_F(CameraStory, WhatIsTurnedAtTheCameraIsToldToThePhone) {
  boot();
  const auto phone = this->phone();
  world.advance(6s);
  EXPECT_THAT(phone->all("event", "camera_setting_changed"), SizeIs(0)) << "what is heard of for the first time is no change";
  ASSERT_TRUE(camera->set("iso", "\"400\""));
  const auto changed = phone->wait("event", "camera_setting_changed", 6s);
  EXPECT_EQ(changed["data"]["setting"], "iso");
  EXPECT_EQ(changed["data"]["value"], "400");
  camera->change([](sim::CameraCondition& condition) { condition.battery = "low"; });
  world.advance(6s);
  EXPECT_EQ(camera_status(*phone)["battery"], "low");
}

// ---- what a phone asks of it -----------------------------------------------------------------------------------------

TEST_F(CameraStory, SettingsAreReadAndSetFromAPhoneAndAllHearOfIt) {
  boot();
  const auto phone = this->phone();
  const auto other = this->phone("other", 51);
  const auto told = phone->ask("get_camera_settings", json::object(), "camera_settings")["data"];
  EXPECT_EQ(told["iso"]["value"], "1600");
  EXPECT_THAT(told["iso"]["ability"], testing::Contains("100"));
  EXPECT_EQ(told["colortemperature"]["ability"]["min"], 2500);
  phone->send("set_camera_setting", {{"setting", "iso"}, {"value", "800"}});
  const auto changed = other->wait("event", "camera_setting_changed", 5s);
  EXPECT_EQ(changed["data"]["setting"], "iso");
  EXPECT_EQ(changed["data"]["value"], "800");
  EXPECT_EQ(phone->ask("set_camera_setting", {{"setting", "iso"}, {"value", "801"}}, "error")["data"]["code"], "INVALID_PARAMETER");
  EXPECT_EQ(phone->ask("set_camera_setting", {{"setting", "iso"}}, "error")["data"]["code"], "INVALID_PARAMETER");
  world.advance(20s);
  EXPECT_THAT(other->all("event", "camera_setting_changed"), SizeIs(1)) << "the camera's own news of it is no other change";
}

TEST_F(CameraStory, SettingsBatteryAndCardsOverRest) {
  boot();
  EXPECT_EQ(rest_json("GET", "/api/camera/settings")["iso"]["value"], "1600");
  const auto set = rest("PUT", "/api/camera/settings/iso", R"({"value":"200"})");
  EXPECT_EQ(set.status, 200);
  EXPECT_EQ(json::parse(set.body)["value"], "200");
  EXPECT_EQ(rest("PUT", "/api/camera/settings/colortemperature", R"({"value":5600})").status, 200);
  EXPECT_EQ(rest("PUT", "/api/camera/settings/iso", R"({"value":"nonsense"})").status, 400);
  EXPECT_EQ(rest("PUT", "/api/camera/settings/iso", R"({})").status, 400);
  EXPECT_EQ(rest("PUT", "/api/camera/settings/iso", "{").status, 400);
  EXPECT_EQ(rest("PUT", "/api/camera/settings/nothing", R"({"value":1})").status, 404);
  EXPECT_EQ(rest_json("GET", "/api/camera/battery")["batterylist"][0]["name"], "LP-E17");
  EXPECT_EQ(rest_json("GET", "/api/camera/storage")["storagelist"][0]["name"], "card1");
  EXPECT_EQ(rest_json("GET", "/api/camera/status")["connected"], true);
  EXPECT_EQ(rest_json("POST", "/api/camera/photo")["success"], true);
  EXPECT_THAT(camera->presses(), SizeIs(1));
}

TEST_F(CameraStory, WithoutACameraEachQuestionIsAnsweredSo) {
  boot(false);
  const auto phone = this->phone();
  for (const auto* target : {"/api/camera/settings", "/api/camera/battery", "/api/camera/storage"}) EXPECT_EQ(rest("GET", target).status, 503) << target;
  EXPECT_EQ(rest("PUT", "/api/camera/settings/iso", R"({"value":"200"})").status, 503);
  EXPECT_EQ(rest("POST", "/api/camera/liveview/capture").status, 503);
  EXPECT_EQ(rest("POST", "/api/camera/photo").status, 503);
  EXPECT_EQ(rest_json("GET", "/api/camera/status")["connected"], false);
  EXPECT_EQ(phone->ask("get_camera_settings", json::object(), "error")["data"]["code"], "CAMERA_OFFLINE");
}

TEST_F(CameraStory, ACameraThatGoesWhileItIsAskedLeavesNobodyWaiting) {
  boot();
  const auto phone = this->phone();
  camera->faults().hang_next(1, "shooting/settings");
  phone->send("get_camera_settings", json::object());
  world.advance(1s);
  program.use_camera(unit.origin());
  EXPECT_EQ(phone->wait("error", {}, 5s)["data"]["code"], "CAMERA_OFFLINE");
}

TEST_F(CameraStory, ALookThroughTheLensIsKeptAndLiveViewEndsBySelf) {
  boot();
  const auto phone = this->phone();
  const auto result = phone->ask("capture_liveview", json::object(), "liveview_capture_result");
  ASSERT_FALSE(result.is_null());
  const auto capture = result["data"]["capture"];
  world.advance(1s);
  EXPECT_EQ(phone->all("event", "liveview_captured").back()["data"]["capture"]["id"], capture["id"]);
  const auto file = rest("GET", capture["url"].get<std::string>() + "/file");
  EXPECT_EQ(file.status, 200);
  EXPECT_TRUE(file.body.starts_with("\xff\xd8\xff"));
  EXPECT_EQ(file.body.size(), capture["size"]);
  world.advance(10s);
  const auto stops = std::count_if(camera->log().begin(), camera->log().end(), [](const auto& each) { return each.method == "POST" && each.target.ends_with("/liveview"); });
  EXPECT_EQ(stops, 2) << "started, and stopped";
  const auto again = rest_json("POST", "/api/camera/liveview/capture");
  EXPECT_THAT(rest_json("GET", "/api/camera/liveview/images")["captures"], SizeIs(2));
  EXPECT_EQ(rest("DELETE", again["url"]).status, 200);
  EXPECT_EQ(rest("GET", again["url"]).status, 404);
  for (int i = 0; i < 15; ++i) rest("POST", "/api/camera/liveview/capture");
  EXPECT_THAT(rest_json("GET", "/api/camera/liveview/images")["captures"], SizeIs(app::CameraControl::kCapturesMax));
  EXPECT_EQ(rest("DELETE", "/api/camera/liveview/clear").status, 200);
  EXPECT_THAT(rest_json("GET", "/api/camera/liveview/images")["captures"], SizeIs(0));
}

TEST_F(CameraStory, DuringASessionThereIsNoLiveViewAndASessionEndsIt) {
  boot();
  const auto phone = this->phone();
  EXPECT_EQ(rest("POST", "/api/camera/liveview/capture").status, 200);
  start(*phone, 10, 4);
  world.advance(5s);
  EXPECT_EQ(rest("POST", "/api/camera/liveview/capture").status, 503);
  EXPECT_EQ(until_the_end(*phone)["shotsSuccessful"], 4);
}

TEST_F(CameraStory, OnBulbTheShutterIsHeldAsLongAsAsked) {
  boot();
  const auto phone = this->phone();
  ASSERT_TRUE(camera->set("tv", "\"bulb\""));
  world.advance(6s);
  EXPECT_THAT(phone->ask("take_photo", json::object(), "error")["data"]["message"].get<std::string>(), HasSubstr("Mode not supported"));
  EXPECT_EQ(phone->ask("set_bulb", {{"seconds", 45}}, "operation_result")["success"], true);
  EXPECT_EQ(camera_status(*phone)["bulb"], 45);
  EXPECT_EQ(phone->ask("set_bulb", {{"seconds", 1000}}, "error")["data"]["code"], "INVALID_PARAMETER");
  start(*phone, 60, 3);
  const auto stats = until_the_end(*phone);
  EXPECT_EQ(stats["shotsSuccessful"], 3);
  ASSERT_THAT(camera->exposures(), SizeIs(3));
  for (const auto& exposure : camera->exposures()) EXPECT_LE(std::chrono::abs(exposure.closed - exposure.opened - hal::Duration{45s}), 100ms);
  EXPECT_EQ(connections(), 1u);
}

TEST_F(CameraStory, ADeviceThatStopsLetsAShutterGoThatItHoldsOpen) {
  settings.bulb = 60s;
  boot();
  const auto phone = this->phone();
  ASSERT_TRUE(camera->set("tv", "\"bulb\""));
  world.advance(6s);
  phone->send("take_photo", json::object());
  world.advance(2s);
  ASSERT_TRUE(camera->button_held());
  bool stopped = false;
  program.nightjar().shut_down([&] { stopped = true; });
  world.advance(5s);
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(camera->button_held());
}

TEST_F(CameraStory, AShutterThatAPowerCutLeftOpenIsLetGoAfterIt) {
  settings.bulb = 60s;
  boot();
  const auto phone = this->phone();
  ASSERT_TRUE(camera->set("tv", "\"bulb\""));
  world.advance(6s);
  phone->send("take_photo", json::object());
  world.advance(2s);
  pull_the_plug();
  world.advance(5s);
  ASSERT_TRUE(camera->button_held());
  pi.power_on();
  boot();
  world.advance(5s);
  EXPECT_FALSE(camera->button_held());
}

// ---- where it is not -------------------------------------------------------------------------------------------------

TEST_F(CameraStory, ThreeReasonsNotToBeReachedAreToldApart) {
  boot(false);
  const auto phone = this->phone();
  // nobody there
  program.use_camera({true, {hal::IpAddress::v4(192, 168, 4, 99), 443}, {}, {}, {}});
  world.advance(20s);
  EXPECT_EQ(camera_status(*phone)["reason"], "unreachable");
  EXPECT_THAT(camera_status(*phone)["lastError"].get<std::string>(), HasSubstr("off, asleep, or on another network"));
  // somebody who speaks HTTP, but no CCAPI
  camera->faults().add({sim::CameraFault::Kind::garbage, sim::CameraFault::kForEver, {}, {}});
  program.use_camera(unit.origin());
  world.advance(2s);
  EXPECT_EQ(camera_status(*phone)["reason"], "not_activated");
  // a camera that says no
  camera->faults().clear();
  camera->faults().busy_next(sim::CameraFault::kForEver, "Device busy", "");
  program.use_camera(unit.origin());
  world.advance(2s);
  EXPECT_EQ(camera_status(*phone)["reason"], "refused");
  camera->power_off(false);
  program.use_camera({true, {hal::IpAddress::v4(192, 168, 4, 2), 443}, {}, {}, {}});
  world.advance(2s);
  EXPECT_EQ(camera_status(*phone)["reason"], "refused");
  EXPECT_THAT(camera_status(*phone)["lastError"].get<std::string>(), HasSubstr("enable CCAPI"));
  ASSERT_TRUE(camera->power_on().ok());
  world.advance(15s);
  EXPECT_EQ(camera_status(*phone)["connected"], true);
  EXPECT_TRUE(camera_status(*phone)["reason"].is_null());
}

struct SleepyCamera : CameraStory {
  SleepyCamera() {
    auto options = camera_options();
    options.sleeps = true;
    sleepy = std::make_unique<sim::CameraUnit>(world.add_host("sleepy", hal::IpAddress::v4(192, 168, 4, 3)), options, true);
    EXPECT_TRUE(sleepy->camera().power_on().ok());
  }
  std::unique_ptr<sim::CameraUnit> sleepy;
};

TEST_F(SleepyCamera, StaysAwakeWhileTheDeviceIsThereAndIsFoundWhenSomebodyWakesIt) {
  boot(false);
  const auto phone = this->phone();
  program.use_camera(sleepy->origin());
  world.advance(1h);
  EXPECT_EQ(camera_status(*phone)["connected"], true);
  EXPECT_TRUE(sleepy->camera().on());
  pull_the_plug();
  world.advance(3min);
  EXPECT_FALSE(sleepy->camera().on());
  pi.power_on();
  boot(false);
  const auto again = this->phone("again", 60);
  program.use_camera({true, {hal::IpAddress::v4(192, 168, 4, 3), 443}, {}, {}, {}});
  world.advance(10s);
  EXPECT_EQ(camera_status(*again)["connected"], false);
  ASSERT_TRUE(sleepy->camera().power_on().ok());
  world.advance(61s);
  EXPECT_EQ(camera_status(*again)["connected"], true);
}

}  // namespace
}  // namespace nightjar::scenarios
