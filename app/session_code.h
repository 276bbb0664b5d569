#pragma once
// The code of a session: six of A-Z and 0-9, shown "A1B-2C3". It is the session's id as well.
#include <optional>
#include <string>
#include <string_view>

#include "hal/random.h"

namespace nightjar::app {

constexpr std::size_t kCodeSize = 6;
constexpr std::string_view kCodeLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Every code as likely as any other.
inline std::string make_session_code(hal::Random& random) {
  constexpr std::uint64_t kFair = ~std::uint64_t{0} / 36 * 36;
  std::string out;
  while (out.size() < kCodeSize)
    if (const auto draw = random.next(); draw < kFair) out += kCodeLetters[draw % 36];
  return out;
}

/// What a person typed: upper-cased, and stripped of all but letters and digits. Nothing when that is no code.
inline std::optional<std::string> parse_session_code(std::string_view typed) {
  std::string out;
  for (char c : typed.substr(0, 64)) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (kCodeLetters.find(c) != std::string_view::npos) out += c;
  }
  return out.size() == kCodeSize ? std::optional{out} : std::nullopt;
}

/// "A1B2C3" as people read it: "A1B-2C3".
inline std::string show_session_code(std::string_view code) {
  return code.size() == kCodeSize ? std::string{code.substr(0, 3)} + "-" + std::string{code.substr(3)} : std::string{code};
}

}  // namespace nightjar::app
