#pragma once
// The shutter, the sensor and the way to the card: one exposure at a time. Internal to sim/camera.
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/time.h"
#include "sim/camera/answer.h"
#include "sim/camera/camera.h"
#include "sim/camera/card.h"
#include "sim/camera/events.h"
#include "sim/camera/settings.h"

namespace nightjar::sim::camera {

struct ExposureRig {
  hal::Loop& loop;
  const CameraOptions& options;
  const CameraCondition& condition;
  CameraFaults& faults;
  const Settings& settings;
  Card& card;
  Events& events;
  std::function<hal::WallTime()> clock;              // the camera's own
  std::function<std::string(std::string)> address;   // of a file on the card, as events tell it
};

class Exposures {
 public:
  explicit Exposures(ExposureRig rig) : rig_(std::move(rig)), started_(rig_.loop.now()) {}

  /// shutterbutton: pressed and released; answered when the exposure is over.
  void press(bool focus, AnswerPtr answer);
  /// shutterbutton/manual.
  void button(std::string_view action, bool focus, AnswerPtr answer);
  /// During shooting or recording: exposing or writing.
  bool busy() const { return phase_ != Phase::idle; }
  bool exposing() const { return phase_ == Phase::exposing; }
  bool button_held() const { return held_; }
  /// What was being exposed or written is lost.
  void power_cut();

  const std::deque<CameraExposure>& all() const { return exposures_; }
  std::uint64_t count() const { return count_; }
  SkyView view(double exposure_s) const;

 private:
  static constexpr std::size_t kKept = 10'000;   // exposures remembered for tests; the oldest go
  enum class Phase : unsigned char { idle, exposing, writing };

  std::optional<Refusal> refusal(bool focus) const;
  void open(std::optional<hal::Duration> length);
  void close();
  void written();

  ExposureRig rig_;
  hal::Instant started_;
  Phase phase_ = Phase::idle;
  bool held_ = false;   // the manual button is all the way down
  bool bulb_ = false;   // the open exposure ends when the button is let go
  hal::Instant opened_;
  AnswerPtr waiting_;   // for the end of the exposure
  std::deque<CameraExposure> exposures_;
  std::uint64_t count_ = 0;
  hal::Operation timer_;
  hal::Operation answer_timer_;
  hal::Operation press_timer_;
  hal::Operation trailing_;
};

}   // namespace nightjar::sim::camera
