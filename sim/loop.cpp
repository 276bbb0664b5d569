#include "sim/loop.h"

namespace nightjar::sim {

namespace {

struct Timer final : hal::Operation::Shared {
  Timer(Timeline& on, Timeline::Event named) : timeline(on), event(named) {}
  void dropped() noexcept override { timeline.cancel(event); }
  Timeline& timeline;
  Timeline::Event event;
};

}   // namespace

hal::Operation VirtualLoop::at(hal::Instant when, std::function<void()> expired) {
  const auto event = powered_ ? timeline_.at(when, owner_, std::move(expired)) : Timeline::Event{};
  return hal::Operation{std::make_shared<Timer>(timeline_, event)};
}

void VirtualLoop::set_powered(bool powered) {
  powered_ = powered;
  if (!powered) timeline_.drop_all_of(owner_);
}

}   // namespace nightjar::sim
