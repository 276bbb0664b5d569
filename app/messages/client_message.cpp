#include "app/messages/client_message.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "app/messages/json_text.h"

namespace nightjar::app {
std::optional<std::chrono::minutes> parse_hh_mm(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const auto i : {0, 1, 3, 4})
    if (text[static_cast<std::size_t>(i)] < '0' || text[static_cast<std::size_t>(i)] > '9') return std::nullopt;
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::hours{hours} + std::chrono::minutes{minutes};
}

namespace {

using nlohmann::json;
using Parsed = std::variant<ClientMessage, BadRequest>;

constexpr int kDepthMax = 16;   // no message of ours is deeper than three; deep nesting costs stack

BadRequest malformed(std::string details) { return {true, "INVALID_MESSAGE", "Invalid message format", std::move(details), {}}; }

BadRequest wrong(std::string message, std::string operation) {
  return {false, "INVALID_PARAMETER", std::move(message), {}, std::move(operation)};
}

/// A text field; nothing when absent or not a text.
std::optional<std::string> text_of(const json& data, const char* key) {
  const auto found = data.find(key);
  if (found == data.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

/// Cuts after at most `size_max` bytes, never within a UTF-8 character, and drops control characters.
std::string clean_title(const std::string& title, std::size_t size_max = kTitleMax) {
  std::string out;
  for (const char c : title)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  if (out.size() > size_max) {
    auto end = size_max;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
    out.resize(end);
  }
  return out;
}

Parsed parse_start(const json& data, const std::string& type) {
  StartIntervalometer out;
  const auto interval = data.find("interval");
  if (interval == data.end() || !interval->is_number()) return wrong("Invalid interval value", type);
  const double seconds = interval->get<double>();
  constexpr double kLow = std::chrono::duration<double>{kIntervalMin}.count();
  constexpr double kHigh = std::chrono::duration<double>{kIntervalMax}.count();
  if (!std::isfinite(seconds) || seconds < kLow || seconds > kHigh)
    return wrong("Invalid interval value: it must be between 1 second and 24 hours", type);
  out.request.interval = std::chrono::milliseconds{std::llround(seconds * 1000.0)};

  const auto shots = data.find("shots");
  const bool has_shots = shots != data.end() && !shots->is_null();
  const bool has_time = data.contains("stopTime") && !data["stopTime"].is_null();
  const auto condition = text_of(data, "stopCondition");
  if (data.contains("stopCondition") && !data["stopCondition"].is_null() && !condition) return wrong("Invalid stopCondition", type);
  out.request.stop_condition = condition ? *condition : has_shots ? "stop-after" : has_time ? "stop-at" : "unlimited";

  if (out.request.stop_condition == "stop-after") {
    if (!has_shots) return wrong("shots parameter required for stop-after stopCondition", type);
    if (!shots->is_number_integer() || *shots < 1 || *shots > kShotsMax)
      return wrong("Invalid shots value: it must be a whole number between 1 and 100000", type);
    out.request.shots = shots->get<std::uint32_t>();
  } else if (out.request.stop_condition == "stop-at") {
    const auto time = text_of(data, "stopTime");
    if (!time) return wrong("stopTime parameter required for stop-at stopCondition", type);
    out.stop_at = parse_hh_mm(*time);
    if (!out.stop_at) return wrong("Invalid stopTime: it must be a local time as HH:MM", type);
    out.request.stop_time = *time;
  } else if (out.request.stop_condition != "unlimited") {
    return wrong("Invalid stopCondition: valid values are unlimited, stop-after, stop-at", type);
  }
  if (data.contains("title") && !data["title"].is_null() && !text_of(data, "title")) return wrong("Invalid title: it must be a text", type);
  if (const auto title = text_of(data, "title")) out.request.title = clean_title(*title);
  return ClientMessage{std::move(out)};
}

Parsed parse_connect(const json& data, const std::string& type) {
  const auto text = text_of(data, "ip");
  const auto address = text ? hal::IpAddress::parse(*text) : std::nullopt;
  if (!address || address->is_any() || address->is_multicast()) return wrong("Invalid IP address", type);
  long port = 443;
  if (const auto found = data.find("port"); found != data.end() && !found->is_null()) {
    port = -1;
    if (found->is_number_integer() && *found >= 1 && *found <= 65'535) port = found->get<long>();
    if (found->is_string()) {
      const auto digits = found->get<std::string>();
      if (!digits.empty() && digits.size() <= 5 && digits.find_first_not_of("0123456789") == std::string::npos) port = std::stol(digits);
    }
  }
  if (port < 1 || port > 65'535) return wrong("Invalid port: it must be between 1 and 65535", type);
  ConnectToIp out{{*address, static_cast<std::uint16_t>(port)}, port != 8080};   // 8080 is CCAPI's plain port (ccapi.md, section 1)
  if (const auto found = data.find("https"); found != data.end() && found->is_boolean()) out.tls = found->get<bool>();
  return ClientMessage{out};
}

Parsed parse_camera(const json& data, const std::string& type) {
  const auto uuid = text_of(data, "uuid");
  if (!uuid || uuid->empty() || uuid->size() > 100) return wrong("uuid is required", type);
  if (type == "set_primary_camera") return ClientMessage{SetPrimaryCamera{*uuid}};
  if (type == "forget_camera") return ClientMessage{ForgetCamera{*uuid}};
  const auto name = text_of(data, "name");
  if (!name) return wrong("name is required", type);
  return ClientMessage{RenameCamera{*uuid, clean_title(*name, kCameraNameMax)}};
}

Parsed parse_session(const json& data, const std::string& type) {
  const auto id = text_of(data, "sessionId");
  if (!id || id->empty() || id->size() > 64) return wrong("sessionId is required", type);
  if (type == "discard_session") return ClientMessage{DiscardSession{*id}};
  SaveSession out{*id, std::nullopt};
  if (const auto title = text_of(data, "title")) out.title = clean_title(*title);
  return ClientMessage{std::move(out)};
}

}  // namespace

std::variant<ClientMessage, BadRequest> parse_client_message(std::string_view text) {
  if (!is_shallow(text, kDepthMax)) return malformed("nested too deeply");
  const auto message = json::parse(text, nullptr, false);
  if (message.is_discarded()) return malformed("not JSON");
  if (!message.is_object()) return malformed("not a JSON object");
  const auto type = text_of(message, "type");
  if (!type) return malformed("no type, or one that is not a text");
  const auto found = message.find("data");
  const json data = found == message.end() || found->is_null() ? json::object() : *found;
  if (!data.is_object()) return malformed("data is not an object");

  if (*type == "get_status") return ClientMessage{GetStatus{}};
  if (*type == "ping") return ClientMessage{Ping{}};
  if (*type == "take_photo") return ClientMessage{TakePhoto{}};
  if (*type == "connect_to_ip") return parse_connect(data, *type);
  if (*type == "get_cameras") return ClientMessage{GetCameras{}};
  if (*type == "discover_cameras") return ClientMessage{DiscoverCameras{}};
  if (*type == "set_primary_camera" || *type == "forget_camera" || *type == "rename_camera") return parse_camera(data, *type);
  if (*type == "start_intervalometer_with_title" || *type == "start_intervalometer") return parse_start(data, *type);
  if (*type == "stop_intervalometer") return ClientMessage{StopIntervalometer{}};
  if (*type == "save_session_as_report" || *type == "discard_session") return parse_session(data, *type);
  if (is_sharing_request(*type)) {
    auto request = parse_sharing_request(*type, data.dump(-1, ' ', false, json::error_handler_t::replace));
    if (!request.ok()) return wrong(request.error().detail, *type);
    return ClientMessage{Sharing{*type, std::move(request).value()}};
  }
  return BadRequest{true, "UNKNOWN_TYPE", "Invalid message format", "unknown type", {}};
}

}  // namespace nightjar::app
