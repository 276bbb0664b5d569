#include "sim/camera/digest_gate.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>

#include "drivers/net/crypto.h"

namespace nightjar::sim::camera {
namespace {

constexpr auto kRealm = "CCAPI";

/// name=value and name="value", separated by commas; a quoted value may hold anything but a quote.
std::map<std::string, std::string, std::less<>> parameters(std::string_view text) {
  std::map<std::string, std::string, std::less<>> out;
  while (!text.empty() && out.size() < 32) {
    const auto start = text.find_first_not_of(" ,\t");
    const auto equals = text.find('=', start == std::string_view::npos ? 0 : start);
    if (start == std::string_view::npos || equals == std::string_view::npos) break;
    const auto name = text.substr(start, equals - start);
    text.remove_prefix(equals + 1);
    const bool quoted = text.starts_with('"');
    if (quoted) text.remove_prefix(1);
    const auto end = std::min(text.find(quoted ? '"' : ','), text.size());
    auto value = text.substr(0, end);
    if (!quoted)
      while (value.ends_with(' ')) value.remove_suffix(1);
    out.emplace(name, value);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return out;
}

}   // namespace

std::string DigestGate::hash(const std::string& text) const {
  return net::hash_hex(sha256_ ? net::HashKind::sha256 : net::HashKind::md5, text);
}

DigestGate::Verdict DigestGate::judge(const hal::HttpRequest& request) {
  const auto field = request.headers.find("Authorization");
  constexpr std::string_view scheme = "Digest ";
  if (!field || !field->starts_with(scheme)) return Verdict::wrong;
  auto given = parameters(field->substr(scheme.size()));
  const auto ha1 = hash(account_.user + ":" + kRealm + ":" + account_.password);
  const auto ha2 = hash(request.method + ":" + request.target);
  const auto expected = hash(ha1 + ":" + given["nonce"] + ":" + given["nc"] + ":" + given["cnonce"] + ":auth:" + ha2);
  const bool right = given["username"] == account_.user && given["realm"] == kRealm && given["uri"] == request.target &&
                     given["qop"] == "auth" && given["response"] == expected;
  if (!right) return Verdict::wrong;
  const auto nonce = std::find_if(nonces_.begin(), nonces_.end(), [&](const Nonce& each) { return each.text == given["nonce"]; });
  const auto count = std::strtoull(given["nc"].c_str(), nullptr, 16);
  if (nonce == nonces_.end() || count <= nonce->count) return Verdict::stale;
  nonce->count = count;
  return Verdict::welcome;
}

hal::HttpResponse DigestGate::challenge(bool stale) {
  const auto nonce = net::to_hex(net::random_bytes(random_, 16));
  nonces_.push_back({nonce});
  if (nonces_.size() > kNoncesMax) nonces_.pop_front();
  std::string field = "Digest realm=\"";
  field.append(kRealm)
      .append("\", qop=\"auth\", algorithm=")
      .append(sha256_ ? "SHA-256" : "MD5")
      .append(", nonce=\"")
      .append(nonce)
      .append("\"");
  if (stale) field += ", stale=true";
  return {401, {{"WWW-Authenticate", field}, {"Content-Type", "application/json"}}, R"({"message":"Unauthorized"})"};
}

std::optional<hal::HttpResponse> DigestGate::refusal(const hal::HttpRequest& request) {
  const auto verdict = judge(request);
  if (verdict == Verdict::welcome) return std::nullopt;
  return challenge(verdict == Verdict::stale);
}

}   // namespace nightjar::sim::camera
