#include "sim/vicinity.h"

#include <utility>

namespace nightjar::sim {

namespace {

constexpr hal::Duration kProbing = std::chrono::milliseconds{750};   // RFC 6762, section 8.1: three probes 250 ms apart
constexpr hal::Duration kHearing = std::chrono::milliseconds{120};   // section 6: answers are spread over 20 to 120 ms

}   // namespace

struct Vicinity::Side final : hal::Operation::Shared {
  hal::Advertisement session;
  Handler* handler = nullptr;
  std::map<std::string, hal::Sighted> seen;
  Told told;
  bool on = false;        // it is up
  bool wanted = true;     // its handle is held
  std::function<void()> changed;
  void dropped() noexcept override {
    wanted = on = false;
    handler = nullptr;
    if (changed) changed();
  }
};

void MulticastAir::set_blocked(bool blocked) {
  blocked_ = blocked;
  changed();
}

void MulticastAir::changed() {
  for (auto& [id, member] : members_)
    member->loop_.post([this, who = id] {
      if (const auto at = members_.find(who); at != members_.end()) at->second->look();
    });
}

Vicinity::Vicinity(VirtualLoop& loop, Stack& stack, MulticastAir& air) : loop_(loop), stack_(stack), air_(air), id_(air.next_++) {
  air_.members_[id_] = this;
}

Vicinity::~Vicinity() {
  air_.members_.erase(id_);
  if (telling_) telling_->changed = nullptr;
  if (browsing_) browsing_->changed = nullptr;
  air_.changed();
}

hal::Operation Vicinity::begin(std::shared_ptr<Side>& place, std::shared_ptr<Side> side) {
  if (place) place->dropped();
  place = side;
  side->changed = [this] { air_.changed(); };
  const auto delay = side->handler ? hal::Duration{0} : kProbing;
  auto timer = loop_.at(loop_.now() + delay, [this, weak = std::weak_ptr{side}] {
    const auto now = weak.lock();
    if (!now || !now->wanted) return;
    now->on = running_;
    const auto told = now->told;
    if (!running_) return told(hal::Error{hal::ErrorKind::missing, "the mDNS service does not run"});
    told({});
    air_.changed();
  });
  timer.detach();
  return hal::Operation{side};
}

hal::Operation Vicinity::advertise(const hal::Advertisement& session, Voice, Told told) {
  auto side = std::make_shared<Side>();
  side->session = session;
  side->told = std::move(told);
  return begin(telling_, std::move(side));
}

void Vicinity::update(const hal::Advertisement& session) {
  if (!telling_ || !telling_->wanted) return;
  telling_->session = session;
  air_.changed();
}

hal::Operation Vicinity::browse(Handler& handler, Told told) {
  auto side = std::make_shared<Side>();
  side->handler = &handler;
  side->told = std::move(told);
  return begin(browsing_, std::move(side));
}

void Vicinity::set_running(bool running) {
  running_ = running;
  if (!running)
    for (const auto& side : {telling_, browsing_})
      if (side && side->wanted && std::exchange(side->on, false))
        loop_.post([weak = std::weak_ptr{side}] {
          if (const auto now = weak.lock(); now && now->wanted) now->told(hal::Error{hal::ErrorKind::missing, "the mDNS service went away"});
        });
  air_.changed();
}

bool Vicinity::heard_by(const Vicinity& other) const {
  if (!telling_ || !telling_->on || !running_ || !other.running_) return false;
  if (&other == this) return true;
  if (air_.blocked_) return false;
  return stack_.wires().path(const_cast<Stack&>(other.stack_), hal::IpAddress::any(), stack_.address()).fate == Network::Fate::open;
}

void Vicinity::look() {
  const auto side = browsing_;
  if (!side || !side->on) return;
  std::map<std::string, hal::Sighted> there;
  for (const auto& [id, member] : air_.members_)
    if (member->heard_by(*this) && there.size() < kSessionsMax) there[member->telling_->session.session_id] = {member->telling_->session, member->stack_.address()};
  auto before = std::exchange(side->seen, there);
  auto timer = loop_.at(loop_.now() + kHearing, [weak = std::weak_ptr{side}, there, before] {
    const auto tell = [&weak](auto call) {
      if (const auto now = weak.lock(); now && now->on && now->handler) call(*now->handler);
    };
    for (const auto& [id, session] : there)
      if (const auto old = before.find(id); old == before.end() || old->second != session) tell([&seen = session](Handler& handler) { handler.on_sighted(seen); });
    for (const auto& [id, session] : before)
      if (!there.contains(id)) tell([&gone = id](Handler& handler) { handler.on_vanished(gone); });
  });
  timer.detach();
}

}   // namespace nightjar::sim
