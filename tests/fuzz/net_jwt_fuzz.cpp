// Tokens: whatever comes is survived; nothing is taken that was not signed with the secret; what was signed is read and written again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/net/crypto.h"
#include "drivers/net/jwt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nightjar;
  constexpr auto kSecret = "the fuzzer does not know this secret";
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const hal::WallTime now{std::chrono::seconds{1'800'000'000}};
  if (net::check_jwt(bytes, kSecret, now).ok()) std::abort();

  // Claims and header of the fuzzer's, with a good signature: past the signature there is a parser, too.
  const auto end = bytes.find('\n');
  const auto header = end == std::string_view::npos ? std::string_view{R"({"alg":"HS256"})"} : bytes.substr(0, end);
  const auto claims = end == std::string_view::npos ? bytes : bytes.substr(end + 1);
  const auto text = net::base64url_encode(header) + "." + net::base64url_encode(claims);
  const auto token = text + "." + net::base64url_encode(net::hmac_sha256(kSecret, text));
  const auto checked = net::check_jwt(token, kSecret, now);
  if (checked.ok() && net::check_jwt(net::make_jwt(checked.value(), kSecret), kSecret, now).value() != checked.value()) std::abort();
  if (net::check_jwt(token, "another secret", now).ok()) std::abort();

  if (const auto raw = net::base64url_decode(bytes); raw && net::base64url_encode(*raw) != bytes) std::abort();
  return 0;
}
