#include "drivers/canon/ccapi_settings.h"

#include <array>
#include <charconv>
#include <utility>

#include "drivers/canon/ccapi_json.h"

namespace nightjar::canon {
namespace {

constexpr int kDepthMax = 4;   // {"ba":{"min":..}} is three deep

/// Writing JSON out again costs stack for every level of it.
bool is_shallow(const Json& json, int depth_max = kDepthMax) {
  if (!json.is_structured()) return true;
  if (depth_max == 0) return false;
  return std::all_of(json.begin(), json.end(), [depth_max](const Json& each) { return is_shallow(each, depth_max - 1); });
}

std::optional<std::string> written(const Json& json) {
  if (json.is_discarded() || !is_shallow(json)) return std::nullopt;
  auto out = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return out.size() > kSettingTextMax ? std::nullopt : std::optional{std::move(out)};
}

std::optional<hal::CameraSetting> setting_in(std::string name, const Json& json) {
  const auto* value = member(json, "value");
  const auto* ability = member(json, "ability");
  if (name.empty() || name.size() > kSettingNameMax || !value || !ability || printable(name, kSettingNameMax) != name) return std::nullopt;
  auto value_text = written(*value);
  auto ability_text = written(*ability);
  if (!value_text || !ability_text) return std::nullopt;
  return hal::CameraSetting{std::move(name), *std::move(value_text), *std::move(ability_text)};
}

void add_settings(const Json& json, std::vector<hal::CameraSetting>& into) {
  for (const auto& [name, each] : json.items()) {
    if (into.size() == hal::Camera::kSettingsMax) return;
    if (auto setting = setting_in(name, each)) into.push_back(*std::move(setting));
  }
}

bool within_range(const Json& value, const Json& range) {
  const auto number = [](const Json* json) { return json && json->is_number_integer() ? std::optional{json->get<std::int64_t>()} : std::nullopt; };
  const auto wanted = number(&value), least = number(member(range, "min")), most = number(member(range, "max")), step = number(member(range, "step"));
  if (!wanted || !least || !most || *wanted < *least || *wanted > *most) return false;
  // As unsigned: the distance of two numbers may be more than a signed one holds.
  const auto distance = static_cast<std::uint64_t>(*wanted) - static_cast<std::uint64_t>(*least);
  return !step || *step <= 0 || distance % static_cast<std::uint64_t>(*step) == 0;
}

bool within(const Json& value, const Json& ability, int depth_max = kDepthMax) {
  if (depth_max == 0) return false;
  if (ability.is_array()) return std::find(ability.begin(), ability.end(), value) != ability.end();
  if (!ability.is_object()) return false;
  if (ability.contains("min")) return within_range(value, ability);
  if (!value.is_object() || value.empty()) return false;
  for (const auto& [name, part] : value.items())
    if (const auto* allowed = member(ability, name); !allowed || !within(part, *allowed, depth_max - 1)) return false;
  return true;
}

hal::CameraBattery battery_in(const Json& json) {
  auto level = text(json, "level", kWordMax);
  if (const auto number = whole(json, "level"); number && *number <= 100) level = std::to_string(*number);
  return {text(json, "name", kWordMax), text(json, "kind", kWordMax), std::move(level), text(json, "quality", kWordMax)};
}

/// Roughly what the icon of each word stands for; the edges are generous, for no public source settles them.
bool agrees(std::string_view percentage, std::string_view word) {
  struct Span {
    std::string_view word;
    int least, most;
  };
  constexpr std::array<Span, 5> spans{{{"full", 60, 100}, {"high", 40, 90}, {"half", 20, 70}, {"quarter", 5, 45}, {"low", 0, 25}}};
  int number = -1;
  std::from_chars(percentage.data(), percentage.data() + percentage.size(), number);
  const auto span = std::find_if(spans.begin(), spans.end(), [&](const Span& each) { return each.word == word; });
  return span == spans.end() || (number >= span->least && number <= span->most);
}

}   // namespace

std::optional<std::vector<hal::CameraSetting>> parse_settings(std::string_view body) {
  const auto document = parse_json(body);
  if (!document.is_object()) return std::nullopt;
  std::vector<hal::CameraSetting> out;
  add_settings(document, out);
  return out;
}

std::optional<hal::CameraSetting> parse_setting(std::string name, std::string_view body) { return setting_in(std::move(name), parse_json(body)); }

bool may_be(const hal::CameraSetting& setting, std::string_view value) {
  const auto wanted = parse_json(value);
  return !wanted.is_discarded() && is_shallow(wanted) && within(wanted, parse_json(setting.ability));
}

std::string setting_body(std::string_view value) { return std::string{R"({"value":)"}.append(value).append("}"); }

std::optional<hal::CameraBattery> parse_one_battery(std::string_view body) {
  auto battery = battery_in(parse_json(body));
  return battery.level.empty() ? std::nullopt : std::optional{std::move(battery)};
}

std::optional<std::vector<hal::CameraBattery>> parse_batteries(std::string_view body, std::string_view word) {
  const auto document = parse_json(body);
  const auto* list = member(document, "batterylist");
  if (!list || !list->is_array()) return std::nullopt;
  std::vector<hal::CameraBattery> out;
  for (const auto& entry : *list) {
    if (out.size() == kBatteriesMax) break;
    auto battery = battery_in(entry);
    if (out.empty() && !agrees(battery.level, word)) battery.level = word;   // the word is of the one that is used first
    if (!battery.level.empty()) out.push_back(std::move(battery));
  }
  return out;
}

std::optional<hal::CameraNews> parse_news(std::string_view body) {
  const auto document = parse_json(body);
  if (!document.is_object()) return std::nullopt;
  hal::CameraNews out;
  if (const auto* battery = member(document, "battery"))
    if (auto level = text(*battery, "level", kWordMax); !level.empty()) out.battery = std::move(level);
  if (const auto* temperature = member(document, "temperature"))
    if (auto status = text(*temperature, "status", kWordMax); !status.empty()) out.temperature = std::move(status);
  if (const auto* recordable = member(document, "recordable")) out.shots_left = whole(*recordable, "stillimage");
  if (const auto* added = member(document, "addedcontents"); added && added->is_array()) {
    for (const auto& entry : *added) {
      if (out.added.size() == kAddedMax) break;
      if (!entry.is_string()) continue;
      if (auto path = parse_path(entry.get_ref<const std::string&>())) out.added.push_back(*std::move(path));
    }
  }
  add_settings(document, out.settings);
  return out;
}

}   // namespace nightjar::canon
