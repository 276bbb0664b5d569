#pragma once
// TLS upon any Stream, by Mbed TLS's BIO callbacks: no sockets here. TLS 1.2 with forward secrecy; chance comes from hal::Random,
// so that a simulated run repeats. Loop thread only.
//
// TLS 1.3 is left off on both ends: Mbed TLS 3.6 draws its chance there from PSA's own generator, which cannot be seeded, and 2.28 has
// none.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"

namespace nightjar::net {

/// SHA-256 of a certificate's DER form, lower-case hex. Empty when `pem` holds none.
std::string certificate_fingerprint(const std::string& pem);

struct SelfSigned {
  std::string cert_pem;
  std::string key_pem;
  std::string fingerprint;
};
/// A new ECDSA P-256 key and a certificate for `common_name` (a host name or an address, also put into the alternative names), signed with
/// itself, valid 2020 to 2049. The same chance gives the same certificate.
SelfSigned make_self_signed(std::string_view common_name, hal::Random& random);

struct TlsClientOptions {
  std::string host;                 // server name to ask for and, with ca_pem, to verify; of an address none is asked for
  std::string pinned_certificate;   // fingerprint the other end must show; empty = any
  std::string ca_pem;               // certificates to trust, PEM: chain, dates and host (a name or an address) are verified; empty = they are not
};

/// What the connections of one client share: its rules, and the last session, so that a reconnect costs no key exchange.
class TlsClient {
 public:
  virtual ~TlsClient() = default;
  /// `invalid` when ca_pem holds no certificate.
  static hal::Result<std::shared_ptr<TlsClient>> make(TlsClientOptions options, hal::Random& random);
};

/// A certificate and its key, parsed once, and the key of the session tickets.
class TlsServer {
 public:
  virtual ~TlsServer() = default;
  /// `invalid` when they cannot be read or do not belong together.
  static hal::Result<std::shared_ptr<TlsServer>> make(const std::string& cert_pem, const std::string& key_pem, hal::Random& random);
};

struct TlsOpened {
  std::unique_ptr<hal::Stream> stream;
  std::string certificate;   // fingerprint of the other end's, client side only
  bool resumed = false;      // no key exchange was needed
};
using TlsDone = std::function<void(hal::Result<TlsOpened>)>;

/// Shakes hands over `lower`, which it owns from now on; has no patience of its own: drop the operation. Answers `tls` for a certificate
/// that is not the one expected and for a handshake that fails, else what the lower stream says.
///
/// The stream ends with `closed` only when the other end said so inside TLS (close_notify); a bare end below is `reset`.
hal::Operation tls_client(std::unique_ptr<hal::Stream> lower, std::shared_ptr<TlsClient> client, hal::Timers& timers, TlsDone done);
hal::Operation tls_server(std::unique_ptr<hal::Stream> lower, std::shared_ptr<TlsServer> server, hal::Timers& timers, TlsDone done);

}   // namespace nightjar::net
