#pragma once
// What every parser of a client's message needs. Internal to app/messages.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/messages/bad_request.h"
#include "app/messages/json_text.h"

namespace nightjar::app {

constexpr int kDepthMax = 16;   // no message of ours is deeper than three; deep nesting costs stack

/// What is not JSON, or nested too deeply, is a discarded value, which is no object.
inline nlohmann::json parse_json(std::string_view text) {
  return is_shallow(text, kDepthMax) ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json(nlohmann::json::value_t::discarded);
}

/// A value that makes no sense: the client may have meant well, so it does not count against it.
inline BadRequest wrong(std::string message, std::string operation) { return {false, "INVALID_PARAMETER", std::move(message), {}, std::move(operation)}; }

/// A text field; nothing when absent or not a text.
inline std::optional<std::string> text_of(const nlohmann::json& data, const char* key) {
  const auto found = data.find(key);
  if (found == data.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

}  // namespace nightjar::app
