#pragma once
// TCP and, where the origin wants it, TLS upon it, within one patience.
#include <functional>
#include <memory>
#include <string>

#include "drivers/net/tls.h"
#include "hal/http.h"
#include "hal/network.h"
#include "hal/random.h"

namespace nightjar::net {

/// Whom a client trusts when its origin pins no certificate.
struct TlsTrust {
  std::string ca_pem;   // certificates to verify chain, dates and host against; empty = any certificate will do
};

/// The TLS rules for an origin; null without TLS. `invalid` when the trusted certificates cannot be read.
hal::Result<std::shared_ptr<TlsClient>> make_tls_client(const hal::HttpOrigin& origin, const TlsTrust& trust, hal::Random& random);

struct Dialled {
  std::unique_ptr<hal::Stream> stream;
  std::string certificate;   // empty without TLS
};

/// One attempt. `tls` is null for plain TCP.
hal::Operation dial(hal::Network& network, hal::Loop& loop, const hal::Endpoint& to, std::shared_ptr<TlsClient> tls, hal::Duration patience,
                    std::function<void(hal::Result<Dialled>)> done);

/// What the Host field says: the origin's name or address, and its port unless it is the scheme's own.
std::string host_field(const hal::HttpOrigin& origin);

}   // namespace nightjar::net
