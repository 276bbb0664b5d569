#include "app/host_clock.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nightjar::app {
namespace {

constexpr int kSteps = 40;                   // of the search for the slope: to 0.3 parts in 10^12
constexpr std::size_t kQuickest = 8;         // so many messages of a direction say how dense they are near the quickest
constexpr std::size_t kEnoughForDrift = 16;  // with fewer the slope is noise
constexpr double kLean = 4;                  // the fit leans on a few messages, and is wrong by some four of their steps (measured)

hal::Duration of_seconds(double seconds) { return hal::Duration{std::llround(seconds * 1e9)}; }

}  // namespace

hal::Duration HostClock::Estimate::host_time(hal::Instant ours) const {
  return ours.time_since_epoch() + lead + of_seconds(hal::in_seconds(ours - at) * drift);
}

hal::Instant HostClock::Estimate::our_time(hal::Duration hosts) const {
  const auto since = hosts - (at.time_since_epoch() + lead);   // by the host's clock
  return at + since - of_seconds(hal::in_seconds(since) * drift / (1 + drift));
}

void HostClock::clear() {
  next_ = count_ = 0;
  estimate_.reset();
  fitted_ = true;
}

bool HostClock::add(const Exchange& exchange) {
  const auto there_and_back = (exchange.heard - exchange.sent) - (exchange.answered - exchange.received);
  if (exchange.heard < exchange.sent || exchange.answered < exchange.received || there_and_back < hal::Duration{0} ||
      there_and_back > hal::Duration{kDelayMax})
    return false;
  if (count_ == 0) {
    there_.resize(kKept);
    back_.resize(kKept);
    heard_.resize(kKept);
    base_ = exchange.sent;
    base_lead_ = exchange.received - exchange.sent.time_since_epoch();
  }
  there_[next_] = {hal::in_seconds(exchange.sent - base_), hal::in_seconds(exchange.received - exchange.sent.time_since_epoch() - base_lead_)};
  back_[next_] = {hal::in_seconds(exchange.heard - base_), hal::in_seconds(exchange.answered - exchange.heard.time_since_epoch() - base_lead_)};
  heard_[next_] = exchange.heard;
  next_ = (next_ + 1) % kKept;
  count_ = std::min(count_ + 1, kKept);
  while (count_ > 1 && exchange.heard - heard_[(next_ + kKept - count_) % kKept] > hal::Duration{kWindow}) --count_;
  fitted_ = false;
  return true;
}

const std::optional<HostClock::Estimate>& HostClock::estimate() const {
  if (!fitted_) estimate_ = fit(heard_[(next_ + kKept - 1) % kKept]);
  fitted_ = true;
  return estimate_;
}

/// At a slope that is wrong the two sets close up: the gap is a concave function of the slope, with its top at the right one.
HostClock::Gap HostClock::gap(double drift) const {
  Gap out{1e300, -1e300};
  for (std::size_t i = 0; i < count_; ++i) {
    const auto slot = (next_ + kKept - count_ + i) % kKept;
    out.above = std::min(out.above, there_[slot].lead - drift * there_[slot].at);
    out.below = std::max(out.below, back_[slot].lead - drift * back_[slot].at);
  }
  return out;
}

HostClock::Estimate HostClock::fit(hal::Instant now) const {
  const auto width = [this](double drift) {
    const auto at = gap(drift);
    return at.above - at.below;
  };
  double low = -kDriftMax;
  double high = kDriftMax;
  for (int step = 0; step < kSteps && count_ >= kEnoughForDrift; ++step) {
    const double first = low + (high - low) / 3;
    const double second = high - (high - low) / 3;
    if (width(first) < width(second)) low = first;
    else high = second;
  }
  const double drift = (low + high) / 2;   // 0 while there are too few
  const auto edges = gap(drift);

  std::array<double, kKept> there{};
  std::array<double, kKept> back{};
  for (std::size_t i = 0; i < count_; ++i) {
    const auto slot = (next_ + kKept - count_ + i) % kKept;
    there[i] = there_[slot].lead - drift * there_[slot].at - edges.above;
    back[i] = edges.below - (back_[slot].lead - drift * back_[slot].at);
  }
  // Near the quickest, messages come at even steps; the quickest of all is about one such step from the shortest delay there is.
  const auto rank = std::min(kQuickest, count_) - 1;
  const auto nth = [this, rank](auto& excess) {
    std::nth_element(excess.begin(), excess.begin() + static_cast<std::ptrdiff_t>(rank), excess.begin() + static_cast<std::ptrdiff_t>(count_));
    return rank == 0 ? 0.0 : excess[rank] / static_cast<double>(rank);
  };
  const double step = kLean * std::hypot(nth(there), nth(back)) / 2;
  const double half = std::max(0.0, (edges.above - edges.below) / 2);

  Estimate out;
  out.at = now;
  out.lead = base_lead_ + of_seconds((edges.above + edges.below) / 2 + drift * hal::in_seconds(now - base_));
  out.drift = drift;
  out.bound = of_seconds(half);
  out.delay = of_seconds(2 * half);
  out.uncertainty = rank == 0 ? out.bound : std::min(out.bound, of_seconds(step));
  return out;
}

}  // namespace nightjar::app
