// The reports on a disk that loses power at any instant, rots, fails and fills: what the index says is what the files say.
#include "app/reports.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "app/checked_line.h"
#include "sim/world.h"

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct ReportsTest : testing::Test {
  sim::World world{7};
  sim::Host& host = world.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1));
  Settings settings;
  std::unique_ptr<Queue> queue;
  std::unique_ptr<Runtime> runtime;
  std::unique_ptr<Reports> reports;

  ReportsTest() { boot(); }
  ~ReportsTest() override { off(); }

  void boot() {
    host.power_on();
    queue = std::make_unique<Queue>(host.loop(), host.log());
    runtime.reset(new Runtime{host.loop(), *queue, host.log(), {}});
    reports = std::make_unique<Reports>(Reports::Parts{*runtime, host.storage(), settings});
    reports->open();
    world.run_until([&] { return reports->is_open(); }, 20s);
  }
  void off() {
    reports.reset();
    runtime.reset();
    queue.reset();
  }
  void power_cut() {
    host.power_cut();
    off();
    boot();
  }

  static Session session(int number, std::string title = {}) {
    Session out;
    out.id = fmt::format("00000000-0000-4000-8000-{:012}", number);
    out.title = title.empty() ? fmt::format("Night {}", number) : std::move(title);
    out.started = hal::WallTime{1'700'000'000'000ms + 1h * number};
    out.request = {30s, 2, "stop-after", "", out.title};
    out.note({0, ShotOutcome::saved, 1500, 400, 0}, {}, out.started);
    out.note({1, ShotOutcome::failed, 0, 0, 30'000}, "=busy, \"very\"", out.started + 30s);
    out.ended = out.started + 40s;
    out.end_reason = Session::kShotLimit;
    return out;
  }
  std::optional<hal::Result<void>> save(const Session& session) {
    return wait([&](auto answer) { reports->save(entry_of(session, {}, *session.ended, "1"), report_json(session, {}, *session.ended, "1"), answer); });
  }
  std::optional<hal::Result<void>> rename(int number, const std::string& title) {
    return wait([&](auto answer) { reports->rename(session(number).id, title, answer); });
  }
  std::optional<hal::Result<void>> remove(int number) {
    return wait([&](auto answer) { reports->remove("report-" + session(number).id, answer); });
  }
  template <class Ask>
  std::optional<hal::Result<void>> wait(Ask ask) {
    const auto result = std::make_shared<std::optional<hal::Result<void>>>();
    ask([result](const hal::Result<void>& done) { *result = done; });
    world.run_until([&] { return result->has_value(); }, 5s);
    return *result;
  }
  std::vector<std::string> titles(std::size_t offset = 0, std::size_t limit = 100) const {
    std::vector<std::string> out;
    for (const auto* entry : reports->page(offset, limit)) out.push_back(entry->title);
    return out;
  }
  /// As the files have them, newest first.
  std::vector<std::string> titles_in_files() const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [path, text] : host.storage().files()) {
      if (!path.starts_with("reports/")) continue;
      const auto report = json::parse(text);
      found.emplace_back(report["startTime"], report["title"]);
    }
    std::sort(found.rbegin(), found.rend());
    std::vector<std::string> out;
    for (const auto& [start, title] : found) out.push_back(title);
    return out;
  }
  std::string path(int number) const { return "reports/session-" + session(number).id + ".json"; }
};

TEST_F(ReportsTest, AreListedNewestFirstByPages) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(save(session(i))->ok());
  EXPECT_THAT(titles(), ElementsAre("Night 4", "Night 3", "Night 2", "Night 1", "Night 0"));
  EXPECT_THAT(titles(1, 2), ElementsAre("Night 3", "Night 2"));
  EXPECT_THAT(titles(5, 2), IsEmpty());
  power_cut();
  EXPECT_THAT(titles(), ElementsAre("Night 4", "Night 3", "Night 2", "Night 1", "Night 0"));
}

TEST_F(ReportsTest, ThousandsAreListedWithoutReadingThem) {
  constexpr int kMany = 1000;
  for (int i = 0; i < kMany; ++i) ASSERT_TRUE(save(session(i))->ok());
  off();
  // From here on a report that is read is damaged: had it been, its entry would be gone.
  for (int i = 0; i < kMany; ++i) host.storage().put(path(i), "x");
  boot();
  EXPECT_THAT(titles(0, 2 * kMany), SizeIs(kMany));
  EXPECT_EQ(titles(0, 1), std::vector<std::string>{"Night 999"});
}

TEST_F(ReportsTest, AReportUnderAnotherTitleIsTheSameBesides) {
  ASSERT_TRUE(save(session(1))->ok());
  auto before = json::parse(*host.storage().peek(path(1)));
  std::string told;
  reports->on_renamed = [&](const ReportEntry& report) { told = report.title; };
  ASSERT_TRUE(rename(1, "Moon \"rise\" \\ \xc3\xa9")->ok());
  const auto after = json::parse(*host.storage().peek(path(1)));
  before["title"] = "Moon \"rise\" \\ \xc3\xa9";
  EXPECT_EQ(after, before);
  EXPECT_EQ(after["title"], told);
  ASSERT_TRUE(rename(1, "again")->ok());
  EXPECT_THAT(titles_in_files(), ElementsAre("again"));
}

TEST_F(ReportsTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(rename(1, "x")->error().kind, hal::ErrorKind::not_found);
  EXPECT_EQ(remove(1)->error().kind, hal::ErrorKind::not_found);
  std::optional<hal::ErrorKind> kind;
  for (const auto* id : {"report-x", "../../etc/passwd", ""}) {
    reports->read(id, [&](const hal::Result<std::string>& text) { kind = text.error().kind; });
    world.advance(1s);
    EXPECT_EQ(kind, hal::ErrorKind::not_found) << id;
  }
}

/// The index says what the files say, whenever the power goes, and no change that was acknowledged is undone. Without its word before a
/// change, a rename that the power cut short would be listed under its old title for ever.
TEST_F(ReportsTest, APowerCutAtAnyInstantOfAnyChangeLeavesAnIndexThatTellsTheTruth) {
  int cuts = 0, renamed_unnoted = 0;
  for (const auto change : {0, 1, 2}) {
    for (hal::Duration after{}; after < 60ms; after += 1ms) {
      SCOPED_TRACE(fmt::format("change {}, cut after {} ms", change, after.count() / 1'000'000));
      ASSERT_TRUE(save(session(1, "old"))->ok());
      ASSERT_TRUE(save(session(2, "other"))->ok());
      bool done = false;
      const auto answer = [&done](const hal::Result<void>& result) { done = result.ok(); };
      const auto fresh = session(3, "new");
      if (change == 0) reports->save(entry_of(fresh, {}, *fresh.ended, "1"), report_json(fresh, {}, *fresh.ended, "1"), answer);
      if (change == 1) reports->rename(session(1).id, "new", answer);
      if (change == 2) reports->remove(session(1).id, answer);
      world.advance(after);
      const bool acknowledged = done;
      host.power_cut();
      off();
      const bool changed = titles_in_files() != std::vector<std::string>{"other", "old"};
      renamed_unnoted += change == 1 && changed && !acknowledged ? 1 : 0;
      boot();
      EXPECT_EQ(titles(), titles_in_files());
      EXPECT_TRUE(changed || !acknowledged);
      ++cuts;
      for (const auto number : {1, 2, 3}) remove(number);
      ASSERT_THAT(titles_in_files(), IsEmpty());
      power_cut();
      ASSERT_THAT(titles(), IsEmpty());
    }
  }
  EXPECT_EQ(cuts, 180);
  EXPECT_GT(renamed_unnoted, 0);   // or none of the cuts fell between a change and its note
}

TEST_F(ReportsTest, ALostOrDamagedIndexIsMadeAnew) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(save(session(i))->ok());
  const auto saved = host.storage().peek(Reports::kIndex)->size();
  ASSERT_TRUE(rename(1, "Renamed")->ok());
  const std::vector<std::string> wanted{"Night 2", "Renamed", "Night 0"};
  const auto index = *host.storage().peek(Reports::kIndex);
  const auto announced = index.find('\n', saved) + 1;
  for (std::size_t byte = 0; byte < index.size(); byte += 13) {
    off();
    auto damaged = index;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 4);
    host.storage().put(Reports::kIndex, damaged);
    boot();
    ASSERT_EQ(titles(), wanted) << "byte " << byte;
  }
  // Lost whole, or torn: what was on disk before the file was touched does not go by itself.
  for (std::size_t size = 0; size < index.size(); size = size == 0 ? announced : size + 17) {
    off();
    host.storage().put(Reports::kIndex, index.substr(0, size));
    boot();
    ASSERT_EQ(titles(), wanted) << "cut to " << size;
    ASSERT_TRUE(rename(1, "Renamed")->ok());   // what follows a torn line is not lost with it
    power_cut();
    ASSERT_EQ(titles(), wanted);
  }
}

TEST_F(ReportsTest, FilesThatCameOrWentByThemselvesAreNoticedAndRubbishIsNoReport) {
  ASSERT_TRUE(save(session(1))->ok());
  ASSERT_TRUE(save(session(2))->ok());
  const auto copy = report_json(session(3), {}, {}, "1");
  off();
  host.storage().put(path(3), copy);
  host.storage().put("reports/session-x.json", "{}");
  host.storage().put("reports/notes.txt", "mine");
  host.storage().remove(path(1), [](const auto&) {}).detach();
  boot();
  EXPECT_THAT(titles(), ElementsAre("Night 3", "Night 2"));
  EXPECT_TRUE(host.storage().peek("reports/session-x.json"));   // nothing that is not ours is touched
}

TEST_F(ReportsTest, AnIndexOfManyChangesIsShortAgainAfterAStart) {
  ASSERT_TRUE(save(session(1))->ok());
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(rename(1, fmt::format("{}", i))->ok());
  power_cut();
  world.advance(1s);
  const auto index = *host.storage().peek(Reports::kIndex);
  EXPECT_EQ(std::count(index.begin(), index.end(), '\n'), 1);
  EXPECT_THAT(titles(), ElementsAre("199"));
}

TEST_F(ReportsTest, AFullDiskSavesNothingAndStillDeletes) {
  ASSERT_TRUE(save(session(1))->ok());
  ASSERT_TRUE(save(session(2))->ok());
  host.storage().set_capacity(1);
  EXPECT_FALSE(save(session(3))->ok());
  EXPECT_FALSE(rename(1, "x")->ok());
  EXPECT_THAT(titles(), ElementsAre("Night 2", "Night 1"));
  EXPECT_TRUE(remove(1)->ok());
  host.storage().set_capacity(1u << 20);
  ASSERT_TRUE(save(session(3))->ok());   // the line after those that failed
  power_cut();
  EXPECT_THAT(titles(), ElementsAre("Night 3", "Night 2"));
}

TEST_F(ReportsTest, PastTheLimitSavingIsRefusedOrTheOldestMakesWay) {
  settings.reports_max = 2;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(save(session(i))->ok());
  EXPECT_EQ(save(session(2))->error().detail, "there are too many reports; delete some first");
  settings.reports_make_room = true;
  ASSERT_TRUE(save(session(2))->ok());
  world.advance(1s);
  EXPECT_THAT(titles(), ElementsAre("Night 2", "Night 1"));
  EXPECT_THAT(titles_in_files(), ElementsAre("Night 2", "Night 1"));
}

TEST_F(ReportsTest, WishesHaveABound) {
  int refused = 0;
  for (std::size_t i = 0; i < Reports::kWishesMax + 5; ++i)
    reports->remove("x", [&](const hal::Result<void>& done) { refused += done.error().kind == hal::ErrorKind::busy ? 1 : 0; });
  world.advance(1s);
  EXPECT_EQ(refused, 5);
  EXPECT_TRUE(save(session(1))->ok());
}

TEST_F(ReportsTest, ACardThatAnswersWithErrorsIsReadAgainAndNothingIsLostMeanwhile) {
  ASSERT_TRUE(save(session(1))->ok());
  off();
  host.storage().fail_with(hal::ErrorKind::io);
  boot();
  EXPECT_FALSE(reports->is_open());
  EXPECT_EQ(save(session(2))->error().kind, hal::ErrorKind::io);
  host.storage().fail_with(std::nullopt);
  world.advance(6s);
  EXPECT_THAT(titles(), ElementsAre("Night 1"));
}

TEST(ReportText, HasWhatAListShowsAndIsReadBack) {
  const auto night = ReportsTest::session(4);
  hal::CameraInfo camera;
  camera.model = "Canon EOS R50";
  const auto text = report_json(night, camera, *night.ended, "1.2");
  const auto entry = entry_of(night, camera, *night.ended, "1.2");
  EXPECT_EQ(entry_of(text), entry);
  EXPECT_EQ(entry_of(summary(entry).text()), entry);
  for (const auto* rubbish : {"", "{}", "[]", "null", R"({"sessionId":1})", "{\"sessionId\":\"x\",\"title\":\"y\",\"startTime\":\"z\"}"}) EXPECT_FALSE(entry_of(rubbish)) << rubbish;
}

TEST(ReportText, IsATableForASpreadsheetThatTakesNothingForAFormula) {
  const auto csv = report_csv(report_json(ReportsTest::session(0), {}, {}, "1"));
  EXPECT_EQ(csv,
            "shotNumber,dueTime,outcome,late_ms,took_ms,error\r\n"
            "1,2023-11-14T22:13:20.000Z,saved,1.5,400,\r\n"
            "2,2023-11-14T22:13:50.000Z,failed,0,0,\"'=busy, \"\"very\"\"\"\r\n");
  EXPECT_FALSE(report_csv("{}"));
  EXPECT_FALSE(report_csv("no report"));
}

TEST(ReportText, SaysWhatHappenedToTheCourseOfTheSession) {
  auto night = ReportsTest::session(0);
  auto plan = night.request;
  plan.interval = 60s;
  night.note(SessionChange{SessionChange::What::paused, night.started + 10s, 1, "the camera is too hot", {}, {}, 0, 0});
  night.note(SessionChange{SessionChange::What::replanned, night.started + 20s, 1, {}, plan, {}, 60'000, 1});
  const auto report = json::parse(report_json(night, {}, {}, "1"));
  EXPECT_EQ(report["changes"][0], (json{{"what", "paused"}, {"at", "2023-11-14T22:13:30.000Z"}, {"shotNumber", 2}, {"reason", "the camera is too hot"}}));
  EXPECT_EQ(report["changes"][1]["interval"], 60.0);
  EXPECT_EQ(report["intervalometer"]["interval"], 60.0);
  EXPECT_EQ(report["intervalometer"]["late"], "skip");
}

}  // namespace
}  // namespace nightjar::app
