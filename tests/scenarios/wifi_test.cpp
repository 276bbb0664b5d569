// The device's Wi-Fi: one story a branch of the seed's diagrams (camera-control-websocket.md), and what the field adds.
#include "sim/wifi.h"
#include "tests/scenarios/discovery_field.h"
#include "tests/scenarios/rest.h"

namespace nightjar::scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kPassword = "pass \"word\" $(x)";

/// The phones hear the device over a cable, so that they miss nothing while its radio changes.
struct Wireless : DiscoveryField {
  Wireless() {
    pi.network().join(own, "wlan0", sim::Wifi::kAccessPointAddress);
    wifi.attach(pi.network(), "wlan0", own);
    sim::AirNetwork outside;
    outside.ssid = "ExternalWiFi";
    outside.passphrase = kPassword;
    outside.signal = 70;
    outside.cell = &home;
    wifi.add_network(outside);
    program.fit(wifi);
  }
  void add(const std::string& ssid, const std::string& passphrase, int signal) {
    sim::AirNetwork network;
    network.ssid = ssid;
    network.passphrase = passphrase;
    network.signal = signal;
    network.cell = &home;
    wifi.add_network(network);
  }
  std::vector<std::string> told(const Phone& phone) const {
    std::vector<std::string> out;
    for (const auto& event : phone.all("network_event")) out.push_back(event["eventType"]);
    return out;
  }
  json connect(Phone& phone, const std::string& ssid, const std::string& password) {
    return phone.ask("network_connect", {{"ssid", ssid}, {"password", password}}, "network_connect_result")["data"];
  }
  Rest& rest() {
    if (!rest_) rest_ = std::make_unique<Rest>(world, at(70), device());
    return *rest_;
  }
  json wlan(Phone& phone) { return status(phone)["network"]["interfaces"]["wlan0"]; }
  /// Nobody repeats it: no log, no message, no trace.
  void expect_secret(const Phone& phone, const std::string& secret) {
    for (const auto& line : pi.log().lines()) EXPECT_EQ(line.text.find(secret), std::string::npos) << line.text;
    const auto quoted = json(secret).dump();
    for (const auto& message : phone.messages) EXPECT_EQ(message.dump().find(quoted.substr(1, quoted.size() - 2)), std::string::npos) << message;
    EXPECT_EQ(rest().ask("GET", "/api/machines").body.dump().find(quoted.substr(1, quoted.size() - 2)), std::string::npos);
  }

  sim::Link& own = world.network().add_link("own cell");
  sim::Link& home = world.network().add_link("home");
  sim::Wifi wifi{pi.loop()};
  std::unique_ptr<Rest> rest_;
};

// ---- connect ----------------------------------------------------------------------------------------------------------

TEST_F(Wireless, Connect_Successful_WithACameraThatHasAnotherAddressThere) {
  auto& body = this->body("A", 21);
  body.host.network().set_link("eth0", own);
  body.host.network().set_address("eth0", hal::IpAddress::v4(10, 42, 0, 7));
  body.on();
  boot(false);
  const auto phone = this->phone();
  ASSERT_FALSE(phone->ask("access_point_start", {{"ssid", "nightjar"}, {"passphrase", "correct horse"}}, "access_point_start_result").is_null());
  ASSERT_TRUE(world.run_until([&] { return phone->count("discovery_event", "cameraConnected") == 1; }, 90s));

  const auto asked = world.now();
  phone->send("network_connect", {{"ssid", "ExternalWiFi"}, {"password", kPassword}});
  EXPECT_EQ(phone->wait("network_event", "wifi_connection_started")["data"], json({{"ssid", "ExternalWiFi"}}));
  world.advance(sim::Wifi::kJoinTime);
  body.host.network().set_link("eth0", home);   // it joins the same network
  body.move(hal::IpAddress::v4(192, 168, 1, 60));
  EXPECT_EQ(phone->wait("network_event", "wifi_connected")["data"], json({{"ssid", "ExternalWiFi"}, {"ip", "192.168.1.50"}, {"signal", 70}}));
  EXPECT_GE(world.now() - asked, sim::Wifi::kJoinTime + 5s) << "it was verified";
  ASSERT_TRUE(world.run_until([&] { return phone->count("discovery_event", "primaryCameraReconnected") >= 1; }, 60s));
  EXPECT_EQ(data_of(*phone, "cameraIPChanged"), json({{"uuid", kUuidA}, {"oldIP", "10.42.0.7"}, {"newIP", "192.168.1.60"}}));
  EXPECT_EQ(phone->all("network_connect_result").back()["data"], json({{"success", true}, {"network", "ExternalWiFi"}}));
  EXPECT_EQ(wlan(*phone)["network"], "ExternalWiFi");
  expect_secret(*phone, kPassword);
}

TEST_F(Wireless, Connect_Failed_GoesBackToTheAccessPointThatWasThere) {
  boot(false);
  const auto phone = this->phone();
  phone->ask("access_point_start", {{"ssid", "nightjar"}, {"passphrase", "correct horse"}}, "access_point_start_result");
  const auto result = connect(*phone, "ExternalWiFi", "not the password");
  EXPECT_EQ(result["success"], false);
  const auto failed = phone->all("network_event", "wifi_connection_failed");
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_EQ(failed[0]["data"]["ssid"], "ExternalWiFi");
  EXPECT_THAT(failed[0]["data"]["error"].get<std::string>(), HasSubstr("denied"));
  EXPECT_THAT(told(*phone), ElementsAre("access_point_started", "wifi_connection_started", "wifi_connection_failed"));
  world.advance(5s);
  ASSERT_TRUE(wifi.access_point()) << "whoever came over it would be locked out";
  EXPECT_EQ(wifi.access_point()->ssid, "nightjar");
  expect_secret(*phone, "not the password");
  expect_secret(*phone, "correct horse");
}

TEST_F(Wireless, Connect_Failed_GoesBackToTheNetworkThatWasThere) {
  add("old", "passphrase of old", 50);
  boot(false);
  const auto phone = this->phone();
  ASSERT_EQ(connect(*phone, "old", "passphrase of old")["success"], true);
  EXPECT_EQ(connect(*phone, "nowhere", "")["success"], false);
  EXPECT_EQ(wlan(*phone)["network"], "old") << "it was not even left";
  EXPECT_EQ(connect(*phone, "ExternalWiFi", "not the password")["success"], false);
  world.advance(10s);
  EXPECT_EQ(wlan(*phone)["network"], "old");
}

TEST_F(Wireless, Connect_ThatDoesNotLastFiveSecondsHasFailed) {
  boot(false);
  const auto phone = this->phone();
  phone->send("network_connect", {{"ssid", "ExternalWiFi"}, {"password", kPassword}});
  world.advance(sim::Wifi::kJoinTime + 2s);
  wifi.remove_network("ExternalWiFi");
  ASSERT_FALSE(phone->wait("network_event", "wifi_connection_failed", 10s).is_null());
  EXPECT_EQ(phone->count("network_event", "wifi_connected"), 0u);
}

TEST_F(Wireless, NamesAndPasswordsAreTakenLiterally) {
  const std::string ssid = "$(reboot)";
  const std::string password = R"(a"b'c\d;`reboot` $x)";
  add(ssid, password, 80);
  boot(false);
  const auto phone = this->phone();
  EXPECT_EQ(connect(*phone, ssid, password), json({{"success", true}, {"network", ssid}}));
  EXPECT_EQ(wlan(*phone)["network"], ssid);
  EXPECT_EQ(phone->ask("network_saved", json::object(), "network_saved_result")["data"]["networks"], json::array({{{"name", ssid}}}));
  expect_secret(*phone, password);
  EXPECT_EQ(phone->ask("network_forget", {{"ssid", ssid}}, "network_forget_result")["data"]["success"], true);
  EXPECT_FALSE(wlan(*phone).contains("network") && wlan(*phone)["network"].is_string());
}

TEST_F(Wireless, OneChangeAtATime) {
  boot(false);
  const auto phone = this->phone();
  phone->send("network_connect", {{"ssid", "ExternalWiFi"}, {"password", kPassword}});
  EXPECT_THAT(connect(*phone, "ExternalWiFi", kPassword)["error"].get<std::string>(), HasSubstr("busy"));
  EXPECT_EQ(phone->ask("network_disconnect", json::object(), "network_disconnect_result")["data"]["success"], false);
  ASSERT_FALSE(phone->wait("network_event", "wifi_connected").is_null()) << "the first one is not disturbed";
  EXPECT_EQ(phone->ask("network_disconnect", json::object(), "network_disconnect_result")["data"]["success"], true);
  EXPECT_EQ(told(*phone).back(), "wifi_disconnected");
}

TEST_F(Wireless, ASessionGoesOnThroughAChangeOfTheNetwork) {
  ASSERT_TRUE(camera->power_on().ok());
  boot();
  const auto phone = this->phone();
  start(*phone, 10);
  EXPECT_EQ(connect(*phone, "ExternalWiFi", kPassword)["success"], true);
  until_the_end(*phone);
  EXPECT_THAT(presses(), SizeIs(10));
  for (std::size_t i = 0; i < presses().size(); ++i) EXPECT_LE(std::chrono::abs(presses()[i] - 2s * static_cast<int>(i)), 5ms) << i;
}

TEST_F(Wireless, WhatCannotBeANameOrAPasswordIsRefusedAtTheDoor) {
  boot(false);
  const auto phone = this->phone();
  using Fields = std::map<std::string, json>;
  for (const json& data : {json(Fields{{"ssid", ""}}), json(Fields{{"ssid", std::string(33, 'x')}}), json(Fields{{"password", "long enough"}}), json(Fields{{"ssid", 7}}),
                           json(Fields{{"ssid", "a"}, {"password", "short"}}), json(Fields{{"ssid", "a"}, {"password", std::string(64, 'p')}}),
                           json(Fields{{"ssid", "a"}, {"password", 12345678}})}) {
    const auto error = phone->ask("network_connect", data, "error");
    EXPECT_EQ(error["error"]["code"], "INVALID_PARAMETER") << data;
    EXPECT_EQ(error.dump().find("short"), std::string::npos);
  }
  EXPECT_THAT(told(*phone), IsEmpty());
}

TEST_F(Wireless, WithoutWifiItSaysSo) {
  wifi.set_fitted(false);
  boot(false);
  const auto phone = this->phone();
  EXPECT_THAT(connect(*phone, "ExternalWiFi", kPassword)["error"].get<std::string>(), HasSubstr("missing"));
  EXPECT_EQ(phone->ask("network_scan", {{"refresh", true}}, "error")["error"]["code"], "NETWORK_ERROR");
}

TEST_F(Field, ADeviceThatHasNoWifiAtAllSaysSo) {
  boot(false);
  const auto phone = this->phone();
  const auto result = phone->ask("network_connect", {{"ssid", "ExternalWiFi"}}, "network_connect_result")["data"];
  EXPECT_EQ(result["success"], false);
  EXPECT_THAT(result["error"].get<std::string>(), HasSubstr("missing"));
  EXPECT_EQ(phone->ask("network_scan", json::object(), "error")["error"]["code"], "NETWORK_ERROR");
  EXPECT_EQ(phone->ask("network_disconnect", json::object(), "network_disconnect_result")["data"]["success"], false);
}

// ---- scan -------------------------------------------------------------------------------------------------------------

TEST_F(Wireless, Scan_WithRefreshLooksAnew) {
  add("near", "", 90);
  boot(false);
  const auto phone = this->phone();
  const auto asked = world.now();
  const auto result = phone->ask("network_scan", {{"refresh", true}}, "operation_result");
  EXPECT_GE(world.now() - asked, sim::Wifi::kScanTime);
  EXPECT_EQ(result["success"], true);
  EXPECT_EQ(result["data"]["networks"], json::array({{{"ssid", "near"}, {"signal", 90}, {"security", "Open"}, {"channel", 6}, {"inUse", false}},
                                                     {{"ssid", "ExternalWiFi"}, {"signal", 70}, {"security", "WPA2"}, {"channel", 6}, {"inUse", false}}}));
  world.advance(1s);
  EXPECT_EQ(phone->all("network_scan_result").back()["data"], result["data"]) << "where the existing page looks for it";
}

TEST_F(Wireless, Scan_WithoutRefreshTellsWhatIsKnown) {
  boot(false);
  const auto phone = this->phone();
  phone->ask("network_scan", {{"refresh", true}}, "operation_result");
  add("new", "", 90);
  const auto asked = world.now();
  const auto result = phone->ask("network_scan", {{"refresh", false}}, "operation_result");
  EXPECT_LE(world.now() - asked, 10ms);
  EXPECT_THAT(result["data"]["networks"], SizeIs(1));
  EXPECT_EQ(result["data"]["networks"][0]["ssid"], "ExternalWiFi");
}

// ---- the same by REST ---------------------------------------------------------------------------------------------------

TEST_F(Wireless, TheSameIsDoneByRest) {
  boot(false);
  const auto phone = this->phone();
  EXPECT_EQ(rest().ask("GET", "/api/network/wifi/scan?refresh=true").body["networks"][0]["ssid"], "ExternalWiFi");
  EXPECT_EQ(rest().ask("POST", "/api/network/wifi/connect", {{"ssid", "ExternalWiFi"}, {"password", "not the password"}}).status, 403);
  EXPECT_EQ(rest().ask("POST", "/api/network/wifi/connect", {{"ssid", "nowhere"}}).status, 404);
  EXPECT_EQ(rest().ask("POST", "/api/network/wifi/connect", {{"ssid", ""}}).status, 400);
  EXPECT_EQ(rest().ask("POST", "/api/network/wifi/connect", json("ssid")).status, 400);
  phone->send("network_connect", {{"ssid", "ExternalWiFi"}, {"password", kPassword}});
  world.advance(1s);
  EXPECT_EQ(rest().ask("POST", "/api/network/wifi/disconnect").status, 409);
  ASSERT_FALSE(phone->wait("network_event", "wifi_connected").is_null());
  EXPECT_EQ(rest().ask("GET", "/api/network/wifi/saved").body["networks"], json::array({{{"name", "ExternalWiFi"}}}));
  const auto joined = rest().ask("POST", "/api/network/wifi/connect", {{"ssid", "ExternalWiFi"}});
  EXPECT_EQ(joined.status, 200) << "with the password that is saved: " << joined.body;
  EXPECT_EQ(joined.body["network"], "ExternalWiFi");
  EXPECT_EQ(rest().ask("DELETE", "/api/network/wifi/saved/ExternalWiFi").status, 200);
  EXPECT_EQ(rest().ask("DELETE", "/api/network/wifi/saved/ExternalWiFi").status, 404);
  EXPECT_EQ(rest().ask("POST", "/api/network/accesspoint/configure", {{"ssid", "nightjar"}, {"passphrase", "short"}}).status, 400);
  EXPECT_EQ(rest().ask("POST", "/api/network/accesspoint/configure", {{"ssid", "nightjar"}, {"passphrase", "correct horse"}, {"channel", 11}}).status, 200);
  ASSERT_TRUE(wifi.access_point());
  EXPECT_EQ(wifi.access_point()->channel, 11);
  EXPECT_EQ(rest().ask("POST", "/api/network/accesspoint/stop").status, 200);
  EXPECT_FALSE(wifi.access_point());
  wifi.set_fitted(false);
  EXPECT_EQ(rest().ask("GET", "/api/network/wifi/scan").status, 503);
  expect_secret(*phone, kPassword);
}

}  // namespace
}  // namespace nightjar::scenarios
