#pragma once
// A metrics server in the world: takes WebSockets whose ?token= it knows, sends them metrics, hears the states of devices, and fails as such
// servers do. Written against hal/ alone, so it listens in the virtual world or as a program of its own; its JSON is its own.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hal/http.h"
#include "hal/network.h"
#include "hal/time.h"

namespace nightjar::sim {

struct MetricsServerOptions {
  hal::Endpoint listen{hal::IpAddress::any(), 8000};
  std::string path = "/api/ws/metrics";
  std::string token{};                            // what ?token= must say; empty = anything
  hal::Duration every = std::chrono::seconds{5};
  std::string certificate_pem{};                  // TLS when set
  std::string key_pem{};
};

class MetricsServer final : private hal::HttpHandler {
 public:
  /// What is lent outlives it. Not yet switched on.
  MetricsServer(MetricsServerOptions options, hal::Loop& loop, hal::HttpServers& servers);
  ~MetricsServer() override;
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  /// Opens its port; `in_use` and what else the network says.
  hal::Result<void> power_on();
  /// As when its computer is switched off: every connection breaks.
  void power_off();
  bool on() const { return server_ != nullptr; }
  hal::Endpoint local() const;

  // ---- what goes wrong, from now on
  int refuse_with = 0;        // a status for every handshake; 0: none is refused
  bool silent = false;        // sends no metrics
  bool rubbish = false;       // sends what is no JSON instead

  void close_all(std::uint16_t code);
  /// Sends a text to everybody: a command, say.
  void send_all(const std::string& text);

  // ---- what was seen; the newest kKept are kept
  static constexpr std::size_t kKept = 1000;
  std::size_t connected() const { return lines_.size(); }
  std::uint64_t handshakes() const { return handshakes_; }   // taken and refused ones
  const std::vector<std::string>& received() const { return received_; }

 private:
  class Line;

  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;
  std::optional<hal::HttpResponse> on_upgrade(const hal::HttpRequest& request) override;
  void on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) override;
  void send_metrics();
  std::string metrics();

  MetricsServerOptions options_;
  hal::Loop& loop_;
  hal::HttpServers& servers_;
  std::unique_ptr<hal::HttpServer> server_;
  std::vector<std::shared_ptr<Line>> lines_;
  std::vector<std::string> received_;
  std::uint64_t handshakes_ = 0;
  std::uint64_t sent_ = 0;
  hal::Operation rounds_;
};

}   // namespace nightjar::sim
