#pragma once
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
      reading.uptime = loop_.now() - started_;
      answer(reading);
    });
    return answer.operation();
  }

  // ---- the world's side

  /// All but the uptime, which counts by itself; change it at will.
  hal::PowerReading fitted;
  /// The system has started again.
  void restart() { started_ = loop_.now(); }

 private:
  hal::Loop& loop_;
  hal::Instant started_;
};

}   // namespace nightjar::sim
