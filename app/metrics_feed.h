#pragma once
// The metrics server in this device: whoever has a token of ours reads at /api/ws/metrics how the device is, every five seconds. So one
// device can be the metrics server of others.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/hosted.h"
#include "fsm/metrics_reader.h"
#include "hal/tokens.h"
#include "hal/websocket.h"

namespace nightjar::app {

class MetricsFeed {
 public:
  /// Readers at once; past it the handshake is answered 503.
  static constexpr std::size_t kReadersMax = 64;
  /// What may wait for a reader that does not read: past it it is closed with 1013.
  static constexpr std::size_t kUnsentMax = 64u << 10;

  struct Lent {
    Runtime& runtime;
    hal::WallClock& wall_clock;
    const hal::Tokens* tokens = nullptr;   // null: nobody has a good one
  };
  explicit MetricsFeed(const Lent& lent);
  ~MetricsFeed();

  bool is_full() const { return readers_.size() >= kReadersMax; }
  /// The WebSocket is taken whatever the token, and closed with 1008 when that is not good: so a browser's page learns why.
  void enter(const std::string& token, std::unique_ptr<hal::WebSocket> socket);
  void shut_down();
  bool is_quiet() const { return readers_.empty(); }
  std::size_t readers() const { return readers_.size(); }

  /// The message, the same for all who ask within a moment. Set before anybody enters.
  std::function<hal::Buffer()> metrics_text;

 private:
  class Reader;
  void forget(const Reader& reader);

  Lent lent_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::shared_ptr<bool> alive_;
};

}  // namespace nightjar::app
