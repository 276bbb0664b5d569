#pragma once
#include <utility>

#include "hal/time.h"

namespace nightjar::sim {

/// What one device believes the time to be: the world's monotonic time, a drift, and whatever steps it has taken since.
class WallClock final : public hal::WallClock {
 public:
  explicit WallClock(hal::Loop& loop) : loop_(loop), base_(loop.now()) {}

  hal::WallTime now() const override { return std::chrono::floor<std::chrono::milliseconds>(exact()); }
  std::chrono::seconds utc_offset(hal::WallTime) const override { return utc_offset_; }
  hal::Operation set(hal::WallTime time, std::function<void(hal::Result<void>)> done) override {
    const hal::Completion<hal::Result<void>> answer{std::move(done)};
    loop_.post([this, time, answer] {
      if (!answer.wanted()) return;
      if (denied_) return answer(hal::Error{hal::ErrorKind::denied, "this process may not set the clock"});
      jump_to(time);
      answer({});
    });
    return answer.operation();
  }

  // ---- the world's side

  void jump_to(hal::WallTime time) {
    base_ = loop_.now();
    at_base_ = time;
  }
  void step(hal::Duration by) {
    at_base_ = exact() + by;
    base_ = loop_.now();
  }
  /// Parts per million; a Pi's crystal is good to about 30.
  void set_drift(double ppm) {
    step(hal::Duration{0});
    drift_ppm_ = ppm;
  }
  void set_utc_offset(std::chrono::seconds offset) { utc_offset_ = offset; }
  void deny_set(bool denied) { denied_ = denied; }

  /// 2026-06-15 20:00 UTC, an evening of the year with a short night.
  static constexpr hal::WallTime kFirstEvening{std::chrono::sys_days{std::chrono::year{2026} / 6 / 15} + std::chrono::hours{20}};

 private:
  using Exact = std::chrono::sys_time<hal::Duration>;
  Exact exact() const {
    const auto passed = loop_.now() - base_;
    return at_base_ + passed + hal::Duration{static_cast<hal::Duration::rep>(static_cast<double>(passed.count()) * drift_ppm_ * 1e-6)};
  }

  hal::Loop& loop_;
  hal::Instant base_;
  Exact at_base_ = kFirstEvening;
  double drift_ppm_ = 0;
  std::chrono::seconds utc_offset_{0};
  bool denied_ = false;
};

}   // namespace nightjar::sim
