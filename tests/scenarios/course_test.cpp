// A session whose course is not the plain one: shots that take too long, pauses, other plans, power cuts; and what its report says of them.
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Course : Field {
  static json wish(double interval, int shots, const char* late = "skip") { return {{"interval", interval}, {"shots", shots}, {"title", "Stars"}, {"late", late}}; }

  void until_the_end(Phone& phone) {
    ASSERT_TRUE(world.run_until([&] { return phone.count("timelapse_event", "sessionCompleted") != 0; }, 1h));
  }
  /// The second shot of the session takes nine seconds, all others a moment.
  void begin_with_nine_seconds(Phone& phone, const json& wanted) {
    phone.send("start_intervalometer_with_title", wanted);
    phone.wait("event", "photo_taken");
    ASSERT_TRUE(camera->set("tv", R"("8\"")"));
    camera->change([](auto& condition) { condition.latency = 450ms; });
    ASSERT_TRUE(world.run_until([&] { return camera->presses().size() == 2; }, 10s));
    world.advance(1s);
    ASSERT_TRUE(camera->set("tv", R"("1/125")"));
    phone.wait("event", "photo_taken");
    camera->change([](auto& condition) { condition.latency = {}; });
  }
  /// Of the session that has ended: saved, and read as a client reads it.
  json saved_report(Phone& phone) {
    const auto session = phone.ask("get_unsaved_session", json::object(), "unsaved_session")["data"]["unsavedSession"];
    if (session.is_null()) return session;
    phone.ask("save_session_as_report", {{"sessionId", session["sessionId"]}}, "timelapse_event", "reportSaved");
    return phone.ask("get_timelapse_report", {{"id", session["sessionId"]}}, "timelapse_report")["data"]["report"];
  }
  static std::vector<std::string> outcomes(const json& report) {
    std::vector<std::string> out;
    for (const auto& shot : report.at("shots")) out.push_back(shot["outcome"]);
    return out;
  }
  static std::vector<std::string> changes(const json& report) {
    std::vector<std::string> out;
    for (const auto& change : report.at("changes")) out.push_back(change["what"]);
    return out;
  }
  void power_cut(hal::Duration lasts) {
    pull_the_plug();
    camera->power_off(false);   // or the connections of the last life would still be its four
    world.advance(lasts);
    ASSERT_TRUE(camera->power_on().ok());
    pi.power_on();
    boot();
  }
};

TEST_F(Course, OneExposureOfNineSecondsInASessionOfTwoSkipsTheSlotsThatPassAndTheNextIsOnItsSlot) {
  boot();
  const auto phone = this->phone();
  begin_with_nine_seconds(*phone, wish(2, 10));
  until_the_end(*phone);
  const auto at = presses();
  ASSERT_THAT(at, SizeIs(6));
  for (const auto& press : at) EXPECT_LE((press + 5ms) % 2s, 10ms);
  const auto report = saved_report(*phone);
  EXPECT_THAT(outcomes(report), ElementsAre("saved", "saved", "missed", "missed", "missed", "missed", "saved", "saved", "saved", "saved"));
  EXPECT_EQ(report["results"]["imagesMissed"], 4);
  const auto overtime = phone->all("timelapse_event", "photo_overtime");
  ASSERT_THAT(overtime, SizeIs(1));
  EXPECT_EQ(overtime[0]["data"]["shotNumber"], 2);
  EXPECT_GT(overtime[0]["data"]["overtime"], 6.0);
  EXPECT_THAT(changes(report), IsEmpty());
}

TEST_F(Course, WhereItShiftsTheNextShotComesAtOnceAndNoneIsMissed) {
  boot();
  const auto phone = this->phone();
  begin_with_nine_seconds(*phone, wish(2, 6, "shift"));
  until_the_end(*phone);
  ASSERT_THAT(camera->exposures(), SizeIs(6));
  const auto at = presses();   // one of them found the camera busy with the photo before, and was made again
  EXPECT_GT(at[2], 10400ms);
  EXPECT_LT(at[2], 12s);
  EXPECT_LE(std::chrono::abs(at.back() - at[2] - 6s), 5ms);
  const auto report = saved_report(*phone);
  EXPECT_THAT(outcomes(report), Each("saved"));
  EXPECT_THAT(changes(report), ElementsAre("shifted"));
  EXPECT_EQ(report["changes"][0]["shotNumber"], 3);
  EXPECT_LE(report["shots"][2]["late_ms"], 1000);   // it was due when it could be
  EXPECT_EQ(phone->count("timelapse_event", "sessionShifted"), 1u);
}

TEST_F(Course, WhereItBurstsTheSlotsThatPassedAreShotAtOnceAndTheReportSaysHowLate) {
  boot();
  const auto phone = this->phone();
  begin_with_nine_seconds(*phone, wish(2, 10, "burst"));
  until_the_end(*phone);
  ASSERT_THAT(camera->exposures(), SizeIs(10));
  EXPECT_LE(std::chrono::abs(presses().back() - 18s), 5ms);   // the grid is where it was
  const auto report = saved_report(*phone);
  EXPECT_THAT(outcomes(report), Each("saved"));
  EXPECT_GT(report["shots"][2]["late_ms"], 6000);
  EXPECT_LE(report["shots"][9]["late_ms"], 10);
}

TEST_F(Course, APauseTakesNoShotAndTheSessionGoesOnWhenItIsAsked) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(2, 5));
  world.advance(3s);
  EXPECT_EQ(phone->ask("pause_intervalometer", json::object(), "operation_result")["operation"], "pause_intervalometer");
  EXPECT_EQ(phone->ask("get_status", json::object(), "status")["data"]["intervalometer"]["state"], "paused");
  EXPECT_EQ(phone->ask("pause_intervalometer", json::object(), "error")["data"]["message"], "The session is paused already");
  world.advance(10min);
  ASSERT_THAT(presses(), SizeIs(2));
  const auto resumed = phone->ask("resume_intervalometer", json::object(), "timelapse_event", "sessionResumed");
  EXPECT_EQ(resumed["data"]["shotNumber"], 3);
  until_the_end(*phone);
  const auto at = presses();
  ASSERT_THAT(at, SizeIs(5));
  for (std::size_t i = 3; i < 5; ++i) EXPECT_LE(std::chrono::abs(at[i] - at[i - 1] - 2s), 5ms);
  const auto report = saved_report(*phone);
  EXPECT_THAT(outcomes(report), Each("saved"));
  EXPECT_THAT(changes(report), ElementsAre("paused", "went_on"));
  EXPECT_EQ(report["changes"][0]["reason"], "Paused by user");
}

TEST_F(Course, AnotherIntervalAndAnotherEndHoldFromTheNextShotOn) {
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(60, 100));
  world.advance(61s);
  phone->ask("update_intervalometer", {{"interval", 5}, {"shots", 4}}, "operation_result");
  const auto status = phone->ask("get_status", json::object(), "status")["data"]["intervalometer"];
  EXPECT_EQ(status["options"]["interval"], 5.0);
  EXPECT_EQ(status["remainingShots"], 2);
  until_the_end(*phone);
  const auto at = presses();
  ASSERT_THAT(at, SizeIs(4));
  EXPECT_LE(std::chrono::abs(at[2] - 65s), 5ms);
  EXPECT_LE(std::chrono::abs(at[3] - 70s), 5ms);
  const auto report = saved_report(*phone);
  EXPECT_THAT(changes(report), ElementsAre("replanned"));
  EXPECT_EQ(report["status"], "completed");
  EXPECT_EQ(phone->ask("update_intervalometer", {{"interval", 5}}, "error")["data"]["message"], "No active session");
  EXPECT_EQ(phone->ask("update_intervalometer", json::object(), "error")["data"]["code"], "INVALID_PARAMETER");
}

TEST_F(Course, APowerCutLeavesAHoleThatTheReportShows) {
  settings.resume = true;
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(5, 12));
  world.advance(17s);   // four shots
  power_cut(20s);
  const auto again = this->phone("again", 60);
  until_the_end(*again);
  const auto report = saved_report(*again);
  EXPECT_THAT(outcomes(report), ElementsAre("saved", "saved", "saved", "saved", "missed", "missed", "missed", "missed", "saved", "saved", "saved", "saved"));
  EXPECT_THAT(changes(report), ElementsAre("power_returned"));
  EXPECT_EQ(report["changes"][0]["shotNumber"], 5);
  for (const auto& press : presses()) EXPECT_LE((press + 20ms) % 5s, 40ms);   // and it is back on its grid
}

TEST_F(Course, AfterAPowerCutAShiftedSessionMissesNothingAndGoesOnFromThere) {
  settings.resume = true;
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(5, 8, "shift"));
  world.advance(17s);
  power_cut(20s);
  const auto again = this->phone("again", 60);
  until_the_end(*again);
  const auto report = saved_report(*again);
  EXPECT_EQ(report["results"]["imagesMissed"], 0);
  EXPECT_THAT(changes(report), ElementsAre("power_returned", "shifted"));
}

TEST_F(Course, APausedSessionIsPausedAfterAPowerCutAndAChangedPlanIsTheSame) {
  settings.resume = true;
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(5, 8));
  world.advance(12s);   // three shots
  phone->ask("update_intervalometer", {{"interval", 4}, {"shots", 5}}, "operation_result");
  phone->ask("pause_intervalometer", json::object(), "operation_result");
  power_cut(20s);
  const auto again = this->phone("again", 60);
  auto session = again->messages.front()["intervalometer"];
  EXPECT_EQ(session["state"], "paused");
  EXPECT_EQ(session["options"]["interval"], 4.0);
  EXPECT_EQ(session["options"]["totalShots"], 5);
  world.advance(1min);
  EXPECT_EQ(again->count("event", "photo_taken"), 0u);
  again->ask("resume_intervalometer", json::object(), "operation_result");
  until_the_end(*again);
  const auto report = saved_report(*again);
  EXPECT_THAT(outcomes(report), SizeIs(5));
  EXPECT_THAT(outcomes(report), Each("saved"));
  EXPECT_THAT(changes(report), ElementsAre("replanned", "paused", "power_returned", "went_on"));
}

TEST_F(Course, ASecondPhoneThatJoinsLateIsWelcomedAtOnceWithTheSessionThatRuns) {
  boot();
  const auto first = this->phone();
  first->send("start_intervalometer_with_title", wish(10, 100));
  world.advance(34s);
  const auto before = world.now();
  const auto second = this->phone("tablet", 61);
  ASSERT_FALSE(second->messages.empty());
  EXPECT_LE(world.now() - before, 20ms);
  const auto welcome = second->messages.front();
  EXPECT_EQ(welcome["type"], "welcome");
  EXPECT_EQ(welcome["intervalometer"]["state"], "running");
  EXPECT_EQ(welcome["intervalometer"]["stats"]["shotsTaken"], 4);
  EXPECT_EQ(welcome["camera"]["connected"], true);
  EXPECT_FALSE(second->wait("event", "photo_taken").is_null());   // and hears of the next shot like everybody
}

TEST_F(Course, WithEveryAnswerOfTheCameraFortyMillisecondsLateShotsStillLeaveOnTime) {
  camera->change([](auto& condition) { condition.latency = 40ms; });
  boot();
  const auto phone = this->phone();
  phone->send("start_intervalometer_with_title", wish(1, 60));
  until_the_end(*phone);
  ASSERT_THAT(presses(), SizeIs(60));
  for (std::size_t i = 0; i < 60; ++i) EXPECT_LE(std::chrono::abs(presses()[i] - 1s * static_cast<int>(i)), 5ms) << i;
  const auto report = saved_report(*phone);
  EXPECT_THAT(outcomes(report), Each("saved"));
  for (const auto& shot : report["shots"]) {
    EXPECT_LE(shot["late_ms"], 1.0);
    EXPECT_GE(shot["took_ms"], 40);
  }
}

TEST_F(Course, ReportsAreListedRenamedAndDeletedAndEveryPhoneHearsOfIt) {
  boot();
  const auto phone = this->phone();
  const auto other = this->phone("tablet", 61);
  for (const auto* title : {"first", "second"}) {
    phone->send("start_intervalometer_with_title", {{"interval", 1}, {"shots", 1}, {"title", title}});
    ASSERT_FALSE(phone->wait("timelapse_event", "sessionCompleted").is_null());
    saved_report(*phone);
  }
  const auto list = phone->ask("get_timelapse_reports", json::object(), "timelapse_reports")["data"];
  EXPECT_EQ(list["total"], 2);
  EXPECT_EQ(list["reports"][0]["title"], "second");
  EXPECT_EQ(list["reports"][1]["results"]["imagesSuccessful"], 1);
  const std::string id = list["reports"][1]["id"];
  // The existing page says sessionId and means a report's id.
  EXPECT_EQ(phone->ask("update_report_title", {{"sessionId", id}, {"title", "Dawn"}}, "report_title_updated")["data"]["report"]["title"], "Dawn");
  phone->ask("delete_timelapse_report", {{"id", list["reports"][0]["id"]}}, "report_deleted");
  world.advance(1s);
  EXPECT_EQ(other->all("timelapse_event", "report_updated").back()["data"], (json{{"reportId", id}, {"title", "Dawn"}}));
  EXPECT_EQ(other->all("timelapse_event", "report_deleted").back()["data"]["id"], list["reports"][0]["id"]);
  power_cut(1s);
  const auto again = this->phone("again", 62);
  const auto left = again->ask("get_timelapse_reports", json::object(), "timelapse_reports")["data"]["reports"];
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0]["title"], "Dawn");
  EXPECT_EQ(again->ask("get_timelapse_report", {{"id", "report-none"}}, "error")["data"]["code"], "NOT_FOUND");
  EXPECT_EQ(again->ask("update_report_title", {{"id", id}}, "error")["data"]["message"], "Report ID and title are required");
  EXPECT_EQ(again->ask("get_timelapse_reports", {{"limit", 0}}, "error")["data"]["code"], "INVALID_PARAMETER");
}

}  // namespace
}  // namespace nightjar::scenarios
