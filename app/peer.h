#pragma once
// A server's end of a WebSocket, as the lifecycles of its owners see it: what waits for a slow reader is bounded, and once it closes,
// nothing goes in or out any more.
#include <memory>
#include <utility>

#include "hal/websocket.h"

namespace nightjar::app {

class Peer {
 public:
  /// `unsent_max`: bytes that may wait for a peer that reads slowly.
  Peer(std::unique_ptr<hal::WebSocket> socket, std::size_t unsent_max) : socket_(std::move(socket)), unsent_max_(unsent_max) {}

  void start(hal::WebSocket::Handler& handler) { socket_->start(handler); }
  /// What it says is to be heard; false from the first overflow or close on.
  bool is_open() const { return state_ == State::open; }

  /// False once, when more waits than may: it hears and is heard no more, and is to be closed with 1013. Ignored when not open.
  [[nodiscard]] bool send(hal::MessageKind kind, hal::Buffer payload) {
    if (is_open()) socket_->send(kind, std::move(payload));
    return has_room();
  }
  /// The same for what encode() has made, `head` then `body`.
  [[nodiscard]] bool send_encoded(std::string_view head, hal::Buffer body) {
    if (is_open()) socket_->send_encoded(head, std::move(body));
    return has_room();
  }
  void encode(hal::MessageKind kind, std::string_view payload, std::string& frames) { socket_->encode(kind, payload, frames); }
  void ping() {
    if (is_open()) socket_->ping();
  }

  /// The first one counts.
  void close(std::uint16_t code, std::string_view reason) {
    if (std::exchange(state_, State::closing) != State::closing) socket_->close(code, reason);
  }
  /// It has gone by itself.
  void closed() { state_ = State::closing; }

 private:
  enum class State : unsigned char { open, full, closing };

  bool has_room() {
    if (!is_open() || socket_->unsent() <= unsent_max_) return true;
    state_ = State::full;
    return false;
  }

  std::unique_ptr<hal::WebSocket> socket_;
  std::size_t unsent_max_;
  State state_ = State::open;
};

}  // namespace nightjar::app
