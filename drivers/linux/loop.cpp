#include "drivers/linux/loop.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

namespace nightjar::os {
namespace {

constexpr int kTimersPerTurn = 64;   // then descriptors have their turn, however late the timers are

hal::Instant to_instant(std::chrono::steady_clock::time_point time) {
  return hal::Instant{std::chrono::duration_cast<hal::Duration>(time.time_since_epoch())};
}

std::chrono::steady_clock::time_point to_steady(hal::Instant when) {
  return std::chrono::steady_clock::time_point{std::chrono::duration_cast<std::chrono::steady_clock::duration>(when.time_since_epoch())};
}

/// A duplicate of a descriptor whose readiness is asked for again and again.
class DescriptorWatch final : public hal::Operation::Shared, public std::enable_shared_from_this<DescriptorWatch> {
 public:
  DescriptorWatch(asio::io_context& context, int fd, asio::posix::stream_descriptor::wait_type what, std::function<void()> ready)
      : descriptor_(context), what_(what), ready_(std::move(ready)) {
    const auto refuse = [](int number) { throw std::system_error{number, std::system_category(), "cannot watch descriptor"}; };
    struct stat status {};
    if (::fstat(fd, &status) != 0) refuse(errno);
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) refuse(EPERM);   // epoll's answer, which Asio swallows
    const int duplicate = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) refuse(errno);
    asio::error_code failed;
    descriptor_.assign(duplicate, failed);
    if (failed) {
      ::close(duplicate);
      refuse(failed.value());
    }
  }

  void wait() {
    descriptor_.async_wait(what_, [self = shared_from_this()](const asio::error_code& failed) {
      if (failed || !self->descriptor_.is_open()) return;
      self->ready_();
      if (self->descriptor_.is_open()) self->wait();
    });
  }

  void dropped() noexcept override {   // `ready_` stays until the last handler is gone: it may be what is running
    asio::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  asio::posix::stream_descriptor descriptor_;
  asio::posix::stream_descriptor::wait_type what_;
  std::function<void()> ready_;
};

class SignalWatch final : public hal::Operation::Shared, public std::enable_shared_from_this<SignalWatch> {
 public:
  SignalWatch(asio::io_context& context, std::initializer_list<int> signals, std::function<void(int)> arrived)
      : signals_(context), arrived_(std::move(arrived)) {
    for (const int signal : signals) signals_.add(signal);
  }

  void wait() {
    signals_.async_wait([self = shared_from_this()](const asio::error_code& failed, int signal) {
      if (failed || self->dropped_) return;
      self->arrived_(signal);
      if (!self->dropped_) self->wait();
    });
  }

  void dropped() noexcept override {
    dropped_ = true;
    asio::error_code ignored;
    signals_.clear(ignored);
    signals_.cancel(ignored);
  }

 private:
  asio::signal_set signals_;
  std::function<void(int)> arrived_;
  bool dropped_ = false;
};

}   // namespace

/// Asio's own timer queue does not keep the order of equal deadlines, so this one does, on a single Asio timer.
struct AsioLoop::Timers : std::enable_shared_from_this<AsioLoop::Timers> {
  using Key = std::pair<hal::Instant, std::uint64_t>;

  explicit Timers(asio::io_context& context) : alarm(context) {}

  hal::Operation add(hal::Instant when, std::function<void()> expired) {
    const hal::Completion<> completion{std::move(expired)};
    const Key key{when, ++asked};
    waiting.emplace(key, completion);
    completion.on_dropped([weak = weak_from_this(), key] {
      if (const auto self = weak.lock())
        self->waiting.erase(key);   // a late alarm finds nothing due, which is cheaper than setting it anew
    });
    arm();
    return completion.operation();
  }

  /// Sets the alarm for the earliest timer, unless it rings early enough already.
  void arm() {
    if (waiting.empty()) return;
    const auto earliest = std::max(waiting.begin()->first.first, hal::Instant{});
    if (armed && *armed <= earliest) return;
    armed = earliest;
    alarm.expires_at(to_steady(earliest));   // cancels the wait before it
    alarm.async_wait([weak = weak_from_this(), earliest](const asio::error_code& failed) {
      const auto self = weak.lock();
      if (failed || !self || self->armed != earliest) return;
      self->armed.reset();
      self->expire();
    });
  }

  /// Calls what is due, but nothing that is asked for meanwhile: that comes in a later turn.
  void expire() {
    const auto self = shared_from_this();
    const auto now = to_instant(std::chrono::steady_clock::now());
    const auto last = asked;
    for (int i = 0; i < kTimersPerTurn && !waiting.empty(); ++i) {
      const auto first = waiting.begin();
      if (first->first.first > now || first->first.second > last) break;
      const auto expired = std::move(first->second);
      waiting.erase(first);
      expired();
    }
    arm();
  }

  asio::steady_timer alarm;
  std::map<Key, hal::Completion<>> waiting;   // bounded by who asks: each is a handle somebody holds
  std::optional<hal::Instant> armed;
  std::uint64_t asked = 0;
};

struct AsioLoop::State {
  asio::io_context context{1};   // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::shared_ptr<Timers> timers = std::make_shared<Timers>(context);
};

AsioLoop::AsioLoop() : state_(std::make_unique<State>()) {}
AsioLoop::~AsioLoop() = default;

hal::Instant AsioLoop::now() const { return to_instant(std::chrono::steady_clock::now()); }

hal::Operation AsioLoop::at(hal::Instant when, std::function<void()> expired) { return state_->timers->add(when, std::move(expired)); }

void AsioLoop::post(std::function<void()> task) { asio::post(state_->context, std::move(task)); }

void AsioLoop::post_from_any_thread(std::function<void()> task) { asio::post(state_->context, std::move(task)); }

void AsioLoop::run() {
  state_->context.restart();
  state_->context.run();
}

void AsioLoop::stop() { state_->context.stop(); }

bool AsioLoop::turn(hal::Duration patience) {
  state_->context.restart();
  return state_->context.run_one_for(patience) != 0;
}

hal::Operation AsioLoop::on_signal(std::initializer_list<int> signals, std::function<void(int)> arrived) {
  const auto watch = std::make_shared<SignalWatch>(state_->context, signals, std::move(arrived));
  watch->wait();
  return hal::Operation{watch};
}

hal::Operation AsioLoop::readable(int fd, std::function<void()> ready) {
  const auto watch = std::make_shared<DescriptorWatch>(state_->context, fd, asio::posix::stream_descriptor::wait_read, std::move(ready));
  watch->wait();
  return hal::Operation{watch};
}

hal::Operation AsioLoop::writable(int fd, std::function<void()> ready) {
  const auto watch = std::make_shared<DescriptorWatch>(state_->context, fd, asio::posix::stream_descriptor::wait_write, std::move(ready));
  watch->wait();
  return hal::Operation{watch};
}

asio::io_context& AsioLoop::context() { return state_->context; }

}   // namespace nightjar::os
