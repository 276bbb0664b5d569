#pragma once
#include <memory>

#include "app/settings.h"
#include "app/uplink.h"
#include "drivers/net/websocket_dialer.h"

namespace nightjar::boards {

/// How the metrics server of the settings is reached. Over wss:// its certificate is verified: against `uplink.pin`, else against the
/// certificates of `uplink.ca`, else against the system's.
class Uplink {
 public:
  struct Lent {
    hal::Network& network;
    hal::Loop& loop;
    hal::Random& random;
  };
  /// The error is one line for a person. What is lent outlives it.
  static hal::Result<std::unique_ptr<Uplink>> make(const app::UplinkSettings& settings, const Lent& lent);

  app::UplinkRoute route() { return {&dialer_, target_}; }

 private:
  Uplink(const Lent& lent, net::TlsTrust trust, hal::WebSocketTarget target)
      : dialer_(lent.network, lent.loop, lent.random, std::move(trust)), target_(std::move(target)) {}

  net::WebSocketDialer dialer_;
  hal::WebSocketTarget target_;
};

}  // namespace nightjar::boards
