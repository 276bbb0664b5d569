#pragma once
#include "hal/time.h"
#include "sim/timeline.h"

namespace nightjar::sim {

/// One device's share of the time line: its tasks and timers are its own, so that cutting its power drops exactly these.
/// While the power is off, what is asked of it is forgotten without an answer.
class VirtualLoop final : public hal::Loop {
 public:
  VirtualLoop(Timeline& timeline, Timeline::Owner owner) : timeline_(timeline), owner_(owner) {}

  hal::Instant now() const override { return timeline_.now(); }
  hal::Operation at(hal::Instant when, std::function<void()> expired) override;
  void post(std::function<void()> task) override {
    if (powered_) timeline_.at(timeline_.now(), owner_, std::move(task));
  }

  Timeline& timeline() { return timeline_; }
  Timeline::Owner owner() const { return owner_; }
  bool powered() const { return powered_; }
  void set_powered(bool powered);

 private:
  Timeline& timeline_;
  Timeline::Owner owner_;
  bool powered_ = true;
};

}   // namespace nightjar::sim
