#pragma once
// The handle of something asked of the world, and the driver's end of it.
//
// Everything asked answers later than the call, on the loop thread, exactly once. Whoever asked holds an Operation;
// dropping it cancels the work where the driver can and silences the answer always. So an answer never reaches a state
// that did not ask, and an owner that is destroyed is never called.
#include <functional>
#include <memory>
#include <utility>

namespace nightjar::hal {

class Operation {
 public:
  /// What the driver keeps of an operation; see Completion.
  struct Shared {
    virtual ~Shared() = default;
    /// Called at most once, when the asker drops the handle before the answer.
    virtual void dropped() noexcept = 0;
  };

  Operation() = default;
  explicit Operation(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  Operation(Operation&& other) noexcept : shared_(std::move(other.shared_)) {}
  Operation& operator=(Operation&& other) noexcept {
    if (this != &other) {
      drop();
      shared_ = std::move(other.shared_);
    }
    return *this;
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() { drop(); }

  /// Cancels and silences. Harmless after the answer or on an empty handle.
  void drop() noexcept {
    if (auto shared = std::move(shared_)) shared->dropped();
    shared_.reset();
  }
  /// Lets go without cancelling: the answer still comes. Only for a callback that owns all it touches.
  void detach() noexcept { shared_.reset(); }
  /// True from the call until drop() or detach(); an answer does not clear it, for the handle is the asker's.
  explicit operator bool() const { return shared_ != nullptr; }

  /// One asking among all, for as long as somebody keeps its name: an answer that waits somewhere is known by it.
  using Name = std::shared_ptr<const void>;
  Name name() const { return shared_; }

 private:
  std::shared_ptr<Shared> shared_;
};

/// The driver's end: call it once with the answer. Copies share one answer; the second call does nothing.
/// Loop thread only.
template <class... Args>
class Completion {
 public:
  using Callback = std::function<void(Args...)>;

  Completion() = default;
  explicit Completion(Callback done) : body_(std::make_shared<Body>()) { body_->done = std::move(done); }

  /// The handle to give to the asker.
  Operation operation() const { return Operation{body_}; }

  /// What to do when the asker drops the handle first: close the socket, stop the timer.
  void on_dropped(std::function<void()> cancel) const { body_->cancel = std::move(cancel); }

  /// True while somebody still waits for the answer.
  bool wanted() const { return body_ && body_->done != nullptr; }

  void operator()(Args... args) const {
    if (!wanted()) return;
    body_->cancel = nullptr;
    auto done = std::exchange(body_->done, nullptr);
    done(std::forward<Args>(args)...);
  }

 private:
  struct Body final : Operation::Shared {
    Callback done;
    std::function<void()> cancel;
    void dropped() noexcept override {
      done = nullptr;
      if (auto cancelled = std::exchange(cancel, nullptr)) cancelled();
    }
  };
  std::shared_ptr<Body> body_;
};

}  // namespace nightjar::hal
