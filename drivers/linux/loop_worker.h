#pragma once
// One thread beside the loop, for calls that block: file sync, name look-up.
#include <functional>
#include <memory>
#include <string>

#include "drivers/linux/loop.h"
#include "hal/time.h"

namespace nightjar::os {

/// Does what it is given one after the other on a thread of its own, which starts with the first piece of work, and
/// answers on the loop. Used from the loop thread only. The queue's bound is the user's.
class Worker {
 public:
  /// `name` is the thread's, as `top -H` shows it; at most 15 bytes count.
  Worker(AsioLoop& loop, std::string name);
  /// Waits up to `patience` for what was given to be done, then for the thread to end. A thread that is stuck in a system call
  /// past that is left behind: it ends by itself, touches nothing of ours and answers nothing. Answers not yet
  /// run by the loop still come.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// `work` runs on the worker's thread, then `answer` on the loop. Neither throws.
  void run(std::function<void()> work, std::function<void()> answer);
  /// How long the destructor waits; without end at first.
  void set_patience(hal::Duration patience) { patience_ = patience; }

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::string name_;
  hal::Duration patience_ = hal::Duration::max();
};

}   // namespace nightjar::os
