#pragma once
// What the network suites share: a handler that records, and two ends of one connection.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/contracts/rig.h"

namespace nightjar::contracts {

using namespace std::chrono_literals;

/// Longer than anything on a loopback takes.
constexpr auto kPatience = std::chrono::seconds{20};

/// Writes down what a stream tells; `on_*` may be set to do something within the callback.
struct Recorder final : hal::Stream::Handler {
  std::string received;
  int drained = 0;
  std::vector<hal::Error> closed;
  std::function<void()> then_data, then_drained, then_closed;

  void on_data(std::string_view bytes) override {
    EXPECT_FALSE(bytes.empty());
    EXPECT_TRUE(closed.empty()) << "data after on_closed";
    received.append(bytes);
    if (then_data) then_data();
  }
  void on_drained() override {
    EXPECT_TRUE(closed.empty()) << "drained after on_closed";
    ++drained;
    if (then_drained) then_drained();
  }
  void on_closed(const hal::Error& error) override {
    closed.push_back(error);
    if (then_closed) then_closed();
  }
};

/// `near` connected to `far` through a listener of our own, both not started.
struct Pair {
  explicit Pair(Rig& rig) {
    auto listening = rig.network().listen({rig.host(), 0}, [this](std::unique_ptr<hal::Stream> stream) { far = std::move(stream); });
    EXPECT_TRUE(listening.ok());
    if (!listening.ok()) return;
    const auto listener = std::move(listening).value();
    const auto connecting = rig.network().connect(listener->local(), kPatience, [this](hal::Result<std::unique_ptr<hal::Stream>> result) {
      EXPECT_TRUE(result.ok()) << result.error().text();
      if (result.ok()) near = std::move(result).value();
    });
    EXPECT_TRUE(rig.run_until([this] { return near && far; }));
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  Recorder near_heard, far_heard;   // outlive the streams
  std::unique_ptr<hal::Stream> near, far;
};

/// `size` bytes of which no two regions of 64 KiB are alike.
inline std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  std::uint32_t state = 1;
  for (auto& byte : out) {
    state = state * 1664525u + 1013904223u;   // Numerical Recipes' generator
    byte = static_cast<char>(state >> 24);
  }
  return out;
}

inline hal::Buffer shared(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

}   // namespace nightjar::contracts
