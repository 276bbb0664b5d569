// Of the device: who hears of its Wi-Fi, and what clients ask of it.
#include "app/nightjar.h"
#include "app/rest.h"

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
  add_wifi_routes();
}

void Nightjar::add_wifi_routes() {
  // Done, or not: the same for whatever has no answer of its own.
  const auto settle = [](hal::HttpReply reply, const std::string& ssid = {}) {
    return [to = shared(std::move(reply)), ssid](const hal::Result<void>& result) {
      if (result.ok()) answer_json(*to, success_json(true, {}, ssid));
      else refuse_with(*to, "NETWORK_ERROR", result.error());
    };
  };
  web_.route("GET", "/api/network/wifi/scan", [this](const WebCall& call, hal::HttpReply reply) {
    radio_.scan(query_value(call.request, "refresh") == "true", [to = shared(std::move(reply))](const hal::Result<std::vector<hal::WifiNetwork>>& networks) {
      if (networks.ok()) answer_json(*to, networks_json(networks.value()));
      else refuse_with(*to, "NETWORK_ERROR", networks.error());
    });
  });
  web_.route("GET", "/api/network/wifi/saved", [this](const WebCall&, hal::HttpReply reply) {
    radio_.saved([to = shared(std::move(reply))](const hal::Result<std::vector<std::string>>& ssids) {
      if (ssids.ok()) answer_json(*to, saved_networks_json(ssids.value()));
      else refuse_with(*to, "NETWORK_ERROR", ssids.error());
    });
  });
  web_.route("DELETE", "/api/network/wifi/saved/{ssid}", [this, settle](const WebCall& call, hal::HttpReply reply) {
    radio_.forget(call.values[0], settle(std::move(reply)));
  });
  web_.route("POST", "/api/network/wifi/connect", [this, settle](const WebCall& call, hal::HttpReply reply) {
    with_message<NetworkConnect>("network_connect", call, std::move(reply), [&](const NetworkConnect& join, hal::HttpReply to) {
      radio_.join(join.ssid, join.password, [done = settle(std::move(to), join.ssid)](const hal::Result<hal::WifiStatus>& joined) {
        done(joined.ok() ? hal::Result<void>{} : joined.error());
      });
    });
  });
  web_.route("POST", "/api/network/wifi/disconnect", [this, settle](const WebCall&, hal::HttpReply reply) { radio_.leave(settle(std::move(reply))); });
  web_.route("POST", "/api/network/accesspoint/configure", [this, settle](const WebCall& call, hal::HttpReply reply) {
    with_message<StartAccessPoint>("access_point_start", call, std::move(reply), [&](const StartAccessPoint& start, hal::HttpReply to) {
      radio_.start_access_point(start.options, settle(std::move(to), start.options.ssid));
    });
  });
  web_.route("POST", "/api/network/accesspoint/stop", [this, settle](const WebCall&, hal::HttpReply reply) { radio_.stop_access_point(settle(std::move(reply))); });
}

/// Done: in the form of existing-program.md. Not done: in both, for its page waits for the answer and ours for the error.
void Nightjar::answer_network(const std::weak_ptr<Client>& weak, const char* operation, const char* type, const hal::Result<void>& result, const std::string& ssid) {
  const auto client = weak.lock();
  if (!client) return;
  const auto error = result.ok() ? std::string{} : result.error().text();
  client->send(network_answer(wall_now(), type, success_json(result.ok(), error, ssid)));
  if (!result.ok()) client->send(error_message(wall_now(), "NETWORK_ERROR", error, operation));
}

void Nightjar::on_network_message(const std::shared_ptr<Client>& client, const NetworkMessage& message) {
  const std::weak_ptr weak{client};
  const auto answer_as = [this, weak](const char* operation, const char* type) {
    return [this, weak, operation, type](const hal::Result<void>& result) { answer_network(weak, operation, type, result); };
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
