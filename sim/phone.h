#pragma once
// A phone in the world: its own host and clock, and one connection to a device's /ws that it makes again when it is lost.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/net/websocket_dialer.h"
#include "hal/websocket.h"
#include "sim/host.h"

namespace nightjar::sim {

/// What a message is, told from its text without reading all of it.
struct MessageName {
  std::string_view type;
  std::string_view event;   // eventType; empty: it has none
};
/// Members at the top of a flat beginning, as the device writes them: {"type":T,"timestamp":...,"eventType":E,...
MessageName message_name(std::string_view text);
/// What stands between `key`, say "sessionId":" with its quotes, and the next quote; empty when the key is not there.
std::string_view text_member(std::string_view text, std::string_view key);

/// Keeps counts, not messages: a night has tens of thousands.
class Phone final : private hal::WebSocket::Handler {
 public:
  explicit Phone(Host& host);
  Phone(const Phone&) = delete;

  /// From now on it keeps a connection there: after a loss, or kSilenceMax without a word, it dials again. One that does not return
  /// dials once.
  void call(const hal::Endpoint& device, std::string target = "/ws", hal::Headers headers = {}, bool returns = true);
  /// Hangs up without a closing handshake, and calls again after `how_long`.
  void go_away(hal::Duration how_long);
  /// From now on it says what its clock shows when it is asked.
  void tell_time() { tells_time_ = true; }

  /// Nothing happens without a connection; true when the message went out.
  bool send(std::string text);
  /// JSON `data` is an object's text.
  bool send(std::string_view type, std::string_view data);
  hal::WebSocket& socket() { return *socket_; }

  Host& host() { return host_; }
  const std::string& name() const { return host_.name(); }
  /// It has had a message on the connection it holds.
  bool connected() const { return socket_ != nullptr && welcomed_; }
  hal::Instant last_heard() const { return last_heard_; }
  std::size_t count(std::string_view type, std::string_view event = {}) const;
  std::size_t messages() const { return messages_; }
  /// Of the last dial that was refused, of the last connection that was closed.
  const std::optional<hal::Error>& refusal() const { return refusal_; }
  std::uint16_t closed_code() const { return closed_code_; }

  /// Hears every message; may be empty.
  std::function<void(const MessageName& name, std::string_view text)> on_text;

  static constexpr hal::Duration kDialMax = std::chrono::seconds{10};
  static constexpr hal::Duration kReturn = std::chrono::seconds{3};
  static constexpr hal::Duration kSilenceMax = std::chrono::seconds{25};   // a status comes every ten

 private:
  void dial();
  void dial_later(hal::Duration delay);
  void watch();
  void answer_time_sync(std::string_view request);
  void on_message(hal::MessageKind kind, std::string_view payload) override;
  void on_closed(std::uint16_t code, std::string_view reason) override;

  Host& host_;
  net::WebSocketDialer dialer_;
  hal::WebSocketTarget target_;
  bool returns_ = true;
  bool welcomed_ = false;
  bool tells_time_ = false;
  hal::Instant last_heard_{};
  std::size_t messages_ = 0;
  std::map<std::string, std::size_t, std::less<>> counts_;   // "type" and "type/event"
  std::optional<hal::Error> refusal_;
  std::uint16_t closed_code_ = 0;
  hal::Operation dialing_;
  hal::Operation redial_;
  hal::Operation watching_;
  std::unique_ptr<hal::WebSocket> socket_;
};

}   // namespace nightjar::sim
