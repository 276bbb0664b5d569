#include "app/messages/client_message.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/messages/fields.h"
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

BadRequest malformed(std::string details) { return {true, "INVALID_MESSAGE", "Invalid message format", std::move(details), {}}; }

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

/// Present, and not null.
const json* member(const json& data, const char* key) {
  const auto found = data.find(key);
  return found == data.end() || found->is_null() ? nullptr : &*found;
}

using Wrong = std::optional<std::string>;   // the sentence

Wrong read_interval(const json& data, hal::Duration& into) {
  const auto* interval = member(data, "interval");
  if (interval == nullptr || !interval->is_number()) return "Invalid interval value";
  const double seconds = interval->get<double>();
  constexpr double kLow = std::chrono::duration<double>{kIntervalMin}.count();
  constexpr double kHigh = std::chrono::duration<double>{kIntervalMax}.count();
  if (!std::isfinite(seconds) || seconds < kLow || seconds > kHigh) return "Invalid interval value: it must be between 1 second and 24 hours";
  into = std::chrono::milliseconds{std::llround(seconds * 1000.0)};
  return std::nullopt;
}

/// shots, stopTime, stopCondition: what the condition is, where it is not said, follows from the two.
Wrong read_end(const json& data, PlanEnd& into) {
  const auto* shots = member(data, "shots");
  const auto* said = member(data, "stopCondition");
  const auto condition = text_of(data, "stopCondition");
  if (said != nullptr && !condition) return "Invalid stopCondition";
  into.stop_condition = condition ? *condition : shots != nullptr ? "stop-after" : member(data, "stopTime") != nullptr ? "stop-at" : "unlimited";
  if (into.stop_condition == "stop-after") {
    if (shots == nullptr) return "shots parameter required for stop-after stopCondition";
    if (!shots->is_number_integer() || *shots < 1 || *shots > kShotsMax) return "Invalid shots value: it must be a whole number between 1 and 100000";
    into.shots = shots->get<std::uint32_t>();
  } else if (into.stop_condition == "stop-at") {
    const auto time = text_of(data, "stopTime");
    if (!time) return "stopTime parameter required for stop-at stopCondition";
    into.stop_at = parse_hh_mm(*time);
    if (!into.stop_at) return "Invalid stopTime: it must be a local time as HH:MM";
    into.stop_time = *time;
  } else if (into.stop_condition != "unlimited") {
    return "Invalid stopCondition: valid values are unlimited, stop-after, stop-at";
  }
  return std::nullopt;
}

Parsed parse_start(const json& data, const std::string& type) {
  StartIntervalometer out;
  PlanEnd end;
  if (auto mistake = read_interval(data, out.request.interval)) return wrong(*mistake, type);
  if (auto mistake = read_end(data, end)) return wrong(*mistake, type);
  out.request.shots = end.shots;
  out.request.stop_condition = end.stop_condition;
  out.request.stop_time = end.stop_time;
  out.stop_at = end.stop_at;
  if (member(data, "late") != nullptr) {
    out.late = late_of(text_of(data, "late").value_or(""));
    if (!out.late) return wrong("Invalid late value: valid values are skip, shift, burst", type);
  }
  if (member(data, "title") != nullptr && !text_of(data, "title")) return wrong("Invalid title: it must be a text", type);
  if (const auto title = text_of(data, "title")) out.request.title = clean_title(*title);
  return ClientMessage{std::move(out)};
}

Parsed parse_update(const json& data, const std::string& type) {
  UpdateIntervalometer out;
  if (member(data, "interval") != nullptr) {
    if (auto mistake = read_interval(data, out.change.interval.emplace())) return wrong(*mistake, type);
  }
  if (member(data, "shots") != nullptr || member(data, "stopTime") != nullptr || member(data, "stopCondition") != nullptr) {
    if (auto mistake = read_end(data, out.change.end.emplace())) return wrong(*mistake, type);
  }
  if (!out.change.interval && !out.change.end) return wrong("Nothing to change: interval, shots, stopTime or stopCondition is required", type);
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

std::optional<std::string> setting_value(const json& data) {
  const auto value = data.find("value");
  if (value == data.end() || value->is_null() || value->is_array()) return std::nullopt;
  if (value->is_object() && std::any_of(value->begin(), value->end(), [](const json& part) { return part.is_structured(); })) return std::nullopt;
  auto text = value->dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > kSettingValueMax ? std::nullopt : std::optional{std::move(text)};
}

Parsed parse_set_camera(const json& data, const std::string& type) {
  const auto name = text_of(data, "setting");
  if (!name || name->empty() || name->size() > kSettingNameMax) return wrong("setting is required", type);
  auto value = setting_value(data);
  if (!value) return wrong("value is required: a text, a number, or an object of those", type);
  return ClientMessage{SetCameraSetting{*name, *std::move(value)}};
}

Parsed parse_bulb(const json& data, const std::string& type) {
  const auto seconds = data.find("seconds");
  constexpr double kMost = std::chrono::duration<double>{kBulbMax}.count();
  const auto value = seconds != data.end() && seconds->is_number() ? seconds->get<double>() : -1.0;
  if (!(value >= 0 && value <= kMost)) return wrong("Invalid seconds value: it must be between 0 and 60", type);
  return ClientMessage{SetBulb{std::chrono::milliseconds{std::llround(value * 1000.0)}}};
}

Parsed parse_session(const json& data, const std::string& type) {
  const auto id = text_of(data, "sessionId");
  if (!id || id->empty() || id->size() > 64) return wrong("sessionId is required", type);
  if (type == "discard_session") return ClientMessage{DiscardSession{*id}};
  SaveSession out{*id, std::nullopt};
  if (const auto title = text_of(data, "title")) out.title = clean_title(*title);
  return ClientMessage{std::move(out)};
}

/// A report's id, under any of the names that clients have for it.
std::optional<std::string> report_id(const json& data) {
  for (const auto* key : {"id", "reportId", "sessionId"}) {
    const auto id = text_of(data, key);
    if (id && !id->empty() && id->size() <= 80) return id;
  }
  return std::nullopt;
}

Parsed parse_report(const json& data, const std::string& type) {
  const auto id = report_id(data);
  if (type == "update_report_title") {
    const auto title = text_of(data, "title");
    const auto clean = title ? clean_title(*title) : std::string{};
    if (!id || clean.empty()) return wrong("Report ID and title are required", type);
    return ClientMessage{RenameReport{*id, clean}};
  }
  if (!id) return wrong("Report ID is required", type);
  if (type == "get_timelapse_report") return ClientMessage{GetReport{*id}};
  return ClientMessage{DeleteReport{*id}};
}

Parsed parse_reports(const json& data, const std::string& type) {
  GetReports out;
  if (const auto* offset = member(data, "offset")) {
    if (!offset->is_number_unsigned()) return wrong("Invalid offset: it must be a whole number", type);
    out.offset = offset->get<std::size_t>();
  }
  if (const auto* limit = member(data, "limit")) {
    if (!limit->is_number_unsigned() || *limit < 1 || *limit > kReportsMax) return wrong("Invalid limit: it must be a whole number between 1 and 500", type);
    out.limit = limit->get<std::size_t>();
  }
  return ClientMessage{out};
}

/// What stands in a file of its own: its parser knows the type.
template <class Narrow>
Parsed widened(std::variant<Narrow, BadRequest> parsed) {
  if (auto* bad = std::get_if<BadRequest>(&parsed)) return std::move(*bad);
  return ClientMessage{std::move(std::get<Narrow>(parsed))};
}
Parsed about_time(const json& data, const std::string& type) { return widened(*parse_time_message(type, data)); }
Parsed about_network(const json& data, const std::string& type) { return widened(*parse_network_message(type, data)); }
Parsed about_sharing(const json& data, const std::string& type) {
  auto request = parse_sharing_request(type, data.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!request.ok()) return wrong(request.error().detail, type);
  return ClientMessage{Sharing{type, std::move(request).value()}};
}

template <class Message>
Parsed bare(const json&, const std::string&) {
  return ClientMessage{Message{}};
}

struct Row {
  std::string_view type;
  Parsed (*parse)(const json& data, const std::string& type);
};
constexpr std::array kRows{
    Row{"get_status", bare<GetStatus>},
    Row{"ping", bare<Ping>},
    Row{"take_photo", bare<TakePhoto>},
    Row{"connect_to_ip", parse_connect},
    Row{"get_cameras", bare<GetCameras>},
    Row{"discover_cameras", bare<DiscoverCameras>},
    Row{"set_primary_camera", parse_camera},
    Row{"forget_camera", parse_camera},
    Row{"rename_camera", parse_camera},
    Row{"get_camera_settings", bare<GetCameraSettings>},
    Row{"set_camera_setting", parse_set_camera},
    Row{"set_bulb", parse_bulb},
    Row{"capture_liveview", bare<CaptureLiveview>},
    Row{"start_intervalometer_with_title", parse_start},
    Row{"start_intervalometer", parse_start},
    Row{"stop_intervalometer", bare<StopIntervalometer>},
    Row{"pause_intervalometer", bare<PauseIntervalometer>},
    Row{"resume_intervalometer", bare<ResumeIntervalometer>},
    Row{"update_intervalometer", parse_update},
    Row{"save_session_as_report", parse_session},
    Row{"discard_session", parse_session},
    Row{"get_unsaved_session", bare<GetUnsavedSession>},
    Row{"get_timelapse_reports", parse_reports},
    Row{"get_timelapse_report", parse_report},
    Row{"update_report_title", parse_report},
    Row{"delete_timelapse_report", parse_report},
    Row{"time-sync-response", about_time},
    Row{"gps-response", about_time},
    Row{"manual-time-sync", about_time},
    Row{"manual_camera_sync", about_time},
    Row{"get-time-sync-status", about_time},
    Row{"network_scan", about_network},
    Row{"network_connect", about_network},
    Row{"network_disconnect", about_network},
    Row{"network_saved", about_network},
    Row{"network_forget", about_network},
    Row{"access_point_start", about_network},
    Row{"access_point_stop", about_network},
    Row{"host_session", about_sharing},
    Row{"join_session", about_sharing},
    Row{"leave_session", about_sharing},
    Row{"end_session", about_sharing},
    Row{"discover_sessions", about_sharing},
    Row{"kick_member", about_sharing},
    Row{"fire", about_sharing},
    Row{"share_intervalometer", about_sharing},
};

Parsed parse_as(const std::string& type, const json& data) {
  for (const auto& row : kRows)
    if (row.type == type) return row.parse(data, type);
  return BadRequest{true, "UNKNOWN_TYPE", "Invalid message format", "unknown type", {}};
}

}  // namespace

std::vector<std::string_view> client_message_types() {
  std::vector<std::string_view> out;
  for (const auto& row : kRows) out.push_back(row.type);
  return out;
}

std::optional<std::string> parse_setting_value(std::string_view body) {
  if (!is_shallow(body, kDepthMax)) return std::nullopt;
  const auto message = json::parse(body, nullptr, false);
  return message.is_object() ? setting_value(message) : std::nullopt;
}

std::variant<ClientMessage, BadRequest> parse_client_data(std::string_view type, std::string_view text, const PathValue& in_path) {
  if (!is_shallow(text, kDepthMax)) return malformed("nested too deeply");
  auto data = text.empty() ? json::object() : json::parse(text, nullptr, false);
  if (data.is_discarded()) return malformed("not JSON");
  if (!data.is_object()) return malformed("not a JSON object");
  if (in_path.key != nullptr) data[in_path.key] = in_path.value;
  return parse_as(std::string{type}, data);
}

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

  return parse_as(*type, data);
}

}  // namespace nightjar::app
