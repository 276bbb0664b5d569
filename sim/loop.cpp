#include "sim/loop.h"

namespace nightjar::sim {

namespace {

constexpr std::int64_t kBillion = 1'000'000'000;

/// `length` times `times` / `by`, rounded down; whole seconds apart, for the product of a year would not fit.
std::int64_t scaled(std::int64_t length, std::int64_t times, std::int64_t by) { return length / by * times + length % by * times / by; }

struct Timer final : hal::Operation::Shared {
  Timer(Timeline& on, Timeline::Event named) : timeline(on), event(named) {}
  void dropped() noexcept override { timeline.cancel(event); }
  Timeline& timeline;
  Timeline::Event event;
};

}   // namespace

hal::Operation VirtualLoop::at(hal::Instant when, std::function<void()> expired) {
  const auto event = powered_ ? timeline_.at(world(when), owner_, std::move(expired)) : Timeline::Event{};
  return hal::Operation{std::make_shared<Timer>(timeline_, event)};
}

hal::Instant VirtualLoop::local(hal::Instant world) const {
  if (drift_ == 0) return then_ + (world - drifts_since_);
  return then_ + hal::Duration{scaled((world - drifts_since_).count(), kBillion + drift_, kBillion)};
}

hal::Instant VirtualLoop::world(hal::Instant when) const {
  if (drift_ == 0 || when <= then_) return drifts_since_ + (when - then_);
  auto out = drifts_since_ + hal::Duration{scaled((when - then_).count(), kBillion, kBillion + drift_)};
  while (local(out) < when) out += hal::Duration{1};
  return out;
}

void VirtualLoop::set_drift(std::int64_t parts_per_billion) {
  then_ = now();
  drifts_since_ = timeline_.now();
  drift_ = parts_per_billion;
}

void VirtualLoop::set_powered(bool powered) {
  powered_ = powered;
  if (!powered) timeline_.drop_all_of(owner_);
}

}   // namespace nightjar::sim
