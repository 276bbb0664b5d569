#pragma once
// Mbed TLS's side of tls.h: what connections share. 2.28 and 3.6 are told apart in tls*.cpp alone.
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>

#include <string>

#include "drivers/net/tls.h"
#include "hal/address.h"

namespace nightjar::net {

/// Mbed TLS's own word for an error code.
std::string tls_error_text(int code);
std::string fingerprint_of(const mbedtls_x509_crt& certificate);
/// The certificate has this address among its alternative names (RFC 5280 section 4.2.1.6, iPAddress).
bool names_address(const mbedtls_x509_crt& certificate, const hal::IpAddress& address);

/// f_rng for Mbed TLS; `random` is a hal::Random*.
int tls_random(void* random, unsigned char* out, std::size_t size);
/// Parses a PEM key; 0 or an error code.
int tls_parse_key(mbedtls_pk_context& key, const std::string& pem, hal::Random& random);

class TlsConfig {
 public:
  TlsConfig(int endpoint, hal::Random& random);
  ~TlsConfig();
  TlsConfig(const TlsConfig&) = delete;
  TlsConfig& operator=(const TlsConfig&) = delete;

  mbedtls_ssl_config* raw() { return &config_; }

 private:
  mbedtls_ssl_config config_;
};

class TlsClientContext final : public TlsClient {
 public:
  TlsClientContext(TlsClientOptions options, hal::Random& random);
  ~TlsClientContext() override;

  /// 0 or an error code.
  int load_authorities();
  const TlsClientOptions& options() const { return options_; }
  mbedtls_ssl_config* config() { return config_.raw(); }

  /// Offers the kept session to a new connection.
  void offer_session(mbedtls_ssl_context& ssl);
  void keep_session(const mbedtls_ssl_context& ssl);
  void forget_session();

 private:
  TlsClientOptions options_;
  TlsConfig config_;
  mbedtls_x509_crt authorities_;
  mbedtls_ssl_session session_;
  bool has_session_ = false;
};

class TlsServerContext final : public TlsServer {
 public:
  explicit TlsServerContext(hal::Random& random);
  ~TlsServerContext() override;

  /// 0 or an error code.
  int load(const std::string& cert_pem, const std::string& key_pem);
  mbedtls_ssl_config* config() { return config_.raw(); }

 private:
  hal::Random& random_;
  TlsConfig config_;
  mbedtls_x509_crt certificate_;
  mbedtls_pk_context key_;
  mbedtls_ssl_ticket_context tickets_;
};

}   // namespace nightjar::net
