#pragma once
// hal::HttpServers over hal::Network; TLS when a certificate is set.
#include <memory>

#include "hal/http.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"

namespace nightjar::net {

/// What is lent to it outlives it and its servers. Beyond hal/http.h: requests of one connection are answered one at a time, in order;
/// what is pipelined behind the one under way is held back past 16 KiB. A streamed reply that is not taken off (8 MiB unsent) is broken
/// off. serve() answers `invalid` for a certificate that cannot be used, else what the network says.
class HttpServers final : public hal::HttpServers {
 public:
  HttpServers(hal::Network& network, hal::Loop& loop, hal::Random& random) : network_(network), loop_(loop), random_(random) {}

  hal::Result<std::unique_ptr<hal::HttpServer>> serve(const hal::Endpoint& at, hal::HttpServerOptions options,
                                                      hal::HttpHandler& handler) override;

 private:
  hal::Network& network_;
  hal::Loop& loop_;
  hal::Random& random_;
};

}   // namespace nightjar::net
