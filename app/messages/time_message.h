#pragma once
// What is said about the time on /ws: client-, GPS- and camera time of camera-control-websocket.md; fields of existing-program.md besides.
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/messages/bad_request.h"
#include "app/messages/json_text.h"
#include "hal/time.h"

namespace nightjar::app {

// ---- from clients

struct TimeSyncResponse {
  std::optional<std::uint32_t> request;   // nothing: it does not say which
  hal::WallTime client_time{};
};
struct GpsResponse {
  hal::WallTime time{};
  bool accurate = false;                              // accuracy "high"
  std::optional<std::chrono::milliseconds> age;       // of the fix, where it tells
};
struct ManualTimeSync {
  hal::WallTime client_time{};
};
struct ManualCameraSync {};
struct GetTimeSyncStatus {};

using TimeMessage = std::variant<TimeSyncResponse, GpsResponse, ManualTimeSync, ManualCameraSync, GetTimeSyncStatus>;
/// Nothing when the type is none of these. Times are milliseconds since 1970 or ISO 8601 in UTC, between 2020 and 2100.
std::optional<std::variant<TimeMessage, BadRequest>> parse_time_message(const std::string& type, const nlohmann::json& data);

// ---- to clients

/// How well the device and its camera know what time it is.
struct TimeSyncView {
  bool pi_synchronized = false;
  std::string_view reliability = "none";              // none, low, medium, high
  std::string_view source;                            // client, gps; empty: nobody yet
  std::optional<hal::WallTime> pi_last_sync;
  std::optional<std::chrono::milliseconds> offset;    // how far the time that was told last was ahead of ours
  bool camera_synchronized = false;
  std::optional<hal::WallTime> camera_last_sync;
};
/// The member "timesync" of a status.
Json time_sync_json(const TimeSyncView& view);

std::string time_sync_request(hal::WallTime at, std::uint32_t request);
/// event/pi-sync; `error` is empty when all went well.
std::string pi_sync(hal::WallTime at, const TimeSyncView& view, std::string_view error);
std::string reliability_lost(hal::WallTime at, std::string_view source, std::string_view reason);
/// event/camera-sync: `ahead` is how far the camera's clock was ahead of ours, `now` what it shows now.
std::string camera_sync(hal::WallTime at, hal::WallTime previous, hal::WallTime now, std::chrono::milliseconds ahead);
std::string sync_failed(hal::WallTime at, std::string_view component, std::string_view error, std::string_view details);
/// The pages' form of it: to all, when it has changed.
std::string time_sync_status(hal::WallTime at, const TimeSyncView& view);
/// The answer to get-time-sync-status: R shape.
std::string time_sync_status_answer(hal::WallTime at, const TimeSyncView& view);
/// For REST: the same without a type.
std::string time_sync_status_object(hal::WallTime at, const TimeSyncView& view);
std::string manual_sync_complete(hal::WallTime at, bool success, std::string_view message, const TimeSyncView& view);

}  // namespace nightjar::app
