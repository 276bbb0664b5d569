#pragma once
// A night in the field: a device, a camera and phones on one network, in virtual time, over the shipped protocols.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/device.h"
#include "sim/phone.h"
#include "sim/world.h"

namespace nightjar::scenarios {

using nlohmann::json;
using namespace std::chrono_literals;

/// What the device tells is told by asyncapi.json too.
inline bool is_described(const sim::MessageName& name) {
  static const auto described = [] {
    std::ifstream file{NIGHTJAR_API "/asyncapi.json"};
    return json::parse(file).at("channels").at("told").at("messages");
  }();
  return described.contains(name.event.empty() ? std::string{name.type} : fmt::format("{}.{}", name.type, name.event));
}

/// A phone that keeps every message it got, and dials once.
class Phone {
 public:
  Phone(sim::World& world, const std::string& name, const hal::IpAddress& address) : world_(world), phone_(world.add_host(name, address)) {
    phone_.on_text = [this](const sim::MessageName& kind, std::string_view text) {
      EXPECT_TRUE(is_described(kind)) << "app/page/public/api/asyncapi.json does not describe " << kind.type << "." << kind.event;
      messages.push_back(json::parse(text));
    };
  }

  /// Connects and waits for the welcome.
  void connect(const hal::Endpoint& device, std::string target = "/ws", hal::Headers headers = {}) {
    phone_.call(device, std::move(target), std::move(headers), false);
    world_.run_until([&] { return phone_.connected() || phone_.refusal().has_value(); }, 10s);
  }

  void send(const json& message) { send_raw(message.dump()); }
  void send(std::string_view type, json data = json::object()) { send({{"type", type}, {"data", std::move(data)}}); }
  void send_raw(std::string text) { phone_.send(std::move(text)); }
  hal::WebSocket& socket() { return phone_.socket(); }
  /// From now on it answers when it is asked what time it is.
  void tell_time() { phone_.tell_time(); }
  sim::WallClock& clock() { return phone_.host().wall_clock(); }

  /// Messages of a type, and of an eventType when one is given.
  std::vector<json> all(std::string_view type, std::string_view event = {}) const {
    std::vector<json> out;
    for (const auto& message : messages)
      if (message["type"] == type && (event.empty() || message.value("eventType", "") == event)) out.push_back(message);
    return out;
  }
  /// How many of them, without looking through all messages: asked after every event of the world.
  std::size_t count(std::string_view type, std::string_view event = {}) const { return phone_.count(type, event); }
  /// Waits for the next message of the kind that is not there yet; null when it does not come.
  json wait(std::string_view type, std::string_view event = {}, hal::Duration patience = 30s) {
    const auto before = count(type, event);
    world_.run_until([&] { return count(type, event) > before || phone_.closed_code() != 0; }, patience);
    return count(type, event) > before ? all(type, event).back() : json();
  }
  /// Sends, then waits.
  json ask(std::string_view type, json data, std::string_view answer, std::string_view event = {}) {
    send(type, std::move(data));
    return wait(answer, event);
  }

  std::vector<json> messages;

 private:
  sim::World& world_;
  sim::Phone phone_;
};

struct Field : testing::Test {
  explicit Field(std::uint64_t seed = 1)
      : world(seed),
        pi(world.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1))),
        unit(world.add_host("camera", hal::IpAddress::v4(192, 168, 4, 2)), camera_options(), true),
        camera(&unit.camera()),
        program(pi, {}) {
    settings.listen = {hal::IpAddress::any(), 3000};
    EXPECT_TRUE(camera->power_on().ok());
  }
  static sim::CameraOptions camera_options() {
    sim::CameraOptions out;
    out.port = 443;
    out.ssdp = false;
    return out;
  }

  /// Starts the program; with a camera: until its link is ready.
  void boot(bool with_camera = true) {
    program.set(settings);
    const auto before = connections();
    bool ready = false;
    program.boot([&](const hal::Result<hal::Endpoint>& at) {
      ASSERT_TRUE(at.ok()) << at.error().text();
      ready = true;
      if (with_camera) program.use_camera(unit.origin());
    });
    ASSERT_TRUE(world.run_until([&] { return ready; }, 10s));
    if (with_camera) {
      ASSERT_TRUE(world.run_until([&] { return connections() > before; }, 10s));
    }
  }
  void pull_the_plug() { program.power_cut(); }
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
  sim::CameraUnit unit;
  sim::Camera* camera;
  app::Settings settings;
  sim::Device program;
};

}  // namespace nightjar::scenarios
