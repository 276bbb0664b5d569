#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>

#include "sim/world.h"
#include "tests/sim/peer.h"

namespace nightjar::sim {

using namespace std::chrono_literals;
using hal::ErrorKind;
using hal::IpAddress;

inline constexpr auto kPi = IpAddress::v4(192, 168, 4, 1);
inline constexpr auto kCamera = IpAddress::v4(192, 168, 4, 2);
inline constexpr auto kNobody = IpAddress::v4(192, 168, 4, 99);

/// A Pi that connects to a camera that listens on 443.
struct NetworkStory : ::testing::Test {
  NetworkStory() { listen(); }

  void listen() {
    auto open =
        camera.network().listen({IpAddress::any(), 443}, [this](std::unique_ptr<hal::Stream> stream) { server.take(std::move(stream)); });
    ASSERT_TRUE(open.ok());
    listener = std::move(open).value();
  }
  void connect(hal::Duration patience = 10s, hal::Endpoint to = {kCamera, 443}) {
    failure.reset();
    began = world.now();
    attempt = pi.network().connect(to, patience, [this](hal::Result<std::unique_ptr<hal::Stream>> stream) {
      answered_after = world.now() - began;
      if (stream.ok())
        client.take(std::move(stream).value());
      else
        failure = stream.error();
    });
  }
  void connected() {
    connect();
    ASSERT_TRUE(world.run_until([&] { return client.stream && server.stream; }, 1s));
  }
  bool failed_with(ErrorKind kind) const { return failure && failure->kind == kind; }
  bool comes(const std::function<bool()>& done, hal::Duration bound = 1s) { return world.run_until(done, bound); }

  World world{1};
  Host& pi = world.add_host("pi", kPi);
  Host& camera = world.add_host("camera", kCamera);
  std::unique_ptr<hal::Listener> listener;
  Peer client;
  Peer server;
  hal::Operation attempt;
  std::optional<hal::Error> failure;
  hal::Instant began{};
  hal::Duration answered_after{};
};

}   // namespace nightjar::sim
