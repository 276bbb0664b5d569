#pragma once
// Sessions within this process: the last way, where there is no network to tell on ("simulated", session-server.md). Whoever shares the
// object hears of the others.
#include <memory>
#include <string>

#include "hal/time.h"
#include "hal/vicinity.h"

namespace nightjar::app {

class LocalVicinity final : public hal::Vicinity {
 public:
  explicit LocalVicinity(hal::Loop& loop) : loop_(loop) {}

  hal::Operation advertise(const hal::Advertisement& session, Voice, Told told) override {
    telling_ = std::make_shared<Side>(Side{session, nullptr});
    return begin(telling_, std::move(told), [this, id = session.session_id] {
      telling_.reset();
      tell([id](Handler& handler) { handler.on_vanished(id); });
    });
  }
  void update(const hal::Advertisement& session) override {
    if (!telling_ || telling_->session == session) return;
    telling_->session = session;
    tell_sighted();
  }
  hal::Operation browse(Handler& handler, Told told) override {
    browsing_ = std::make_shared<Side>(Side{{}, &handler});
    return begin(browsing_, std::move(told), [this] { browsing_.reset(); });
  }

 private:
  struct Side {
    hal::Advertisement session;
    Handler* handler = nullptr;
  };
  /// A handle that ends `side`, unless another has taken its place.
  hal::Operation begin(const std::shared_ptr<Side>& side, Told told, std::function<void()> end) {
    struct Shared final : hal::Operation::Shared {
      std::function<void()> end;
      void dropped() noexcept override {
        if (end) end();
      }
    };
    auto shared = std::make_shared<Shared>();
    shared->end = [this, weak = std::weak_ptr{side}, end = std::move(end)] {
      if (const auto now = weak.lock(); now && (now == telling_ || now == browsing_)) end();
    };
    loop_.post([this, weak = std::weak_ptr{side}, told = std::move(told)] {
      if (weak.expired()) return;
      told({});
      tell_sighted();
    });
    return hal::Operation{shared};
  }
  void tell_sighted() {
    if (telling_) tell([seen = hal::Sighted{telling_->session, hal::IpAddress::loopback()}](Handler& handler) { handler.on_sighted(seen); });
  }
  void tell(std::function<void(Handler&)> what) {
    loop_.post([weak = std::weak_ptr{browsing_}, what = std::move(what)] {
      if (const auto now = weak.lock()) what(*now->handler);
    });
  }

  hal::Loop& loop_;
  std::shared_ptr<Side> telling_;
  std::shared_ptr<Side> browsing_;
};

}  // namespace nightjar::app
