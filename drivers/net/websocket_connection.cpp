#include "drivers/net/websocket_connection.h"

#include <utility>

namespace nightjar::net {

namespace {

constexpr auto kClosePatience = std::chrono::seconds{5};   // hal/websocket.h
constexpr std::size_t kPongUnsentMax = 64u << 10;

WebSocketOpcode opcode_of(hal::MessageKind kind) { return kind == hal::MessageKind::text ? WebSocketOpcode::text : WebSocketOpcode::binary; }

}   // namespace

WebSocketConnection::WebSocketConnection(std::unique_ptr<hal::Stream> stream, WebSocketRole role, std::size_t message_max,
                                         std::string received, hal::Loop& loop, hal::Random& random)
    : stream_(std::move(stream)),
      receiver_(std::make_unique<WebSocketReceiver>(role, message_max)),
      loop_(loop),
      random_(random),
      received_(received.empty() ? nullptr : std::make_unique<std::string>(std::move(received))),
      remote_(stream_->remote()),
      role_(role) {
  stream_->start(*this);
  stream_->pause(true);   // until the owner's start()
}

WebSocketConnection::~WebSocketConnection() {
  if (gone_) *gone_ = true;
  if (receiving_) receiving_->stop();
}

template <class Call>
bool WebSocketConnection::call(Call&& what) {
  bool gone = false;
  const auto outer = std::exchange(gone_, &gone);
  what();
  if (gone) {
    if (outer) *outer = true;
    return false;
  }
  gone_ = outer;
  return true;
}

void WebSocketConnection::start(hal::WebSocket::Handler& handler) {
  const bool first = handler_ == nullptr;
  handler_ = &handler;
  if (!first) return;
  if (!received_) {
    stream_->pause(false);
    return;
  }
  begin_timer_ = loop_.at({}, [this] {
    begin_timer_ = {};
    const auto bytes = std::move(received_);
    if (call([&] { on_data(*bytes); }) && stream_) stream_->pause(false);
  });
}

// ---- out ----------------------------------------------------------------------------------------------------------

void WebSocketConnection::send(hal::MessageKind kind, hal::Buffer payload) {
  if (!close_sent_ && !shaken_off_) write_frame(opcode_of(kind), std::move(payload));
}

void WebSocketConnection::encode(hal::MessageKind kind, std::string_view payload, std::string& frames) {
  const auto mask = new_mask();
  frames += format_frame_head(opcode_of(kind), payload.size(), mask);
  const auto begin = frames.size();
  frames += payload;
  if (mask) mask_payload(std::span{frames}.subspan(begin), *mask);
}

void WebSocketConnection::send_encoded(std::string_view head, hal::Buffer body) {
  if (!close_sent_ && !shaken_off_) stream_->write(head, std::move(body));
}

/// A client's frames are masked, a server's are not (RFC 6455 section 5.1).
std::optional<FrameMask> WebSocketConnection::new_mask() {
  if (role_ == WebSocketRole::server) return std::nullopt;
  FrameMask mask{};
  random_.fill(std::as_writable_bytes(std::span{mask}));
  return mask;
}

void WebSocketConnection::write_frame(WebSocketOpcode opcode, hal::Buffer payload) {
  const auto size = payload ? payload->size() : 0;
  const auto mask = new_mask();
  if (mask && size != 0) {
    std::string masked{*payload};
    mask_payload(masked, *mask);
    payload = std::make_shared<const std::string>(std::move(masked));
  }
  stream_->write(format_frame_head(opcode, size, mask), std::move(payload));
}

void WebSocketConnection::write_control(WebSocketOpcode opcode, std::string_view payload) {
  write_frame(opcode, payload.empty() ? nullptr : std::make_shared<const std::string>(payload));
}

void WebSocketConnection::ping(std::string_view payload) {
  if (!close_sent_ && !shaken_off_) write_control(WebSocketOpcode::ping, payload.substr(0, kControlMax));
}

void WebSocketConnection::close(std::uint16_t code, std::string_view reason) {
  if (!close_sent_ && !shaken_off_) send_close(code, reason);
}

void WebSocketConnection::send_close(std::uint16_t code, std::string_view reason) {
  close_sent_ = true;
  write_control(WebSocketOpcode::close, format_close_payload(code, reason));
  closing_ = std::make_unique<Closing>();
  closing_->timer = loop_.at(loop_.now() + kClosePatience, [this] { tell_closed(); });
}

// ---- in -----------------------------------------------------------------------------------------------------------

void WebSocketConnection::on_data(std::string_view bytes) {
  if (shaken_off_) return;
  // The receiver must survive us: the handler may destroy this within any event.
  auto receiver = std::move(receiver_);
  receiving_ = receiver.get();
  if (!call([&] { receiver->receive(bytes, *this); })) return;
  receiving_ = nullptr;
  receiver_ = std::move(receiver);
}

void WebSocketConnection::on_drained() {
  if (handler_ && !told_) handler_->on_drained();
}

void WebSocketConnection::on_closed(const hal::Error&) {
  shaken_off_ = true;   // writes go nowhere now
  tell_closed();
}

void WebSocketConnection::on_message(hal::MessageKind kind, std::string_view payload) {
  if (!close_sent_) handler_->on_message(kind, payload);
}

void WebSocketConnection::on_ping(std::string_view payload) {
  if (!close_sent_ && stream_->unsent() < kPongUnsentMax) write_control(WebSocketOpcode::pong, payload);
}

void WebSocketConnection::on_pong(std::string_view payload) {
  if (!close_sent_) handler_->on_pong(payload);
}

void WebSocketConnection::on_close(std::uint16_t code, std::string_view reason) {
  if (!close_sent_) send_close(code, reason);
  shake_off(code, reason);
}

void WebSocketConnection::on_broken(std::uint16_t code) {
  if (!close_sent_) send_close(code, {});
  shake_off(code, {});
  stream_->finish();   // nothing the other end says from here on can be understood
}

void WebSocketConnection::shake_off(std::uint16_t code, std::string_view reason) {
  shaken_off_ = true;
  closing_->code = code;
  closing_->reason = reason;
  if (role_ == WebSocketRole::server) stream_->finish();
}

void WebSocketConnection::tell_closed() {
  if (std::exchange(told_, true)) return;
  shaken_off_ = true;
  stream_.reset();   // whatever becomes of us, the other end need not wait
  const auto closing = closing_ ? std::move(closing_) : std::make_unique<Closing>();
  if (handler_) handler_->on_closed(closing->code, closing->reason);
}

}   // namespace nightjar::net
