#include "app/session_finder.h"

namespace nightjar::app {
namespace {

using namespace sml::literals;

}  // namespace

SessionFinder::SessionFinder(Runtime& runtime, hal::WallClock& wall_clock, Vicinities vicinities)
    : runtime_(runtime), wall_clock_(wall_clock), machine_(runtime, *this) {
  const auto set = [this](Ear& ear, std::string_view way, hal::Vicinity* vicinity) {
    ear.finder = this;
    ear.way = way;
    ear.vicinity = vicinity;
  };
  set(mdns_, "mdns", vicinities.mdns);
  set(udp_, "udp", vicinities.udp);
  set(here_, "in_process", vicinities.here);
  machine_.start();
}

bool SessionFinder::looking() const { return !machine_.is("idle"_s); }

std::optional<hal::Endpoint> SessionFinder::place_of(const std::string& code) const {
  const auto found = sessions_.find(code);
  return found == sessions_.end() ? std::nullopt : std::optional{found->second.place()};
}

void SessionFinder::browse_mdns() {
  if (!mdns_.vicinity) return machine_.dispatch(fsm::MdnsFailed{});
  if (mdns_.browsing) return machine_.dispatch(fsm::MdnsUp{});
  mdns_.browsing = mdns_.vicinity->browse(mdns_, [this](const hal::Result<void>& told) {
    if (told.ok()) return machine_.answer(mdns_.browsing, fsm::MdnsUp{});
    runtime_.log.write(hal::LogLevel::info, "session_discovery", "no mDNS here", {{"error", told.error().text()}});
    mdns_.browsing.drop();
    machine_.dispatch(fsm::MdnsFailed{});
  });
}

/// Begun anew each time, which asks all hosts anew.
void SessionFinder::browse_udp() {
  udp_.browsing.drop();
  if (!udp_.vicinity) return machine_.dispatch(fsm::UdpFailed{});
  udp_.browsing = udp_.vicinity->browse(udp_, [this](const hal::Result<void>& told) {
    if (told.ok()) return machine_.answer(udp_.browsing, fsm::UdpUp{});
    udp_.browsing.drop();
    machine_.dispatch(fsm::UdpFailed{});
  });
}

void SessionFinder::browse_here() {
  if (here_.vicinity && !here_.browsing) here_.browsing = here_.vicinity->browse(here_, [](const auto&) {});
}

void SessionFinder::stop_browsing() {
  mdns_.browsing.drop();
  udp_.browsing.drop();
  here_.browsing.drop();
  sessions_.clear();   // nobody hears when they go
  if (on_changed) on_changed();
}

void SessionFinder::sighted(const Ear& ear, const hal::Sighted& session) {
  const auto& id = session.advertisement.session_id;
  const auto known = sessions_.find(id);
  if (known == sessions_.end() && sessions_.size() >= kSessionsMax) return;
  const bool news = known == sessions_.end() || known->second.place() != hal::Endpoint{session.address, session.advertisement.port};
  const bool changed = news || known->second.seen != session;
  // At one place it counts as heard by the first of the ways in their order: a beacon repeats itself, mDNS tells once.
  const bool is_known_better = !news && (known->second.way == mdns_.way || ear.way == here_.way);
  sessions_[id] = {session, is_known_better ? known->second.way : ear.way, wall_clock_.now()};
  machine_.dispatch(fsm::SessionSeen{});
  if (news && on_found) on_found(sessions_[id]);
  if (changed && on_changed) on_changed();
}

/// Gone by the way it was heard by; where another still hears it, that one tells it again.
void SessionFinder::vanished(const Ear& ear, const std::string& id) {
  const auto known = sessions_.find(id);
  if (known == sessions_.end() || known->second.way != ear.way) return;
  sessions_.erase(known);
  if (on_gone) on_gone(id);
  if (on_changed) on_changed();
}

}  // namespace nightjar::app
