#include "drivers/linux/clocks.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include "tests/drivers/linux/loop_turning.h"

namespace nightjar::os {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

constexpr hal::WallTime kWinter{sys_days{year{2031} / 1 / 15} + 12h};
constexpr hal::WallTime kSummer{sys_days{year{2031} / 7 / 15} + 12h};

/// Sets TZ; what it was comes back at the end.
class TimeZone {
 public:
  explicit TimeZone(const char* rule) {
    if (const char* was = std::getenv("TZ")) was_ = was;
    ::setenv("TZ", rule, 1);
  }
  ~TimeZone() {
    was_ ? ::setenv("TZ", was_->c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }

 private:
  std::optional<std::string> was_;
};

timespec set_to{};

TEST(SystemWallClock, KnowsDaylightSavingAndSeesTheTimeZoneChange) {
  AsioLoop loop;
  const SystemWallClock clock{loop};
  {
    const TimeZone berlin{"CET-1CEST,M3.5.0,M10.5.0/3"};
    EXPECT_EQ(clock.utc_offset(kWinter), 1h);
    EXPECT_EQ(clock.utc_offset(kSummer), 2h);
    EXPECT_EQ(clock.utc_offset(hal::WallTime{sys_days{year{2031} / 3 / 30} + 1h} - 1ms), 1h);
    EXPECT_EQ(clock.utc_offset(hal::WallTime{sys_days{year{2031} / 3 / 30} + 1h}), 2h);
  }
  const TimeZone newfoundland{"NST3:30NDT,M3.2.0,M11.1.0"};
  EXPECT_EQ(clock.utc_offset(kWinter), -(3h + 30min));
  EXPECT_EQ(clock.utc_offset(kSummer), -(2h + 30min));
}

TEST(SystemWallClock, SetsTheSystemsClockToTheMillisecond) {
  AsioLoop loop;
  SystemWallClock clock{loop, [](clockid_t id, const timespec* time) {
                          set_to = *time;
                          return id == CLOCK_REALTIME ? 0 : -1;
                        }};
  std::optional<hal::Result<void>> answer;
  const auto setting = clock.set(kSummer + 7ms, [&](hal::Result<void> result) { answer = std::move(result); });
  ASSERT_TRUE(turn_until(loop, [&] { return answer.has_value(); }));
  EXPECT_TRUE(answer->ok());
  EXPECT_EQ(set_to.tv_sec, std::chrono::floor<std::chrono::seconds>(kSummer.time_since_epoch()).count());
  EXPECT_EQ(set_to.tv_nsec, 7'000'000);
}

TEST(SystemWallClock, IsDeniedToAProcessThatMayNot) {
  AsioLoop loop;
  SystemWallClock clock{loop, [](clockid_t, const timespec*) {
                          errno = EPERM;
                          return -1;
                        }};
  std::optional<hal::Result<void>> answer;
  const auto setting = clock.set(kSummer, [&](hal::Result<void> result) { answer = std::move(result); });
  ASSERT_TRUE(turn_until(loop, [&] { return answer.has_value(); }));
  ASSERT_FALSE(answer->ok());
  EXPECT_EQ(answer->error(), (hal::Error{hal::ErrorKind::denied, "system clock: operation not permitted"}));
}

TEST(SystemWallClock, MayNotBeSetUnlessSomebodySaysSo) {
  AsioLoop loop;
  SystemWallClock clock{loop};
  const auto before = clock.now();
  std::optional<hal::Result<void>> answer;
  const auto setting = clock.set(kSummer, [&](hal::Result<void> result) { answer = std::move(result); });
  ASSERT_TRUE(turn_until(loop, [&] { return answer.has_value(); }));
  ASSERT_FALSE(answer->ok());
  EXPECT_EQ(answer->error(), (hal::Error{hal::ErrorKind::denied, "this computer's clock is not ours to set"}));
  EXPECT_LT(std::chrono::abs(clock.now() - before), 1min) << "and it was not";
}

TEST(SystemWallClock, DroppedBeforeTheAnswerNothingIsSet) {
  AsioLoop loop;
  set_to = {};
  SystemWallClock clock{loop, [](clockid_t, const timespec* time) {
                          set_to = *time;
                          return 0;
                        }};
  clock.set(kSummer, [](const hal::Result<void>&) {}).drop();
  let_pass(loop, 2ms);
  EXPECT_EQ(set_to.tv_sec, 0);
}

}   // namespace
}   // namespace nightjar::os
