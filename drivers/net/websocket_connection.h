#pragma once
// One open WebSocket upon an open Stream: what is common to both ends.
#include <memory>
#include <string>

#include "drivers/net/websocket_codec.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"
#include "hal/websocket.h"

namespace nightjar::net {

/// Messages that arrive after our own close() are read over. Pongs to a peer that does not read are dropped past 64 KiB unsent.
/// The server ends the TCP connection when the closing handshake is over, the client waits for that (RFC 6455 section 7.1.1); on_closed
/// comes when it has ended, or 5 s after the close frame was sent.
class WebSocketConnection final : public hal::WebSocket, private hal::Stream::Handler, private WebSocketReceiver::Events {
 public:
  /// `received` are bytes that came behind the handshake.
  WebSocketConnection(std::unique_ptr<hal::Stream> stream, WebSocketRole role, std::size_t message_max, std::string received,
                      hal::Loop& loop, hal::Random& random);
  ~WebSocketConnection() override;

  void start(hal::WebSocket::Handler& handler) override;
  void send(hal::MessageKind kind, hal::Buffer payload) override;
  void encode(hal::MessageKind kind, std::string_view payload, std::string& frames) override;
  void send_encoded(std::string_view head, hal::Buffer body) override;
  void ping(std::string_view payload) override;
  void close(std::uint16_t code, std::string_view reason) override;
  std::size_t unsent() const override { return stream_ ? stream_->unsent() : 0; }
  hal::Endpoint remote() const override { return remote_; }

 private:
  // hal::Stream::Handler
  void on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_closed(const hal::Error& error) override;
  // WebSocketReceiver::Events
  void on_message(hal::MessageKind kind, std::string_view payload) override;
  void on_ping(std::string_view payload) override;
  void on_pong(std::string_view payload) override;
  void on_close(std::uint16_t code, std::string_view reason) override;
  void on_broken(std::uint16_t code) override;

  std::optional<FrameMask> new_mask();
  void write_frame(WebSocketOpcode opcode, hal::Buffer payload);
  void write_control(WebSocketOpcode opcode, std::string_view payload);
  void send_close(std::uint16_t code, std::string_view reason);
  /// The closing handshake is over, with this to tell.
  void shake_off(std::uint16_t code, std::string_view reason);
  void tell_closed();
  /// Calls the handler, which may destroy us: false then.
  template <class Call>
  bool call(Call&& what);

  /// What is needed only from the closing handshake on.
  struct Closing {
    std::uint16_t code = hal::close_code::abnormal;
    std::string reason;
    hal::Operation timer;
  };

  std::unique_ptr<hal::Stream> stream_;
  std::unique_ptr<WebSocketReceiver> receiver_;
  WebSocketReceiver* receiving_ = nullptr;   // while it calls us
  std::unique_ptr<Closing> closing_;
  hal::Loop& loop_;
  hal::Random& random_;
  hal::WebSocket::Handler* handler_ = nullptr;
  std::unique_ptr<std::string> received_;   // until start()
  hal::Operation begin_timer_;
  bool* gone_ = nullptr;   // set by the destructor while a callback is under way
  hal::Endpoint remote_;
  WebSocketRole role_;
  bool close_sent_ = false;
  bool shaken_off_ = false;   // the closing handshake is over
  bool told_ = false;         // on_closed was called
};

}   // namespace nightjar::net
