#pragma once
// hal::HttpClients over hal::Network: one kept connection an origin, requests one after another.
#include <memory>

#include "drivers/net/dial.h"
#include "hal/http.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"

namespace nightjar::net {

/// What is lent to it outlives it and its clients. A client takes at most 64 waiting requests, the next is answered `busy`; a request that
/// cannot be written (a target or field that would break the message) is answered `invalid`. What a destroyed client still
/// owes is never answered. Statuses, 401 included, are answers, not errors.
class HttpClients final : public hal::HttpClients {
 public:
  HttpClients(hal::Network& network, hal::Loop& loop, hal::Random& random, TlsTrust trust = {})
      : network_(network), loop_(loop), random_(random), trust_(std::move(trust)) {}

  std::unique_ptr<hal::HttpClient> client(hal::HttpOrigin origin, hal::HttpClientOptions options = {}) override;

 private:
  hal::Network& network_;
  hal::Loop& loop_;
  hal::Random& random_;
  TlsTrust trust_;
};

}   // namespace nightjar::net
