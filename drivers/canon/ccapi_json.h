#pragma once
// How every codec of drivers/canon reads JSON: nothing throws, everything has a bound, what is not there is empty. Internal to drivers/canon.
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/canon/ccapi_messages.h"

namespace nightjar::canon {

using Json = nlohmann::json;

constexpr std::size_t kWordMax = 64;    // bytes of a status word
constexpr std::size_t kTextMax = 200;   // bytes of a sentence or a name

/// Never throws: what is not JSON, or too large, is a discarded value, which has no members.
inline Json parse_json(std::string_view body) {
  if (body.size() > kJsonMax) return Json(Json::value_t::discarded);
  return Json::parse(body, nullptr, false);
}

inline const Json* member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(name);
  return at == object.end() ? nullptr : &*at;
}

/// Cut at a whole UTF-8 character, for it may go into a message of ours.
inline std::string printable(std::string_view text, std::size_t size_max) {
  auto size = std::min(text.size(), size_max);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  std::string out{text.substr(0, size)};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

inline std::string text(const Json& object, std::string_view name, std::size_t size_max = kTextMax) {
  const auto* value = member(object, name);
  return value && value->is_string() ? printable(value->get_ref<const std::string&>(), size_max) : std::string{};
}

inline std::optional<std::int64_t> whole(const Json& object, std::string_view name) {
  const auto* value = member(object, name);
  if (!value || !value->is_number_integer()) return std::nullopt;
  const auto number = value->get<std::int64_t>();   // an unsigned above the range turns negative
  return number < 0 ? std::nullopt : std::optional{number};
}

}   // namespace nightjar::canon
