#pragma once
// hal::WebSockets over hal::Network: TCP, TLS, handshake.
#include "drivers/net/dial.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"
#include "hal/websocket.h"

namespace nightjar::net {

/// What is lent to it outlives it and its sockets. No extension is offered. Answers `invalid` for a target or field that cannot be written.
class WebSocketDialer final : public hal::WebSockets {
 public:
  WebSocketDialer(hal::Network& network, hal::Loop& loop, hal::Random& random, TlsTrust trust = {})
      : network_(network), loop_(loop), random_(random), trust_(std::move(trust)) {}

  hal::Operation connect(const hal::WebSocketTarget& target, hal::Duration patience,
                         std::function<void(hal::Result<std::unique_ptr<hal::WebSocket>>)> done) override;

 private:
  hal::Network& network_;
  hal::Loop& loop_;
  hal::Random& random_;
  TlsTrust trust_;
};

}   // namespace nightjar::net
