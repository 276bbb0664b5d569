#pragma once
#include <algorithm>
#include <cstdint>

#include "fsm/sml/sml.h"
#include "sim/device.h"
#include "sim/findings.h"

namespace nightjar::sim {

/// Watches one device's shutter against what its camera itself has seen: each press has one cause and comes in its time, each photo that
/// counts as taken was answered by the camera, no two exposures overlap, no button stays down.
class WatchShutter {
 public:
  WatchShutter(Findings& findings, CameraUnit& unit) : findings_(findings), unit_(unit) {}

  void stepped(const sml::Step& step);
  void powered_off();
  /// The network is not itself until then: what was sent may arrive late.
  void disturbed(hal::Instant until) { disturbed_until_ = std::max(disturbed_until_, until); }
  /// From time to time. `may_talk`: the device runs and is connected to the camera.
  void look(bool may_talk);

  std::uint64_t presses() const { return presses_; }
  std::uint64_t exposures() const { return exposures_; }

 private:
  void read_presses();
  void read_exposures();

  Findings& findings_;
  CameraUnit& unit_;
  std::uint64_t causes_ = 0;      // times the capture machine has asked for a photo
  std::uint64_t presses_ = 0;
  std::uint64_t exposures_ = 0;
  hal::Instant last_press_{hal::Duration{-1}};
  hal::Instant last_opened_{hal::Duration{-1}};
  hal::Instant last_closed_{};
  bool exposing_ = false;
  hal::Instant asked_{};          // when the photo being taken was asked for
  hal::Instant disturbed_until_{};
  hal::Instant up_or_talkless_{}; // when the button was last seen up, or nobody could have released it
};

}   // namespace nightjar::sim
