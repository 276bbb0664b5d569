#pragma once
// Keeps the clock of the camera to ours: pictures are dated by it.
#include <functional>
#include <optional>
#include <vector>

#include "app/hosted.h"
#include "app/messages/time_message.h"
#include "fsm/camera_clock.h"
#include "hal/camera.h"

namespace nightjar::app {

/// The camera's clock as it was found, and as it is.
struct CameraSync {
  hal::WallTime previous{};
  hal::WallTime now{};
  std::chrono::milliseconds ahead{};   // of ours, when it was found
};

class CameraTimeKeeper final : private fsm::CameraClockPort {
 public:
  CameraTimeKeeper(hal::WallClock& wall_clock, Runtime& runtime);

  using Answer = std::function<void(const hal::Result<CameraSync>&)>;
  /// Compares the two, and sets the camera's where it is off. Answered once, when it is known. Who asks while it is being done shares in
  /// it; past kAskersMax of them they are answered `busy`.
  void compare(Answer answer = {});
  static constexpr std::size_t kAskersMax = 64;

  void show(TimeSyncView& view) const;
  const Hosted<fsm::CameraClock>& machine() const { return machine_; }

  // Asked of the camera there is.
  std::function<hal::Operation(std::function<void(hal::Result<hal::CameraTime>)>)> read_camera;
  std::function<hal::Operation(const hal::CameraTime&, std::function<void(hal::Result<void>)>)> set_camera;
  // What happened; the wiring decides who hears.
  std::function<void(const CameraSync&)> on_synchronized;
  std::function<void(const char* error, const hal::Error& why)> on_failed;
  std::function<void()> on_changed;

 private:
  void read() override;
  void set() override;
  void forget() override { operation_.drop(); }
  void report_acceptable() override;
  void report_set() override;
  void report_not_read(const fsm::CameraClockFailed& failed) override { failed_to("Camera time cannot be read", failed.error); }
  void report_rejected(const fsm::CameraClockFailed& failed) override { failed_to("Camera rejected time change", failed.error); }
  void report_silent() override { failed_to("Camera did not answer", {hal::ErrorKind::timed_out, "no answer in time"}); }

  void synchronized(const CameraSync& sync);
  void failed_to(const char* text, const hal::Error& error);
  void settle(const hal::Result<CameraSync>& result);

  hal::WallClock& wall_clock_;
  Runtime& runtime_;
  hal::CameraTime time_;                       // as read, or as it shall be
  hal::WallTime previous_{};                   // as it was when it was read
  bool synchronized_ = false;
  std::optional<hal::WallTime> last_sync_;
  std::vector<Answer> askers_;
  hal::Operation operation_;
  Hosted<fsm::CameraClock> machine_;
};

}  // namespace nightjar::app
