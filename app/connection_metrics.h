#pragma once
// What is counted of the uplink, by the seed's list: how often it succeeds, how long it is away, how often it gives up, and why it was lost.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "fsm/connection.h"
#include "hal/time.h"

namespace nightjar::app {

class ConnectionMetrics {
 public:
  /// The machine went from one state to another, with this trouble after it. Reads nothing but the names of states.
  void changed(std::string_view from, std::string_view to, fsm::Connection::Trouble trouble, hal::Instant now);

  std::uint64_t connected() const { return connected_; }
  std::uint64_t errors() const { return errors_[0] + errors_[1] + errors_[2]; }
  /// connected / (connected + error); 1 before there was either.
  double success_rate() const;
  /// Times all attempts were made in vain.
  std::uint64_t retries_exhausted() const { return errors_[kNetwork] + errors_[kRefused]; }
  /// From a loss to the next opening.
  std::optional<hal::Duration> average_reconnection() const;

  enum Cause : std::size_t { kByNetwork, kByAuth, kByUser };
  std::uint64_t disconnections(Cause cause) const { return disconnections_[cause]; }

  /// Prometheus's text format, version 0.0.4; `state` is the one it is in now.
  std::string prometheus(std::string_view state) const;

 private:
  enum Reason : std::size_t { kAuth, kRefused, kNetwork };

  std::uint64_t connected_ = 0;
  std::array<std::uint64_t, 3> errors_{};           // by Reason
  std::array<std::uint64_t, 3> disconnections_{};   // by Cause
  std::uint64_t reconnections_ = 0;
  hal::Duration reconnecting_{};                    // all of them together
  std::optional<hal::Instant> lost_;
};

}  // namespace nightjar::app
