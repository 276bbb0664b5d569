#pragma once
// Who may read: signed tokens with a subject and an end.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::hal {

struct TokenClaims {
  std::string subject;                                   // whom it was made for; for people and logs
  std::optional<std::chrono::sys_seconds> expires{};     // good until then; nothing: without an end
  std::optional<std::chrono::sys_seconds> not_before{};  // good from then on
  bool operator==(const TokenClaims&) const = default;
};

/// Makes and checks tokens with a secret of its own, which it never tells. Neither call blocks.
class Tokens {
 public:
  virtual ~Tokens() = default;
  /// The claims of a token that is whole, signed with our secret, and good at `now`. `invalid` when it is no token of this kind, `denied`
  /// when it is not good; the detail is one sentence, and holds nothing of the token.
  virtual Result<TokenClaims> check(std::string_view token, WallTime now) const = 0;
  virtual std::string make(const TokenClaims& claims) const = 0;
};

}  // namespace nightjar::hal
