#pragma once
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "app/camera_slot.h"
#include "app/hosted.h"
#include "fsm/live_view.h"

namespace nightjar::app {

/// Frames of live view, for all who ask.
class LiveFrames final : private fsm::LiveViewPort {
 public:
  using Done = std::function<void(const hal::Result<std::string>&)>;
  static constexpr std::size_t kWaitingMax = 16;   // who wait for one frame; past it `busy`

  LiveFrames(CameraSlot& camera, Runtime& runtime) : camera_(camera), machine_(runtime, *this) { machine_.start(); }

  /// A JPEG. Answered once; may be from within the call when too many wait already.
  void look(Done done) {
    if (waiting_.size() >= kWaitingMax) return done(hal::Error{hal::ErrorKind::busy, "too many wait for a frame"});
    waiting_.push_back(std::move(done));
    machine_.dispatch(fsm::Look{});
  }
  /// A session begins: whoever waits is told so.
  void look_away() { machine_.dispatch(fsm::LookAway{}); }
  void camera_gone() { machine_.dispatch(fsm::ViewLost{}); }

  const Hosted<fsm::LiveView>& machine() const { return machine_; }

 private:
  void start_view() override { command(&hal::Camera::start_live_view, [this] { machine_.dispatch(fsm::ViewStarted{}); }); }
  void stop_view() override { command(&hal::Camera::stop_live_view, [this] { machine_.dispatch(fsm::ViewStopped{}); }); }
  void fetch_frame() override {
    camera_.ask<std::string>([](hal::Camera& camera, auto done) { return camera.live_view_frame(std::move(done)); },
                             wanted<std::string>([this](std::string frame) {
                               frame_ = std::move(frame);
                               machine_.dispatch(fsm::FrameCame{});
                             }));
  }
  void forget_view() override { ++asked_; }
  void give() override { answer(frame_); }
  void give_refusal() override { answer(refusal_); }
  void give_lost() override { answer(hal::Error{hal::ErrorKind::unreachable, "Camera not available"}); }
  void give_ended() override { answer(hal::Error{hal::ErrorKind::busy, "A session has begun"}); }

  /// Takes the answer to what is asked now, unless it is forgotten meanwhile.
  template <class T, class Then>
  std::function<void(hal::Result<T>)> wanted(Then then) {
    return [this, asked = ++asked_, then](hal::Result<T> result) {
      if (asked != asked_) return;
      if (result.ok()) {
        if constexpr (std::is_void_v<T>) then();
        else then(std::move(result).value());
      } else {
        refusal_ = result.error();
        machine_.dispatch(fsm::ViewRefused{result.error()});
      }
    };
  }
  void command(hal::Operation (hal::Camera::*call)(std::function<void(hal::Result<void>)>), std::function<void()> then) {
    camera_.ask<void>([call](hal::Camera& camera, auto done) { return (camera.*call)(std::move(done)); }, wanted<void>(std::move(then)));
  }
  void answer(const hal::Result<std::string>& result) {
    for (const auto& done : std::exchange(waiting_, {})) done(result);
  }

  CameraSlot& camera_;
  std::string frame_;
  hal::Error refusal_;
  std::uint64_t asked_ = 0;   // the number of what is wanted; answers to others are not
  std::vector<Done> waiting_;
  Hosted<fsm::LiveView> machine_;
};

}  // namespace nightjar::app
