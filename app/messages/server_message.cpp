#include "app/messages/server_message.h"

#include <algorithm>
#include <map>

#include "app/iso_time.h"
#include "app/messages/frame.h"
#include "app/messages/json_text.h"

namespace nightjar::app {
namespace {

constexpr std::size_t kErrorsShown = 5;

Json camera_json(const StatusView& view) {
  Json out{{"connected", view.camera_connected}, {"state", view.camera_state}};
  if (!view.camera_origin) {
    out.add("error", "No camera available");
    return out;
  }
  const auto& info = *view.camera_info;
  const auto& status = *view.camera_status;
  const auto text = [](const std::string& value) { return value.empty() ? Json(nullptr) : Json(value); };
  out.add("ip", view.camera_origin->endpoint.address.text());
  out.add("port", std::to_string(view.camera_origin->endpoint.port));
  out.add("https", view.camera_origin->tls);
  out.add("model", text(info.model));
  out.add("serialNumber", text(info.serial));
  out.add("firmware", text(info.firmware));
  out.add("battery", text(status.battery));
  out.add("temperature", text(status.temperature));
  out.add("shotsLeft", status.shots_left);
  out.add("bulb", std::chrono::duration<double>{view.bulb}.count());
  out.add("lastError", text(view.camera_error));
  out.add("reason", text(view.camera_reason));
  out.add("shutterEndpoint", text(info.shutter_path));
  out.add("hasCapabilities", !info.model.empty());
  out.add("attempt", view.camera_attempt);
  out.add("reconnectAttempts", view.camera_connected ? 0 : view.camera_attempt);
  out.add("retryInMs", view.camera_retry_in ? Json(view.camera_retry_in->count()) : Json(nullptr));
  return out;
}

Json address_json(const RegisteredCamera& camera) {
  return camera.places.empty() ? Json() : Json(camera.places.front().endpoint.address.text());
}


/// `linked`: it is the one we shoot with.
Json registered_json(const RegisteredCamera& camera, bool linked, bool connected) {
  auto places = Json::array();
  for (const auto& place : camera.places) places.push_back(place.endpoint.text());
  Json port;
  Json https;
  if (!camera.places.empty()) {
    port = std::to_string(camera.places.front().endpoint.port);
    https = camera.places.front().tls;
  }
  const Json info{{"uuid", camera.uuid}, {"modelName", camera.model}, {"serialNumber", camera.serial}, {"nickname", camera.nickname}, {"name", camera.name},
                  {"ipAddress", address_json(camera)}, {"port", port}, {"https", https}, {"addresses", places}};
  return {{"uuid", camera.uuid},
          {"info", info},
          {"status", linked ? "connected" : camera.online ? "available" : "offline"},
          {"lastSeen", camera.last_seen ? Json(iso_utc(*camera.last_seen)) : Json()},
          {"connectionAttempts", camera.attempts},
          {"lastError", or_null(camera.last_error)},
          {"connected", connected}};
}

/// A camera counts as connected when its CCAPI has answered and it has not gone since; the primary one when its link stands.
Json discovery_json(const StatusView& view) {
  Json primary;
  auto cameras = Json::object();
  std::size_t total = 0;
  int connected = 0;
  if (view.cameras != nullptr) {
    total = view.cameras->cameras().size();
    for (const auto& [uuid, camera] : view.cameras->cameras()) {
      const bool is_primary = uuid == view.cameras->primary();
      const bool is_connected = is_primary ? view.camera_connected : camera.online;   // as camera_in_registry()
      cameras.add(uuid, registered_json(camera, is_primary && is_connected, is_connected));
      connected += is_connected ? 1 : 0;
      if (is_primary) primary = {{"uuid", uuid}, {"modelName", camera.model}, {"ipAddress", address_json(camera)}};
    }
  }
  return {{"isDiscovering", view.discovering}, {"totalCameras", total}, {"connectedCameras", connected}, {"primaryCamera", primary}, {"cameras", cameras}};
}

Json power_json(const StatusView& view) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(view.power.uptime).count();
  Json battery{{"type", view.power.battery ? "battery" : "system"}, {"uptime", seconds}, {"systemUptime", seconds}};
  if (view.power.battery) battery.add("capacity", *view.power.battery);
  if (view.power.charging) battery.add("isPowerConnected", *view.power.charging);
  Json thermal;
  if (view.power.temperature) thermal = {{"temperature", *view.power.temperature}, {"unit", "C"}, {"timestamp", iso_utc(view.at)}};
  auto recommendations = Json::array();
  if (view.power.under_voltage.value_or(false)) recommendations.push_back("The supply voltage is too low");
  return {{"battery", battery},
          {"thermal", thermal},
          {"underVoltage", view.power.under_voltage},
          {"recommendations", recommendations},
          {"uptime", std::chrono::duration_cast<std::chrono::seconds>(view.uptime).count()}};
}

/// How well a person can type it, and a camera reach it.
int reach_of(const hal::IpAddress& address) { return address.is_link_local() ? 0 : address.is_v6() ? 1 : 2; }

Json network_json(const StatusView& view) {
  std::map<std::string_view, const hal::Interface*> by_name;   // of one with several addresses the best
  for (const auto& interface : view.interfaces) {
    if (interface.loopback) continue;
    auto& best = by_name[interface.name];
    if (best == nullptr || reach_of(interface.address) > reach_of(best->address)) best = &interface;
  }
  if (view.wifi) by_name.try_emplace("wlan0", nullptr);
  Json interfaces = Json::object();
  for (const auto& [name, interface] : by_name) {
    const auto* wifi = view.wifi && name == "wlan0" ? &*view.wifi : nullptr;
    Json one{{"active", wifi == nullptr || wifi->enabled}};
    if (interface != nullptr) {
      const auto ip = interface->address.text();
      one.add("hasIp", true);
      one.add("ip", ip);
      one.add("ipAddress", ip + "/" + std::to_string(interface->prefix));
    }
    if (wifi != nullptr) {
      one.add("connected", wifi->ssid.has_value());
      one.add("network", wifi->ssid);
      one.add("signal", wifi->signal);
    }
    interfaces.add(name, one);
  }
  return {{"interfaces", interfaces}, {"clients", view.clients}};
}

Json options_json(const Session& session) {
  return {{"interval", std::chrono::duration<double>{session.request.interval}.count()},
          {"totalShots", session.request.shots == 0 ? Json(nullptr) : Json(session.request.shots)},
          {"stopTime", session.stops_at ? Json(iso_utc(*session.stops_at)) : Json(nullptr)},
          {"stopCondition", session.request.stop_condition},
          {"late", name_of(session.request.late)},
          {"title", session.title}};
}

/// The newest `errors_max` errors: a status is small; the report has them all.
Json stats_json(const Session& session, const Tally& tally, std::size_t errors_max = SIZE_MAX) {
  auto errors = Json::array();
  for (auto i = session.errors.size() - std::min(errors_max, session.errors.size()); i < session.errors.size(); ++i) {
    const auto& error = session.errors[i];
    errors.push_back({{"shotNumber", error.slot + 1}, {"error", error.text}, {"timestamp", iso_utc(error.at)}});
  }
  const double last = session.shots.empty() ? 0.0 : session.shots.back().took_ms / 1000.0;
  return {{"startTime", iso_utc(session.started)},
          {"endTime", session.ended ? Json(iso_utc(*session.ended)) : Json(nullptr)},
          {"shotsTaken", tally.taken()},
          {"shotsSuccessful", tally.saved},
          {"shotsFailed", tally.failed},
          {"shotsMissed", tally.missed},
          {"currentShot", tally.slots()},
          {"overtimeShots", tally.missed},
          {"lastShotDuration", last},
          {"errors", errors}};
}

Json intervalometer_json(const StatusView& view) {
  if (view.session == nullptr) return nullptr;
  const auto& session = *view.session;
  auto stats = stats_json(session, view.told, kErrorsShown);
  const auto next = view.next_shot ? Json(iso_utc(*view.next_shot)) : Json(nullptr);
  stats.add("nextShotTime", next);
  Json remaining;
  if (session.request.shots != 0) remaining = session.request.shots - std::min(session.request.shots, view.told.slots());
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
          {"successRate", view.told.taken() == 0 ? 1.0 : static_cast<double>(view.told.saved) / view.told.taken()},
          {"completionReason", session.end_reason.empty() ? Json(nullptr) : Json(session.end_reason)}};
}

void add_status(Json& out, const StatusView& view) {
  out.add("camera", camera_json(view));
  out.add("network", network_json(view));
  out.add("power", power_json(view));
  out.add("discovery", discovery_json(view));
  out.add("intervalometer", intervalometer_json(view));
  out.add("links", view.links);
  out.add("timesync", time_sync_json(view.time));
  out.add("sharedSession", view.shared_session);
  out.add("temperature", view.camera_status != nullptr && !view.camera_status->temperature.empty() ? Json(view.camera_status->temperature) : Json(nullptr));
  out.add("uptime", std::chrono::duration_cast<std::chrono::seconds>(view.uptime).count());
}

Json session_data(const Session& session) {
  Json out{{"sessionId", session.id}, {"title", session.title}, {"interval", std::chrono::duration<double>{session.request.interval}.count()}};
  out.add("options", options_json(session));
  out.add("stats", stats_json(session, session.tally()));
  if (!session.end_reason.empty()) out.add("reason", session.end_reason);
  return out;
}

}  // namespace

std::string session_event(hal::WallTime at, std::string_view name, const Json& data) { return event("session_event", name, at, data); }

std::string welcome(const StatusView& view, std::string_view client_id) {
  auto out = framed("welcome", view.at);
  add_status(out, view);
  out.add("clientId", client_id);
  return out.text();
}

std::string status_update(const StatusView& view) {
  auto out = framed("status_update", view.at);
  add_status(out, view);
  return out.text();
}

std::string status_answer(const StatusView& view) {
  auto out = framed("status", view.at);
  auto data = Json::object();
  add_status(data, view);
  data.add("timestamp", iso_utc(view.at));
  out.add("data", data);
  return out.text();
}

std::string status_object(const StatusView& view) {
  Json out{{"status", "ok"}, {"timestamp", iso_utc(view.at)}};
  add_status(out, view);
  return out.text();
}

Json camera_object(const StatusView& view) {
  auto out = camera_json(view);
  if (view.camera_origin) return out;
  out.add("ip", nullptr);   // what the existing page reads
  out.add("lastError", "No camera available");
  return out;
}

Json intervalometer_object(const StatusView& view) {
  if (view.session == nullptr) return {{"running", false}, {"state", "stopped"}};
  auto out = intervalometer_json(view);
  out.add("running", view.session_state == "running");
  return out;
}

Json discovery_object(const StatusView& view) { return discovery_json(view); }

Json cameras_object(const StatusView& view) {
  auto list = Json::array();
  if (view.cameras != nullptr)
    for (const auto& [uuid, camera] : view.cameras->cameras()) list.push_back(*camera_in_registry(view, uuid));
  return {{"cameras", list}};
}

std::optional<Json> camera_in_registry(const StatusView& view, const std::string& uuid) {
  if (view.cameras == nullptr) return std::nullopt;
  const auto found = view.cameras->cameras().find(uuid);
  if (found == view.cameras->cameras().end()) return std::nullopt;
  const bool primary = uuid == view.cameras->primary();
  const bool connected = primary ? view.camera_connected : found->second.online;
  return registered_json(found->second, primary && connected, connected);
}

std::string pong(hal::WallTime at) {
  auto out = framed("pong", at);
  out.add("data", {{"timestamp", iso_utc(at)}});
  return out.text();
}

std::string operation_result(hal::WallTime at, std::string_view operation, bool success, const std::optional<Session>& session) {
  auto out = framed("operation_result", at);
  out.add("success", success);
  out.add("operation", operation);
  if (session) out.add("data", session_data(*session));
  return out.text();
}

std::string error_message(hal::WallTime at, std::string_view code, std::string_view message, std::string_view operation,
                          std::string_view details) {
  auto out = framed("error", at);
  Json error{{"message", message}, {"code", code}, {"component", "websocket"}};
  if (!operation.empty()) error.add("operation", operation);
  if (!details.empty()) error.add("details", details);
  out.add("error", error);
  out.add("data", error);   // the seed's place for it; the existing page reads the other one
  return out.text();
}

std::string photo_taken(hal::WallTime at, bool success, std::optional<std::uint32_t> shot_number, const Session* session,
                        std::string_view error) {
  Json data{{"success", success}, {"timestamp", iso_utc(at)}, {"shotNumber", shot_number}};
  if (session != nullptr) {
    data.add("sessionId", session->id);
    data.add("title", session->title);
  }
  if (!success) data.add("error", error);
  return event("event", "photo_taken", at, data);
}

std::string timelapse_event(hal::WallTime at, std::string_view name, const Session& session) {
  return event("timelapse_event", name, at, session_data(session));
}

std::string report_saved_event(hal::WallTime at, const Session& session, std::string_view report_id) {
  auto data = session_data(session);
  data.add("reportId", report_id);
  return event("timelapse_event", "reportSaved", at, data);
}

std::string session_discarded_event(hal::WallTime at, std::string_view session_id) {
  return event("timelapse_event", "sessionDiscarded", at, {{"sessionId", session_id}});
}

std::string photo_overtime(hal::WallTime at, const Session& session, const ShotRecord& shot) {
  const auto interval = std::chrono::duration<double>{session.request.interval}.count();
  const auto took = shot.took_ms / 1000.0;
  return event("timelapse_event", "photo_overtime", at,
               {{"sessionId", session.id},
                {"title", session.title},
                {"shotNumber", shot.slot + 1},
                {"interval", interval},
                {"shotDuration", took},
                {"overtime", took - interval},
                {"message", "The photo took longer than the interval"}});
}

std::string session_course_event(hal::WallTime at, const Session& session, const SessionChange& change) {
  using What = SessionChange::What;
  auto data = session_data(session);
  data.add("shotNumber", change.slot + 1);
  if (change.what == What::paused) data.add("reason", change.why);
  const auto* name = change.what == What::paused ? "sessionPaused" : change.what == What::went_on ? "sessionResumed" : change.what == What::replanned ? "sessionReplanned" : "sessionShifted";
  return event("timelapse_event", name, at, data);
}

Json unsaved_session_data(const Session* session) {
  Json out;
  if (session != nullptr) out = session_data(*session);
  return {{"unsavedSession", out}};
}

std::string unsaved_session(hal::WallTime at, const Session* session) {
  auto out = framed("unsaved_session", at);
  out.add("data", unsaved_session_data(session));
  return out.text();
}

Json reports_data(const std::vector<const ReportEntry*>& page, std::size_t total, const GetReports& asked) {
  auto reports = Json::array();
  for (const auto* entry : page) reports.push_back(summary(*entry));
  return {{"reports", reports}, {"total", total}, {"offset", asked.offset}, {"limit", asked.limit}};
}

std::string timelapse_reports(hal::WallTime at, const Json& data) {
  auto out = framed("timelapse_reports", at);
  out.add("data", data);
  return out.text();
}

std::string timelapse_report(hal::WallTime at, std::string_view report) {
  auto out = framed("timelapse_report", at);
  out.add("data", {{"report", Json::of_text(report)}});
  return out.text();
}

std::string report_title_updated(hal::WallTime at, const ReportEntry& report) {
  auto out = framed("report_title_updated", at);
  out.add("data", {{"report", summary(report)}});
  return out.text();
}

std::string report_deleted(hal::WallTime at, const std::string& report_id) {
  auto out = framed("report_deleted", at);
  out.add("data", {{"reportId", report_id}});
  return out.text();
}

std::string report_updated_event(hal::WallTime at, const ReportEntry& report) {
  return event("timelapse_event", "report_updated", at, {{"reportId", report.id()}, {"title", report.title}});
}

std::string report_deleted_event(hal::WallTime at, const std::string& report_id) {
  return event("timelapse_event", "report_deleted", at, {{"reportId", report_id}, {"id", report_id}});   // the existing page compares `id`
}

std::string camera_discovered(hal::WallTime at, const RegisteredCamera& camera) {
  return event("discovery_event", "cameraDiscovered", at, {{"uuid", camera.uuid}, {"modelName", camera.model}, {"ipAddress", address_json(camera)}});
}

std::string camera_connected(hal::WallTime at, const hal::Endpoint& endpoint) {
  return event("discovery_event", "cameraConnected", at, {{"ip", endpoint.address.text()}, {"port", std::to_string(endpoint.port)}});
}

std::string camera_ip_changed(hal::WallTime at, const std::string& uuid, const hal::IpAddress& from, const hal::IpAddress& to) {
  return event("discovery_event", "cameraIPChanged", at, {{"uuid", uuid}, {"oldIP", from.text()}, {"newIP", to.text()}});
}

std::string primary_camera_reconnected(hal::WallTime at, const std::string& uuid, const hal::IpAddress& address) {
  return event("discovery_event", "primaryCameraReconnected", at, {{"uuid", uuid}, {"newIP", address.text()}});
}

std::string camera_event(hal::WallTime at, std::string_view name, const std::string& uuid) {
  return event("discovery_event", name, at, {{"uuid", or_null(uuid)}});
}

std::string cameras_answer(const StatusView& view) {
  auto out = framed("cameras", view.at);
  out.add("data", discovery_json(view));
  return out.text();
}

}  // namespace nightjar::app
