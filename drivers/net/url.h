#pragma once
// Absolute http, https, ws and wss URLs taken apart, and the sanity of a request target. Never throws.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hal/address.h"

namespace nightjar::net {

struct Url {
  std::string scheme;                      // "http", "https", "ws", "wss": lower case
  std::string host;                        // lower case; an IPv6 address without its brackets
  std::optional<hal::IpAddress> address;   // when `host` is an address in text form
  std::uint16_t port = 0;                  // the scheme's own when the text names none
  std::string target = "/";                // path and query, without the fragment

  bool tls() const { return scheme == "https" || scheme == "wss"; }
  /// The endpoint when the host is an address: what needs no name look-up.
  std::optional<hal::Endpoint> endpoint() const { return address ? std::optional{hal::Endpoint{*address, port}} : std::nullopt; }
};

/// "https://192.168.4.2:443/ccapi"; nothing for other schemes, user info, ports outside 1..65535 and malformed or over-long (2 KiB) text.
std::optional<Url> parse_url(std::string_view text);

/// True for what a request line may carry: "/..." or "*", visible ASCII without '#', whole percent escapes, no encoded NUL, at most 8 KiB.
bool is_request_target(std::string_view target);

/// "%20" to " "; nothing when an escape is broken.
std::optional<std::string> percent_decode(std::string_view text);

}   // namespace nightjar::net
