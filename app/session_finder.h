#pragma once
// Sessions nearby: which are told, by which way, and where. What is heard by two ways is one session.
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "app/hosted.h"
#include "app/session_host.h"
#include "fsm/session_discovery.h"

namespace nightjar::app {

struct FoundSession {
  hal::Sighted seen;
  std::string_view way;                 // mdns, udp, in_process
  hal::WallTime last_seen{};
  hal::Endpoint place() const { return {seen.address, seen.advertisement.port}; }
};

class SessionFinder final : private fsm::SessionDiscoveryPort {
 public:
  /// Past it, more are not shown until one goes.
  static constexpr std::size_t kSessionsMax = hal::Vicinity::kSessionsMax;

  SessionFinder(Runtime& runtime, hal::WallClock& wall_clock, Vicinities vicinities);

  /// For a minute from now.
  void look() { machine_.dispatch(fsm::LookForSessions{}); }
  void stop() { machine_.dispatch(fsm::StopLookingForSessions{}); }
  bool looking() const;
  const std::map<std::string, FoundSession>& sessions() const { return sessions_; }
  std::optional<hal::Endpoint> place_of(const std::string& code) const;
  const Hosted<fsm::SessionDiscovery>& machine() const { return machine_; }

  std::function<void(const FoundSession&)> on_found;    // new, or at another place
  std::function<void(const std::string& id)> on_gone;
  std::function<void()> on_changed;

 private:
  /// One way's ear.
  struct Ear final : hal::Vicinity::Handler {
    void on_sighted(const hal::Sighted& session) override { finder->sighted(*this, session); }
    void on_vanished(const std::string& id) override { finder->vanished(*this, id); }
    SessionFinder* finder = nullptr;
    std::string_view way;
    hal::Vicinity* vicinity = nullptr;
    hal::Operation browsing;
  };

  void browse_mdns() override;
  void forget_mdns() override { mdns_.browsing.drop(); }
  void browse_udp() override;
  void forget_udp() override { udp_.browsing.drop(); }
  void browse_here() override;
  void stop_browsing() override;

  void sighted(const Ear& ear, const hal::Sighted& session);
  void vanished(const Ear& ear, const std::string& id);

  Runtime& runtime_;
  hal::WallClock& wall_clock_;
  Ear mdns_;
  Ear udp_;
  Ear here_;
  std::map<std::string, FoundSession> sessions_;
  Hosted<fsm::SessionDiscovery> machine_;
};

}  // namespace nightjar::app
