#include <fmt/format.h>

#include "app/iso_time.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::Each;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;

json wish(double interval, int shots, const char* title = "Night Sky") { return {{"interval", interval}, {"shots", shots}, {"title", title}}; }

struct Timelapse : Field {
  /// All shots of a running session, until it ends.
  void until_the_end(Phone& phone, hal::Duration patience = 1h) {
    EXPECT_TRUE(world.run_until([&] { return phone.count("timelapse_event", "sessionCompleted") != 0; }, patience));
  }
  json report_of(const json& session) {
    const auto text = pi.storage().peek("reports/session-" + session["sessionId"].get<std::string>() + ".json");
    return text ? json::parse(*text) : json();
  }
};

TEST_F(Timelapse, OfTenShotsFromTheWishToTheReport) {
  boot();
  const auto phone = this->phone();
  EXPECT_EQ(phone->messages.at(0)["type"], "welcome");
  const auto result = phone->ask("start_intervalometer_with_title", wish(2, 10), "operation_result");
  EXPECT_EQ(result["success"], true);
  until_the_end(*phone);

  const auto shots = phone->all("event", "photo_taken");
  ASSERT_THAT(shots, SizeIs(10));
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(shots[i]["data"]["success"], true);
    EXPECT_EQ(shots[i]["data"]["shotNumber"], i + 1);
  }
  ASSERT_THAT(camera->presses(), SizeIs(10));
  for (std::size_t i = 0; i < 10; ++i) EXPECT_LE(std::chrono::abs(presses()[i] - 2s * static_cast<int>(i)), 5ms) << i;

  const auto session = phone->all("timelapse_event", "sessionCompleted").back()["data"];
  const auto saved = phone->ask("save_session_as_report", {{"sessionId", session["sessionId"]}, {"title", "Updated Title"}}, "timelapse_event", "reportSaved");
  EXPECT_EQ(saved["data"]["title"], "Updated Title");
  const auto report = report_of(session);
  EXPECT_EQ(report["title"], "Updated Title");
  EXPECT_EQ(report["results"]["imagesSuccessful"], 10);
  EXPECT_THAT(report["shots"], SizeIs(10));
  world.advance(1s);
  EXPECT_THAT(phone->all("operation_result"), SizeIs(2));
}

TEST_F(Timelapse, MessagesComeInTheOrderOfTheSeed) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(2, 2));
  until_the_end(*phone);
  std::vector<std::string> order;
  for (const auto& message : phone->messages) {
    const auto name = message.value("eventType", message["type"].get<std::string>());
    if (name != "status_update" && message["type"] != "discovery_event") order.push_back(name);
  }
  EXPECT_THAT(order, testing::ElementsAre("welcome", "time-sync-request", "sessionStarted", "operation_result", "photo_taken", "photo_taken", "sessionCompleted"));
}

TEST_F(Timelapse, TheWelcomeIsFirstAndAtOnceAndAStatusComesEveryTenSeconds) {
  boot();
  const auto phone = this->phone();
  const auto& welcome = phone->messages.front();
  EXPECT_EQ(welcome["type"], "welcome");
  for (const auto* field : {"camera", "network", "power", "discovery", "intervalometer", "timesync", "clientId", "timestamp"})
    EXPECT_TRUE(welcome.contains(field)) << field;
  EXPECT_EQ(welcome["camera"]["connected"], true);
  EXPECT_EQ(welcome["camera"]["model"], "Canon EOS R50");
  const auto before = phone->all("status_update").size();
  world.advance(1s);
  const auto quiet = phone->all("status_update").size();
  world.advance(40s);
  EXPECT_GE(phone->all("status_update").size(), quiet + 4);
  EXPECT_LE(quiet - before, 2u);
}

TEST_F(Timelapse, ANightKeepsItsGrid) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(30, 1440));
  until_the_end(*phone, 13h);
  ASSERT_THAT(camera->presses(), SizeIs(1440));
  for (std::size_t i = 0; i < 1440; ++i) ASSERT_LE(std::chrono::abs(presses()[i] - 30s * static_cast<int>(i)), 5ms) << i;
  EXPECT_LE(camera->connections_seen(), 4u);
}

TEST_F(Timelapse, AFailedShotIsToldAndTheSessionGoesOn) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(2, 4));
  phone->wait("event", "photo_taken");
  camera->faults().add({sim::CameraFault::Kind::busy, 1, "Can not write to card", std::string{sim::CameraFaults::kShutter}});
  until_the_end(*phone);
  const auto shots = phone->all("event", "photo_taken");
  ASSERT_THAT(shots, SizeIs(4));
  EXPECT_EQ(shots[1]["data"]["success"], false);
  EXPECT_THAT(shots[1]["data"]["error"].get<std::string>(), HasSubstr("Can not write to card"));
  EXPECT_EQ(shots[2]["data"]["success"], true);
}

TEST_F(Timelapse, ACameraThatIsBusyForAMomentLosesNoShot) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(3, 3));
  phone->wait("event", "photo_taken");
  camera->faults().busy_next(2);
  until_the_end(*phone);
  const auto shots = phone->all("event", "photo_taken");
  ASSERT_THAT(shots, SizeIs(3));
  for (const auto& shot : shots) EXPECT_EQ(shot["data"]["success"], true);
  EXPECT_THAT(camera->exposures(), SizeIs(3));
}

TEST_F(Timelapse, ACameraThatGoesAndComesBackIsFoundOnScheduleAndTheRestIsOnTheGrid) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(2, 30));
  world.advance(7s);
  camera->power_off(false);
  ASSERT_TRUE(world.run_until([&] { return pi.log().contains("lost error="); }, 10s));
  const auto at_loss = world.now();
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraDisconnected").is_null());
  world.run_until(at_loss + 12s);   // one attempt at 5 s fails, the next is due at 15 s
  ASSERT_TRUE(camera->power_on().ok());
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected").is_null());
  EXPECT_LE(std::chrono::abs(world.now() - at_loss - 15s), 500ms);
  until_the_end(*phone);

  const auto shots = phone->all("event", "photo_taken");
  ASSERT_THAT(shots, SizeIs(30));
  int failed = 0;
  for (const auto& shot : shots) failed += shot["data"]["success"] == false;
  EXPECT_GE(failed, 6);
  EXPECT_LE(failed, 9);
  for (const auto& press : presses()) EXPECT_LE((press + 5ms) % 2s, 10ms);
}

TEST_F(Timelapse, APhotoTakenByHandDelaysTheSlotThatFallsIntoItAndLosesNone) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(3, 4));
  phone->wait("event", "photo_taken");
  ASSERT_TRUE(camera->set("tv", R"("1\"")"));
  world.run_until([&] { return presses().size() == 1 && world.now() - camera->presses().front().at >= 2500ms; }, 10s);
  const auto result = phone->ask("take_photo", json::object(), "operation_result");
  EXPECT_EQ(result["success"], true);
  until_the_end(*phone);
  const auto stats = phone->all("timelapse_event", "sessionCompleted").back()["data"]["stats"];
  EXPECT_EQ(stats["shotsSuccessful"], 4);
  EXPECT_EQ(stats["shotsMissed"], 0);
  ASSERT_THAT(camera->exposures(), SizeIs(5));
  const auto at = presses();
  EXPECT_GT(at[2], 3500ms);            // slot 1 waited for the photo,
  EXPECT_LT(at[2], 5500ms);            // not longer than its patience,
  EXPECT_LE(std::chrono::abs(at.back() - 9s), 5ms);   // and the last one is on the grid
}

TEST_F(Timelapse, ASlotThatWouldWaitTooLongForAPhotoTakenByHandFailsInTimeAndSaysWhy) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(2, 5));
  phone->wait("event", "photo_taken");
  ASSERT_TRUE(camera->set("tv", R"("5\"")"));
  phone->send("take_photo", json::object());
  const auto first_due = camera->presses().front().at;
  json failed;
  while ((failed = phone->wait("event", "photo_taken"))["data"]["success"] == true) {
  }
  EXPECT_EQ(failed["data"]["shotNumber"], 2);
  EXPECT_THAT(failed["data"]["error"].get<std::string>(), HasSubstr("another photo was still being taken"));
  EXPECT_LE(std::chrono::abs(world.now() - first_due - 3500ms), 100ms);   // due at 2 s, given up half a second before the next is
  ASSERT_TRUE(camera->set("tv", R"("1/125")"));
  until_the_end(*phone);
  EXPECT_EQ(phone->all("timelapse_event", "sessionCompleted").back()["data"]["stats"]["shotsFailed"], 2);   // 2 and 3; 4 waits and is shot
}

TEST_F(Timelapse, APressDuringASessionsExposureWaitsForItAndASecondOneIsRefused) {
  boot();
  const auto phone = this->phone();
  ASSERT_TRUE(camera->set("tv", R"("2\"")"));
  phone->send("start_intervalometer_with_title", wish(20, 2));
  world.advance(500ms);
  ASSERT_TRUE(camera->exposing());
  phone->send("take_photo", json::object());
  EXPECT_THAT(phone->ask("take_photo", json::object(), "error")["data"]["message"].get<std::string>(), HasSubstr("a photo is being taken"));
  world.advance(10s);
  EXPECT_THAT(camera->exposures(), SizeIs(2));
  EXPECT_EQ(phone->all("operation_result").back()["operation"], "take_photo");
}

TEST_F(Timelapse, ConnectingToTheAddressOfALostCameraTriesItAtOnce) {
  boot();
  const auto phone = this->phone();
  camera->power_off(false);
  phone->send("take_photo", json::object());
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraDisconnected").is_null());
  const json there{{"ip", "192.168.4.2"}, {"port", 443}};
  EXPECT_EQ(phone->ask("connect_to_ip", there, "error")["data"]["message"], "Failed to connect to camera at IP");
  ASSERT_TRUE(camera->power_on().ok());
  const auto asked = world.now();
  const auto connected = phone->ask("connect_to_ip", there, "discovery_event", "cameraConnected");
  EXPECT_EQ(connected["data"]["ip"], "192.168.4.2");
  EXPECT_LE(world.now() - asked, 1s);   // the schedule would have tried in 10 s
  world.advance(1s);
  EXPECT_EQ(phone->all("operation_result").back()["operation"], "connect_to_ip");

  const auto before = camera->connections_seen();
  EXPECT_EQ(phone->ask("connect_to_ip", there, "operation_result")["success"], true);   // one that is connected is left alone
  EXPECT_EQ(camera->connections_seen(), before);
}

TEST_F(Timelapse, ASessionUntilATimeSaysWhenThatIs) {
  boot();
  const auto phone = this->phone();
  const auto now = pi.wall_clock().now();
  const auto in_an_hour = std::chrono::floor<std::chrono::minutes>(now + pi.wall_clock().utc_offset(now) + 1h);
  const std::chrono::hh_mm_ss local{in_an_hour - std::chrono::floor<std::chrono::days>(in_an_hour)};
  const auto hh_mm = fmt::format("{:02}:{:02}", local.hours().count(), local.minutes().count());
  phone->ask("start_intervalometer_with_title", {{"interval", 60}, {"stopCondition", "stop-at"}, {"stopTime", hh_mm}}, "operation_result");
  const auto options = phone->ask("get_status", json::object(), "status")["data"]["intervalometer"]["options"];
  EXPECT_EQ(options["stopTime"], app::iso_utc(in_an_hour - pi.wall_clock().utc_offset(now)));
  EXPECT_EQ(options["totalShots"], 60);
}

TEST_F(Timelapse, AStopLetsThePhotoInFlightFinish) {
  boot();
  const auto phone = this->phone();
  ASSERT_TRUE(camera->set("tv", R"("4\"")"));
  phone->send("start_intervalometer_with_title", wish(10, 10));
  world.advance(1s);
  EXPECT_TRUE(camera->exposing());
  const auto stopped = phone->ask("stop_intervalometer", json::object(), "timelapse_event", "sessionStopped");
  EXPECT_EQ(stopped["data"]["stats"]["shotsSuccessful"], 1);
  EXPECT_THAT(phone->all("event", "photo_taken"), SizeIs(1));
  world.advance(1s);
  EXPECT_EQ(phone->all("operation_result").back()["operation"], "stop_intervalometer");
}

TEST_F(Timelapse, ALongExposureSkipsSlotsAndTheNextShotIsOnItsSlot) {
  boot();
  const auto phone = this->phone();
  ASSERT_TRUE(camera->set("tv", R"("8\"")"));
  phone->send("start_intervalometer_with_title", wish(2, 12));
  until_the_end(*phone);
  const auto session = phone->all("timelapse_event", "sessionCompleted").back()["data"];
  EXPECT_EQ(session["stats"]["shotsSuccessful"].get<int>() + session["stats"]["shotsMissed"].get<int>(), 12);
  EXPECT_GE(session["stats"]["shotsMissed"], 8);
  for (const auto& press : presses()) EXPECT_LE((press + 5ms) % 2s, 10ms);
}

TEST_F(Timelapse, WithoutACameraNothingStarts) {
  boot(false);
  const auto phone = this->phone();
  const auto error = phone->ask("start_intervalometer_with_title", wish(2, 10), "error");
  EXPECT_EQ(error["data"]["message"], "Camera not available");
  EXPECT_EQ(error["error"]["message"], "Camera not available");
  EXPECT_EQ(phone->ask("take_photo", json::object(), "error")["data"]["message"], "Camera not available");
}

TEST_F(Timelapse, WithoutASessionThereIsNothingToStop) {
  boot();
  const auto phone = this->phone();
  EXPECT_EQ(phone->ask("stop_intervalometer", json::object(), "error")["data"]["message"], "No active session");
}

TEST_F(Timelapse, ASecondStartWaitsForADecisionAndGoesOnByItself) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(1, 1, "first"));
  until_the_end(*phone);
  const auto found = phone->ask("start_intervalometer_with_title", wish(1, 1, "second"), "timelapse_event", "unsavedSessionFound");
  EXPECT_EQ(found["data"]["title"], "first");
  const auto discarded = phone->ask("discard_session", {{"sessionId", found["data"]["sessionId"]}}, "timelapse_event", "sessionDiscarded");
  EXPECT_EQ(discarded["data"]["sessionId"], found["data"]["sessionId"]);
  const auto started = phone->wait("timelapse_event", "sessionStarted");
  EXPECT_EQ(started["data"]["title"], "second");
}

TEST_F(Timelapse, AStatusTellsOfNoShotThatIsNotOnTheDisk) {
  boot();
  const auto phone = this->phone();
  phone->ask("start_intervalometer_with_title", {{"interval", 10}, {"title", "Slow card"}}, "operation_result");
  world.advance(5s);   // the first shot is told
  pi.storage().set_latency(1ms, 3s);
  world.advance(6s);   // the second is taken, and on its way to the disk
  ASSERT_THAT(camera->presses(), SizeIs(2));
  EXPECT_EQ(phone->ask("get_status", json::object(), "status")["data"]["intervalometer"]["stats"]["shotsTaken"], 1);
  world.advance(3s);
  EXPECT_EQ(phone->ask("get_status", json::object(), "status")["data"]["intervalometer"]["stats"]["shotsTaken"], 2);
}

TEST_F(Timelapse, APowerCutLosesNoShotThatAClientWasTold) {
  for (int cut = 0; cut < 12; ++cut) {
    SCOPED_TRACE(cut);
    boot();
    const auto phone = this->phone("phone" + std::to_string(cut), static_cast<std::uint8_t>(50 + cut));
    phone->send("start_intervalometer_with_title", wish(1, 100));
    world.advance(3s + 137ms * cut);
    const auto told = phone->all("event", "photo_taken").size();
    pull_the_plug();
    world.advance(1s);
    pi.power_on();
    camera->power_off(false);
    ASSERT_TRUE(camera->power_on().ok());
    boot();
    const auto again = this->phone("again" + std::to_string(cut), static_cast<std::uint8_t>(100 + cut));
    const auto session = again->messages.front()["intervalometer"];
    ASSERT_TRUE(session.is_object());
    EXPECT_EQ(session["unsaved"], true);
    EXPECT_GE(session["stats"]["shotsSuccessful"], told);
    again->send("discard_session", {{"sessionId", session["sessionId"]}});
    ASSERT_FALSE(again->wait("timelapse_event", "sessionDiscarded").is_null());
    pull_the_plug();
    world.advance(1s);
    pi.power_on();
  }
}

TEST_F(Timelapse, ASessionGoesOnAlongItsGridAfterAPowerCutWhereThatIsSet) {
  settings.resume = true;
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(5, 20));
  world.advance(22s);
  pull_the_plug();
  world.advance(30s);
  pi.power_on();
  boot();
  const auto again = this->phone("again", 60);
  until_the_end(*again);
  const auto stats = again->all("timelapse_event", "sessionCompleted").back()["data"]["stats"];
  EXPECT_EQ(stats["shotsSuccessful"].get<int>() + stats["shotsFailed"].get<int>() + stats["shotsMissed"].get<int>(), 20);
  EXPECT_GE(stats["shotsMissed"], 5);
  for (const auto& press : presses()) EXPECT_LE((press + 20ms) % 5s, 40ms);
}

TEST_F(Timelapse, WhatFollowsATornLineOfTheJournalIsNotLostAtTheNextPowerCut) {
  constexpr auto kJournal = "sessions/current.journal";
  settings.resume = true;
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(2, 200));
  world.advance(9s);
  pull_the_plug();
  pi.storage().put(kJournal, *pi.storage().peek(kJournal) + "5d3a2b10 {\"record\":\"sh");
  camera->power_off(false);   // or the connections of the last life would still be its four
  ASSERT_TRUE(camera->power_on().ok());
  boot();
  const auto again = this->phone("again", 60);
  world.advance(31s);
  const auto told = again->all("event", "photo_taken");
  ASSERT_THAT(told, SizeIs(Ge(10u)));
  pull_the_plug();
  camera->power_off(false);   // or the connections of the last life would still be its four
  ASSERT_TRUE(camera->power_on().ok());
  boot();
  const auto last = this->phone("last", 61)->messages.front()["intervalometer"];
  EXPECT_GE(last["stats"]["currentShot"], told.back()["data"]["shotNumber"]);
  EXPECT_GE(last["stats"]["shotsSuccessful"], told.size());
}

TEST_F(Timelapse, AFullDiskLosesNothingThatIsInMemoryAndSaysSo) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(1, 2));
  until_the_end(*phone);
  const auto session = phone->all("timelapse_event", "sessionCompleted").back()["data"];
  pi.storage().fail_with(hal::ErrorKind::no_space);
  const auto error = phone->ask("save_session_as_report", {{"sessionId", session["sessionId"]}}, "error");
  EXPECT_THAT(error["data"]["message"].get<std::string>(), HasSubstr("no space left"));
  pi.storage().fail_with(std::nullopt);
  EXPECT_FALSE(phone->ask("save_session_as_report", {{"sessionId", session["sessionId"]}}, "timelapse_event", "reportSaved").is_null());
}

TEST_F(Timelapse, SettingTheClockMovesNoShot) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(2, 10));
  world.advance(5s);
  pi.wall_clock().step(-3h);
  world.advance(5s);
  pi.wall_clock().step(26h);
  until_the_end(*phone);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_LE(std::chrono::abs(presses()[i] - 2s * static_cast<int>(i)), 5ms) << i;
}

}  // namespace
}  // namespace nightjar::scenarios
