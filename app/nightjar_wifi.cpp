// Of the device: who hears of its Wi-Fi, and what clients ask of it.
#include "app/nightjar.h"

namespace nightjar::app {

void Nightjar::wire_wifi() {
  radio_.on_started = [this](const std::string& ssid) { broadcast(wifi_connection_started(wall_now(), ssid)); };
  radio_.on_connected = [this](const std::string& ssid, const hal::WifiStatus& status) {
    broadcast(wifi_connected(wall_now(), ssid, status));
    finder_.look();   // the camera may have come along, and have another address here
  };
  radio_.on_failed = [this](const std::string& ssid, const hal::Error& error) { broadcast(wifi_connection_failed(wall_now(), ssid, error.text())); };
  radio_.on_event = [this](const char* what) { broadcast(network_event(wall_now(), what)); };
  radio_.on_changed = [this] {
    finder_.look_at_networks();
    tell_changed();
  };
}

/// Done: in the form of existing-program.md. Not done: in both, for its page waits for the answer and ours for the error.
void Nightjar::answer_network(const std::weak_ptr<Client>& weak, const char* operation, const char* answer, const hal::Result<void>& result, const std::string& ssid) {
  const auto client = weak.lock();
  if (!client) return;
  const auto error = result.ok() ? std::string{} : result.error().text();
  client->send(network_answer(wall_now(), answer, success_json(result.ok(), error, ssid)));
  if (!result.ok()) client->send(error_message(wall_now(), "NETWORK_ERROR", error, operation));
}

void Nightjar::on_network_message(const std::shared_ptr<Client>& client, const NetworkMessage& message) {
  const std::weak_ptr weak{client};
  const auto answer_as = [this, weak](const char* operation, const char* answer) {
    return [this, weak, operation, answer](const hal::Result<void>& result) { answer_network(weak, operation, answer, result); };
  };
  if (const auto* scan = std::get_if<NetworkScan>(&message)) {
    radio_.scan(scan->refresh, [this, weak](const hal::Result<std::vector<hal::WifiNetwork>>& networks) {
      const auto there = weak.lock();
      if (!there) return;
      if (!networks.ok()) return there->send(error_message(wall_now(), "NETWORK_ERROR", networks.error().text(), "network_scan"));
      there->send(scan_result(wall_now(), networks.value()));
      there->send(network_answer(wall_now(), "network_scan_result", networks_json(networks.value())));
    });
  } else if (const auto* join = std::get_if<NetworkConnect>(&message)) {
    radio_.join(join->ssid, join->password, [this, weak, ssid = join->ssid](const hal::Result<hal::WifiStatus>& joined) {
      answer_network(weak, "network_connect", "network_connect_result", joined.ok() ? hal::Result<void>{} : joined.error(), ssid);
    });
  } else if (std::holds_alternative<NetworkDisconnect>(message)) {
    radio_.leave(answer_as("network_disconnect", "network_disconnect_result"));
  } else if (std::holds_alternative<NetworkSaved>(message)) {
    radio_.saved([this, weak](const hal::Result<std::vector<std::string>>& ssids) {
      const auto there = weak.lock();
      if (!there) return;
      if (!ssids.ok()) return there->send(error_message(wall_now(), "NETWORK_ERROR", ssids.error().text(), "network_saved"));
      there->send(network_answer(wall_now(), "network_saved_result", saved_networks_json(ssids.value())));
    });
  } else if (const auto* forget = std::get_if<NetworkForget>(&message)) {
    radio_.forget(forget->ssid, answer_as("network_forget", "network_forget_result"));
  } else if (const auto* start = std::get_if<StartAccessPoint>(&message)) {
    radio_.start_access_point(start->options, answer_as("access_point_start", "access_point_start_result"));
  } else {
    radio_.stop_access_point(answer_as("access_point_stop", "access_point_stop_result"));
  }
}

}  // namespace nightjar::app
