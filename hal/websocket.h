#pragma once
// RFC 6455, both ends.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hal/http.h"

namespace nightjar::hal {

/// Close codes used here, RFC 6455 section 7.4.1.
namespace close_code {
inline constexpr std::uint16_t normal = 1000, going_away = 1001, protocol_error = 1002, unsupported = 1003, no_status = 1005,
                               abnormal = 1006, bad_payload = 1007, policy = 1008, too_big = 1009, internal = 1011, try_later = 1013;
}

enum class MessageKind : unsigned char { text, binary };

/// An open WebSocket. Pings are answered by the driver; when to send one is the owner's. Destroying it drops the connection at once.
class WebSocket {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// A whole message, UTF-8 checked; valid during the call only.
    virtual void on_message(MessageKind kind, std::string_view payload) = 0;
    virtual void on_pong(std::string_view /*payload*/) {}
    virtual void on_drained() {}
    /// The last callback, once: the closing handshake is over (the other end's code, or ours answered), or the connection broke (1006).
    /// A protocol error of the other end is answered by the driver with its code and told here with that code.
    virtual void on_closed(std::uint16_t code, std::string_view reason) = 0;
  };

  virtual ~WebSocket() = default;
  /// Begins delivery. The handler may destroy the socket within any callback.
  virtual void start(Handler& handler) = 0;
  /// One unfragmented message; the payload is shared, not copied (a server's frames are not masked).
  virtual void send(MessageKind kind, Buffer payload) = 0;
  /// Appends to `frames` the message as send() would write it. An accepted socket's frames carry no mask: what one of them has encoded is
  /// right for all of them.
  virtual void encode(MessageKind kind, std::string_view payload, std::string& frames) = 0;
  /// Sends what encode() has made, `head` then `body`, whole frames both; held as Stream::write says.
  virtual void send_encoded(std::string_view head, Buffer body = nullptr) = 0;
  /// Payload at most 125 bytes.
  virtual void ping(std::string_view payload = {}) = 0;
  /// Starts the closing handshake; what was sent before goes first. on_closed comes when it is over, at the latest after 5 s. `reason` at most 123 bytes.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Bytes not yet taken by the kernel: the owner's bound for slow readers.
  virtual std::size_t unsent() const = 0;
  virtual Endpoint remote() const = 0;

  void send_text(std::string text) { send(MessageKind::text, std::make_shared<const std::string>(std::move(text))); }
};

struct WebSocketTarget {
  HttpOrigin origin;
  std::string target = "/";       // path and query; may hold a token, so it is never logged
  Headers headers;
  std::size_t message_max = 1u << 20;
};

class WebSockets {
 public:
  virtual ~WebSockets() = default;
  /// One attempt: TCP, TLS, handshake within `patience`. A refusal answers `denied` for 401 and 403, else `protocol`, the status in the detail.
  virtual Operation connect(const WebSocketTarget& target, Duration patience,
                            std::function<void(Result<std::unique_ptr<WebSocket>>)> done) = 0;
};

}  // namespace nightjar::hal
