#pragma once
// A line of a file that is only ever added to: `CRC32 TEXT\n`. What a power cut or a bad card did to it is noticed.
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightjar::app {

/// CRC-32 as in IEEE 802.3, reflected, 0xEDB88320.
inline std::uint32_t crc32(std::string_view bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320u : value >> 1;
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

/// `text` has no line break.
inline std::string checked_line(std::string_view text) { return fmt::format("{:08x} {}\n", crc32(text), text); }

/// The text of a line (without its break) whose checksum holds.
inline std::optional<std::string_view> checked_text(std::string_view line) {
  if (line.size() < 10 || line[8] != ' ') return std::nullopt;
  const auto text = line.substr(9);
  if (fmt::format("{:08x}", crc32(text)) != line.substr(0, 8)) return std::nullopt;
  return text;
}

}  // namespace nightjar::app
