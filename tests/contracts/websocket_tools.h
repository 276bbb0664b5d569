#pragma once
// What the WebSocket suites share: a handler that records, and a server that takes every WebSocket with a way to dial it.
#include <optional>

#include "drivers/net/websocket_dialer.h"
#include "tests/contracts/http_tools.h"

namespace nightjar::contracts {

using hal::ErrorKind;
using hal::MessageKind;
namespace close_code = hal::close_code;

/// Writes down what a WebSocket tells; `then_*` may do something within the callback.
struct Talk final : hal::WebSocket::Handler {
  std::vector<std::string> heard;   // "text hello", "binary ...", "pong ...", "closed 1000 reason"
  int drained = 0;
  std::function<void()> then_message, then_pong, then_closed;

  void on_message(MessageKind kind, std::string_view payload) override {
    add(std::string{kind == MessageKind::text ? "text " : "binary "}.append(payload));
    if (then_message) then_message();
  }
  void on_pong(std::string_view payload) override {
    add(std::string{"pong "}.append(payload));
    if (then_pong) then_pong();
  }
  void on_drained() override { ++drained; }
  void on_closed(std::uint16_t code, std::string_view reason) override {
    add(("closed " + std::to_string(code) + " ").append(reason));
    if (then_closed) then_closed();
  }
  bool closed() const { return !heard.empty() && heard.back().starts_with("closed "); }

 private:
  void add(std::string what) {
    EXPECT_FALSE(closed()) << what << " after on_closed";
    heard.push_back(std::move(what));
  }
};

/// A server that takes every WebSocket, and a way to dial it.
struct WebSocketRig : HttpRig {
  struct Far {
    std::unique_ptr<hal::WebSocket> socket;
    Talk talk;
  };
  explicit WebSocketRig(bool with_tls = false, hal::HttpServerOptions options = {}) : HttpRig(with_tls) {
    service.upgrade = [](const hal::HttpRequest&) { return std::nullopt; };
    service.opened = [this](const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) {
      upgraded.push_back(request);
      auto& end = *far.emplace_back(std::make_unique<Far>());
      end.socket = std::move(socket);
      if (at_open) at_open(end);
      if (end.socket) end.socket->start(end.talk);
    };
    serve(options);
  }

  hal::WebSocketTarget target() const {
    hal::WebSocketTarget out;
    out.origin = origin();
    out.target = "/ws";
    return out;
  }
  /// Dials and starts; near stays null when it fails.
  void dial() {
    hal::Result<std::unique_ptr<hal::WebSocket>> answer = hal::Error{};
    bool answered = false;
    const auto operation = dialer.connect(target(), kPatience, [&](hal::Result<std::unique_ptr<hal::WebSocket>> result) {
      answer = std::move(result);
      answered = true;
    });
    ASSERT_TRUE(run_until([&] { return answered; }));
    ASSERT_TRUE(answer.ok()) << answer.error().text();
    near = std::move(answer).value();
    near->start(near_talk);
    ASSERT_TRUE(run_until([&] { return !far.empty(); }));
  }
  /// The error of one attempt.
  hal::Error fail_to_dial(const hal::WebSocketTarget& to, hal::Duration patience = kPatience) {
    std::optional<hal::Error> error;
    const auto operation = dialer.connect(to, patience, [&](hal::Result<std::unique_ptr<hal::WebSocket>> result) {
      error = result.ok() ? hal::Error{ErrorKind::io, "it was opened"} : result.error();
    });
    EXPECT_FALSE(error) << "answered before connect() returned";
    EXPECT_TRUE(run_until([&] { return error.has_value(); }));
    return error.value_or(hal::Error{});
  }

  net::WebSocketDialer dialer{rig->network(), rig->loop(), rig->random()};
  std::vector<hal::HttpRequest> upgraded;
  std::vector<std::unique_ptr<Far>> far;
  std::function<void(Far&)> at_open;
  Talk near_talk;
  std::unique_ptr<hal::WebSocket> near;
};

/// A handshake whose answer is the RFC's own: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
inline const std::string kHandshake =
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

}   // namespace nightjar::contracts
