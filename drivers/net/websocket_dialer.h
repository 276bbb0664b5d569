#pragma once
// hal::WebSockets over hal::Network: TCP, TLS, handshake.
#include "drivers/net/dial.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"
#include "hal/websocket.h"

namespace nightjar::net {

/// What is lent to it outlives it and its sockets. No extension is offered. The rules of TLS are kept from one call to the next for the same
/// origin: the trusted certificates are read once, and a reconnect resumes the session. Answers `invalid` for a target or field that cannot be written.
class WebSocketDialer final : public hal::WebSockets {
 public:
  WebSocketDialer(hal::Network& network, hal::Loop& loop, hal::Random& random, TlsTrust trust = {})
      : network_(network), loop_(loop), random_(random), trust_(std::move(trust)) {}

  hal::Operation connect(const hal::WebSocketTarget& target, hal::Duration patience,
                         std::function<void(hal::Result<std::unique_ptr<hal::WebSocket>>)> done) override;

 private:
  hal::Result<std::shared_ptr<TlsClient>> tls_for(const hal::HttpOrigin& origin);

  hal::Network& network_;
  hal::Loop& loop_;
  hal::Random& random_;
  TlsTrust trust_;
  std::shared_ptr<TlsClient> tls_;   // for tls_host_ and tls_pin_
  std::string tls_host_;
  std::string tls_pin_;
};

}   // namespace nightjar::net
