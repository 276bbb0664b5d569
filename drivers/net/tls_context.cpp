#include "drivers/net/tls_context.h"

#include <mbedtls/ecp.h>
#include <mbedtls/error.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

#include "drivers/net/crypto.h"
#include "hal/address.h"

namespace nightjar::net {

namespace {

constexpr std::uint32_t kTicketLifetimeSeconds = 24 * 60 * 60;   // a night and the day after it

// With ephemeral keys and authenticated encryption only. ChaCha20 first: no Raspberry Pi before the 5 has AES instructions.
constexpr std::array<int, 7> kServerSuites = {MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                                              MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                                              MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                              MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                                              MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                                              MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                                              0};

// Cheapest first; Mbed TLS's own order begins with P-521, tenfold the arithmetic.
#if MBEDTLS_VERSION_MAJOR >= 3
constexpr std::array<std::uint16_t, 5> kGroups = {MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                                  MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1, 0};
#else
constexpr std::array<mbedtls_ecp_group_id, 5> kGroups = {MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1,
                                                         MBEDTLS_ECP_DP_SECP521R1, MBEDTLS_ECP_DP_NONE};
#endif

/// PEM parsers want the terminating zero counted.
const unsigned char* pem_bytes(const std::string& pem) { return reinterpret_cast<const unsigned char*>(pem.c_str()); }

}   // namespace

std::string tls_error_text(int code) {
  std::array<char, 160> text{};
  mbedtls_strerror(code, text.data(), text.size());
  return text.data();
}

std::string fingerprint_of(const mbedtls_x509_crt& certificate) {
  return hash_hex(HashKind::sha256, {reinterpret_cast<const char*>(certificate.raw.p), certificate.raw.len});
}

bool names_address(const mbedtls_x509_crt& certificate, const hal::IpAddress& address) {
  constexpr unsigned char kIpAddress = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;
  const auto bytes = std::span{address.bytes()}.subspan(address.is_v6() ? 0 : 12);
  for (const auto* name = &certificate.subject_alt_names; name != nullptr; name = name->next)
    if (name->buf.tag == kIpAddress && std::equal(bytes.begin(), bytes.end(), name->buf.p, name->buf.p + name->buf.len)) return true;
  return false;
}

int tls_random(void* random, unsigned char* out, std::size_t size) {
  static_cast<hal::Random*>(random)->fill(std::as_writable_bytes(std::span{out, size}));
  return 0;
}

int tls_parse_key(mbedtls_pk_context& key, const std::string& pem, [[maybe_unused]] hal::Random& random) {
#if MBEDTLS_VERSION_MAJOR >= 3
  return mbedtls_pk_parse_key(&key, pem_bytes(pem), pem.size() + 1, nullptr, 0, tls_random, &random);
#else
  return mbedtls_pk_parse_key(&key, pem_bytes(pem), pem.size() + 1, nullptr, 0);
#endif
}

// ---- what both ends share -----------------------------------------------------------------------------------------

TlsConfig::TlsConfig(int endpoint, hal::Random& random) {
  mbedtls_ssl_config_init(&config_);
  mbedtls_ssl_config_defaults(&config_, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_rng(&config_, tls_random, &random);
#if MBEDTLS_VERSION_MAJOR >= 3
  psa_crypto_init();   // what is built upon PSA needs it; harmless again and again
  mbedtls_ssl_conf_min_tls_version(&config_, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_max_tls_version(&config_, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_groups(&config_, kGroups.data());
#else
  mbedtls_ssl_conf_min_version(&config_, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_max_version(&config_, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_curves(&config_, kGroups.data());
#endif
}

TlsConfig::~TlsConfig() { mbedtls_ssl_config_free(&config_); }

// ---- client -------------------------------------------------------------------------------------------------------

TlsClientContext::TlsClientContext(TlsClientOptions options, hal::Random& random)
    : options_(std::move(options)), config_(MBEDTLS_SSL_IS_CLIENT, random) {
  mbedtls_x509_crt_init(&authorities_);
  mbedtls_ssl_session_init(&session_);
  mbedtls_ssl_conf_session_tickets(config_.raw(), MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
  // A camera's certificate is signed by nobody: what counts is its fingerprint, compared after the handshake.
  mbedtls_ssl_conf_authmode(config_.raw(), options_.ca_pem.empty() ? MBEDTLS_SSL_VERIFY_OPTIONAL : MBEDTLS_SSL_VERIFY_REQUIRED);
}

TlsClientContext::~TlsClientContext() {
  mbedtls_ssl_session_free(&session_);
  mbedtls_x509_crt_free(&authorities_);
}

int TlsClientContext::load_authorities() {
  if (options_.ca_pem.empty()) return 0;
  const int outcome = mbedtls_x509_crt_parse(&authorities_, pem_bytes(options_.ca_pem), options_.ca_pem.size() + 1);
  if (outcome < 0 || authorities_.raw.p == nullptr) return outcome < 0 ? outcome : MBEDTLS_ERR_X509_INVALID_FORMAT;
  mbedtls_ssl_conf_ca_chain(config_.raw(), &authorities_, nullptr);
  return 0;
}

void TlsClientContext::offer_session(mbedtls_ssl_context& ssl) {
  if (has_session_) mbedtls_ssl_set_session(&ssl, &session_);
}

void TlsClientContext::keep_session(const mbedtls_ssl_context& ssl) {
  forget_session();
  has_session_ = mbedtls_ssl_get_session(&ssl, &session_) == 0;
}

void TlsClientContext::forget_session() {
  mbedtls_ssl_session_free(&session_);
  mbedtls_ssl_session_init(&session_);
  has_session_ = false;
}

hal::Result<std::shared_ptr<TlsClient>> TlsClient::make(TlsClientOptions options, hal::Random& random) {
  auto context = std::make_shared<TlsClientContext>(std::move(options), random);
  if (const int failed = context->load_authorities())
    return hal::Error{hal::ErrorKind::invalid, "the trusted certificates cannot be read: " + tls_error_text(failed)};
  return std::shared_ptr<TlsClient>{std::move(context)};
}

// ---- server -------------------------------------------------------------------------------------------------------

TlsServerContext::TlsServerContext(hal::Random& random) : random_(random), config_(MBEDTLS_SSL_IS_SERVER, random) {
  mbedtls_x509_crt_init(&certificate_);
  mbedtls_pk_init(&key_);
  mbedtls_ssl_ticket_init(&tickets_);
  mbedtls_ssl_conf_authmode(config_.raw(), MBEDTLS_SSL_VERIFY_NONE);
  mbedtls_ssl_conf_ciphersuites(config_.raw(), kServerSuites.data());
}

TlsServerContext::~TlsServerContext() {
  mbedtls_ssl_ticket_free(&tickets_);
  mbedtls_pk_free(&key_);
  mbedtls_x509_crt_free(&certificate_);
}

int TlsServerContext::load(const std::string& cert_pem, const std::string& key_pem) {
  if (const int failed = mbedtls_x509_crt_parse(&certificate_, pem_bytes(cert_pem), cert_pem.size() + 1))
    return failed < 0 ? failed : MBEDTLS_ERR_X509_INVALID_FORMAT;
  if (const int failed = tls_parse_key(key_, key_pem, random_)) return failed;
#if MBEDTLS_VERSION_MAJOR >= 3
  if (const int failed = mbedtls_pk_check_pair(&certificate_.pk, &key_, tls_random, &random_)) return failed;
#else
  if (const int failed = mbedtls_pk_check_pair(&certificate_.pk, &key_)) return failed;
#endif
  if (const int failed = mbedtls_ssl_conf_own_cert(config_.raw(), &certificate_, &key_)) return failed;
  if (const int failed = mbedtls_ssl_ticket_setup(&tickets_, tls_random, &random_, MBEDTLS_CIPHER_AES_256_GCM, kTicketLifetimeSeconds))
    return failed;
  mbedtls_ssl_conf_session_tickets_cb(config_.raw(), mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &tickets_);
  return 0;
}

hal::Result<std::shared_ptr<TlsServer>> TlsServer::make(const std::string& cert_pem, const std::string& key_pem, hal::Random& random) {
  auto context = std::make_shared<TlsServerContext>(random);
  if (const int failed = context->load(cert_pem, key_pem))
    return hal::Error{hal::ErrorKind::invalid, "the certificate or its key cannot be used: " + tls_error_text(failed)};
  return std::shared_ptr<TlsServer>{std::move(context)};
}

}   // namespace nightjar::net
