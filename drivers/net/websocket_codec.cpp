#include "drivers/net/websocket_codec.h"

#include <wslay/wslay.h>

#include <algorithm>
#include <utility>

#include "drivers/net/crypto.h"
#include "drivers/net/http_codec.h"

namespace nightjar::net {

namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";   // RFC 6455 section 1.3

}   // namespace

// ---- sending ------------------------------------------------------------------------------------------------------

std::string format_frame_head(WebSocketOpcode opcode, std::size_t payload_size, const std::optional<FrameMask>& mask) {
  std::string out;
  out += static_cast<char>(0x80u | static_cast<unsigned>(opcode));
  const unsigned mask_bit = mask ? 0x80 : 0;
  const auto big_endian = [&](int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>((std::uint64_t{payload_size} >> shift) & 0xff);
  };
  if (payload_size < 126) {
    out += static_cast<char>(mask_bit | payload_size);
  } else if (payload_size < 65536) {
    out += static_cast<char>(mask_bit | 126);
    big_endian(2);
  } else {
    out += static_cast<char>(mask_bit | 127);
    big_endian(8);
  }
  if (mask)
    for (const auto byte : *mask) out += static_cast<char>(byte);
  return out;
}

void mask_payload(std::span<char> payload, const FrameMask& mask) {
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]);
}

std::string format_close_payload(std::uint16_t code, std::string_view reason) {
  if (code == hal::close_code::no_status) return {};
  if (reason.size() > kControlMax - 2) {
    auto end = kControlMax - 2;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80) --end;   // not within a UTF-8 character
    reason = reason.substr(0, end);
  }
  std::string out{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return out.append(reason);
}

// ---- handshake ----------------------------------------------------------------------------------------------------

std::string websocket_accept(std::string_view key) { return base64_encode(hash(HashKind::sha1, std::string{key}.append(kGuid))); }

bool is_websocket_handshake(const hal::HttpRequest& request) {
  return has_token(request.headers, "Upgrade", "websocket") && has_token(request.headers, "Connection", "upgrade");
}

std::optional<hal::HttpResponse> check_websocket_handshake(const hal::HttpRequest& request) {
  if (request.method != "GET") return hal::HttpResponse{405, {{"Allow", "GET"}}, {}};
  if (trim(request.headers.find("Sec-WebSocket-Version").value_or("")) != "13")
    return hal::HttpResponse{426, {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}}, {}};
  const auto key = base64_decode(request.headers.find("Sec-WebSocket-Key").value_or(""));
  const auto keys = std::ranges::count_if(request.headers.all(), [](const auto& field) { return hal::Headers::same_name(field.first, "Sec-WebSocket-Key"); });
  if (keys != 1 || !key || key->size() != 16 || !request.body.empty()) return hal::HttpResponse{400, {}, {}};
  return std::nullopt;
}

// ---- receiving ------------------------------------------------------------------------------------------------------

bool Utf8Check::add(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (need_ > 0) {
      if (byte < low_ || byte > high_) return false;
      --need_;
      low_ = 0x80;
      high_ = 0xbf;
      continue;
    }
    if (byte < 0x80) continue;
    if (byte < 0xc2 || byte > 0xf4) return false;
    need_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte == 0xe0) low_ = 0xa0;    // else overlong
    if (byte == 0xed) high_ = 0x9f;   // else a surrogate
    if (byte == 0xf0) low_ = 0x90;    // else overlong
    if (byte == 0xf4) high_ = 0x8f;   // else past U+10FFFF
  }
  return true;
}

/// wslay's context and what it reads from.
struct WebSocketReceiver::Frames {
  wslay_frame_context* context = nullptr;
  std::string_view input;
  std::uint64_t given = 0;        // bytes wslay has taken
  std::uint64_t completed = 0;    // bytes of the frames it has completed
  std::uint64_t frame_size = 0;   // of the frame under way, its header too

  Frames() {
    const wslay_frame_callbacks callbacks = {nullptr, receive, nullptr};
    if (wslay_frame_context_init(&context, &callbacks, this) != 0) context = nullptr;
  }
  ~Frames() {
    if (context) wslay_frame_context_free(context);
  }
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  static ssize_t receive(std::uint8_t* out, std::size_t size, int, void* user) {
    auto& self = *static_cast<Frames*>(user);
    if (self.input.empty()) return -1;   // nothing more for now
    const auto taken = std::min(size, self.input.size());
    std::copy_n(self.input.begin(), taken, out);
    self.input.remove_prefix(taken);
    self.given += taken;
    return static_cast<ssize_t>(taken);
  }
};

WebSocketReceiver::WebSocketReceiver(WebSocketRole role, std::size_t message_max) : message_max_(message_max), role_(role) {}
WebSocketReceiver::~WebSocketReceiver() = default;

void WebSocketReceiver::receive(std::string_view bytes, Events& events) {
  if (stopped_ || bytes.empty()) return;
  events_ = &events;
  if (!frames_) frames_ = std::make_unique<Frames>();
  frames_->input = bytes;
  if (!frames_->context) break_off(hal::close_code::internal);
  while (!stopped_) {
    wslay_frame_iocb piece{};
    const auto outcome = wslay_frame_recv(frames_->context, &piece);
    if (outcome == WSLAY_ERR_WANT_READ) break;
    if (outcome < 0)
      break_off(hal::close_code::protocol_error);
    else
      take(piece);
  }
  events_ = nullptr;
  frames_->input = {};
  const bool at_border = !in_message_ && frames_->completed == frames_->given;
  if (stopped_ || at_border) {
    frames_.reset();
    message_.shrink_to_fit();
    control_.shrink_to_fit();
  }
}

void WebSocketReceiver::take(const wslay_frame_iocb& piece) {
  if (!in_frame_) {
    if (const auto refusal = check(piece)) return break_off(refusal);
    in_frame_ = true;
    final_ = piece.fin != 0;
    opcode_ = piece.opcode;
    frame_left_ = piece.payload_length;
    const std::uint64_t length_bytes = frame_left_ < 126 ? 0 : frame_left_ < 65536 ? 2 : 8;
    frames_->frame_size = 2 + length_bytes + (piece.mask ? 4u : 0u) + frame_left_;
    if (opcode_ == WSLAY_TEXT_FRAME || opcode_ == WSLAY_BINARY_FRAME) {
      in_message_ = true;
      text_ = opcode_ == WSLAY_TEXT_FRAME;
      utf8_ = {};
    }
  }
  const std::string_view bytes{reinterpret_cast<const char*>(piece.data), piece.data_length};
  frame_left_ -= bytes.size();
  if (wslay_is_ctrl_frame(opcode_)) {
    control_ += bytes;
  } else {
    if (text_ && !utf8_.add(bytes)) return break_off(hal::close_code::bad_payload);
    message_ += bytes;
  }
  if (frame_left_ == 0) end_frame();
}

std::uint16_t WebSocketReceiver::check(const wslay_frame_iocb& frame) const {
  const bool control = wslay_is_ctrl_frame(frame.opcode);
  const bool known = frame.opcode <= WSLAY_BINARY_FRAME || (frame.opcode >= WSLAY_CONNECTION_CLOSE && frame.opcode <= WSLAY_PONG);
  const bool masked_as_due = (frame.mask != 0) == (role_ == WebSocketRole::server);
  const bool continues = frame.opcode == WSLAY_CONTINUATION_FRAME;
  if (frame.rsv != 0 || !known || !masked_as_due || (!control && continues != in_message_)) return hal::close_code::protocol_error;
  if (!control && frame.payload_length > message_max_ - std::min(message_max_, message_.size())) return hal::close_code::too_big;
  return 0;
}

void WebSocketReceiver::end_frame() {
  in_frame_ = false;
  frames_->completed += frames_->frame_size;
  if (!wslay_is_ctrl_frame(opcode_)) {
    if (final_) end_message();
    return;
  }
  const auto payload = std::exchange(control_, {});
  if (opcode_ == WSLAY_PING) {
    events_->on_ping(payload);
  } else if (opcode_ == WSLAY_PONG) {
    events_->on_pong(payload);
  } else {
    stopped_ = true;
    end_close(payload);
  }
}

void WebSocketReceiver::end_message() {
  if (text_ && !utf8_.whole()) return break_off(hal::close_code::bad_payload);
  in_message_ = false;
  const auto message = std::exchange(message_, {});
  events_->on_message(text_ ? hal::MessageKind::text : hal::MessageKind::binary, message);
}

void WebSocketReceiver::end_close(std::string_view payload) {
  if (payload.empty()) return events_->on_close(hal::close_code::no_status, {});
  if (payload.size() == 1) return events_->on_broken(hal::close_code::protocol_error);
  const auto code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]));
  // RFC 6455 section 7.4: what may stand in a frame; 1012 to 1014 were registered later.
  const bool standard = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  if (!standard && (code < 3000 || code > 4999)) return events_->on_broken(hal::close_code::protocol_error);
  const auto reason = payload.substr(2);
  Utf8Check utf8;
  if (!utf8.add(reason) || !utf8.whole()) return events_->on_broken(hal::close_code::bad_payload);
  events_->on_close(code, reason);
}

void WebSocketReceiver::break_off(std::uint16_t code) {
  stopped_ = true;
  events_->on_broken(code);
}

}   // namespace nightjar::net
