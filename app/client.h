#pragma once
// One client of the camera API: its WebSocket, and the lifecycle that keeps it fed and bounded.
#include <functional>
#include <memory>
#include <string>

#include "app/hosted.h"
#include "app/messages/client_message.h"
#include "app/peer.h"
#include "fsm/client_session.h"
#include "hal/websocket.h"

namespace nightjar::app {

class Client final : public std::enable_shared_from_this<Client>, private hal::WebSocket::Handler, private fsm::ClientSessionPort {
 public:
  /// What a client needs of the device. Outlives every client.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual std::string welcome_text(const std::string& client_id) = 0;
    /// The same text for all who ask within a moment: built once, shared.
    virtual hal::Buffer status_text() = 0;
    virtual std::string error_text(const BadRequest& bad) = 0;
    virtual void on_client_message(const std::shared_ptr<Client>& client, const ClientMessage& message) = 0;
    virtual void on_client_gone(Client& client) = 0;
  };

  /// What may wait for a client that reads slowly; past it the client is closed with 1013.
  static constexpr std::size_t kUnsentMax = 1u << 20;

  Client(std::string id, std::unique_ptr<hal::WebSocket> socket, Owner& owner, Runtime& runtime);
  /// Begins: the welcome goes out. After construction, once a shared_ptr holds it.
  void start();

  void send(hal::Buffer text);
  void send(std::string text) { send(std::make_shared<const std::string>(std::move(text))); }
  void tell_changed() { machine_.dispatch(fsm::Changed{}); }
  void shut_down() { machine_.dispatch(fsm::ShutDown{}); }

  const std::string& id() const { return id_; }
  const Hosted<fsm::ClientSession>& machine() const { return machine_; }

 private:
  // socket
  void on_message(hal::MessageKind kind, std::string_view payload) override;
  void on_closed(std::uint16_t code, std::string_view reason) override;
  // lifecycle
  void send_welcome() override;
  void send_status() override;
  void close_for_rubbish() override;
  void close_for_slowness() override;
  void close_going_away() override;
  void forget() override;

  void refuse(const BadRequest& bad);

  std::string id_;
  Peer peer_;
  Owner& owner_;
  Runtime& runtime_;
  Hosted<fsm::ClientSession> machine_;
};

}  // namespace nightjar::app
