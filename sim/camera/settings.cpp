#include "sim/camera/settings.h"

#include <algorithm>
#include <cstdlib>

namespace nightjar::sim::camera {
namespace {

Json list(std::initializer_list<const char*> values) {
  Json out = Json::array();
  for (const auto* value : values) out.push_back(value);
  return out;
}

Json range(int least, int most, int step) { return {{"min", least}, {"max", most}, {"step", step}}; }

/// A list names its values, a range bounds a whole number; an object has one ability a member.
bool within(const Json& value, const Json& ability) {
  if (ability.is_array()) return std::find(ability.begin(), ability.end(), value) != ability.end();
  if (!ability.is_object()) return false;
  if (ability.contains("min")) {
    if (!value.is_number_integer()) return false;
    const auto number = value.get<std::int64_t>();
    const auto least = ability["min"].get<std::int64_t>();
    return number >= least && number <= ability["max"].get<std::int64_t>() && (number - least) % ability["step"].get<std::int64_t>() == 0;
  }
  if (!value.is_object()) return false;
  for (const auto& [name, part] : value.items())
    if (!ability.contains(name) || !within(part, ability[name])) return false;
  return !value.empty();
}

}   // namespace

std::optional<hal::Duration> exposure_of(std::string_view tv) {
  std::string text{tv};
  double seconds = 0;
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    seconds = std::atof(text.substr(0, slash).c_str()) / std::max(1.0, std::atof(text.c_str() + slash + 1));
  } else {
    std::replace(text.begin(), text.end(), '"', '.');
    seconds = std::atof(text.c_str());
  }
  if (seconds <= 0) return std::nullopt;
  return std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>(seconds));
}

Settings::Settings(const CameraOptions& options) {
  const auto shooting = [this](const char* name, Json value, Json ability) { add(shooting_, name, std::move(value), std::move(ability)); };
  const auto function = [this](const char* name, Json value, Json ability) { add(functions_, name, std::move(value), std::move(ability)); };

  shooting("shootingmodedial", options.shooting_mode, Json::array());
  shooting("av", "f2.8",
           list({"f2.8", "f3.2", "f3.5", "f4.0", "f4.5", "f5.0", "f5.6", "f6.3", "f7.1", "f8.0", "f9.0", "f10", "f11", "f16", "f22"}));
  shooting("tv", options.tv,
           list({"bulb", "30\"", "25\"", "20\"", "15\"", "13\"", "10\"", "8\"",  "6\"",   "5\"",   "4\"",   "3\"2",  "2\"5",   "2\"",
                 "1\"6", "1\"3", "1\"",  "0\"8", "0\"6", "0\"5", "0\"4", "0\"3", "1/4",   "1/5",   "1/6",   "1/8",   "1/10",   "1/13",
                 "1/15", "1/20", "1/25", "1/30", "1/40", "1/50", "1/60", "1/80", "1/100", "1/125", "1/250", "1/500", "1/1000", "1/4000"}));
  shooting("iso", options.iso, list({"auto", "100", "200", "400", "800", "1600", "3200", "6400", "12800", "25600"}));
  shooting("exposure", "+0.0", list({"-3.0", "-2.0", "-1.0", "-0_1/3", "+0.0", "+0_1/3", "+1.0", "+2.0", "+3.0"}));
  shooting("wb", "daylight",
           list({"auto", "awbwhite", "daylight", "shade", "cloudy", "tungsten", "whitefluorescent", "flash", "custom", "colortemp"}));
  shooting("colortemperature", 4000, range(2500, 10000, 100));
  shooting("wbshift", {{"ba", 0}, {"mg", 0}}, {{"ba", range(-9, 9, 1)}, {"mg", range(-9, 9, 1)}});
  shooting("drive", "single", list({"single", "self_10sec", "self_2sec"}));
  shooting("metering", "evaluative", list({"evaluative", "partial", "spot", "center_weighted_average"}));
  shooting("afoperation", "oneshot", list({"oneshot", "servo", "manual"}));
  shooting(
      "stillimagequality", {{"raw", options.raw ? "raw" : "none"}, {"jpeg", "large_fine"}},
      {{"raw", list({"none", "raw", "craw"})}, {"jpeg", list({"none", "large_fine", "large_normal", "medium_fine", "small1", "small2"})}});
  shooting("stillimageaspectratio", "3:2", list({"3:2", "4:3", "16:9", "1:1"}));
  shooting("shuttermode", "elec_1st_curtain", list({"elec_1st_curtain", "electronic"}));
  shooting("colorspace", "srgb", list({"srgb", "adobe_rgb"}));

  function("autopoweroff", "60", list({"30", "60", "120", "180", "300", "600", "disable"}));
  function("beep", "enable", list({"enable", "disable", "disabletouch"}));
  function("displayoff", "30", list({"10", "20", "30", "60", "120", "180"}));
  turn_dial(options.shooting_mode);
}

const std::vector<std::string>& Settings::ruled_by_dial() {
  static const std::vector<std::string> kNames{"shootingmodedial", "av", "tv", "exposure"};
  return kNames;
}

void Settings::turn_dial(const std::string& mode) {
  settings_["shootingmodedial"].value = mode;
  settings_["av"].decided = mode == "tv" || mode == "p";
  settings_["tv"].decided = mode == "av" || mode == "p" || mode == "bulb";
  settings_["exposure"].decided = mode == "m" || mode == "bulb";
}

void Settings::add(std::vector<std::string>& names, const std::string& name, Json value, Json ability) {
  settings_[name] = {std::move(value), std::move(ability)};
  names.push_back(name);
}

Json Settings::get(std::string_view name) const {
  const auto at = settings_.find(name);
  if (at == settings_.end()) return nullptr;
  if (at->second.decided) return {{"value", name == "tv" && text("shootingmodedial") == "bulb" ? "bulb" : ""}, {"ability", Json::array()}};
  return {{"value", at->second.value}, {"ability", at->second.ability}};
}

Json Settings::all() const {
  Json out = Json::object();
  for (const auto& name : shooting_) out[name] = get(name);
  return out;
}

std::optional<Refusal> Settings::put(std::string_view name, const Json& body) {
  const auto at = settings_.find(name);
  if (at == settings_.end() || at->second.decided || !body.is_object() || !body.contains("value") || !within(body["value"], at->second.ability))
    return Refusal{400, "Invalid parameter"};
  const auto& value = body["value"];
  if (value.is_object())
    at->second.value.update(value);
  else
    at->second.value = value;
  return std::nullopt;
}

std::optional<hal::Duration> Settings::exposure() const {
  return text("shootingmodedial") == "bulb" ? std::nullopt : exposure_of(text("tv"));
}

std::string Settings::text(std::string_view name) const {
  const auto at = settings_.find(name);
  return at != settings_.end() && at->second.value.is_string() ? at->second.value.get<std::string>() : std::string{};
}

}   // namespace nightjar::sim::camera
