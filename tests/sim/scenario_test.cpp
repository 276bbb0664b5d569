#include "sim/scenario.h"

#include <gmock/gmock.h>

#include "sim/fault_plan.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPeople = "[[device]]\nname = \"pi\"\n[[camera]]\nname = \"camera\"\n[[phone]]\nname = \"phone\"\n";

std::string mistake_in(const std::string& head) {
  const auto read = read_scenario(head + "\n" + kPeople);
  return read.ok() ? "none" : read.error().detail;
}

TEST(Scenario, IsReadFromWhatAPersonWrites) {
  const auto read = read_scenario(std::string{R"(lasts = "02:00:00"
timeline = [
  { at = "00:14:07.250", do = "camera_off", for = "00:02:00" },
  { at = "00:00:05", do = "start", amount = 30, times = 100 },
])"} + "\n" + kPeople);
  ASSERT_TRUE(read.ok()) << read.error().detail;
  const auto& scenario = read.value();
  EXPECT_EQ(scenario.lasts, 2h);
  ASSERT_EQ(scenario.happenings.size(), 2u);
  EXPECT_EQ(scenario.happenings[0], (Happening{5s, Deed::start, "phone", 0s, 30, 100, ""})) << "by time, and the first phone is meant";
  EXPECT_EQ(scenario.happenings[1], (Happening{14min + 7250ms, Deed::camera_off, "camera", 2min, 0, 0, ""}));
}

TEST(Scenario, EveryMistakeNamesItsLine) {
  EXPECT_THAT(mistake_in("lasts = \"two hours\""), HasSubstr("line 1: the scenario.lasts must be a time like"));
  EXPECT_THAT(mistake_in("\nlength = 3"), HasSubstr("line 2: the scenario.length is not known here"));
  EXPECT_THAT(mistake_in("timeline = [\n{ at = \"00:00:01\", do = \"camera_of\" } ]"), HasSubstr("line 2: timeline.do is nothing that can happen: \"camera_of\""));
  EXPECT_THAT(mistake_in("timeline = [\n\n{ at = \"00:00:01\", do = \"camera_off\" } ]"), HasSubstr("line 3: timeline.for is needed"));
  EXPECT_THAT(mistake_in("timeline = [ { at = \"00:00:01\", do = \"latency\", for = \"00:00:01\", amount = 99 } ]"), HasSubstr("must be between 0 and 10"));
  EXPECT_THAT(mistake_in("timeline = [ { at = \"00:00:01\", do = \"stop\", who = \"nobody\" } ]"), HasSubstr("line 1: timeline.who must name a phone"));
  EXPECT_THAT(mistake_in("timeline = [ { at = \"00:61:00\", do = \"stop\" } ]"), HasSubstr("must be a time like"));
  EXPECT_THAT(mistake_in("lasts = \"00:10:00\"\ntimeline = [ { at = \"00:10:00.001\", do = \"stop\" } ]"), HasSubstr("line 2: timeline.at is when the night is over"));
  EXPECT_THAT(mistake_in("timeline = [ { at = \"00:00:01\", do = \"media_drop\" } ]"), HasSubstr("line 1: timeline.who must name a media server"));
  EXPECT_THAT(mistake_in("[[server]]\nkind = \"mail\""), HasSubstr("line 2: server.kind must be media or metrics"));
  EXPECT_THAT(mistake_in("[[server]]\n[[server]]\nname = \"other\""), HasSubstr("line 2: server.device has a server of that kind already"));
  EXPECT_THAT(mistake_in("= 3"), HasSubstr("line 1"));
  EXPECT_EQ(read_scenario("").error().detail, "line 1: there is no [[device]]");
}

TEST(Scenario, WhatIsWrittenReadsBackAsTheSame) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto night = drawn_night(seed, 3h);
    const auto back = read_scenario(to_toml(night));
    ASSERT_TRUE(back.ok()) << seed << ": " << back.error().detail;
    EXPECT_TRUE(back.value() == night) << seed;
  }
}

TEST(Scenario, TextsAreWrittenSoThatTheyReadBackAsTheSame) {
  const auto hard = std::string{R"(a "night" of C:\new)"} + "\n[[\t\x7f";
  Scenario night = drawn_night(1, 3h);
  night.name = night.devices[0].token = night.cameras[0].exposure = night.cameras[0].name = hard;
  night.happenings = {{1s, Deed::send_rubbish, "phone-1", 0s, 0, 1, hard}};
  const auto back = read_scenario(to_toml(night));
  ASSERT_TRUE(back.ok()) << back.error().detail;
  EXPECT_TRUE(back.value() == night);
}

TEST(Scenario, ATimeIsReadToTheNanosecond) {
  EXPECT_EQ(parse_clock("100:00:01.000000001"), 100h + 1s + 1ns);
  EXPECT_EQ(clock_text(100h + 1s + 1ns), "100:00:01.000000001");
  EXPECT_EQ(clock_text(250ms), "00:00:00.250");
  for (const auto* text : {"", "1", "1:2:3", "00:00:60", "00:60:00", "-1:00:00", "00:00:00.", "00:00:00.1234567890", "00:00:00x"})
    EXPECT_FALSE(parse_clock(text)) << text;
}

TEST(FaultPlan, SeedsDifferInKindAndAreQuietAtTheEnd) {
  std::size_t most = 0, least = 1'000'000;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto night = drawn_night(seed, 2h);
    EXPECT_EQ(night, drawn_night(seed, 2h));
    most = std::max(most, night.happenings.size());
    least = std::min(least, night.happenings.size());
    for (const auto& happening : night.happenings) EXPECT_LE(happening.at + happening.lasts, 2h) << to_toml(happening);
  }
  EXPECT_GT(most, 4 * least);
}

}  // namespace
}  // namespace nightjar::sim
