#pragma once
// Settings, batteries and news as a Canon camera tells them; the rules are those of ccapi_messages.h.
//
//   all settings   {"iso":{"value":"100","ability":["auto","100",...]},"colortemperature":{"value":5200,"ability":{"min":2500,...}},...}
//   one setting    {"value":"100","ability":[...]}; to write it {"value":"200"}
//   in parts       {"value":{"raw":"none","jpeg":"large_fine"},"ability":{"raw":[...],"jpeg":[...]}}
//   batteries      {"batterylist":[{"name":"LP-E6NH","kind":"battery","level":"73","quality":"good"}]}
//   news           {"addedcontents":["/ccapi/ver130/contents/card1/100CANON/IMG_0031.JPG"],"battery":{...},"iso":{"value":...},...}
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/camera.h"

namespace nightjar::canon {

constexpr std::size_t kSettingNameMax = 64;       // bytes; "focusbracketing/numberofshots" is among the longest
constexpr std::size_t kSettingTextMax = 8'192;    // bytes of a value or an ability; the shutter speeds of a body are near 1 KB
constexpr std::size_t kBatteriesMax = 4;          // a grip holds two
constexpr std::size_t kAddedMax = 1'000;          // files of one answer; more are a burst that nobody here has asked for

/// Every member that has a value and an ability; what is no setting, is too long, or comes after kSettingsMax, is left out. Nothing when it
/// is no JSON object.
std::optional<std::vector<hal::CameraSetting>> parse_settings(std::string_view body);

std::optional<hal::CameraSetting> parse_setting(std::string name, std::string_view body);

/// Whether the setting's ability has that value: a member of the list, within the range and on a step of it, each part of an object on
/// its own. False for what is no JSON.
bool may_be(const hal::CameraSetting& setting, std::string_view value);

/// {"value":X}; X is JSON.
std::string setting_body(std::string_view value);

/// devicestatus/battery, in whole.
std::optional<hal::CameraBattery> parse_one_battery(std::string_view body);

/// devicestatus/batterylist. Some bodies say 100 there whatever is left, so a percentage counts only where it agrees with `word`, the level
/// of devicestatus/battery, and else the word does; without a word it is taken as it is.
std::optional<std::vector<hal::CameraBattery>> parse_batteries(std::string_view body, std::string_view word);

/// What a poll brought; {} is no news.
std::optional<hal::CameraNews> parse_news(std::string_view body);

}   // namespace nightjar::canon
