#pragma once
#include "hal/time.h"
#include "sim/timeline.h"

namespace nightjar::sim {

/// One device's share of the time line: its tasks and timers are its own, so that cutting its power drops exactly these.
/// While the power is off, what is asked of it is forgotten without an answer.
///
/// Its clock is the world's until it drifts; who compares the clocks of two devices finds them apart.
class VirtualLoop final : public hal::Loop {
 public:
  VirtualLoop(Timeline& timeline, Timeline::Owner owner) : timeline_(timeline), owner_(owner) {}

  hal::Instant now() const override { return local(timeline_.now()); }
  hal::Operation at(hal::Instant when, std::function<void()> expired) override;
  void post(std::function<void()> task) override {
    if (powered_) timeline_.at(timeline_.now(), owner_, std::move(task));
  }

  Timeline& timeline() { return timeline_; }
  Timeline::Owner owner() const { return owner_; }
  bool powered() const { return powered_; }
  void set_powered(bool powered);

  /// From now on its quartz gains so many parts in a thousand million (negative: loses); a Pi's is good to about 30 000. Timers
  /// that are armed already keep their moment of the world, so it is set before the program starts.
  void set_drift(std::int64_t parts_per_billion);

 private:
  hal::Instant local(hal::Instant world) const;
  /// The first moment of the world at which it is `when` here.
  hal::Instant world(hal::Instant when) const;

  Timeline& timeline_;
  Timeline::Owner owner_;
  bool powered_ = true;
  std::int64_t drift_ = 0;         // parts per thousand million
  hal::Instant drifts_since_{};    // of the world
  hal::Instant then_{};            // what it was here
};

}   // namespace nightjar::sim
