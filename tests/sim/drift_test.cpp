// Two devices never agree about how long a second is.
#include <gtest/gtest.h>

#include <chrono>

#include "sim/world.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;

struct Drift : ::testing::Test {
  World world{1};
  Host& fast = world.add_host("fast", hal::IpAddress::v4(10, 0, 0, 1));
  Host& slow = world.add_host("slow", hal::IpAddress::v4(10, 0, 0, 2));
};

TEST_F(Drift, ClocksComeApartAndWallClocksWithThem) {
  fast.loop().set_drift(30'000);
  slow.loop().set_drift(-30'000);
  world.advance(100'000s);
  EXPECT_EQ(fast.loop().now(), hal::Instant{100'003s});
  EXPECT_EQ(slow.loop().now(), hal::Instant{99'997s});
  EXPECT_EQ(fast.wall_clock().now() - WallClock::kFirstEvening, 100'003s);
  fast.loop().set_drift(0);
  world.advance(10s);
  EXPECT_EQ(fast.loop().now(), hal::Instant{100'013s});
}

TEST_F(Drift, ATimerExpiresByItsOwnClockAndNeverBefore) {
  for (const std::int64_t drift : {1, -1, 7, 29'999, -30'001, 500'000'000, -333'333'333}) {
    World alone{1};
    auto& loop = alone.add_host("pi").loop();
    alone.advance(123'456'789ns);
    loop.set_drift(drift);
    for (const auto length : {1ns, 2ns, 3ns, 999ns, 1'000'000'007ns, 3'600'000'000'001ns}) {
      const auto due = loop.now() + length;
      std::optional<hal::Instant> expired;
      const auto timer = loop.at(due, [&] { expired = loop.now(); });
      alone.advance(2 * length + 10ns);
      ASSERT_TRUE(expired);
      EXPECT_GE(*expired, due) << drift;
      EXPECT_LE(*expired - due, 2ns) << drift;   // what one nanosecond of the world can be here
    }
  }
}

TEST_F(Drift, ATenYearsOldClockStillCountsWithoutOverflow) {
  fast.loop().set_drift(30'000);
  world.advance(24h * 3650);
  EXPECT_EQ(fast.loop().now(), hal::Instant{24h * 3650} + std::chrono::nanoseconds{24h * 3650} / 1'000'000 * 30);
}

TEST_F(Drift, TheWiresAndTheDiskKeepTheWorldsTime) {
  slow.loop().set_drift(-500'000'000);
  slow.storage().set_latency(1ms, 10ms);
  const auto began = world.now();
  hal::Duration wrote{};
  const auto write = slow.storage().append("a", "x", [&](const auto&) { wrote = world.now() - began; });
  hal::Duration gave_up{};
  const auto attempt = slow.network().connect({hal::IpAddress::v4(10, 0, 0, 77), 80}, 10s, [&](const auto&) { gave_up = world.now() - began; });
  world.advance(1min);
  EXPECT_EQ(wrote, 10ms);
  EXPECT_EQ(gave_up, 3s);
}

}   // namespace
}   // namespace nightjar::sim
