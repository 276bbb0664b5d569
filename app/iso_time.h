#pragma once
// ISO 8601 as the wire carries it.
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "hal/time.h"

namespace nightjar::app {

/// "2026-11-20T23:14:07.330Z"
inline std::string iso_utc(hal::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

/// "2026-11-20T23:14:07Z", with any fraction of the second or none; nothing for another zone or what is no time. Never throws.
inline std::optional<hal::WallTime> parse_iso_utc(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size() || text.size() > 40 || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < text.size() - 1; ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    const bool fits = i < kForm.size() && kForm[i] != '0' ? text[i] == kForm[i] : i == kForm.size() ? text[i] == '.' : is_digit;
    if (!fits) return std::nullopt;
  }
  const auto number = [text](std::size_t from, std::size_t digits) {
    int out = 0;
    for (std::size_t i = from; i < from + digits; ++i) out = out * 10 + (i < text.size() - 1 ? text[i] - '0' : 0);
    return out;
  };
  using namespace std::chrono;
  const year_month_day date{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))}, day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59 || text.size() == kForm.size() + 2) return std::nullopt;
  const auto fraction = text.size() > kForm.size() + 1 ? number(kForm.size() + 1, 3) : 0;
  return sys_days{date} + hours{number(11, 2)} + minutes{number(14, 2)} + seconds{number(17, 2)} + milliseconds{fraction};
}

/// "20261120-231407": the default title of a session, in local time.
inline std::string title_of(hal::WallTime time, std::chrono::seconds utc_offset) {
  const auto local = time + utc_offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{local - day};
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace nightjar::app
