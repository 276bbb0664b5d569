#pragma once
// The clock of a session's host, as a guest knows it from the four timestamps of each heartbeat.
//
// A heartbeat leaves at t1 (ours), comes at t2 and is answered at t3 (the host's), and the answer comes at t4 (ours). t2 - t1 is the
// host's lead plus the delay there, so all points (t1, t2 - t1) lie above the line of the true lead; all (t4, t3 - t4) lie below it.
// Both clocks are quartzes, so that the lead is a straight line over some minutes. Of the lines that separate the two sets the one with
// the widest gap to both is taken: only the quickest messages of each direction touch it, whatever the others were delayed by. What no
// exchange of messages can tell is a difference of the shortest delays there and back; half of that remains.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "hal/time.h"

namespace nightjar::app {

struct Exchange {
  hal::Instant sent;               // t1, ours
  hal::Duration received{};        // t2, the host's, from its epoch
  hal::Duration answered{};        // t3, the host's
  hal::Instant heard;              // t4, ours
};

/// Pure arithmetic: no clock of its own.
class HostClock {
 public:
  static constexpr std::size_t kKept = 1024;                             // exchanges; the oldest go
  static constexpr auto kWindow = std::chrono::minutes{10};              // and those that are older than this
  static constexpr double kDriftMax = 300e-6;                            // two quartzes of +-100 ppm, and some
  static constexpr auto kDelayMax = std::chrono::seconds{10};            // an exchange that took longer says nothing

  /// Takes the exchange in; false for one that cannot be: answered before it was sent, or too slow.
  bool add(const Exchange& exchange);
  void clear();

  struct Estimate {
    hal::Duration lead{};          // host's clock less ours, at `at`
    hal::Instant at;
    double drift = 0;              // how fast the lead grows
    hal::Duration uncertainty{};   // of the lead: from how far apart the quickest messages of each direction are
    hal::Duration bound{};         // half the quickest round trip: the lead is not wrong by more, whatever the network does
    hal::Duration delay{};         // the quickest round trip

    hal::Duration host_time(hal::Instant ours) const;
    hal::Instant our_time(hal::Duration hosts) const;
  };
  /// As of the last exchange; nothing before the first. Computed when it is asked for (a tenth of a millisecond on a desk).
  const std::optional<Estimate>& estimate() const;
  std::size_t exchanges() const { return count_; }

 private:
  struct Point {
    double at = 0;                 // s since base_, ours
    double lead = 0;               // s, less base_lead_
  };
  struct Gap {
    double above = 0;              // the lowest of the upper points, at that slope
    double below = 0;              // the highest of the lower ones
  };
  Gap gap(double drift) const;
  Estimate fit(hal::Instant now) const;

  std::array<Point, kKept> there_{};
  std::array<Point, kKept> back_{};
  std::array<hal::Instant, kKept> heard_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  hal::Instant base_{};            // so that doubles keep nanoseconds: set anew when there is nothing
  hal::Duration base_lead_{};
  mutable std::optional<Estimate> estimate_;
  mutable bool fitted_ = true;
};

}  // namespace nightjar::app
