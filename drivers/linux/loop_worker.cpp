#include "drivers/linux/loop_worker.h"

#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace nightjar::os {

/// Shared with the thread, so that a thread left behind has it to itself.
struct Worker::State {
  struct Piece {
    std::function<void()> work;
    std::function<void()> answer;
  };

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Piece> waiting;
  std::function<void()> answer;   // of the work that is being done: kept here, so that the loop thread can take it back
  AsioLoop* loop = nullptr;       // none once left behind
  bool ending = false;
  bool ended = false;
  std::thread thread;   // the loop thread's

  void serve() {
    std::unique_lock lock{mutex};
    while (true) {
      changed.wait(lock, [this] { return ending || !waiting.empty(); });
      if (waiting.empty()) break;
      auto work = std::move(waiting.front().work);
      answer = std::move(waiting.front().answer);
      waiting.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
      if (loop) loop->post_from_any_thread(std::exchange(answer, nullptr));
    }
    ended = true;
    changed.notify_all();
  }
};

Worker::Worker(AsioLoop& loop, std::string name) : state_(std::make_shared<State>()), name_(std::move(name)) { state_->loop = &loop; }

Worker::~Worker() {
  if (!state_->thread.joinable()) return;
  std::unique_lock lock{state_->mutex};
  state_->ending = true;
  state_->changed.notify_all();
  const auto ended = [this] { return state_->ended; };
  if (patience_ == hal::Duration::max()) {
    state_->changed.wait(lock, ended);
  } else if (!state_->changed.wait_for(lock, patience_, ended)) {
    state_->loop = nullptr;
    const auto never_done = std::exchange(state_->waiting, {});   // what they hold is the loop thread's to destroy
    const auto never_told = std::exchange(state_->answer, nullptr);
    state_->thread.detach();
    lock.unlock();
    return;
  }
  lock.unlock();
  state_->thread.join();
}

void Worker::run(std::function<void()> work, std::function<void()> answer) {
  {
    const std::lock_guard lock{state_->mutex};
    state_->waiting.push_back({std::move(work), std::move(answer)});
  }
  state_->changed.notify_all();
  if (state_->thread.joinable()) return;
  sigset_t all;   // signals are the loop thread's
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  state_->thread = std::thread{[state = state_] { state->serve(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(state_->thread.native_handle(), name_.substr(0, 15).c_str());
}

}   // namespace nightjar::os
