#pragma once
#include <string>

namespace nightjar::sim {

/// What a simulated camera may show over HTTPS: an RSA certificate whose key everybody knows. Its signatures are all of one length. Those of
/// ECDSA are not, and what is signed holds the real time of day, which Mbed TLS puts into every hello: with them the same seed would
/// send a byte more today than yesterday.
struct CameraCertificate {
  std::string cert_pem;
  std::string key_pem;
};
const CameraCertificate& camera_certificate();

}   // namespace nightjar::sim
