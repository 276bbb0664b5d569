#pragma once
// RFC 6455 framing. Receiving is wslay's: masks, fragments, UTF-8, close rules. Sending is ours, so that one payload is shared by
// many connections. No I/O.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hal/http.h"
#include "hal/random.h"
#include "hal/websocket.h"

struct wslay_frame_iocb;

namespace nightjar::net {

enum class WebSocketRole : unsigned char { server, client };
enum class WebSocketOpcode : unsigned char { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Of a control frame's payload, RFC 6455 section 5.5.
constexpr std::size_t kControlMax = 125;

using FrameMask = std::array<unsigned char, 4>;
/// The 2 to 14 bytes before a payload; `mask` for a client's frames.
std::string format_frame_head(WebSocketOpcode opcode, std::size_t payload_size, const std::optional<FrameMask>& mask = {});
/// XORs `payload` with the mask, in place.
void mask_payload(std::span<char> payload, const FrameMask& mask);
/// Code and reason as a close frame carries them; the reason is cut to 123 bytes at a character's border. no_status: empty.
std::string format_close_payload(std::uint16_t code, std::string_view reason);

/// The key's answer, RFC 6455 section 4.2.2.
std::string websocket_accept(std::string_view key);
/// A handshake request as it should be: nothing; else the response that refuses it (400, 405, 426).
std::optional<hal::HttpResponse> check_websocket_handshake(const hal::HttpRequest& request);
/// True when the request asks for a WebSocket at all.
bool is_websocket_handshake(const hal::HttpRequest& request);

/// UTF-8 (RFC 3629), checked as it comes.
class Utf8Check {
 public:
  /// False as soon as no continuation could make it UTF-8.
  bool add(std::string_view bytes);
  /// Not within a character.
  bool whole() const { return need_ == 0; }

 private:
  unsigned char need_ = 0;   // continuation bytes still to come, and what the next may be
  unsigned char low_ = 0x80;
  unsigned char high_ = 0xbf;
};

/// Bytes in, events out. Frames are wslay's (wslay_frame_*): headers, lengths, masks. What frames make up messages is decided here and not
/// by wslay_event_*: 1.1.1 closes framing faults without a code, lets a close frame of one byte pass, and checks a close reason's UTF-8
/// only when it comes in one piece.
///
/// Holds no buffer while no message is under way: wslay's context (4 KiB) is made when bytes come and given up at a message's border.
class WebSocketReceiver {
 public:
  class Events {
   public:
    virtual void on_message(hal::MessageKind kind, std::string_view payload) = 0;
    virtual void on_ping(std::string_view payload) = 0;
    virtual void on_pong(std::string_view payload) = 0;
    /// The other end's close frame; 1005 when it names no code. Nothing follows.
    virtual void on_close(std::uint16_t code, std::string_view reason) = 0;
    /// What came breaks the protocol: to be answered with this code. Nothing follows.
    virtual void on_broken(std::uint16_t code) = 0;

   protected:
    ~Events() = default;
  };

  WebSocketReceiver(WebSocketRole role, std::size_t message_max);
  ~WebSocketReceiver();
  WebSocketReceiver(const WebSocketReceiver&) = delete;
  WebSocketReceiver& operator=(const WebSocketReceiver&) = delete;

  /// Calls `events` for what `bytes` complete. stop() may be called meanwhile; destroying the receiver may not.
  void receive(std::string_view bytes, Events& events);
  /// No event follows, bytes are read over.
  void stop() { stopped_ = true; }

 private:
  struct Frames;

  void take(const wslay_frame_iocb& piece);
  /// 0, or the code that refuses the frame.
  std::uint16_t check(const wslay_frame_iocb& frame) const;
  void end_frame();
  void end_message();
  void end_close(std::string_view payload);
  void break_off(std::uint16_t code);

  std::unique_ptr<Frames> frames_;
  Events* events_ = nullptr;   // during receive()
  std::string message_;        // the message under way
  std::string control_;        // the payload of the control frame under way
  std::size_t message_max_;
  std::uint64_t frame_left_ = 0;   // payload still to come
  WebSocketRole role_;
  unsigned char opcode_ = 0;   // of the frame under way
  bool in_frame_ = false;
  bool final_ = false;        // the frame under way ends its message
  bool in_message_ = false;   // between the first and the last fragment
  bool text_ = false;         // the message under way is text
  bool stopped_ = false;
  Utf8Check utf8_;
};

}   // namespace nightjar::net
