#include "app/messages/network_message.h"

#include <nlohmann/json.hpp>

#include "app/messages/fields.h"
#include "app/messages/frame.h"

namespace nightjar::app {
namespace {

using nlohmann::json;
using ParsedNetwork = std::variant<NetworkMessage, BadRequest>;

constexpr std::size_t kSsidMax = 32;            // IEEE 802.11: bytes
constexpr std::size_t kPassphraseMin = 8;       // WPA: characters
constexpr std::size_t kPassphraseMax = 63;
constexpr int kChannelMax = 13;                 // of 2.4 GHz, where cameras are

std::optional<std::string> ssid_of(const json& data) {
  auto ssid = text_of(data, "ssid");
  return ssid && !ssid->empty() && ssid->size() <= kSsidMax ? ssid : std::nullopt;
}

/// The passphrase, empty where there is none; nothing when it cannot be one.
std::optional<std::string> passphrase_of(const json& data, const char* key) {
  const auto found = data.find(key);
  if (found == data.end() || found->is_null()) return std::string{};
  auto text = text_of(data, key);
  return text && (text->empty() || (text->size() >= kPassphraseMin && text->size() <= kPassphraseMax)) ? text : std::nullopt;
}

ParsedNetwork parse_access_point(const json& data, std::string ssid, const std::string& type) {
  const auto passphrase = passphrase_of(data, "passphrase");
  if (!passphrase) return wrong("Invalid passphrase: it must have 8 to 63 characters", type);
  StartAccessPoint out{{std::move(ssid), *passphrase}};
  if (const auto channel = data.find("channel"); channel != data.end() && !channel->is_null()) {
    if (!channel->is_number_integer() || *channel < 1 || *channel > kChannelMax) return wrong("Invalid channel: it must be between 1 and 13", type);
    out.options.channel = channel->get<int>();
  }
  return NetworkMessage{std::move(out)};
}

std::string tell(hal::WallTime at, std::string_view name, const Json& data) { return event("network_event", name, at, data); }

}  // namespace

std::optional<ParsedNetwork> parse_network_message(const std::string& type, const json& data) {
  if (type == "network_scan") {
    const auto refresh = data.find("refresh");
    return NetworkMessage{NetworkScan{refresh != data.end() && refresh->is_boolean() && refresh->get<bool>()}};
  }
  if (type == "network_disconnect") return NetworkMessage{NetworkDisconnect{}};
  if (type == "network_saved") return NetworkMessage{NetworkSaved{}};
  if (type == "access_point_stop") return NetworkMessage{StopAccessPoint{}};
  if (type != "network_connect" && type != "network_forget" && type != "access_point_start") return std::nullopt;
  auto ssid = ssid_of(data);
  if (!ssid) return wrong("Invalid ssid: it must have 1 to 32 bytes", type);
  if (type == "network_forget") return NetworkMessage{NetworkForget{std::move(*ssid)}};
  if (type == "access_point_start") return parse_access_point(data, std::move(*ssid), type);
  auto password = passphrase_of(data, "password");
  if (!password) return wrong("Invalid password: it must have 8 to 63 characters", type);
  return NetworkMessage{NetworkConnect{std::move(*ssid), std::move(*password)}};
}

std::string wifi_connection_started(hal::WallTime at, std::string_view ssid) { return tell(at, "wifi_connection_started", {{"ssid", ssid}}); }

std::string wifi_connected(hal::WallTime at, std::string_view ssid, const hal::WifiStatus& status) {
  return tell(at, "wifi_connected", {{"ssid", ssid}, {"ip", status.address ? Json(status.address->text()) : Json()}, {"signal", status.signal}});
}

std::string wifi_connection_failed(hal::WallTime at, std::string_view ssid, std::string_view error) {
  return tell(at, "wifi_connection_failed", {{"ssid", ssid}, {"error", error}});
}

std::string network_event(hal::WallTime at, std::string_view name) { return tell(at, name, Json::object()); }

Json networks_json(const std::vector<hal::WifiNetwork>& networks) {
  auto list = Json::array();
  for (const auto& network : networks)
    list.push_back({{"ssid", network.ssid}, {"signal", network.signal}, {"security", network.security}, {"channel", network.channel}, {"inUse", network.in_use}});
  return {{"networks", list}};
}

Json saved_networks_json(const std::vector<std::string>& ssids) {
  auto list = Json::array();
  for (const auto& ssid : ssids) list.push_back({{"name", ssid}});
  return {{"networks", list}};
}

Json success_json(bool success, std::string_view error, std::string_view ssid) {
  Json out{{"success", success}};
  if (!ssid.empty()) out.add("network", ssid);
  if (!error.empty()) out.add("error", error);
  return out;
}

std::string scan_result(hal::WallTime at, const std::vector<hal::WifiNetwork>& networks) {
  auto out = framed("operation_result", at);
  out.add("success", true);
  out.add("operation", "network_scan");
  out.add("data", networks_json(networks));
  return out.text();
}

std::string network_answer(hal::WallTime at, std::string_view name, const Json& data) {
  auto out = framed(name, at);
  out.add("data", data);
  return out.text();
}

}  // namespace nightjar::app
