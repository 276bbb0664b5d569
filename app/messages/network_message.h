#pragma once
// What is said about the network on /ws: Wi-Fi connect and scan of camera-control-websocket.md; fields of existing-program.md besides.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/messages/bad_request.h"
#include "app/messages/json_text.h"
#include "hal/time.h"
#include "hal/wifi.h"

namespace nightjar::app {

// ---- from clients; a name is taken literally, whatever is in it

struct NetworkScan {
  bool refresh = false;
};
struct NetworkConnect {
  std::string ssid;
  std::string password;   // empty: an open network, or the one that is saved
};
struct NetworkDisconnect {};
struct NetworkSaved {};
struct NetworkForget {
  std::string ssid;
};
struct StartAccessPoint {
  hal::AccessPointOptions options;
};
struct StopAccessPoint {};

using NetworkMessage = std::variant<NetworkScan, NetworkConnect, NetworkDisconnect, NetworkSaved, NetworkForget, StartAccessPoint, StopAccessPoint>;
/// Nothing when the type is none of these. No complaint repeats a password.
std::optional<std::variant<NetworkMessage, BadRequest>> parse_network_message(const std::string& type, const nlohmann::json& data);

// ---- to clients

/// network_event/wifi_connection_started
std::string wifi_connection_started(hal::WallTime at, std::string_view ssid);
std::string wifi_connected(hal::WallTime at, std::string_view ssid, const hal::WifiStatus& status);
std::string wifi_connection_failed(hal::WallTime at, std::string_view ssid, std::string_view error);
/// network_event/NAME without more: wifi_disconnected, access_point_started, ...
std::string network_event(hal::WallTime at, std::string_view name);

// data of answers
Json networks_json(const std::vector<hal::WifiNetwork>& networks);
Json saved_networks_json(const std::vector<std::string>& ssids);
Json success_json(bool success, std::string_view error, std::string_view ssid = {});
/// operation_result of a scan, as the seed has it.
std::string scan_result(hal::WallTime at, const std::vector<hal::WifiNetwork>& networks);
/// R shape: {"type":NAME,"timestamp":...,"data":DATA}
std::string network_answer(hal::WallTime at, std::string_view name, const Json& data);

}  // namespace nightjar::app
