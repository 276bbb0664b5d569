#pragma once
// One guest's connection at its host: what it says is read, what its lifecycle decides is done.
#include <memory>
#include <string>

#include "app/hosted.h"
#include "app/messages/session_message.h"
#include "app/peer.h"
#include "fsm/session_guest.h"

namespace nightjar::app {

class SessionGuest final : public std::enable_shared_from_this<SessionGuest>, private hal::WebSocket::Handler, private fsm::SessionGuestPort {
 public:
  /// The host of the session. Outlives its guests.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual fsm::GuestJoins judge(const SayJoin& join) = 0;
    virtual std::string full_text() = 0;
    virtual hal::WallTime wall_now() = 0;
    /// It is in: welcome it, tell the others.
    virtual void on_admitted(SessionGuest& guest, const SayJoin& join) = 0;
    virtual void on_heartbeat(SessionGuest& guest, const SayHeartbeat& beat, hal::Instant at) = 0;
    virtual void on_fired(SessionGuest& guest, const SayFired& fired) = 0;
    virtual void on_left(SessionGuest& guest, std::string_view reason) = 0;
    virtual void on_forgotten(SessionGuest& guest) = 0;
  };

  static constexpr std::size_t kUnsentMax = 256u << 10;   // bytes that may wait for one that reads slowly; past it: 1013

  SessionGuest(std::unique_ptr<hal::WebSocket> socket, Owner& owner, Runtime& runtime);
  void start();

  void send(hal::Buffer text);
  void send(std::string text) { send(std::make_shared<const std::string>(std::move(text))); }
  void kick(std::string reason);
  void dismiss() { machine_.dispatch(fsm::DismissGuest{}); }
  void suspend() { machine_.dispatch(fsm::SuspendGuest{}); }
  void make_way_for_new() { machine_.dispatch(fsm::ReplaceGuest{}); }

  bool is_member() const;
  const std::string& id() const { return id_; }           // empty before it has joined
  const hal::Endpoint& remote() const { return remote_; }
  const Hosted<fsm::SessionGuest>& machine() const { return machine_; }

 private:
  // socket
  void on_message(hal::MessageKind kind, std::string_view payload) override;
  void on_closed(std::uint16_t code, std::string_view reason) override;
  // lifecycle
  void refuse_not_found() override;
  void refuse_duplicate() override;
  void refuse_full() override;
  void refuse_silence() override;
  void admit() override;
  void say_invalid() override;
  void say_joined_already() override;
  void close_for_rubbish() override;
  void let_go_silent() override;
  void let_go_slow() override;
  void let_go_kicked() override;
  void tell_left() override { owner_.on_left(*this, "Connection closed"); }
  void say_closed() override;
  void close_going_away() override;
  void make_way() override;
  void forget() override { owner_.on_forgotten(*this); }

  void say_error(std::string_view code, std::string_view message);
  void refuse(std::string_view code, std::string_view message);

  hal::Endpoint remote_;
  Peer peer_;
  Owner& owner_;
  Runtime& runtime_;
  std::string id_;
  SayJoin join_;                                          // being judged
  std::string kick_reason_;
  Hosted<fsm::SessionGuest> machine_;
};

}  // namespace nightjar::app
