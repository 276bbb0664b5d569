#include "drivers/net/jwt.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/net/crypto.h"

namespace nightjar::net {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kTimeMax = 253402300799;   // 9999-12-31T23:59:59Z
constexpr std::size_t kSubjectMax = 256;    // bytes; it becomes a word in the log

hal::Error no_token(const char* what) { return {hal::ErrorKind::invalid, what}; }
hal::Error no_good(const char* what) { return {hal::ErrorKind::denied, what}; }

/// The text is JSON and an object, or nothing. Deep nesting cannot exhaust the stack: the text is a token, at most kJwtMax.
std::optional<Json> object_of(std::string_view text) {
  auto parsed = Json::parse(text, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

/// A NumericDate (RFC 7519 section 2). False when there is one that is no time.
bool read_time(const Json& claims, const char* name, std::optional<std::chrono::sys_seconds>& into) {
  const auto found = claims.find(name);
  if (found == claims.end()) return true;
  if (!found->is_number()) return false;
  const auto seconds = found->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kTimeMax) return false;
  into = std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
  return true;
}

}   // namespace

hal::Result<hal::TokenClaims> check_jwt(std::string_view token, std::string_view secret, hal::WallTime now) {
  if (token.size() > kJwtMax) return no_token("the token is too long");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return no_token("the token has not three parts");
  const auto head = base64url_decode(token.substr(0, first));
  const auto body = base64url_decode(token.substr(first + 1, second - first - 1));
  const auto signature = base64url_decode(token.substr(second + 1));
  if (!head || !body || !signature) return no_token("a part of the token is not base64url");
  const auto header = object_of(*head);
  if (!header) return no_token("the token's header is not a JSON object");
  if (const auto algorithm = header->find("alg"); algorithm == header->end() || *algorithm != "HS256") return no_good("the token is not signed with HS256");
  if (header->contains("crit")) return no_good("the token asks for what is not understood here");   // RFC 7515 section 4.1.11
  if (secret.empty() || !same_bytes(*signature, hmac_sha256(secret, token.substr(0, second)))) return no_good("the token's signature is not ours");

  const auto claims = object_of(*body);
  if (!claims) return no_token("the token's claims are not a JSON object");
  hal::TokenClaims out;
  if (!read_time(*claims, "exp", out.expires) || !read_time(*claims, "nbf", out.not_before)) return no_token("a time in the token is no time");
  if (const auto subject = claims->find("sub"); subject != claims->end()) {
    if (!subject->is_string()) return no_token("the token's subject is not a text");
    out.subject = subject->get<std::string>();
    if (out.subject.size() > kSubjectMax) return no_token("the token's subject is too long");
  }
  if (out.expires && now >= *out.expires) return no_good("the token has expired");        // RFC 7519 section 4.1.4: on or after
  if (out.not_before && now < *out.not_before) return no_good("the token is not good yet");
  return out;
}

std::string make_jwt(const hal::TokenClaims& claims, std::string_view secret) {
  Json body{{"sub", claims.subject}};
  if (claims.not_before) body["nbf"] = claims.not_before->time_since_epoch().count();
  if (claims.expires) body["exp"] = claims.expires->time_since_epoch().count();
  auto out = base64url_encode(R"({"alg":"HS256","typ":"JWT"})") + "." +
             base64url_encode(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  out += "." + base64url_encode(hmac_sha256(secret, out));
  return out;
}

}   // namespace nightjar::net
