#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/world.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

/// A journal and a settings file, written as a session would: three records, two settings, one file removed.
struct Workload {
  explicit Workload(Host& on) : host(on) { next(); }

  void next() {
    auto& disk = host.storage();
    const auto acknowledged = [this](const hal::Result<void>& result) {
      if (result.ok()) {
        ++answered;
        next();
      }
    };
    switch (answered) {
      case 0: operation = disk.append("journal", "record-1\n", acknowledged); break;
      case 1: operation = disk.replace("settings", "interval=30", acknowledged); break;
      case 2: operation = disk.append("journal", "record-2\n", acknowledged); break;
      case 3: operation = disk.replace("settings", "interval=60", acknowledged); break;
      case 4: operation = disk.append("journal", "record-3\n", acknowledged); break;
      case 5: operation = disk.remove("settings", acknowledged); break;
      default: break;
    }
  }
  static constexpr std::uint64_t kWrites = 6;

  Host& host;
  std::uint64_t answered = 0;
  hal::Operation operation;
};

/// The disk as it must be when exactly the first `writes` of the workload are on it.
std::pair<std::string, std::optional<std::string>> expected(std::uint64_t writes) {
  static const std::vector<std::string> journals{"", "record-1\n", "record-1\nrecord-2\n", "record-1\nrecord-2\nrecord-3\n"};
  const std::optional<std::string> settings = writes < 2   ? std::nullopt
                                              : writes < 4 ? std::optional<std::string>{"interval=30"}
                                              : writes < 6 ? std::optional<std::string>{"interval=60"}
                                                           : std::nullopt;
  return {journals[writes == 0 ? 0 : writes < 3 ? 1 : writes < 5 ? 2 : 3], settings};
}

TEST(StorageCut, AtEveryWriteKeepsWhatWasAnsweredAndTearsOnlyTheOneInTheAir) {
  for (std::uint64_t cut = 1; cut <= Workload::kWrites; ++cut) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      World world{seed};
      auto& pi = world.add_host("pi");
      Workload workload{pi};
      ASSERT_TRUE(world.run_until([&] { return pi.storage().writes_begun() == cut; }, 1s));
      ASSERT_EQ(workload.answered, cut - 1);
      pi.power_cut();
      world.advance(1s);
      EXPECT_EQ(workload.answered, cut - 1) << "nobody is told after the cut";
      const auto [journal_before, settings_before] = expected(cut - 1);
      const auto [journal_after, settings_after] = expected(cut);
      const auto journal = pi.storage().peek("journal").value_or("");
      const auto settings = pi.storage().peek("settings");
      EXPECT_TRUE(settings == settings_before || settings == settings_after) << cut;
      EXPECT_TRUE(journal.starts_with(journal_before)) << cut;
      EXPECT_TRUE(journal_after.starts_with(journal)) << cut;
      outcomes.insert(journal + "|" + settings.value_or("none"));
    }
    EXPECT_GE(outcomes.size(), 2u) << "write " << cut << " is sometimes lost and sometimes not";
  }
}

TEST(StorageCut, WhatWaitsIsLostWithoutATrace) {
  World world{1};
  auto& disk = world.add_host("pi").storage();
  std::vector<hal::Operation> operations;
  for (int i = 0; i < 5; ++i) operations.push_back(disk.append("journal", std::to_string(i), [](const auto&) { FAIL(); }));
  world.advance(1ms);
  world.host("pi").power_cut();
  world.advance(1s);
  EXPECT_THAT(disk.peek("journal").value_or(""), ::testing::AnyOf("", "0"));
}

TEST(StorageFaults, FailuresAreToldAndChangeNothing) {
  World world{1};
  auto& disk = world.add_host("pi").storage();
  disk.put("old", "12345");
  std::vector<hal::ErrorKind> errors;
  const auto note = [&](const auto& result) { errors.push_back(result.error().kind); };
  disk.fail_with(hal::ErrorKind::io);
  const auto write = disk.replace("old", "new", note);
  const auto read = disk.read("old", 100, note);
  world.advance(1s);
  EXPECT_THAT(errors, ElementsAre(hal::ErrorKind::io, hal::ErrorKind::io));
  errors.clear();
  disk.fail_with(std::nullopt);
  disk.set_capacity(8);
  const auto big = disk.append("old", "6789", note);
  world.advance(1s);
  EXPECT_THAT(errors, ElementsAre(hal::ErrorKind::no_space));
  EXPECT_EQ(disk.peek("old"), "12345");
  bool ok = false;
  const auto small = disk.append("old", "678", [&](const auto& result) { ok = result.ok(); });
  world.advance(1s);
  EXPECT_TRUE(ok);
}

TEST(StorageFaults, RotFlipsOneBit) {
  World world{1};
  auto& disk = world.add_host("pi").storage();
  const std::string good(64, '\0');
  disk.put("a", good);
  ASSERT_TRUE(disk.rot("a"));
  const auto rotten = disk.peek("a").value();
  int bits = 0;
  for (std::size_t i = 0; i < good.size(); ++i) bits += std::popcount(static_cast<unsigned>(static_cast<unsigned char>(rotten[i])));
  EXPECT_EQ(bits, 1);
  EXPECT_FALSE(disk.rot("b"));
}

/// What a card that answers before it has written loses at a power cut, `wait` after ten records: how many are left.
std::set<std::size_t> left_by_a_liar(hal::Duration keeps, hal::Duration wait) {
  std::set<std::size_t> out;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world{seed};
    auto& pi = world.add_host("pi");
    auto& disk = pi.storage();
    disk.set_latency(1ms, 1ms);
    disk.put("journal", "0");
    disk.put("settings", "old");
    disk.lie(keeps);
    std::vector<hal::Operation> operations;
    std::size_t answered = 0;
    const auto count = [&](const auto& result) { answered += result.ok(); };
    operations.push_back(disk.replace("settings", "new", count));
    for (int i = 1; i <= 8; ++i) operations.push_back(disk.append("journal", std::to_string(i), count));
    operations.push_back(disk.remove("settings", count));
    world.advance(20ms + wait);
    EXPECT_EQ(answered, 10u);
    pi.power_cut();
    const auto journal = disk.peek("journal").value_or("");
    EXPECT_EQ(journal, std::string{"012345678"}.substr(0, journal.size())) << "the newest go first";
    const auto settings = disk.peek("settings");
    if (journal.size() == 9)
      EXPECT_NE(settings, "old");
    else
      EXPECT_TRUE(settings == "new" || (settings == "old" && journal.size() == 1));
    out.insert(journal.size() - 1);
  }
  return out;
}

TEST(StorageLies, ACardThatLiesLosesTheNewestOfWhatItAnswered) {
  EXPECT_THAT(left_by_a_liar(5s, 0s), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(StorageLies, WhatIsOldEnoughIsSafeAndAnHonestCardLosesNothing) {
  EXPECT_THAT(left_by_a_liar(5s, 6s), ElementsAre(8));
  EXPECT_THAT(left_by_a_liar(0s, 0s), ElementsAre(8));
}

TEST(StorageBounds, TooManyAtOnceAreTurnedAway) {
  World world{1};
  auto& disk = world.add_host("pi").storage();
  std::size_t busy = 0;
  std::size_t done = 0;
  std::vector<hal::Operation> operations;
  for (std::size_t i = 0; i < Storage::kWaitingMax + 3; ++i)
    operations.push_back(disk.append("a", "x", [&](const auto& result) { result.ok() ? ++done : ++busy; }));
  world.advance(10min);
  EXPECT_EQ(busy, 3u);
  EXPECT_EQ(done, Storage::kWaitingMax);
}

TEST(StorageLatency, OneAfterAnotherEachTakesItsTime) {
  World world{1};
  auto& disk = world.add_host("pi").storage();
  disk.set_latency(1ms, 10ms);
  std::vector<hal::Duration> times;
  const auto note = [&](const auto&) { times.push_back(world.now() - hal::Instant{}); };
  const auto first = disk.append("a", "x", note);
  const auto second = disk.read("a", 10, note);
  const auto third = disk.append("a", "x", note);
  world.advance(1s);
  EXPECT_THAT(times, ElementsAre(10ms, 11ms, 21ms));
}

}   // namespace
}   // namespace nightjar::sim
