#pragma once
// The hub: whatever a connection says is echoed to it and sent to all others, in the same order for everybody.
//
// What comes within one turn of the loop is a round: one text of frames, encoded once, in the order of arrival. The sender of a message
// gets the round up to it at once, so that no broadcast stands before its echo; all others get the round when the turn ends, in one write
// each. A connection keeps the number of bytes of the round it has had, and no buffer.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/hosted.h"
#include "app/settings.h"
#include "fsm/hub_session.h"
#include "hal/http.h"

namespace nightjar::app {

/// Loop thread only. Destroying it drops every connection at once.
class Hub {
 public:
  Hub(Runtime& runtime, const Settings& settings);
  ~Hub();

  /// As many connections as `hub.clients_max` says, those that are closing too.
  bool is_full() const { return connections_.size() >= settings_.hub_clients_max; }
  bool empty() const { return connections_.empty(); }
  /// Registers an accepted WebSocket; asked for only while it is not full.
  void add(const hal::Endpoint& remote, std::unique_ptr<hal::WebSocket> socket);
  /// Closes every connection with 1001; they go when they have answered. For good.
  void shut_down();

  /// The lifecycles, for those who show them: of the first connections.
  std::vector<const Hosted<fsm::HubSession>*> machines(std::size_t most) const;

 private:
  class Connection;

  void relay(Connection& sender, hal::MessageKind kind, std::string_view payload);
  void end_round();
  void forget(Connection& connection);
  void log(std::string_view text, std::uint64_t id, const hal::LogField& field);

  /// A round that has come to so many bytes ends at once: a slow reader's queue holds on to the rounds it has not read.
  static constexpr std::size_t kRoundMax = 64u << 10;

  Runtime& runtime_;
  const Settings& settings_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::string round_;             // frames of this turn
  bool round_ends_ = false;       // it is asked for
  bool shut_down_ = false;
  std::uint64_t last_id_ = 0;
  std::shared_ptr<bool> alive_;
};

}  // namespace nightjar::app
