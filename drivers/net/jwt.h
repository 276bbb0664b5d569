#pragma once
// JSON Web Tokens, RFC 7519, in the one shape used here: compact, signed with HMAC-SHA-256 (RFC 7515, "HS256").
//
//   base64url(header) "." base64url(claims) "." base64url(HMAC-SHA-256(secret, all before the last dot))
//
// Only HS256 is taken, whatever the header says besides: a header that names another algorithm ("none", "RS256") is refused before
// anything is computed, so that neither an unsigned token nor one signed with a key that everybody has can pass for ours.
#include <string>
#include <string_view>

#include "hal/tokens.h"

namespace nightjar::net {

constexpr std::size_t kJwtMax = 4096;   // a token of ours has about 150 bytes, one with many claims of others a thousand

/// Claims and signature as hal::Tokens::check; a pure function. Numbers that name no time (fractions are cut) make it `invalid`.
hal::Result<hal::TokenClaims> check_jwt(std::string_view token, std::string_view secret, hal::WallTime now);
std::string make_jwt(const hal::TokenClaims& claims, std::string_view secret);

class JwtTokens final : public hal::Tokens {
 public:
  explicit JwtTokens(std::string secret) : secret_(std::move(secret)) {}
  hal::Result<hal::TokenClaims> check(std::string_view token, hal::WallTime now) const override { return check_jwt(token, secret_, now); }
  std::string make(const hal::TokenClaims& claims) const override { return make_jwt(claims, secret_); }

 private:
  std::string secret_;
};

}   // namespace nightjar::net
