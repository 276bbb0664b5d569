#include "drivers/canon/date_time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "drivers/canon/ccapi_messages.h"

namespace nightjar::canon {
namespace {

using std::chrono::minutes;
using OrderedJson = nlohmann::ordered_json;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr auto kDaylightSaving = minutes{60};
constexpr auto kZoneMax = minutes{14 * 60};

/// So many digits and nothing else; -1 when they are not.
int number(std::string_view digits) {
  int out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return digits.front() == '-' || error != std::errc{} || end != digits.data() + digits.size() ? -1 : out;
}

std::string padded(std::int64_t value, std::size_t width) {
  auto out = std::to_string(value);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

/// "Tue, 01 Jan 2019 01:23:45 +0900": always 31 characters. What it shows, taken for UTC, and the zone.
struct Shown {
  hal::WallTime digits{};
  minutes zone{};
};
std::optional<Shown> parse_shown(std::string_view text) {
  constexpr std::string_view kForm = "###, 00 ### 0000 00:00:00 +0000";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if ((kForm[i] == ',' || kForm[i] == ' ' || kForm[i] == ':') && text[i] != kForm[i]) return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const int day = number(text.substr(5, 2)), year = number(text.substr(12, 4));
  const int hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2)), second = number(text.substr(23, 2));
  const int zone_hours = number(text.substr(27, 2)), zone_minutes = number(text.substr(29, 2));
  const bool has_sign = text[26] == '+' || text[26] == '-';
  if (month == kMonths.end() || day < 0 || year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || !has_sign ||
      zone_hours < 0 || zone_minutes < 0 || zone_minutes > 59)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  const minutes zone{(zone_hours * 60 + zone_minutes) * (text[26] == '-' ? -1 : 1)};
  if (!date.ok() || std::chrono::abs(zone) > kZoneMax) return std::nullopt;
  return Shown{std::chrono::sys_days{date} + std::chrono::hours{hour} + minutes{minute} + std::chrono::seconds{second}, zone};
}

}   // namespace

std::optional<hal::CameraTime> parse_date_time(std::string_view body) {
  if (body.size() > kJsonMax) return std::nullopt;
  const auto json = OrderedJson::parse(body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto text = json.find("datetime");
  const auto dst = json.find("dst");
  if (text == json.end() || !text->is_string() || (dst != json.end() && !dst->is_boolean())) return std::nullopt;
  const auto shown = parse_shown(text->get_ref<const std::string&>());
  if (!shown) return std::nullopt;
  const bool daylight_saving = dst != json.end() && dst->get<bool>();
  return hal::CameraTime{shown->digits - shown->zone - (daylight_saving ? kDaylightSaving : minutes{0}), shown->zone, daylight_saving};
}

std::string format_date_time(const hal::CameraTime& time) {
  using namespace std::chrono;
  const auto shown = floor<seconds>(time.utc) + time.zone + (time.daylight_saving ? kDaylightSaving : minutes{0});
  const auto day = floor<days>(shown);
  const year_month_day date{day};
  const hh_mm_ss clock{shown - day};
  const auto zone = std::chrono::abs(time.zone).count();
  std::string text{kDays[weekday{day}.c_encoding()]};
  text.append(", ").append(padded(static_cast<unsigned>(date.day()), 2)).append(" ");
  text.append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ").append(padded(static_cast<int>(date.year()), 4)).append(" ");
  text.append(padded(clock.hours().count(), 2)).append(":").append(padded(clock.minutes().count(), 2)).append(":").append(padded(clock.seconds().count(), 2));
  text.append(time.zone.count() < 0 ? " -" : " +").append(padded(zone / 60, 2)).append(padded(zone % 60, 2));
  return OrderedJson{{"datetime", text}, {"dst", time.daylight_saving}}.dump();
}

}   // namespace nightjar::canon
