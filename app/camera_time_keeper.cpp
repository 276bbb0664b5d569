#include "app/camera_time_keeper.h"

#include <utility>

namespace nightjar::app {
namespace {

using std::chrono::milliseconds;

constexpr auto kHalfASecond = milliseconds{500};   // it tells full seconds: what it shows is half a second old, more or less

}  // namespace

CameraTimeKeeper::CameraTimeKeeper(hal::WallClock& wall_clock, Runtime& runtime) : wall_clock_(wall_clock), runtime_(runtime), machine_(runtime, *this) {
  machine_.start();
}

void CameraTimeKeeper::compare(Answer answer) {
  if (answer && askers_.size() >= kAskersMax) {
    return runtime_.queue.post([answer = std::move(answer)] { answer(hal::Error{hal::ErrorKind::busy, "Too many ask at once"}); });
  }
  if (answer) askers_.push_back(std::move(answer));
  machine_.dispatch(fsm::CompareClocks{});
}

/// It was read between our asking and its answer.
void CameraTimeKeeper::read() {
  operation_ = read_camera([this, asked = runtime_.now()](const hal::Result<hal::CameraTime>& time) {
    if (!time.ok()) return machine_.answer(operation_, fsm::CameraClockFailed{time.error()});
    time_ = time.value();
    previous_ = time_.utc;
    const auto ours = wall_clock_.now() - std::chrono::duration_cast<milliseconds>((runtime_.now() - asked) / 2);
    machine_.answer(operation_, fsm::CameraClockRead{time_.utc + kHalfASecond - ours});
  });
}

/// In its own zone and with its own daylight saving: what a person has set there stays.
void CameraTimeKeeper::set() {
  time_.utc = std::chrono::round<std::chrono::seconds>(wall_clock_.now());
  operation_ = set_camera(time_, [this](const hal::Result<void>& result) {
    if (result.ok()) machine_.answer(operation_, fsm::CameraClockSet{});
    else machine_.answer(operation_, fsm::CameraClockFailed{result.error()});
  });
}

void CameraTimeKeeper::report_acceptable() { synchronized({previous_, previous_, std::chrono::round<milliseconds>(machine_.context().ahead)}); }

void CameraTimeKeeper::report_set() {
  const auto ahead = std::chrono::round<milliseconds>(machine_.context().ahead);
  runtime_.log.write(hal::LogLevel::info, "camera_clock", "set", {{"was_ahead_ms", std::to_string(ahead.count())}});
  synchronized({previous_, time_.utc, ahead});
}

void CameraTimeKeeper::synchronized(const CameraSync& sync) {
  synchronized_ = true;
  last_sync_ = wall_clock_.now();
  if (on_synchronized) on_synchronized(sync);
  settle(sync);
}

void CameraTimeKeeper::failed_to(const char* text, const hal::Error& error) {
  synchronized_ = false;
  runtime_.log.write(hal::LogLevel::warning, "camera_clock", text, {{"error", error.text()}});
  if (on_failed) on_failed(text, error);
  settle(error);
}

void CameraTimeKeeper::settle(const hal::Result<CameraSync>& result) {
  for (const auto& answer : std::exchange(askers_, {})) answer(result);
  if (on_changed) on_changed();
}

void CameraTimeKeeper::show(TimeSyncView& view) const {
  view.camera_synchronized = synchronized_;
  view.camera_last_sync = last_sync_;
}

}  // namespace nightjar::app
