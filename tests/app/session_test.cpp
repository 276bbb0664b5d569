#include "app/session.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "app/iso_time.h"
#include "app/report.h"

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;

hal::WallTime at(std::int64_t ms) { return hal::WallTime{std::chrono::milliseconds{ms}}; }

Session begun() {
  Session session;
  session.id = "0a1b2c3d-0000-4000-8000-000000000001";
  session.title = "Milky \"Way\" \xc3\xbc";
  session.started = at(1'700'000'000'123);
  session.request = {30s, 100, "stop-after", "", session.title, {}};
  session.stops_at = at(1'700'003'600'000);
  return session;
}

/// A session of a few shots, and the journal that was written of it.
std::pair<Session, std::string> night() {
  auto session = begun();
  auto text = journal::begin(session);
  const auto add = [&](const ShotRecord& shot, const std::string& error, hal::WallTime when) {
    session.note(shot, error, when);
    text += journal::shot(shot, error, when);
  };
  add({0, ShotOutcome::saved, 312, 540}, "", at(1'700'000'000'700));
  add({1, ShotOutcome::failed, 0, 0}, "busy: \"Device busy\"\n\xff", at(1'700'000'030'700));
  add({2, ShotOutcome::missed, 0, 0}, "", at(1'700'000'095'000));
  const auto change = [&](SessionChange one) {
    session.note(one);
    text += journal::change(one);
  };
  change({SessionChange::What::paused, at(1'700'000'096'000), 3, "a \"cloud\"", {}, {}, 0, 0});
  auto plan = session.request;
  plan.interval = 20s;
  plan.late = fsm::Late::burst;
  change({SessionChange::What::replanned, at(1'700'000'097'000), 3, {}, plan, at(1'700'004'000'000), 110'500, 3});
  add({3, ShotOutcome::saved, -4, 610, 110'500}, "", at(1'700'000'095'700));
  return {session, text};
}

TEST(Journal, GivesBackWhatWasWritten) {
  auto [session, text] = night();
  session.errors[0].text = "busy: \"Device busy\"\n\xef\xbf\xbd";   // what was no UTF-8 is replaced
  EXPECT_EQ(journal::read(text), session);
  text += journal::end("Manually stopped by user", at(1'700'000'100'000));
  session.ended = at(1'700'000'100'000);
  session.end_reason = "Manually stopped by user";
  EXPECT_EQ(journal::read(text), session);
}

TEST(Journal, AfterTheClockWasSetWhatWasBeforeIsToldByTheNewOne) {
  auto [session, text] = night();
  session.errors.clear();
  session.move(1h);
  EXPECT_EQ(session.started, at(1'700'003'600'123));
  EXPECT_EQ(session.stops_at, at(1'700'007'600'000));
  EXPECT_EQ(session.noted, at(1'700'003'695'700));
  auto read = journal::read(text + journal::clock(1h));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->errors.size(), 1u);
  EXPECT_EQ(read->errors[0].at, at(1'700'003'630'700));
  read->errors.clear();
  EXPECT_EQ(*read, session);
}

TEST(Journal, IsReadUpToWhereThePowerWentWhereverThatIs) {
  const auto [session, text] = night();
  std::size_t last = 0;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto read = journal::read(std::string_view{text}.substr(0, size));
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '\n'));
    ASSERT_EQ(read.has_value(), lines >= 1) << size;
    if (!read) continue;
    EXPECT_EQ(read->shots.size() + read->changes.size(), lines - 1);
    EXPECT_GE(read->shots.size(), last);
    last = read->shots.size();
  }
  EXPECT_EQ(last, 4u);
}

TEST(Journal, NoticesEveryFlippedBit) {
  const auto [session, text] = night();
  const auto whole = journal::read(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = text;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      const auto read = journal::read(damaged);
      ASSERT_NE(read, whole) << "byte " << i << " bit " << bit;
      if (read) {
        ASSERT_LT(read->shots.size() + read->changes.size(), 6u);
      }
    }
  }
}

TEST(Journal, OfRubbishIsNothing) {
  for (const auto* text : {"", "\n", "x\n", "00000000 {}\n", "not a journal\nat all\n"}) EXPECT_FALSE(journal::read(text)) << text;
  EXPECT_FALSE(journal::read(journal::shot({0, ShotOutcome::saved, 0, 0}, "", at(1))));   // a shot without a beginning
}

TEST(Session, KeepsItsListsBounded) {
  auto session = begun();
  for (std::uint32_t i = 0; i < 150'000; ++i) session.note({i, ShotOutcome::failed, 0, 0}, "x", at(1));
  EXPECT_EQ(session.shots.size(), Session::kShotsKept);
  EXPECT_EQ(session.errors.size(), Session::kErrorsKept);
  EXPECT_EQ(session.failed, 150'000u);
}

TEST(Report, SaysWhatHappenedShotByShot) {
  auto session = night().first;
  session.ended = at(1'700'000'100'000);
  session.end_reason = "Shot limit reached";
  hal::CameraInfo camera;
  camera.model = "Canon EOS R50";
  const auto report = nlohmann::json::parse(report_json(session, camera, at(1'700'000'200'000), "0.1"));
  EXPECT_EQ(report["id"], "report-" + session.id);
  EXPECT_EQ(report["startTime"], "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(report["duration"], 99'877);
  EXPECT_EQ(report["status"], "completed");
  EXPECT_EQ(report["intervalometer"]["interval"], 20.0);
  EXPECT_EQ(report["results"]["imagesCaptured"], 3);
  EXPECT_EQ(report["results"]["imagesSuccessful"], 2);
  EXPECT_EQ(report["results"]["imagesFailed"], 1);
  EXPECT_EQ(report["results"]["imagesMissed"], 1);
  EXPECT_EQ(report["results"]["errors"][0]["shotNumber"], 2);
  ASSERT_EQ(report["shots"].size(), 4u);
  EXPECT_EQ(report["shots"][3]["shotNumber"], 4);
  EXPECT_EQ(report["shots"][3]["took_ms"], 610);
  EXPECT_EQ(report["metadata"]["cameraModel"], "Canon EOS R50");
}

TEST(IsoTime, IsUtcToTheMillisecond) {
  EXPECT_EQ(iso_utc(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_utc(at(951'782'399'999)), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(iso_utc(at(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(title_of(at(1'700'000'000'123), 1h), "20231114-231320");
}

}  // namespace
}  // namespace nightjar::app
