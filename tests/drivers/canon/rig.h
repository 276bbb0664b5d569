#pragma once
// A Pi and a camera in one virtual world, with the real HTTP and TLS between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "drivers/canon/ccapi_camera.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/tls.h"
#include "sim/camera/camera.h"
#include "sim/world.h"

namespace nightjar::canon {

using namespace std::chrono_literals;

constexpr auto kCameraAddress = hal::IpAddress::v4(192, 168, 4, 2);

/// Keeps what came, to be looked at when it has.
template <class T>
class Answer {
 public:
  auto taker() {
    return [this](hal::Result<T> result) {
      EXPECT_FALSE(result_) << "answered twice";
      result_.emplace(std::move(result));
    };
  }
  bool came() const { return result_.has_value(); }
  const hal::Result<T>& result() const { return *result_; }
  bool ok() const { return came() && result_->ok(); }
  std::optional<hal::ErrorKind> error() const { return came() && !result_->ok() ? std::optional{result_->error().kind} : std::nullopt; }
  std::string detail() const { return came() && !result_->ok() ? result_->error().detail : std::string{}; }

 private:
  std::optional<hal::Result<T>> result_;
};

struct Rig {
  explicit Rig(sim::CameraOptions options = {}) : options_(std::move(options)) {
    camera = std::make_unique<sim::Camera>(options_, device.loop(), servers, device.network(), device.random(), device.wall_clock());
    EXPECT_TRUE(camera->power_on().ok());
    connect();
  }

  static sim::CameraOptions with_https() {
    sim::World forge{99};
    auto& smith = forge.add_host("smith");
    auto made = net::make_self_signed("192.168.4.2", smith.random());
    sim::CameraOptions options;
    options.port = 443;
    options.certificate_pem = made.cert_pem;
    options.key_pem = made.key_pem;
    return options;
  }

  hal::HttpOrigin origin() const {
    hal::HttpOrigin out;
    out.tls = !options_.certificate_pem.empty();
    out.endpoint = {kCameraAddress, options_.port};
    out.credentials = credentials;
    return out;
  }
  void connect() { driver = cameras.camera(origin()); }

  /// Runs the world until the answer to what `ask` starts has come.
  template <class T, class Ask>
  Answer<T> wait(Ask ask, hal::Duration bound = 2min) {
    auto answer = std::make_shared<Answer<T>>();
    const auto operation = ask(answer->taker());
    EXPECT_FALSE(answer->came()) << "answered within the call";
    EXPECT_TRUE(world.run_until([&] { return answer->came(); }, bound)) << "no answer came";
    return *answer;
  }
  Answer<hal::CameraInfo> open() {
    return wait<hal::CameraInfo>([&](auto taker) { return driver->open(taker); });
  }
  Answer<hal::Shot> shoot(hal::Duration patience = 30s) {
    return wait<hal::Shot>([&](auto taker) { return driver->shoot(patience, taker); });
  }
  Answer<void> check() {
    return wait<void>([&](auto taker) { return driver->check(taker); });
  }
  Answer<hal::CameraStatus> status() {
    return wait<hal::CameraStatus>([&](auto taker) { return driver->status(taker); });
  }
  Answer<hal::Picture> last_picture() {
    return wait<hal::Picture>([&](auto taker) { return driver->last_picture(taker); });
  }

  /// How many requests of the log end in `ending`.
  auto requests(std::string_view ending) const {
    return std::count_if(camera->log().begin(), camera->log().end(),
                         [&](const sim::CameraRequest& each) { return each.target.ends_with(ending); });
  }

  sim::CameraOptions options_;
  std::optional<hal::Credentials> credentials;
  sim::World world{7};
  sim::Host& pi = world.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1));
  sim::Host& device = world.add_host("camera", kCameraAddress);
  net::HttpServers servers{device.network(), device.loop(), device.random()};
  net::HttpClients clients{pi.network(), pi.loop(), pi.random()};
  std::unique_ptr<sim::Camera> camera;
  CcapiCameras cameras{clients, pi.loop()};
  std::unique_ptr<hal::Camera> driver;
};

}   // namespace nightjar::canon
