#pragma once
// HTTP Digest authentication, the client's side: RFC 7616 with MD5 and SHA-256, each also as "-sess", qop "auth", and RFC 2069's form
// without qop, which old devices still speak. No I/O.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/net/crypto.h"
#include "hal/http.h"
#include "hal/random.h"

namespace nightjar::net {

struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::string opaque;
  std::string algorithm;   // as the server wrote it; empty when it did not
  HashKind hash = HashKind::md5;
  bool session = false;    // "-sess"
  bool qop_auth = false;   // false: the server knows no qop
  bool stale = false;
};

/// The best digest challenge of a response's WWW-Authenticate fields (SHA-256 before MD5); nothing when there is none we can answer.
std::optional<DigestChallenge> parse_digest_challenge(const hal::Headers& headers);

/// What one client knows of its origin's authentication: the challenge it answered last is answered again with every request, so that only
/// the first one costs a second round trip.
class DigestSession {
 public:
  DigestSession(hal::Credentials credentials, hal::Random& random) : credentials_(std::move(credentials)), random_(random) {}

  /// Takes the challenge of a 401. False when it holds none that can be answered.
  bool take_challenge(const hal::Headers& headers);
  /// Takes the server's next nonce from an answer's Authentication-Info, where it gives one.
  void take_info(const hal::Headers& headers);
  /// The credentials were refused: the next request goes without.
  void forget() { challenge_.reset(); }
  /// The Authorization field's value, the nonce count one higher each time; nothing before a challenge.
  std::optional<std::string> authorize(std::string_view method, std::string_view target);

 private:
  void begin(DigestChallenge challenge);

  hal::Credentials credentials_;
  hal::Random& random_;
  std::optional<DigestChallenge> challenge_;
  std::string cnonce_;        // one a nonce: the "-sess" key is bound to it
  std::uint32_t count_ = 0;   // requests answered with this nonce
};

}   // namespace nightjar::net
