#pragma once
// The one queue of the program: every machine's events wait here in order, so that a trace reads cause before effect.
#include <cstddef>
#include <deque>
#include <functional>

#include "hal/log.h"
#include "hal/time.h"

namespace nightjar::app {

/// Events are handed over one by one, later than post(), on the loop thread. Loop thread only.
class Queue {
 public:
  /// Far above what a night brings (a few hundred clients times a status); past it an event is dropped, counted and logged.
  static constexpr std::size_t kWaitingMax = 65'536;

  Queue(hal::Loop& loop, hal::Log& log) : loop_(loop), log_(log), alive_(std::make_shared<bool>(true)) {}

  void post(std::function<void()> event) {
    if (waiting_.size() >= kWaitingMax) {
      if (dropped_++ == 0) log_.write(hal::LogLevel::error, "queue", "the event queue is full; events are dropped");
      return;
    }
    waiting_.push_back(std::move(event));
    if (!scheduled_) {
      scheduled_ = true;
      loop_.post([this, alive = std::weak_ptr{alive_}] {
        if (!alive.expired()) drain();
      });
    }
  }

 private:
  void drain() {
    scheduled_ = false;
    // What is posted meanwhile waits for its own turn of the loop, so that sockets and timers are never starved.
    for (auto count = waiting_.size(); count != 0; --count) {
      auto event = std::move(waiting_.front());
      waiting_.pop_front();
      event();
    }
  }

  hal::Loop& loop_;
  hal::Log& log_;
  std::deque<std::function<void()>> waiting_;
  std::shared_ptr<bool> alive_;
  std::size_t dropped_ = 0;
  bool scheduled_ = false;
};

}  // namespace nightjar::app
