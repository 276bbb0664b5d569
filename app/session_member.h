#pragma once
// This device as a guest: its connection to the host, what it hears of the others, the host's clock, and the shots it is asked for.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/host_clock.h"
#include "app/salvo.h"
#include "app/session_host.h"
#include "fsm/session_member.h"

namespace nightjar::app {

class SessionMember final : private fsm::SessionMemberPort, private hal::WebSocket::Handler {
 public:
  struct Lent {
    Runtime& runtime;
    hal::WebSockets* sockets;           // null: this device cannot join
    hal::WallClock& wall_clock;
    const DeviceIdentity& identity;
  };
  explicit SessionMember(const Lent& lent);
  ~SessionMember() override;

  using Answer = std::function<void(hal::Result<void>)>;
  /// Joins the session of that code (session_code.h), at `place` when it is known. Answered when it is a member, or why it is not; the
  /// error's detail is the sentence for a person.
  void join(std::string code, std::optional<hal::Endpoint> place, Answer answer);
  void leave(Answer answer);
  /// The session of the code is seen there.
  void found(const hal::Endpoint& place);
  /// The program stops.
  void suspend();

  const std::string& code() const { return code_; }       // wanted or joined; empty when idle
  bool joined() const;
  bool active() const;
  const SayWelcome& session() const { return welcome_; }  // of the last welcome
  const std::vector<MemberRecord>& members() const { return members_; }
  const HostClock& host_clock() const { return clock_; }
  int attempt() const { return machine_.context().attempt; }
  const std::string& last_error() const { return last_error_; }
  const Hosted<fsm::SessionMember>& machine() const { return machine_; }

  Shutter shutter;
  std::function<void(const std::string& code)> on_look;    // find it, please: answered by found()
  std::function<void()> on_joined;
  std::function<void(const std::string& why)> on_over;     // it was a member, and will not come back by itself
  std::function<void(const MemberRecord&)> on_member_joined;
  std::function<void(const std::string& id, const std::string& reason)> on_member_left;
  std::function<void(const SayFired&)> on_fired;
  std::function<void()> on_changed;

 private:
  // lifecycle
  void look() override;
  void connect() override;
  void drop() override;
  void say_join() override;
  void beat() override;
  void say_goodbye() override;
  void report_joined() override;
  void report_busy() override;
  void report_not_found() override { over("Session not found"); }
  void report_not_reached() override { over(last_error_.empty() ? "The host does not answer" : last_error_); }
  void report_refused() override { over(last_error_); }
  void report_lost() override;
  void report_left() override { over({}); }
  void report_ended() override { over("Session ended by host"); }
  void report_kicked() override { over(last_error_.empty() ? "Removed by the host" : last_error_); }
  void report_none() override;
  // socket
  void on_message(hal::MessageKind kind, std::string_view payload) override;
  void on_closed(std::uint16_t code, std::string_view reason) override;

  void hear(SayWelcome&& welcome);
  void hear(SayMemberList&& list);
  void hear(SayMemberJoined&& joined);
  void hear(SayMemberLeft&& left);
  void hear(SayKicked&& kicked);
  void hear(SaySessionClosed&& closed);
  void hear(SayError&& error);
  void hear(SayHeartbeatAck&& ack);
  void hear(SayFireAt&& fire);
  void aim(const std::string& shot_id, hal::Duration host_time);
  void over(std::string why);
  void changed();

  Lent lent_;
  std::string code_;
  std::optional<hal::Endpoint> place_;
  std::unique_ptr<hal::WebSocket> socket_;
  hal::Operation connecting_;
  SayWelcome welcome_;
  bool was_joined_ = false;
  std::vector<MemberRecord> members_;
  HostClock clock_;
  Trigger trigger_;
  std::map<std::string, hal::Duration> orders_;           // shots that wait, by the host's clock; at most Trigger::kArmedMax
  std::optional<std::chrono::milliseconds> latency_;      // of the last heartbeat
  hal::Instant heard_at_{};                               // of the message being read
  std::string last_error_;
  Answer asking_;
  Answer joining_;
  Answer leaving_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Hosted<fsm::SessionMember> machine_;
};

}  // namespace nightjar::app
