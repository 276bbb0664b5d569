#pragma once
#include <algorithm>
#include <utility>

#include "hal/power.h"
#include "hal/time.h"

namespace nightjar::sim {

/// What feeds a simulated device: whatever the world says. At first nothing is fitted but the clock since its start.
class Power final : public hal::Power {
 public:
  explicit Power(hal::Loop& loop) : loop_(loop), started_(loop.now()) {}

  hal::Operation read(std::function<void(const hal::PowerReading&)> done) override {
    const hal::Completion<const hal::PowerReading&> answer{std::move(done)};
    loop_.post([this, answer] {
      if (!answer.wanted()) return;
      auto reading = fitted;
      if (runs_down()) {
        reading.battery = left();
        reading.charging = false;
        reading.under_voltage = left() < kLow;
      }
      reading.uptime = loop_.now() - started_;
      answer(reading);
    });
    return answer.operation();
  }

  // ---- the world's side

  /// All but the uptime, which counts by itself; change it at will.
  hal::PowerReading fitted;
  /// From now on it lives on a battery with `percent` left of a charge that lasts `full`; below kLow percent the voltage is too
  /// low. It ends when the system starts again.
  void run_down(int percent, hal::Duration full) {
    percent_ = percent;
    full_ = full;
    since_ = loop_.now();
    end_ = loop_.at(since_ + full / 100 * percent, [this] {
      if (on_empty) on_empty();
    });
  }
  /// Called when the battery is empty, which is when somebody cuts the power; may be empty.
  std::function<void()> on_empty;
  /// The system has started again.
  void restart() {
    started_ = loop_.now();
    full_ = {};
    end_.drop();
  }

  static constexpr int kLow = 10;   // percent

 private:
  bool runs_down() const { return full_.count() > 0; }
  int left() const { return std::max(0, percent_ - static_cast<int>((loop_.now() - since_) / (full_ / 100))); }

  hal::Loop& loop_;
  hal::Instant started_;
  int percent_ = 0;
  hal::Duration full_{};
  hal::Instant since_{};
  hal::Operation end_;
};

}   // namespace nightjar::sim
