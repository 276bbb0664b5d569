#include "sim/camera/body.h"

#include <array>
#include <cctype>
#include <cstdio>

namespace nightjar::sim::camera {
namespace {

constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// "Tue, 01 Jan 2019 01:23:45 +0900": digits as the wall shows them, daylight saving within; the zone is the standard one.
std::string rfc_1123(hal::WallTime utc, int zone_minutes, bool daylight_saving) {
  using namespace std::chrono;
  const auto shown = floor<seconds>(utc) + minutes{zone_minutes + (daylight_saving ? 60 : 0)};
  const auto day = floor<days>(shown);
  const year_month_day date{day};
  const hh_mm_ss time{shown - day};
  const auto zone = zone_minutes < 0 ? -zone_minutes : zone_minutes;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d %c%02d%02d", kDays[weekday{day}.c_encoding()],
                static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
  return text.data();
}

struct Moment {
  hal::WallTime digits{};   // as shown, taken for UTC
  int zone_minutes = 0;
};

std::optional<Moment> parse_rfc_1123(const std::string& text) {
  using namespace std::chrono;
  std::array<char, 4> day_name{}, month_name{};
  char sign = 0;
  int day = 0, the_year = 0, hour = 0, minute = 0, second = 0, zone = 0;
  if (text.size() > 40 || std::sscanf(text.c_str(), "%3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d %c%4d", day_name.data(), &day,
                                      month_name.data(), &the_year, &hour, &minute, &second, &sign, &zone) != 9)
    return std::nullopt;
  unsigned the_month = 0;
  while (the_month < 12 && std::string_view{kMonths[the_month]} != month_name.data()) ++the_month;
  const year_month_day date{year{the_year} / month{the_month + 1} / std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || (sign != '+' && sign != '-') || zone > 1400) return std::nullopt;
  const auto shown = sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
  return Moment{shown, (zone / 100 * 60 + zone % 100) * (sign == '-' ? -1 : 1)};
}

}   // namespace

Body::Body(const CameraOptions& the_options, hal::Loop& the_loop, hal::WallClock& wall_clock)
    : options(the_options),
      loop(the_loop),
      settings(options),
      card(options.card, options.pictures_max),
      events(loop, options, condition, event_fields(), [this](const std::string& name) { return event_field(name); }),
      exposures({loop, options, condition, faults, settings, card, events, [this] { return clock(); },
                 [this](std::string file) { return content_address(card.name() + "/" + file); }}),
      darkroom(loop),
      wall_clock_(wall_clock) {}

std::string Body::content_address(const std::string& inside) const {
  auto path = "/ver" + std::to_string(contents_version()) + "/contents" + (inside.empty() ? "" : "/" + inside);
  return (options.old_firmware ? access_url() : "/ccapi") + path;
}

Json Body::battery() const { return {{"name", "LP-E17"}, {"kind", "battery"}, {"level", condition.battery}, {"quality", "good"}}; }

/// The R50 says "100" here whatever the battery: so does this one.
Json Body::battery_list() const {
  return {{"batterylist",
           Json::array({{{"position", "camera"}, {"name", "LP-E17"}, {"kind", "battery"}, {"level", "100"}, {"quality", "good"}}})}};
}

Json Body::lens() const { return {{"mount", condition.lens}, {"name", condition.lens ? "RF16mm F2.8 STM" : ""}}; }

Json Body::temperature() const { return {{"status", condition.temperature}}; }

Json Body::storage() const {
  auto list = Json::array();
  if (card_readable())
    list.push_back({{"name", card.name()},
                    {address_key(), content_address(card.name())},
                    {"accesscapability", condition.card == CameraCondition::Card::locked ? "readonly" : "readwrite"},
                    {"maxsize", card.size()},
                    {"spacesize", condition.card == CameraCondition::Card::full ? 0 : card.space()},
                    {"contentsnumber", card.count()}});
  return {{"storagelist", list}};
}

Json Body::recordable() const {
  const auto quality = settings.get("stillimagequality")["value"];
  const bool raw = quality.contains("raw") && quality["raw"] != "none";
  return {{"stillimage", condition.card == CameraCondition::Card::fits ? card.shots_left(raw) : 0}, {"movie", 1799}};
}

Json Body::date_time() const {
  return {{"datetime", rfc_1123(clock(), condition.zone_minutes, condition.daylight_saving)}, {"dst", condition.daylight_saving}};
}

std::optional<Refusal> Body::set_date_time(const Json& body) {
  if (exposures.busy()) return Refusal{503, "During shooting or recording"};
  if (!body.is_object() || !body.contains("datetime") || !body["datetime"].is_string() || !body.contains("dst") ||
      !body["dst"].is_boolean())
    return Refusal{400, "Invalid parameter"};
  const auto moment = parse_rfc_1123(body["datetime"].get<std::string>());
  if (!moment) return Refusal{400, "Invalid parameter"};
  using namespace std::chrono;
  condition.zone_minutes = moment->zone_minutes;
  condition.daylight_saving = body["dst"].get<bool>();
  const auto utc = moment->digits - minutes{condition.zone_minutes + (condition.daylight_saving ? 60 : 0)};
  condition.clock_offset = round<seconds>(utc - wall_clock_.now());
  events.changed("datetime");
  return std::nullopt;
}

std::vector<std::string> Body::event_fields() const {
  std::vector<std::string> fields{"battery", "temperature", "storage", "recordable", "lens", "datetime"};
  if (!options.old_firmware) fields.insert(fields.begin() + 1, "batterylist");
  fields.insert(fields.end(), settings.shooting().begin(), settings.shooting().end());
  return fields;
}

Json Body::event_field(const std::string& name) const {
  if (name == "battery") return battery();
  if (name == "batterylist") return battery_list()["batterylist"];
  if (name == "temperature") return temperature();
  if (name == "storage") return storage();
  if (name == "recordable") return recordable();
  if (name == "lens") return lens();
  if (name == "datetime") return date_time();
  return settings.get(name);
}

void Body::end_session() {
  in_session = false;
  live_view = "off";
  live_view_start.drop();
  events.reset();
}

void Body::power_cut() {
  end_session();
  exposures.power_cut();
  darkroom.clear();
  faults.clear();
  condition.records = true;
}

}   // namespace nightjar::sim::camera
