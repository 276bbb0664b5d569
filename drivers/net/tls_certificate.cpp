// Certificates of our own making, and fingerprints.
#include <mbedtls/ecp.h>
#include <mbedtls/version.h>

#include <array>
#include <optional>

#include "drivers/net/crypto.h"
#include "drivers/net/tls_context.h"
#include "hal/address.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kPemMax = 4096;   // an EC certificate takes about 700 bytes
constexpr std::size_t kNameMax = 64;    // ub-common-name, RFC 5280 appendix A.1

std::string distinguished_name(std::string_view common_name) {
  std::string out = "CN=";
  for (const char c : common_name.substr(0, kNameMax)) {
    if (std::string_view{",\\=+<>#;\""}.find(c) != std::string_view::npos) out += '\\';
    if (c >= ' ' && c < 0x7f) out += c;
  }
  return out;
}

/// subjectAltName (RFC 5280 section 4.2.1.6) with one dNSName or iPAddress, DER. The whole stays below 128 bytes: short lengths.
std::string alternative_names(std::string_view common_name) {
  std::string name;
  char tag = static_cast<char>(0x82);
  if (const auto address = hal::IpAddress::parse(common_name)) {
    tag = static_cast<char>(0x87);
    const auto& bytes = address->bytes();
    name.assign(bytes.begin() + (address->is_v6() ? 0 : 12), bytes.end());
  } else {
    name = common_name.substr(0, kNameMax);
  }
  std::string item{tag, static_cast<char>(name.size())};
  item += name;
  return std::string{0x30, static_cast<char>(item.size())} + item;
}

struct Maker {
  mbedtls_pk_context key;
  mbedtls_x509write_cert certificate;
  Maker() {
    mbedtls_pk_init(&key);
    mbedtls_x509write_crt_init(&certificate);
  }
  ~Maker() {
    mbedtls_x509write_crt_free(&certificate);
    mbedtls_pk_free(&key);
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
};

int set_serial(mbedtls_x509write_cert& certificate, hal::Random& random) {
  std::array<unsigned char, 16> serial{};
  tls_random(&random, serial.data(), serial.size());
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);   // positive, and of full length
#if MBEDTLS_VERSION_MAJOR >= 3
  return mbedtls_x509write_crt_set_serial_raw(&certificate, serial.data(), serial.size());
#else
  mbedtls_mpi number;
  mbedtls_mpi_init(&number);
  int failed = mbedtls_mpi_read_binary(&number, serial.data(), serial.size());
  if (failed == 0) failed = mbedtls_x509write_crt_set_serial(&certificate, &number);
  mbedtls_mpi_free(&number);
  return failed;
#endif
}

}   // namespace

std::string certificate_fingerprint(const std::string& pem) {
  mbedtls_x509_crt certificate;
  mbedtls_x509_crt_init(&certificate);
  const int outcome = mbedtls_x509_crt_parse(&certificate, reinterpret_cast<const unsigned char*>(pem.c_str()), pem.size() + 1);
  auto out = outcome == 0 ? fingerprint_of(certificate) : std::string{};
  mbedtls_x509_crt_free(&certificate);
  return out;
}

SelfSigned make_self_signed(std::string_view common_name, hal::Random& random) {
  Maker maker;
  const auto name = distinguished_name(common_name);
  const auto names = alternative_names(common_name);
  std::array<unsigned char, kPemMax> pem{};
  SelfSigned out;
  int failed = mbedtls_pk_setup(&maker.key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
  if (failed == 0) failed = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(maker.key), tls_random, &random);
  if (failed == 0) failed = mbedtls_pk_write_key_pem(&maker.key, pem.data(), pem.size());
  if (failed == 0) out.key_pem = reinterpret_cast<const char*>(pem.data());

  auto& certificate = maker.certificate;
  mbedtls_x509write_crt_set_version(&certificate, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(&certificate, MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(&certificate, &maker.key);
  mbedtls_x509write_crt_set_issuer_key(&certificate, &maker.key);
  if (failed == 0) failed = mbedtls_x509write_crt_set_subject_name(&certificate, name.c_str());
  if (failed == 0) failed = mbedtls_x509write_crt_set_issuer_name(&certificate, name.c_str());
  if (failed == 0) failed = mbedtls_x509write_crt_set_validity(&certificate, "20200101000000", "20491231235959");
  if (failed == 0) failed = set_serial(certificate, random);
  if (failed == 0) failed = mbedtls_x509write_crt_set_basic_constraints(&certificate, 1, 0);
  if (failed == 0) {
    static constexpr std::array<char, 3> oid = {0x55, 0x1d, 0x11};   // id-ce-subjectAltName
    failed = mbedtls_x509write_crt_set_extension(&certificate, oid.data(), oid.size(), 0,
                                                 reinterpret_cast<const unsigned char*>(names.data()), names.size());
  }
  if (failed == 0) failed = mbedtls_x509write_crt_pem(&certificate, pem.data(), pem.size(), tls_random, &random);
  if (failed != 0) return {};
  out.cert_pem = reinterpret_cast<const char*>(pem.data());
  out.fingerprint = certificate_fingerprint(out.cert_pem);
  return out;
}

}   // namespace nightjar::net
