#pragma once
// What is asked of the camera and has not been answered yet. Whoever asked is answered, also when the camera goes away meanwhile.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "app/queue.h"
#include "hal/camera.h"

namespace nightjar::app {

class CameraAsks {
 public:
  static constexpr std::size_t kWaitingMax = 32;   // the driver itself takes no more than eight at a time; past it `busy`

  explicit CameraAsks(Queue& queue) : queue_(queue) {}

  /// Answered once, never from within this call. No camera: `unreachable`.
  template <class T>
  void add(hal::Camera* camera, const std::function<hal::Operation(hal::Camera&, std::function<void(hal::Result<T>)>)>& ask, std::function<void(hal::Result<T>)> done) {
    if (camera == nullptr) return later([done = std::move(done)] { done(gone()); });
    if (waiting_.size() >= kWaitingMax) return later([done = std::move(done)] { done(hal::Error{hal::ErrorKind::busy, "too many requests wait for the camera"}); });
    const auto id = ++last_id_;
    const auto shared = std::make_shared<std::function<void(hal::Result<T>)>>(std::move(done));
    auto& waiting = waiting_[id];
    waiting.abandon = [shared] { (*shared)(gone()); };
    waiting.operation = ask(*camera, [this, id, shared](hal::Result<T> result) {
      const auto self = waiting_.extract(id);   // this callback is part of it
      (*shared)(std::move(result));
    });
  }

  /// The camera is not there any more: all who wait are told so.
  void abandon_all() {
    for (auto& [id, waiting] : std::exchange(waiting_, {})) later(std::move(waiting.abandon));
  }

 private:
  struct Waiting {
    hal::Operation operation;
    std::function<void()> abandon;
  };
  static hal::Error gone() { return {hal::ErrorKind::unreachable, "Camera not available"}; }
  void later(std::function<void()> answer) { queue_.post(std::move(answer)); }

  Queue& queue_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_id_ = 0;
};

}  // namespace nightjar::app
