#include "app/messages/time_message.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/iso_time.h"
#include "app/messages/fields.h"
#include "app/messages/frame.h"

namespace nightjar::app {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ParsedTime = std::variant<TimeMessage, BadRequest>;

// A phone whose clock has been reset says 1970; nothing of ours is older than 2020.
constexpr hal::WallTime kEarliest{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};
constexpr hal::WallTime kLatest{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};
constexpr double kAgeMax = 86'400'000;   // ms; an older fix is as worthless as this one

std::optional<hal::WallTime> time_of(const json& data, const char* key) {
  const auto found = data.find(key);
  if (found == data.end()) return std::nullopt;
  std::optional<hal::WallTime> out;
  if (found->is_string()) out = parse_iso_utc(found->get_ref<const std::string&>());
  if (found->is_number()) {
    const auto ms = found->get<double>();
    if (std::isfinite(ms) && std::abs(ms) < 1e15) out = hal::WallTime{milliseconds{std::llround(ms)}};
  }
  return out && *out >= kEarliest && *out < kLatest ? out : std::nullopt;
}

/// An id that is not one of ours is that of a request nobody made.
std::optional<std::uint32_t> request_of(const json& data) {
  const auto found = data.find("requestId");
  if (found == data.end() || found->is_null()) return std::nullopt;
  std::uint32_t id = 0;
  if (found->is_number_unsigned() && *found <= UINT32_MAX) id = found->get<std::uint32_t>();
  if (found->is_string()) {
    const auto& text = found->get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) id = 0;
  }
  return id;
}

ParsedTime parse_gps(const json& data, const std::string& type) {
  const auto time = time_of(data, "timestamp");
  if (!time) return wrong("Invalid timestamp: it must be milliseconds since 1970 or ISO 8601 in UTC, between 2020 and 2100", type);
  GpsResponse out{*time, text_of(data, "accuracy") == "high", std::nullopt};
  if (const auto age = data.find("age"); age != data.end() && age->is_number()) {
    const auto ms = age->get<double>();
    if (!(ms >= 0)) return wrong("Invalid age: it must be milliseconds", type);
    out.age = milliseconds{std::llround(std::min(ms, kAgeMax))};
  }
  return TimeMessage{out};
}

Json milliseconds_json(const std::optional<milliseconds>& value) { return value ? Json(value->count()) : Json(); }
Json time_json(const std::optional<hal::WallTime>& value) { return value ? Json(iso_utc(*value)) : Json(); }

}  // namespace

std::optional<ParsedTime> parse_time_message(const std::string& type, const json& data) {
  if (type == "gps-response") return parse_gps(data, type);
  if (type == "manual_camera_sync") return TimeMessage{ManualCameraSync{}};
  if (type == "get-time-sync-status") return TimeMessage{GetTimeSyncStatus{}};
  if (type != "time-sync-response" && type != "manual-time-sync") return std::nullopt;
  const bool by_rest = type == "manual-time-sync" && !data.contains("clientTime");   // POST /api/system/time says "timestamp"
  const auto time = time_of(data, by_rest ? "timestamp" : "clientTime");
  if (!time) return wrong("Invalid clientTime: it must be milliseconds since 1970 or ISO 8601 in UTC, between 2020 and 2100", type);
  if (type == "manual-time-sync") return TimeMessage{ManualTimeSync{*time}};
  return TimeMessage{TimeSyncResponse{request_of(data), *time}};
}

Json time_sync_json(const TimeSyncView& view) {
  return {{"pi",
           {{"isSynchronized", view.pi_synchronized},
            {"reliability", view.reliability},
            {"source", view.source.empty() ? Json() : Json(view.source)},
            {"offset", milliseconds_json(view.offset)},
            {"lastSyncTime", time_json(view.pi_last_sync)}}},
          {"camera", {{"isSynchronized", view.camera_synchronized}, {"lastSyncTime", time_json(view.camera_last_sync)}}}};
}

std::string time_sync_request(hal::WallTime at, std::uint32_t request) {
  const auto id = std::to_string(request);
  auto out = framed("time-sync-request", at);
  out.add("requestId", id);   // the existing page's place for it
  out.add("data", {{"requestId", id}, {"serverTime", at.time_since_epoch().count()}});
  return out.text();
}

std::string pi_sync(hal::WallTime at, const TimeSyncView& view, std::string_view error) {
  Json data{{"synchronized", view.pi_synchronized},
            {"source", view.source},
            {"offset", milliseconds_json(view.offset)},
            {"reliability", view.reliability}};
  if (!error.empty()) data.add("error", error);
  return event("event", "pi-sync", at, data);
}

std::string reliability_lost(hal::WallTime at, std::string_view source, std::string_view reason) {
  return event("event", "reliability-lost", at, {{"source", source}, {"reason", reason}});
}

std::string camera_sync(hal::WallTime at, hal::WallTime previous, hal::WallTime now, milliseconds ahead) {
  return event("event", "camera-sync", at, {{"success", true}, {"previousTime", iso_utc(previous)}, {"newTime", iso_utc(now)}, {"offset", ahead.count()}});
}

std::string sync_failed(hal::WallTime at, std::string_view component, std::string_view error, std::string_view details) {
  Json data{{"component", component}, {"error", error}};
  if (!details.empty()) data.add("details", details);
  return event("event", "sync-failed", at, data);
}

std::string time_sync_status(hal::WallTime at, const TimeSyncView& view) {
  auto out = framed("time-sync-status", at);
  out.add("data", time_sync_json(view));
  return out.text();
}

namespace {

Json status_data(const TimeSyncView& view) {
  Json status{{"lastPiSync", time_json(view.pi_last_sync)},
              {"piReliable", view.pi_synchronized && view.reliability == "high"},
              {"syncSource", view.source.empty() ? Json() : Json(view.source)}};
  status.add("timesync", time_sync_json(view));
  return status;
}

}  // namespace

std::string time_sync_status_answer(hal::WallTime at, const TimeSyncView& view) {
  auto out = framed("time_sync_status", at);
  out.add("data", {{"status", status_data(view)}});
  return out.text();
}

std::string time_sync_status_object(hal::WallTime at, const TimeSyncView& view) {
  return Json{{"success", true}, {"timestamp", iso_utc(at)}, {"status", status_data(view)}}.text();
}

std::string manual_sync_complete(hal::WallTime at, bool success, std::string_view message, const TimeSyncView& view) {
  auto out = framed("manual_sync_complete", at);
  out.add("data", {{"success", success}, {"message", message}, {"status", status_data(view)}});
  return out.text();
}

}  // namespace nightjar::app
