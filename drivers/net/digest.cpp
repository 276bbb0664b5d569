#include "drivers/net/digest.h"

#include <utility>
#include <vector>

#include "drivers/net/http_codec.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kParametersMax = 32;   // a challenge has about six
constexpr std::size_t kCnonceBytes = 12;

struct Parameter {
  std::string name;
  std::string value;
};

/// Reads "name=value" or 'name="quoted"' off the front of `text`; nothing when there is none.
std::optional<Parameter> next_parameter(std::string_view& text) {
  auto rest = text;
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t' || rest.front() == ',')) rest.remove_prefix(1);
  const auto equals = rest.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const auto name = trim(rest.substr(0, equals));
  if (name.empty() || name.find_first_of(" \t,\"") != std::string_view::npos) return std::nullopt;
  Parameter out{std::string{name}, {}};
  rest = rest.substr(equals + 1);
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
  if (rest.starts_with('"')) {
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '"'; ++at) {
      if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
      out.value += rest[at];
    }
    if (at >= rest.size()) return std::nullopt;
    rest = rest.substr(at + 1);
  } else {
    const auto end = std::min(rest.find(','), rest.size());
    out.value = trim(rest.substr(0, end));
    rest = rest.substr(end);
  }
  text = rest;
  return out;
}

/// One challenge behind its "Digest " word; reads up to where the next scheme's word begins.
std::optional<DigestChallenge> parse_one(std::string_view& text) {
  DigestChallenge out;
  bool qop_given = false;
  bool known_hash = true;
  for (std::size_t count = 0; count < kParametersMax; ++count) {
    const auto parameter = next_parameter(text);
    if (!parameter) break;
    const auto& [name, value] = *parameter;
    if (same_text(name, "realm")) out.realm = value;
    if (same_text(name, "nonce")) out.nonce = value;
    if (same_text(name, "opaque")) out.opaque = value;
    if (same_text(name, "stale")) out.stale = same_text(value, "true");
    if (same_text(name, "qop")) {
      qop_given = true;
      out.qop_auth = has_token(value, "auth");
    }
    if (same_text(name, "algorithm")) {
      out.algorithm = value;
      out.session = same_text(value, "MD5-sess") || same_text(value, "SHA-256-sess");
      const bool sha256 = same_text(value, "SHA-256") || same_text(value, "SHA-256-sess");
      out.hash = sha256 ? HashKind::sha256 : HashKind::md5;
      known_hash = sha256 || same_text(value, "MD5") || same_text(value, "MD5-sess");
    }
  }
  const bool answerable = known_hash && !out.nonce.empty() && (out.qop_auth || !qop_given) && (out.qop_auth || !out.session);
  return answerable ? std::optional{std::move(out)} : std::nullopt;
}

std::string quote(std::string_view text) {
  std::string out{"\""};
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

/// Where `word` begins a challenge in `text`, outside of quotes; npos when nowhere.
std::size_t find_scheme(std::string_view text, std::string_view word) {
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_quotes && text[i] == '\\') {
      ++i;
      continue;
    }
    if (text[i] == '"') in_quotes = !in_quotes;
    const bool at_word = i == 0 || text[i - 1] == ' ' || text[i - 1] == ',' || text[i - 1] == '\t';
    if (!in_quotes && at_word && same_text(text.substr(i, word.size()), word)) return i;
  }
  return std::string_view::npos;
}

}   // namespace

std::optional<DigestChallenge> parse_digest_challenge(const hal::Headers& headers) {
  std::optional<DigestChallenge> best;
  for (const auto& [name, value] : headers.all()) {
    if (!same_text(name, "WWW-Authenticate")) continue;
    std::string_view text = value;
    for (std::size_t at; (at = find_scheme(text, "Digest ")) != std::string_view::npos;) {
      text.remove_prefix(at + 7);
      auto challenge = parse_one(text);
      if (challenge && (!best || (best->hash == HashKind::md5 && challenge->hash == HashKind::sha256))) best = std::move(challenge);
    }
  }
  return best;
}

bool DigestSession::take_challenge(const hal::Headers& headers) {
  auto challenge = parse_digest_challenge(headers);
  if (!challenge) return false;
  begin(std::move(*challenge));
  return true;
}

void DigestSession::begin(DigestChallenge challenge) {
  challenge_ = std::move(challenge);
  cnonce_ = to_hex(random_bytes(random_, kCnonceBytes));
  count_ = 0;
}

void DigestSession::take_info(const hal::Headers& headers) {
  const auto info = headers.find("Authentication-Info");
  if (!info || !challenge_) return;
  std::string_view text = *info;
  for (std::size_t count = 0; count < kParametersMax; ++count) {
    const auto parameter = next_parameter(text);
    if (!parameter) return;
    if (!same_text(parameter->name, "nextnonce") || parameter->value.empty()) continue;
    auto next = *challenge_;
    next.nonce = parameter->value;
    begin(std::move(next));
    return;
  }
}

std::optional<std::string> DigestSession::authorize(std::string_view method, std::string_view target) {
  if (!challenge_) return std::nullopt;
  const auto& challenge = *challenge_;
  const auto digest = [&](const std::string& text) { return hash_hex(challenge.hash, text); };
  std::string count = to_hex(std::string{static_cast<char>(++count_ >> 24), static_cast<char>(count_ >> 16), static_cast<char>(count_ >> 8),
                                         static_cast<char>(count_)});
  auto secret = digest(credentials_.user + ":" + challenge.realm + ":" + credentials_.password);
  if (challenge.session) secret = digest(secret + ":" + challenge.nonce + ":" + cnonce_);
  const auto what = digest(std::string{method} + ":" + std::string{target});
  const auto middle = challenge.qop_auth ? challenge.nonce + ":" + count + ":" + cnonce_ + ":auth:" : challenge.nonce + ":";

  std::string out = "Digest username=" + quote(credentials_.user) + ", realm=" + quote(challenge.realm) +
                    ", nonce=" + quote(challenge.nonce) + ", uri=" + quote(target) + ", response=\"" +
                    digest(secret + ":" + middle + what) + "\"";
  if (!challenge.algorithm.empty()) out += ", algorithm=" + challenge.algorithm;
  if (!challenge.opaque.empty()) out += ", opaque=" + quote(challenge.opaque);
  if (challenge.qop_auth) out += ", qop=auth, nc=" + count + ", cnonce=\"" + cnonce_ + "\"";
  return out;
}

}   // namespace nightjar::net
