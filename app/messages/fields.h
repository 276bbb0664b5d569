#pragma once
// What every parser of a client's message needs. Internal to app/messages.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "app/messages/bad_request.h"

namespace nightjar::app {

/// A value that makes no sense: the client may have meant well, so it does not count against it.
inline BadRequest wrong(std::string message, std::string operation) { return {false, "INVALID_PARAMETER", std::move(message), {}, std::move(operation)}; }

/// A text field; nothing when absent or not a text.
inline std::optional<std::string> text_of(const nlohmann::json& data, const char* key) {
  const auto found = data.find(key);
  if (found == data.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

}  // namespace nightjar::app
