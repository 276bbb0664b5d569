#include "sim/media/media_socket.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace nightjar::sim::media {
namespace {

using namespace std::chrono_literals;

constexpr auto kLostAfter = 60s;          // SessionWebSocketListener.WebSocketLostTimeout
constexpr auto kRemindAfter = 45s;        // ... times ForceKeepAliveFactor
constexpr auto kWatchEvery = 12s;         // ... times IntervalFactor
constexpr auto kReminder = "60";

/// "0,1500": milliseconds to the first push, which the server does not heed, and between pushes.
std::optional<hal::Duration> interval_of(const std::string& data) {
  const auto comma = data.find(',');
  std::int64_t milliseconds = 0;
  const auto* end = data.data() + data.size();
  if (comma == std::string::npos) return std::nullopt;
  const auto read = std::from_chars(data.data() + comma + 1, end, milliseconds);
  if (read.ec != std::errc{} || read.ptr != end || milliseconds < 0 || milliseconds > 3'600'000) return std::nullopt;
  return std::chrono::milliseconds{milliseconds};
}

}   // namespace

Socket::Socket(std::unique_ptr<hal::WebSocket> socket, std::string user, Owner& owner, hal::Loop& loop)
    : socket_(std::move(socket)), user_(std::move(user)), owner_(owner), loop_(loop), kept_alive_at_(loop.now()) {}

void Socket::start() {
  socket_->start(*this);
  send("ForceKeepAlive", kReminder);
  watch();
}

void Socket::send(const std::string& type, const std::string& data) {
  if (owner_.faults().half_open) return;
  if (owner_.faults().garbage) return socket_->send_text("<html>502 Bad Gateway</html>");
  socket_->send_text(fmt::format(R"({{{}"MessageId":"{:032x}","MessageType":"{}"}})", data.empty() ? "" : "\"Data\":" + data + ",", ++messages_, type));
}

void Socket::push(bool at_once) {
  if (!subscribed_ || owner_.faults().mute_socket || (!at_once && loop_.now() - pushed_at_ < interval_)) return;
  pushed_at_ = loop_.now();
  owner_.pushed();
  send("Sessions", owner_.sessions_text());
}

void Socket::on_message(hal::MessageKind, std::string_view payload) {
  if (owner_.faults().half_open) return;
  const auto message = nlohmann::json::parse(payload, nullptr, false);
  if (!message.is_object() || !message.contains("MessageType") || !message["MessageType"].is_string()) return;   // the server logs it
  const auto type = message["MessageType"].get<std::string>();
  if (type == "KeepAlive") {
    kept_alive_at_ = loop_.now();
    send("KeepAlive", {});
  } else if (type == "SessionsStop") {
    subscribed_ = false;
  } else if (type == "SessionsStart" && message.contains("Data") && message["Data"].is_string()) {
    const auto interval = interval_of(message["Data"].get<std::string>());
    subscribed_ = interval.has_value();
    interval_ = interval.value_or(hal::Duration{});
  }
}

void Socket::on_closed(std::uint16_t, std::string_view) { owner_.gone(*this); }

void Socket::watch() {
  watching_ = loop_.at(loop_.now() + kWatchEvery, [this] {
    const auto quiet = loop_.now() - kept_alive_at_;
    if (quiet >= kLostAfter && !owner_.faults().half_open) return owner_.gone(*this);
    if (quiet > kRemindAfter) send("ForceKeepAlive", kReminder);
    watch();
  });
}

}   // namespace nightjar::sim::media
