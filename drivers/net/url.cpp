#include "drivers/net/url.h"

#include <algorithm>
#include <charconv>

namespace nightjar::net {

namespace {

constexpr std::size_t kUrlMax = 2048;      // longer than any URL a camera or a person gives us
constexpr std::size_t kTargetMax = 8192;   // what browsers and servers commonly allow in a request line
constexpr std::size_t kHostMax = 253;      // RFC 1035 section 2.3.4

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= kHostMax && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.size() > 5 || failed != std::errc{} || end != text.data() + text.size() || value == 0 || value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

/// "host", "host:port", "[v6]:port" into `url`; false when malformed.
bool parse_authority(std::string_view authority, Url& url) {
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    url.host = lower(authority.substr(1, end - 1));
    url.address = hal::IpAddress::parse(url.host);
    if (!url.address || url.host.find(':') == std::string::npos) return false;
    port = authority.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return false;
  } else {
    const auto colon = authority.find(':');
    url.host = lower(authority.substr(0, colon));
    if (!is_host_name(url.host)) return false;
    url.address = hal::IpAddress::parse(url.host);
    port = colon == std::string_view::npos ? std::string_view{} : authority.substr(colon);
  }
  if (port.size() <= 1) return true;   // "host:" means the scheme's own port, RFC 3986 section 6.2.3
  const auto number = parse_port(port.substr(1));
  if (number) url.port = *number;
  return number.has_value();
}

}   // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlMax) return std::nullopt;
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  Url url;
  url.scheme = lower(text.substr(0, mark));
  if (url.scheme != "http" && url.scheme != "https" && url.scheme != "ws" && url.scheme != "wss") return std::nullopt;
  url.port = url.tls() ? 443 : 80;
  text.remove_prefix(mark + 3);
  text = text.substr(0, text.find('#'));
  const auto authority_end = std::min(text.find_first_of("/?"), text.size());
  if (!parse_authority(text.substr(0, authority_end), url)) return std::nullopt;
  url.target = text.substr(authority_end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (!is_request_target(url.target)) return std::nullopt;
  return url;
}

bool is_request_target(std::string_view target) {
  if (target == "*") return true;
  if (!target.starts_with('/') || target.size() > kTargetMax) return false;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (c <= ' ' || c >= 0x7f || c == '#') return false;   // bytes from 0x80 are negative where char is signed
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    if (c != '%') continue;
    if (i + 2 >= target.size() || hex_digit(target[i + 1]) < 0 || hex_digit(target[i + 2]) < 0) return false;
    if (target[i + 1] == '0' && target[i + 2] == '0') return false;
  }
  return true;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}   // namespace nightjar::net
