#pragma once
// What the device says on /ws. Each function gives one JSON text; shapes as in existing-program.md, sections 1 to 4.
#include <optional>
#include <string>
#include <string_view>

#include "app/camera_registry.h"
#include "app/messages/json_text.h"
#include "app/session.h"
#include "hal/camera.h"
#include "hal/network.h"
#include "hal/power.h"
#include "hal/wifi.h"

namespace nightjar::app {

/// Everything a status shows, gathered by the wiring.
struct StatusView {
  hal::WallTime at{};
  // camera
  bool camera_connected = false;
  std::string camera_state = "no_camera";        // the link's state
  std::optional<hal::HttpOrigin> camera_origin;
  const hal::CameraInfo* camera_info = nullptr;
  const hal::CameraStatus* camera_status = nullptr;
  std::string camera_error;
  int camera_attempt = 0;
  std::optional<std::chrono::milliseconds> camera_retry_in;
  const CameraRegistry* cameras = nullptr;
  bool discovering = false;
  // session
  const Session* session = nullptr;
  Tally told;                                    // of it, what is on the disk
  std::string session_state;                     // created, running, stopping, stopped, completed
  bool unsaved = false;
  std::optional<hal::WallTime> next_shot;
  // device
  hal::PowerReading power;
  std::optional<hal::WifiStatus> wifi;
  std::vector<hal::Interface> interfaces;
  hal::Duration uptime{};                        // of the program
  std::size_t clients = 0;
  // the links outwards, by name
  Json links = Json::object();
  Json shared_session;                           // app/shared_session.h
};

std::string welcome(const StatusView& view, std::string_view client_id);
std::string status_update(const StatusView& view);
/// The answer to get_status: R shape.
std::string status_answer(const StatusView& view);
/// For REST: the same fields without a type.
std::string status_object(const StatusView& view);

std::string pong(hal::WallTime at);
std::string operation_result(hal::WallTime at, std::string_view operation, bool success, const std::optional<Session>& session = {});
std::string error_message(hal::WallTime at, std::string_view code, std::string_view message, std::string_view operation = {},
                          std::string_view details = {});
/// event/photo_taken; `shot` without a session is a single photo.
std::string photo_taken(hal::WallTime at, bool success, std::optional<std::uint32_t> shot_number, const Session* session, std::string_view error);
/// timelapse_event/<name> about a session.
std::string timelapse_event(hal::WallTime at, std::string_view name, const Session& session);
std::string report_saved_event(hal::WallTime at, const Session& session, std::string_view report_id);
std::string session_discarded_event(hal::WallTime at, std::string_view session_id);

/// session_event/<name>: about a session of several devices.
std::string session_event(hal::WallTime at, std::string_view name, const Json& data);

// discovery_event/...
std::string camera_discovered(hal::WallTime at, const RegisteredCamera& camera);
std::string camera_connected(hal::WallTime at, const hal::Endpoint& endpoint);
std::string camera_ip_changed(hal::WallTime at, const std::string& uuid, const hal::IpAddress& from, const hal::IpAddress& to);
std::string primary_camera_reconnected(hal::WallTime at, const std::string& uuid, const hal::IpAddress& address);
/// primaryCameraChanged, cameraOffline, primaryCameraDisconnected; an empty UUID (there is no primary camera any more) is null.
std::string camera_event(hal::WallTime at, std::string_view name, const std::string& uuid);
/// The answer to get_cameras: R shape.
std::string cameras_answer(const StatusView& view);

}  // namespace nightjar::app
