#include "app/host_clock.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;

/// Two clocks that are apart and drift, and a network between them that delays each message by what it likes.
struct Wire {
  explicit Wire(unsigned seed) : chance(seed) {
    drift = std::uniform_real_distribution<>{-100e-6, 100e-6}(chance);
    lead = hal::Duration{std::uniform_int_distribution<std::int64_t>{-86'400'000'000'000, 86'400'000'000'000}(chance)};
  }
  hal::Duration host(hal::Instant ours) const {
    const auto passed = ours - hal::Instant{};
    return passed + lead + hal::Duration{std::llround(static_cast<double>((passed - hal::Duration{1h}).count()) * drift)};
  }
  hal::Duration delay() { return shortest + hal::Duration{std::uniform_int_distribution<std::int64_t>{0, jitter.count()}(chance)}; }
  void exchange() {
    const auto there = delay();
    const auto thinking = hal::Duration{std::uniform_int_distribution<std::int64_t>{0, 2'000'000}(chance)};
    const auto back = delay();
    clock.add({now, host(now + there), host(now + there + thinking), now + there + thinking + back});
    now += there + thinking + back;
  }
  /// As a member's heart beats: quickly at first.
  void beat(int quick, int slow) {
    for (int i = 0; i < quick + slow; ++i) {
      exchange();
      now += i < quick ? 100ms : 500ms;
    }
  }
  hal::Duration error() const { return clock.estimate()->host_time(now) - host(now); }

  std::mt19937 chance;
  double drift = 0;
  hal::Duration lead{};
  hal::Duration shortest = 20ms;
  hal::Duration jitter = 60ms;
  hal::Instant now{hal::Duration{1h}};
  HostClock clock;
};

TEST(HostClock, KnowsNothingBeforeTheFirstExchange) { EXPECT_FALSE(HostClock{}.estimate()); }

TEST(HostClock, OneExchangeTellsTheLeadWithinHalfItsRoundTrip) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Wire wire{seed};
    wire.exchange();
    EXPECT_LE(std::chrono::abs(wire.error()), wire.clock.estimate()->bound + 1us) << seed;
    EXPECT_EQ(wire.clock.estimate()->uncertainty, wire.clock.estimate()->bound);
  }
}

/// The true lead is never further away than the bound, whatever the delays; nor, nearly always, than a few times the uncertainty.
TEST(HostClock, TheTruthIsWithinWhatItSays) {
  int beyond = 0;
  int count = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    Wire wire{seed};
    wire.jitter = hal::Duration{1ms} * (1 + seed % 200);
    for (int i = 0; i < 200; ++i) {
      wire.exchange();
      wire.now += i < 100 ? 100ms : 1s;
      const auto& estimate = *wire.clock.estimate();
      ASSERT_LE(std::chrono::abs(wire.error()), estimate.bound + 20us) << seed << " " << i;
      ++count;
      beyond += std::chrono::abs(wire.error()) > 5 * estimate.uncertainty + 20us ? 1 : 0;
    }
  }
  EXPECT_LT(beyond, count / 50) << "of " << count;
}

/// 20 to 80 ms there and back, 100 ppm: some milliseconds after a quarter of a minute of quick beats, one after four minutes.
TEST(HostClock, IsRightToAMillisecondOverAJitteryNetwork) {
  int wrong_soon = 0;
  int wrong_later = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    Wire wire{seed};
    wire.beat(150, 0);
    wrong_soon += std::chrono::abs(wire.error()) > 4ms ? 1 : 0;
    wire.beat(0, 500);
    wrong_later += std::chrono::abs(wire.error()) > 1ms ? 1 : 0;
    EXPECT_NEAR(wire.clock.estimate()->drift, wire.drift, 10e-6) << seed;
  }
  EXPECT_LE(wrong_soon, 2);
  EXPECT_LE(wrong_later, 1);
}

TEST(HostClock, GoesThereAndBackBetweenTheTwoTimes) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    Wire wire{seed};
    wire.beat(50, 5);
    const auto& estimate = *wire.clock.estimate();
    for (const auto ahead : {-10s, 0s, 1s, 3600s}) {
      const auto ours = wire.now + ahead;
      EXPECT_LE(std::chrono::abs(estimate.our_time(estimate.host_time(ours)) - ours), 2ns);
    }
  }
}

TEST(HostClock, WhatIsOldIsForgotten) {
  Wire wire{7};
  wire.beat(50, 0);
  wire.lead += 1s;   // another host's clock, and nobody told
  wire.now += HostClock::kWindow + 1s;
  wire.exchange();
  EXPECT_EQ(wire.clock.exchanges(), 1u);
  EXPECT_LE(std::chrono::abs(wire.error()), wire.clock.estimate()->bound + 1us);
}

TEST(HostClock, RefusesWhatCannotBe) {
  HostClock clock;
  const hal::Instant now{1h};
  EXPECT_FALSE(clock.add({now, 5s, 5s, now - 1ms}));            // heard before it was sent
  EXPECT_FALSE(clock.add({now, 5s, 4s, now + 1s}));             // answered before it was received
  EXPECT_FALSE(clock.add({now, 5s, 6s, now + 100ms}));          // thought about for longer than it took
  EXPECT_FALSE(clock.add({now, 5s, 5s, now + 20s}));
  EXPECT_FALSE(clock.estimate());
  EXPECT_TRUE(clock.add({now, 5s, 5s, now + 10ms}));
}

}  // namespace
}  // namespace nightjar::app
