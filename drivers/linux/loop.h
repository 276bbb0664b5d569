#pragma once
// The one thread everything runs on, and what the other drivers of this folder hang on it: descriptors, signals, and the
// way back from a worker thread.
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>

#include "hal/operation.h"
#include "hal/time.h"

namespace asio {
class io_context;
}

namespace nightjar::os {

/// The loop on standalone Asio (epoll); the clock is CLOCK_MONOTONIC, which counts from the start of the system and stands
/// still while it sleeps. The thread that calls run() or turn() is the loop thread, and there is one.
///
/// It outlives everything constructed on it. What is still posted when it is destroyed is destroyed without being called.
class AsioLoop final : public hal::Loop {
 public:
  AsioLoop();
  ~AsioLoop() override;
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  // hal::Loop
  hal::Instant now() const override;
  hal::Operation at(hal::Instant when, std::function<void()> expired) override;
  void post(std::function<void()> task) override;

  /// Runs until stop(). May be called again afterwards.
  void run();
  /// Ends run() after the callback that calls it; what is ready besides stays for the next run(). Loop thread only.
  void stop();
  /// Waits up to `patience` for something to be ready and runs one callback; false when nothing was.
  bool turn(hal::Duration patience);

  /// post() from any thread. Tasks of one thread keep their order.
  void post_from_any_thread(std::function<void()> task);

  /// Calls `arrived` on the loop with the signal's number each time one of `signals` arrives, until the handle is dropped.
  /// While it is held they do not end the process. Throws std::system_error when a number is no signal that can be caught.
  [[nodiscard]] hal::Operation on_signal(std::initializer_list<int> signals, std::function<void(int)> arrived);

  /// Calls `ready` as long as there is something to read from `fd` (or it has failed or hung up), once a turn, until the handle
  /// is dropped, which may happen within `ready`. The descriptor stays the caller's; the watch keeps a duplicate, so
  /// what it stands for is released only when the watch is dropped too. Throws std::system_error for what cannot be polled (a regular
  /// file).
  [[nodiscard]] hal::Operation readable(int fd, std::function<void()> ready);
  /// The same for room to write.
  [[nodiscard]] hal::Operation writable(int fd, std::function<void()> ready);

  /// For the drivers of this folder.
  asio::io_context& context();

 private:
  struct Timers;
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace nightjar::os
