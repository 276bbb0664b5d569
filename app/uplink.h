#pragma once
// The uplink: our WebSocket client to a metrics server. It tells that server this device's state, takes its metrics, and does
// of its commands what the settings allow. When it connects, and when it gives up, is fsm/connection's.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/connection_metrics.h"
#include "app/hosted.h"
#include "app/messages/upstream_message.h"
#include "app/settings.h"
#include "fsm/connection.h"
#include "hal/random.h"
#include "hal/websocket.h"

namespace nightjar::app {

/// How the server is reached; without sockets there is no uplink.
struct UplinkRoute {
  hal::WebSockets* sockets = nullptr;   // outlives the uplink; verifies the server by its own rules
  hal::WebSocketTarget target;          // without the token. An address of any(): origin.host is looked up before each attempt
};

/// What a page shows of it.
struct UplinkView {
  std::string_view state;
  int attempt = 0;                                   // of a reconnection: the one that is waited for or made
  std::optional<std::chrono::milliseconds> retry_in;
  std::string last_error;                            // of the last attempt or loss; empty while all is well
  std::string error_code, error, advice;             // in "error": AUTH_FAILED, CONNECTION_REFUSED or MAX_RETRIES, and what a person can do
  std::optional<std::chrono::milliseconds> data_age; // since the last metrics
  double success_rate = 1;
};

class Uplink final : private fsm::ConnectionPort {
 public:
  struct Lent {
    Runtime& runtime;
    hal::Network& network;
    hal::Random& random;
    const Settings& settings;
  };
  Uplink(const Lent& lent, UplinkRoute route);
  ~Uplink() override;

  bool fitted() const { return route_.sockets != nullptr; }

  // What a person asks; without an uplink nothing happens.
  void connect() { ask(fsm::Connection::Connect{}); }
  void retry() { ask(fsm::Connection::Retry{}); }
  void log_out() { ask(fsm::Connection::Logout{}); }
  /// The program ends: says goodbye. is_quiet() once that is over.
  void stop() { ask(fsm::Connection::Stop{}); }
  bool is_quiet() const { return !fitted() || (!line_ && !leaving_); }

  /// Something happened that the server should see; told at most once a second, and every ten seconds anyway.
  void tell_changed();

  UplinkView view() const;
  const ConnectionMetrics& metrics() const { return metrics_; }
  const Hosted<fsm::Connection>& machine() const { return machine_; }
  /// The last metrics, as the server sent them; empty before the first.
  const std::string& last_metrics() const { return last_metrics_; }

  // What happened; the wiring decides who hears.
  std::function<void(std::string_view from, std::string_view to)> on_state;
  /// What the server is told of this device.
  std::function<hal::Buffer()> state_text;
  /// Does what the settings allow; answers with an empty text, or why not.
  std::function<void(const ClientMessage&, std::function<void(std::string error)>)> on_command;

  static constexpr std::size_t kMessageMax = 64u << 10;   // metrics are a few KiB; past it the connection is closed with 1009
  static constexpr std::size_t kUnsentMax = 256u << 10;   // past it the server, which does not read, is told nothing more until it does
  static constexpr auto kTellMin = std::chrono::seconds{1};
  static constexpr auto kTellEvery = std::chrono::seconds{10};

 private:
  class Line;

  // lifecycle
  void open() override;
  void forget_open() override;
  void tell_state() override;
  void ping() override;
  void drop() override;
  void hang_up() override;
  sml::Time jitter(sml::Time delay) override;

  template <class Event>
  void ask(Event event) {
    if (fitted()) machine_.dispatch(event);
  }
  void dial(const hal::IpAddress& address);
  void opened(hal::Result<std::unique_ptr<hal::WebSocket>> result);
  void failed(const hal::Operation& asked, const hal::Error& error);
  void heard(std::string_view text);
  void obey(UpstreamCommand command);
  void closed(const Line& line, std::uint16_t code);
  void send_state();
  void note_step(const sml::Step& step);

  Runtime& runtime_;
  hal::Network& network_;
  hal::Random& random_;
  const Settings& settings_;
  UplinkRoute route_;
  ConnectionMetrics metrics_;
  std::string last_error_;
  std::string last_metrics_;
  std::optional<hal::Instant> received_at_;
  std::optional<hal::Instant> told_at_;   // on this connection
  bool changed_ = false;             // something waits to be told
  hal::Operation resolving_;
  hal::Operation dialling_;
  std::unique_ptr<Line> line_;       // the open connection
  std::unique_ptr<Line> leaving_;    // one that says goodbye
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Hosted<fsm::Connection> machine_;
};

}  // namespace nightjar::app
