#pragma once
// IP addresses and endpoints as values. Text is parsed here once, at the door.
#include <array>
#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightjar::hal {

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address is the IPv4 address.
class IpAddress {
 public:
  constexpr IpAddress() = default;   // 0.0.0.0: "any"
  static constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    IpAddress out;
    out.bytes_[12] = a;
    out.bytes_[13] = b;
    out.bytes_[14] = c;
    out.bytes_[15] = d;
    return out;
  }
  /// 16 bytes in network order; ::ffff:a.b.c.d becomes IPv4.
  static constexpr IpAddress v6(const std::array<std::uint8_t, 16>& bytes) {
    IpAddress out;
    out.bytes_ = bytes;
    bool mapped = bytes[10] == 0xff && bytes[11] == 0xff;
    for (std::size_t i = 0; i < 10; ++i) mapped = mapped && bytes[i] == 0;
    out.v6_ = !mapped;
    if (mapped) out.bytes_[10] = out.bytes_[11] = 0;
    return out;
  }
  static constexpr IpAddress loopback() { return v4(127, 0, 0, 1); }
  static constexpr IpAddress any() { return {}; }
  static constexpr IpAddress any_v6() { return v6({}); }

  constexpr bool is_v6() const { return v6_; }
  constexpr bool is_any() const { return bytes_ == std::array<std::uint8_t, 16>{}; }
  constexpr bool is_loopback() const { return v6_ ? *this == v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}) : bytes_[12] == 127; }
  /// 169.254.0.0/16, fe80::/10: good on its own link alone.
  constexpr bool is_link_local() const { return v6_ ? bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80 : bytes_[12] == 169 && bytes_[13] == 254; }
  constexpr bool is_multicast() const { return v6_ ? bytes_[0] == 0xff : (bytes_[12] & 0xf0) == 0xe0; }
  /// IPv4: the last four bytes. IPv6: all sixteen. Network order.
  constexpr const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  /// "192.168.4.2", "fe80::1"; nothing for anything else (names, brackets, zones, leading zeros).
  static std::optional<IpAddress> parse(std::string_view text);
  std::string text() const;

  constexpr auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool v6_ = false;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  /// "192.168.4.2:443", "[fe80::1]:443"
  std::string text() const {
    const auto port_text = std::to_string(port);
    return address.is_v6() ? "[" + address.text() + "]:" + port_text : address.text() + ":" + port_text;
  }
  constexpr auto operator<=>(const Endpoint&) const = default;
};

namespace detail {

inline std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<std::uint8_t, 4> out{};
  for (std::size_t part = 0; part < 4; ++part) {
    const auto dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot == 0 || dot > 3 || (dot > 1 && text[0] == '0')) return std::nullopt;
    unsigned value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + dot, value);
    if (failed != std::errc{} || end != text.data() + dot || value > 255) return std::nullopt;
    out[part] = static_cast<std::uint8_t>(value);
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return text.empty() ? std::optional{out} : std::nullopt;
}

/// One side of "::": groups of up to four hex digits, the last of all may be dotted IPv4. Appends; false when malformed.
inline bool parse_v6_groups(std::string_view text, std::array<std::uint8_t, 16>& out, std::size_t& size) {
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(group);
      if (!v4 || size > 12) return false;
      for (const auto byte : *v4) out[size++] = byte;
      return true;
    }
    unsigned value = 0;
    const auto [end, failed] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
    if (group.empty() || group.size() > 4 || failed != std::errc{} || end != group.data() + group.size() || size > 14) return false;
    out[size++] = static_cast<std::uint8_t>(value >> 8);
    out[size++] = static_cast<std::uint8_t>(value & 0xff);
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;   // a trailing single colon
  }
  return true;
}

}  // namespace detail

inline std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    const auto v4_bytes = detail::parse_v4(text);
    if (!v4_bytes) return std::nullopt;
    const auto& b = *v4_bytes;
    return v4(b[0], b[1], b[2], b[3]);
  }
  std::array<std::uint8_t, 16> head{};
  std::array<std::uint8_t, 16> tail{};
  std::size_t head_size = 0;
  std::size_t tail_size = 0;
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!detail::parse_v6_groups(text, head, head_size) || head_size != 16) return std::nullopt;
    return v6(head);
  }
  const auto after = text.substr(gap + 2);
  if (!detail::parse_v6_groups(text.substr(0, gap), head, head_size) || !detail::parse_v6_groups(after, tail, tail_size) ||
      after.find("::") != std::string_view::npos || head_size + tail_size > 14)
    return std::nullopt;
  for (std::size_t i = 0; i < tail_size; ++i) head[16 - tail_size + i] = tail[i];
  return v6(head);
}

inline std::string IpAddress::text() const {
  if (!v6_) {
    return std::to_string(bytes_[12]) + "." + std::to_string(bytes_[13]) + "." + std::to_string(bytes_[14]) + "." +
           std::to_string(bytes_[15]);
  }
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = (unsigned{bytes_[2 * i]} << 8) | bytes_[2 * i + 1];
  std::size_t best = 8;   // the longest run of zeros, at least two groups, is written "::" (RFC 5952)
  std::size_t best_size = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t size = 0;
    while (i + size < 8 && groups[i + size] == 0) ++size;
    if (size > best_size) {
      best = i;
      best_size = size;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), groups[i], 16).ptr;
    out.append(digits.data(), end);
  }
  return out;
}

}  // namespace nightjar::hal
