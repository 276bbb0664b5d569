#pragma once
// A field with cameras that announce themselves, and with somebody who says what he likes.
#include "drivers/net/ssdp.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {

constexpr auto kUuidA = "00000000-0000-0000-0001-AAAAAAAAAAAA";
constexpr auto kUuidB = "00000000-0000-0000-0001-BBBBBBBBBBBB";

constexpr hal::IpAddress at(std::uint8_t last) { return hal::IpAddress::v4(192, 168, 4, last); }

/// A camera on a host of its own, switched off.
struct Body {
  Body(sim::World& world, const std::string& name, const hal::IpAddress& address, sim::CameraOptions options)
      : host(world.add_host(name, address)), servers(host.network(), host.loop(), host.random()) {
    host.network().set_mac("eth0", options.mac);
    camera = std::make_unique<sim::Camera>(std::move(options), host.loop(), servers, host.network(), host.random(), host.wall_clock());
  }
  void on() { ASSERT_TRUE(camera->power_on().ok()); }
  /// As DHCP gives it another one: goodbye, and hello from there.
  void move(const hal::IpAddress& address) {
    host.network().set_address("eth0", address, sim::Established::reset);
    ASSERT_TRUE(camera->change_address(address).ok());
  }

  sim::Host& host;
  net::HttpServers servers;
  std::unique_ptr<sim::Camera> camera;
};

struct DiscoveryField : Field {
  DiscoveryField() { camera->power_off(false); }   // the one that announces nothing

  sim::CameraOptions options(const std::string& letter) {
    sim::CameraOptions out;
    const std::string twelve(12, letter.front());
    out.uuid = "00000000-0000-0000-0001-" + twelve;
    out.serial = "0000" + letter;
    out.model = "Canon EOS " + letter;
    for (std::size_t i = 0; i < 17; ++i) out.mac[i] = i % 3 == 2 ? ':' : static_cast<char>(letter.front() - 'A' + 'a');
    out.port = 443;
    const auto certificate = net::make_self_signed("camera " + letter, unit.host().random());
    out.certificate_pem = certificate.cert_pem;
    out.key_pem = certificate.key_pem;
    return out;
  }
  Body& body(const std::string& name, const hal::IpAddress& address, sim::CameraOptions options) {
    return *bodies.emplace_back(std::make_unique<Body>(world, name, address, std::move(options)));
  }
  Body& body(const std::string& letter, std::uint8_t last) { return body("camera " + letter, at(last), options(letter)); }

  /// Everything that was said about cameras, in order: "cameraDiscovered" and so on.
  std::vector<std::string> said(const Phone& phone) const {
    std::vector<std::string> out;
    for (const auto& event : phone.all("discovery_event")) out.push_back(event["eventType"]);
    return out;
  }
  json data_of(const Phone& phone, std::string_view event) const {
    const auto all = phone.all("discovery_event", event);
    return all.empty() ? json() : all.back()["data"];
  }
  json status(Phone& phone) { return phone.ask("get_status", json::object(), "status")["data"]; }
  /// The program, a phone, and camera A as its primary one.
  std::unique_ptr<Phone> with_primary(Body& body) {
    body.on();
    boot(false);
    auto out = phone();
    EXPECT_TRUE(world.run_until([&] { return out->count("discovery_event", "cameraConnected") == 1; }, 20s));
    return out;
  }
  void start(Phone& phone, int shots) {
    ASSERT_EQ(phone.ask("start_intervalometer_with_title", {{"interval", 2}, {"shots", shots}, {"title", "Night"}}, "operation_result")["success"], true);
  }
  void until_the_end(Phone& phone) {
    ASSERT_TRUE(world.run_until([&] { return phone.count("timelapse_event", "sessionCompleted") != 0; }, 1h));
  }
  /// Whether the presses of these cameras are on one grid of 2 s.
  void expect_on_grid(std::initializer_list<const Body*> used) {
    std::vector<hal::Instant> at;
    for (const auto* each : used)
      for (const auto& press : each->camera->presses()) at.push_back(press.at);
    for (const auto press : at) EXPECT_LE((press - at.front() + 5ms) % 2s, 10ms);
  }

  std::vector<std::unique_ptr<Body>> bodies;
};

/// Somebody on the network who says what he likes.
struct Rogue {
  Rogue(sim::World& world, std::uint8_t last) : host(world.add_host("rogue", at(last))) {
    hal::DatagramOptions options;
    options.interface = at(last);
    auto opened = host.network().open_datagram(options, [](const hal::Datagram&) {});
    EXPECT_TRUE(opened.ok());
    socket = std::move(opened).value();
  }
  void say(const net::SsdpNotify& notify) { say(net::format_ssdp_notify(notify)); }
  void say(const std::string& bytes) { EXPECT_TRUE(socket->send_to(net::ssdp_group(), bytes).ok()); }

  sim::Host& host;
  std::unique_ptr<hal::DatagramSocket> socket;
};

inline net::SsdpNotify notify(net::SsdpNotify::Kind kind, const std::string& uuid, const std::string& location) {
  return {kind, std::string{net::kCcapiService}, "uuid:" + uuid + "::" + std::string{net::kCcapiService}, location, "Camera OS/1.0", 1800};
}

}  // namespace nightjar::scenarios
