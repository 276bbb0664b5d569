#pragma once
// A night in the field: a device, a camera and phones on one network, in virtual time, over the shipped protocols.
#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/nightjar.h"
#include "drivers/canon/ccapi_camera.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/ssdp_discovery.h"
#include "drivers/net/tls.h"
#include "drivers/net/websocket_dialer.h"
#include "sim/camera/camera.h"
#include "sim/world.h"

namespace nightjar::scenarios {

using nlohmann::json;
using namespace std::chrono_literals;

/// A phone with one connection to /ws; it keeps every message it got.
class Phone final : public hal::WebSocket::Handler {
 public:
  Phone(sim::World& world, const std::string& name, const hal::IpAddress& address)
      : world_(world), host_(world.add_host(name, address)), dialer_(host_.network(), host_.loop(), host_.random()) {}

  /// Connects and waits for the welcome.
  void connect(const hal::Endpoint& device, std::string target = "/ws", hal::Headers headers = {}) {
    hal::WebSocketTarget where;
    where.origin.endpoint = device;
    where.target = std::move(target);
    where.headers = std::move(headers);
    bool answered = false;
    dialing_ = dialer_.connect(where, 10s, [&](hal::Result<std::unique_ptr<hal::WebSocket>> socket) {
      answered = true;
      if (!socket.ok()) {
        refusal = socket.error();
        return;
      }
      socket_ = std::move(socket).value();
      socket_->start(*this);
    });
    world_.run_until([&] { return answered && (!socket_ || !messages.empty()); }, 10s);
  }

  void send(const json& message) { send_raw(message.dump()); }
  void send(std::string_view type, json data = json::object()) { send({{"type", type}, {"data", std::move(data)}}); }
  void send_raw(std::string text) { socket_->send_text(std::move(text)); }
  hal::WebSocket& socket() { return *socket_; }

  /// Messages of a type, and of an eventType when one is given.
  std::vector<json> all(std::string_view type, std::string_view event = {}) const {
    std::vector<json> out;
    for (const auto& message : messages)
      if (message["type"] == type && (event.empty() || message.value("eventType", "") == event)) out.push_back(message);
    return out;
  }
  /// How many of them, without looking through all messages: asked after every event of the world.
  std::size_t count(std::string_view type, std::string_view event = {}) const {
    const auto found = counts_.find(std::pair{std::string{type}, std::string{event}});
    return found == counts_.end() ? 0 : found->second;
  }
  /// Waits for the next message of the kind that is not there yet; null when it does not come.
  json wait(std::string_view type, std::string_view event = {}, hal::Duration patience = 30s) {
    const auto before = count(type, event);
    world_.run_until([&] { return count(type, event) > before || closed_code != 0; }, patience);
    return count(type, event) > before ? all(type, event).back() : json();
  }
  /// Sends, then waits.
  json ask(std::string_view type, json data, std::string_view answer, std::string_view event = {}) {
    send(type, std::move(data));
    return wait(answer, event);
  }

  void on_message(hal::MessageKind, std::string_view payload) override {
    messages.push_back(json::parse(payload));
    const auto type = messages.back()["type"].get<std::string>();
    ++counts_[{type, ""}];
    if (const auto event = messages.back().value("eventType", ""); !event.empty()) ++counts_[{type, event}];
  }
  void on_closed(std::uint16_t code, std::string_view reason) override {
    closed_code = code;
    closed_reason = reason;
  }

  std::vector<json> messages;
  std::uint16_t closed_code = 0;
  std::string closed_reason;
  std::optional<hal::Error> refusal;

 private:
  sim::World& world_;
  sim::Host& host_;
  net::WebSocketDialer dialer_;
  hal::Operation dialing_;
  std::unique_ptr<hal::WebSocket> socket_;
  std::map<std::pair<std::string, std::string>, std::size_t> counts_;
};

/// The device's program on its host: what a power cut takes away.
struct Program {
  Program(sim::Host& host, app::Settings settings)
      : servers(host.network(), host.loop(), host.random()),
        clients(host.network(), host.loop(), host.random()),
        cameras(clients, host.loop()),
        discovery(host.network(), clients, host.loop()),
        nightjar({host.loop(), host.wall_clock(), host.network(), servers, cameras, host.storage(), host.random(), host.log(), nullptr, nullptr, &discovery},
                 std::move(settings)) {}

  net::HttpServers servers;
  net::HttpClients clients;
  canon::CcapiCameras cameras;
  net::SsdpDiscovery discovery;
  app::Nightjar nightjar;
};

struct Field : testing::Test {
  explicit Field(std::uint64_t seed = 1)
      : world(seed),
        pi(world.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1))),
        camera_host(world.add_host("camera", hal::IpAddress::v4(192, 168, 4, 2))),
        camera_servers(camera_host.network(), camera_host.loop(), camera_host.random()) {
    settings.listen = {hal::IpAddress::any(), 3000};
    sim::CameraOptions options;
    const auto certificate = net::make_self_signed("camera", camera_host.random());
    options.certificate_pem = certificate.cert_pem;
    options.key_pem = certificate.key_pem;
    options.port = 443;
    options.ssdp = false;
    camera = std::make_unique<sim::Camera>(options, camera_host.loop(), camera_servers, camera_host.network(), camera_host.random(), camera_host.wall_clock());
    EXPECT_TRUE(camera->power_on().ok());
  }

  /// Starts the program; with a camera: until its link is ready.
  void boot(bool with_camera = true) {
    program = std::make_unique<Program>(pi, settings);
    const auto before = connections();
    bool ready = false;
    program->nightjar.start([&](const hal::Result<hal::Endpoint>& at) {
      ASSERT_TRUE(at.ok()) << at.error().text();
      ready = true;
      if (with_camera) program->nightjar.use_camera({true, camera->ccapi(), {}, {}, {}});
    });
    ASSERT_TRUE(world.run_until([&] { return ready; }, 10s));
    if (with_camera) {
      ASSERT_TRUE(world.run_until([&] { return connections() > before; }, 10s));
    }
  }
  void pull_the_plug() {
    pi.power_cut();
    program.reset();
  }
  hal::Endpoint device() const { return {hal::IpAddress::v4(192, 168, 4, 1), 3000}; }

  std::unique_ptr<Phone> phone(const std::string& name = "phone", std::uint8_t last = 50) {
    auto out = std::make_unique<Phone>(world, name, hal::IpAddress::v4(192, 168, 4, last));
    out->connect(device());
    return out;
  }
  /// When each press of the shutter reached the camera, after the first one.
  std::vector<hal::Duration> presses() const {
    std::vector<hal::Duration> out;
    for (const auto& press : camera->presses()) out.push_back(press.at - camera->presses().front().at);
    return out;
  }

  /// How often the device has reached its camera, by its log.
  std::size_t connections() const {
    const auto& lines = pi.log().lines();
    return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.component == "camera_link" && line.text.starts_with("connected"); }));
  }

  sim::World world;
  sim::Host& pi;
  sim::Host& camera_host;
  net::HttpServers camera_servers;
  std::unique_ptr<sim::Camera> camera;
  app::Settings settings;
  std::unique_ptr<Program> program;
};

}  // namespace nightjar::scenarios
