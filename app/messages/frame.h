#pragma once
// How every message of ours begins. Internal to app/messages.
#include <string>
#include <string_view>

#include "app/iso_time.h"
#include "app/messages/json_text.h"

namespace nightjar::app {

inline Json framed(std::string_view type, hal::WallTime at) { return {{"type", type}, {"timestamp", iso_utc(at)}}; }

/// {type, timestamp, eventType, data}
inline std::string event(std::string_view type, std::string_view name, hal::WallTime at, const Json& data) {
  auto out = framed(type, at);
  out.add("eventType", name);
  out.add("data", data);
  return out.text();
}

/// {type, timestamp, data}: an answer to who asked.
inline std::string answer(std::string_view type, hal::WallTime at, const Json& data) {
  auto out = framed(type, at);
  out.add("data", data);
  return out.text();
}

}  // namespace nightjar::app
