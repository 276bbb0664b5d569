#pragma once
#include "hal/load.h"
#include "hal/time.h"

namespace nightjar::sim {

/// How busy a simulated computer is: as the world says.
class Load final : public hal::Load {
 public:
  explicit Load(hal::Loop& loop) : loop_(loop) {}

  hal::Operation read(std::function<void(const hal::LoadReading&)> done) override {
    const hal::Completion<const hal::LoadReading&> answer{std::move(done)};
    loop_.post([this, answer] {
      if (answer.wanted()) answer(now);
    });
    return answer.operation();
  }

  /// The world's side: change it at will. At first a Pi Zero 2 W that does little.
  hal::LoadReading now{0.04, 512u << 20, 300u << 20};

 private:
  hal::Loop& loop_;
};

}   // namespace nightjar::sim
