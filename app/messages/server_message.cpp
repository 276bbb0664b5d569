#include "app/messages/server_message.h"

#include <nlohmann/json.hpp>

#include "app/iso_time.h"

namespace nightjar::app {
namespace {

using json = nlohmann::ordered_json;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json camera_json(const StatusView& view) {
  json out{{"connected", view.camera_connected}, {"state", view.camera_state}};
  if (!view.camera_origin) {
    out["error"] = "No camera available";
    return out;
  }
  const auto& info = *view.camera_info;
  const auto& status = *view.camera_status;
  const auto text = [](const std::string& value) { return value.empty() ? json(nullptr) : json(value); };
  out["ip"] = view.camera_origin->endpoint.address.text();
  out["port"] = std::to_string(view.camera_origin->endpoint.port);
  out["https"] = view.camera_origin->tls;
  out["model"] = text(info.model);
  out["serialNumber"] = text(info.serial);
  out["firmware"] = text(info.firmware);
  out["battery"] = text(status.battery);
  out["temperature"] = text(status.temperature);
  out["shotsLeft"] = or_null(status.shots_left);
  out["lastError"] = text(view.camera_error);
  out["shutterEndpoint"] = text(info.shutter_path);
  out["hasCapabilities"] = !info.model.empty();
  out["attempt"] = view.camera_attempt;
  out["reconnectAttempts"] = view.camera_connected ? 0 : view.camera_attempt;
  out["retryInMs"] = view.camera_retry_in ? json(view.camera_retry_in->count()) : json(nullptr);
  return out;
}

json power_json(const StatusView& view) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(view.power.uptime).count();
  json battery{{"type", view.power.battery ? "battery" : "system"}, {"uptime", seconds}, {"systemUptime", seconds}};
  if (view.power.battery) battery["capacity"] = *view.power.battery;
  if (view.power.charging) battery["isPowerConnected"] = *view.power.charging;
  json out{{"battery", battery}, {"thermal", nullptr}, {"underVoltage", or_null(view.power.under_voltage)}, {"recommendations", json::array()}};
  if (view.power.temperature) out["thermal"] = {{"temperature", *view.power.temperature}, {"unit", "C"}, {"timestamp", iso_utc(view.at)}};
  if (view.power.under_voltage.value_or(false)) out["recommendations"].push_back("The supply voltage is too low");
  out["uptime"] = std::chrono::duration_cast<std::chrono::seconds>(view.uptime).count();
  return out;
}

json network_json(const StatusView& view) {
  json interfaces = json::object();
  for (const auto& interface : view.interfaces) {
    if (interface.loopback) continue;
    json one{{"active", true}, {"hasIp", true}, {"ip", interface.address.text()}, {"ipAddress", interface.address.text() + "/" + std::to_string(interface.prefix)}};
    interfaces[interface.name] = one;
  }
  if (view.wifi) {
    auto& wlan = interfaces["wlan0"];
    wlan["active"] = view.wifi->enabled;
    wlan["connected"] = view.wifi->ssid.has_value();
    wlan["network"] = or_null(view.wifi->ssid);
    wlan["signal"] = view.wifi->signal;
  }
  return {{"interfaces", interfaces}, {"clients", view.clients}};
}

json options_json(const Session& session) {
  return {{"interval", std::chrono::duration<double>{session.request.interval}.count()},
          {"totalShots", session.request.shots == 0 ? json(nullptr) : json(session.request.shots)},
          {"stopTime", session.stops_at ? json(iso_utc(*session.stops_at)) : json(nullptr)},
          {"stopCondition", session.request.stop_condition},
          {"title", session.title}};
}

json stats_json(const Session& session) {
  auto errors = json::array();
  for (const auto& error : session.errors)
    errors.push_back({{"shotNumber", error.slot + 1}, {"error", error.text}, {"timestamp", iso_utc(error.at)}});
  const double last = session.shots.empty() ? 0.0 : session.shots.back().took_ms / 1000.0;
  return {{"startTime", iso_utc(session.started)},
          {"endTime", session.ended ? json(iso_utc(*session.ended)) : json(nullptr)},
          {"shotsTaken", session.taken()},
          {"shotsSuccessful", session.saved},
          {"shotsFailed", session.failed},
          {"shotsMissed", session.missed},
          {"currentShot", session.slots()},
          {"overtimeShots", session.missed},
          {"lastShotDuration", last},
          {"errors", errors}};
}

json intervalometer_json(const StatusView& view) {
  if (view.session == nullptr) return nullptr;
  const auto& session = *view.session;
  auto stats = stats_json(session);
  const auto next = view.next_shot ? json(iso_utc(*view.next_shot)) : json(nullptr);
  stats["nextShotTime"] = next;
  if (stats["errors"].size() > 5) stats["errors"].erase(stats["errors"].begin(), stats["errors"].end() - 5);   // a status is small; the report has them all
  json remaining = nullptr;
  if (session.request.shots != 0) remaining = session.request.shots - std::min(session.request.shots, session.slots());
  const auto end = session.ended.value_or(view.at);
  return {{"sessionId", session.id},
          {"title", session.title},
          {"state", view.session_state},
          {"unsaved", view.unsaved},
          {"options", options_json(session)},
          {"stats", stats},
          {"duration", (end - session.started).count()},
          {"remainingShots", remaining},
          {"nextShotTime", next},
          {"successRate", session.taken() == 0 ? 1.0 : static_cast<double>(session.saved) / session.taken()},
          {"completionReason", session.end_reason.empty() ? json(nullptr) : json(session.end_reason)}};
}

void add_status(json& out, const StatusView& view) {
  out["camera"] = camera_json(view);
  out["network"] = network_json(view);
  out["power"] = power_json(view);
  out["discovery"] = {{"isDiscovering", false},
                      {"totalCameras", view.camera_origin ? 1 : 0},
                      {"connectedCameras", view.camera_connected ? 1 : 0},
                      {"primaryCamera", nullptr}};
  if (view.camera_origin && !view.camera_info->model.empty())
    out["discovery"]["primaryCamera"] = {{"modelName", view.camera_info->model}, {"ipAddress", view.camera_origin->endpoint.address.text()}};
  out["intervalometer"] = intervalometer_json(view);
  out["timesync"] = {{"pi", {{"isSynchronized", false}, {"reliability", "none"}, {"lastSyncTime", nullptr}}},
                     {"camera", {{"isSynchronized", false}, {"lastSyncTime", nullptr}}}};
  out["temperature"] = view.camera_status != nullptr && !view.camera_status->temperature.empty() ? json(view.camera_status->temperature) : json(nullptr);
  out["uptime"] = std::chrono::duration_cast<std::chrono::seconds>(view.uptime).count();
}

json framed(std::string_view type, hal::WallTime at) { return {{"type", type}, {"timestamp", iso_utc(at)}}; }

json session_data(const Session& session) {
  json out{{"sessionId", session.id}, {"title", session.title}, {"interval", std::chrono::duration<double>{session.request.interval}.count()}};
  out["options"] = options_json(session);
  out["stats"] = stats_json(session);
  if (!session.end_reason.empty()) out["reason"] = session.end_reason;
  return out;
}

std::string event(std::string_view type, std::string_view name, hal::WallTime at, json data) {
  auto out = framed(type, at);
  out["eventType"] = name;
  out["data"] = std::move(data);
  return text_of(out);
}

}  // namespace

std::string welcome(const StatusView& view, std::string_view client_id) {
  auto out = framed("welcome", view.at);
  add_status(out, view);
  out["clientId"] = client_id;
  return text_of(out);
}

std::string status_update(const StatusView& view) {
  auto out = framed("status_update", view.at);
  add_status(out, view);
  return text_of(out);
}

std::string status_answer(const StatusView& view) {
  auto out = framed("status", view.at);
  out["data"] = json::object();
  add_status(out["data"], view);
  out["data"]["timestamp"] = iso_utc(view.at);
  return text_of(out);
}

std::string status_object(const StatusView& view) {
  json out{{"status", "ok"}, {"timestamp", iso_utc(view.at)}};
  add_status(out, view);
  return text_of(out);
}

std::string pong(hal::WallTime at) {
  auto out = framed("pong", at);
  out["data"] = {{"timestamp", iso_utc(at)}};
  return text_of(out);
}

std::string operation_result(hal::WallTime at, std::string_view operation, bool success, const std::optional<Session>& session) {
  auto out = framed("operation_result", at);
  out["success"] = success;
  out["operation"] = operation;
  if (session) out["data"] = session_data(*session);
  return text_of(out);
}

std::string error_message(hal::WallTime at, std::string_view code, std::string_view message, std::string_view operation,
                          std::string_view details) {
  auto out = framed("error", at);
  json error{{"message", message}, {"code", code}, {"component", "websocket"}};
  if (!operation.empty()) error["operation"] = operation;
  if (!details.empty()) error["details"] = details;
  out["error"] = error;
  out["data"] = std::move(error);   // the seed's place for it; the existing page reads the other one
  return text_of(out);
}

std::string photo_taken(hal::WallTime at, bool success, std::optional<std::uint32_t> shot_number, const Session* session,
                        std::string_view error) {
  json data{{"success", success}, {"timestamp", iso_utc(at)}, {"shotNumber", or_null(shot_number)}};
  if (session != nullptr) {
    data["sessionId"] = session->id;
    data["title"] = session->title;
  }
  if (!success) data["error"] = error;
  return event("event", "photo_taken", at, std::move(data));
}

std::string timelapse_event(hal::WallTime at, std::string_view name, const Session& session) {
  return event("timelapse_event", name, at, session_data(session));
}

std::string report_saved_event(hal::WallTime at, const Session& session, std::string_view report_id) {
  auto data = session_data(session);
  data["reportId"] = report_id;
  return event("timelapse_event", "reportSaved", at, std::move(data));
}

std::string session_discarded_event(hal::WallTime at, std::string_view session_id) {
  return event("timelapse_event", "sessionDiscarded", at, {{"sessionId", session_id}});
}

std::string discovery_event(hal::WallTime at, std::string_view name, const hal::Endpoint& endpoint, const hal::CameraInfo& info) {
  return event("discovery_event", name, at,
               {{"ip", endpoint.address.text()}, {"ipAddress", endpoint.address.text()}, {"port", std::to_string(endpoint.port)}, {"modelName", info.model}});
}

}  // namespace nightjar::app
