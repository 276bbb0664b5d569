#pragma once
// What a person does at the camera from afar besides taking photos: its settings, its batteries and cards, a look through its lens.
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/camera_slot.h"
#include "app/live_frames.h"

namespace nightjar::app {

/// A frame of live view that somebody wanted to keep for a while.
struct LiveCapture {
  std::string id;   // "1", "2", ... since the program started
  hal::WallTime at{};
  std::string jpeg;
};

class CameraControl {
 public:
  /// Captures live in memory, the newest few: when there are more, or they are larger together, the oldest go.
  static constexpr std::size_t kCapturesMax = 10;
  static constexpr std::size_t kCaptureBytesMax = 4u << 20;

  CameraControl(CameraSlot& camera, Runtime& runtime, hal::WallClock& wall_clock);

  template <class T>
  using Done = std::function<void(hal::Result<T>)>;
  /// Each is answered once, later than the call; errors are hal::Camera's, and `unreachable` without a camera.
  void settings(Done<std::vector<hal::CameraSetting>> done);
  /// `value` is JSON. Answers what the camera says afterwards; all hear of it by on_setting_changed.
  void set(std::string name, std::string value, Done<hal::CameraSetting> done);
  void batteries(Done<std::vector<hal::CameraBattery>> done);
  void cards(Done<std::vector<hal::CameraCard>> done);
  /// Keeps a frame. `busy` while a session runs, for live view warms the camera and is in the way of photos.
  void capture(Done<std::shared_ptr<const LiveCapture>> done);

  /// Oldest first.
  const std::deque<std::shared_ptr<const LiveCapture>>& captures() const { return captures_; }
  std::shared_ptr<const LiveCapture> find_capture(std::string_view id) const;
  /// False when there is none of that id.
  bool remove_capture(std::string_view id);
  void clear_captures() { captures_.clear(); }

  /// As the camera told it last.
  bool is_bulb() const;

  // What happens elsewhere; the wiring tells.
  void hear(const hal::CameraNews& news);
  void camera_gone();
  void session_began() { frames_.look_away(); }

  std::function<bool()> is_session_running;                                // asked, not told
  std::function<void(const hal::CameraSetting&)> on_setting_changed;       // here, by another program, or at the camera itself
  const Hosted<fsm::LiveView>& live_view() const { return frames_.machine(); }

 private:
  void learn(const hal::CameraSetting& setting);
  void read_all();
  std::shared_ptr<const LiveCapture> keep(std::string jpeg);

  CameraSlot& camera_;
  Runtime& runtime_;
  hal::WallClock& wall_clock_;
  std::map<std::string, std::string> known_;   // values by name, as the camera told them last; at most kSettingsMax
  std::deque<std::shared_ptr<const LiveCapture>> captures_;
  bool read_ = false;   // all settings, since the camera is there: its news tell only what has changed since somebody asked, perhaps before a power cut
  std::uint64_t last_capture_ = 0;
  LiveFrames frames_;
};

}  // namespace nightjar::app
