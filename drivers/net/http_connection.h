#pragma once
// One connection of the HTTP server: requests in, replies out, in order, until it ends or becomes a WebSocket.
#include <cstdint>
#include <memory>
#include <string>

#include "drivers/net/http_codec.h"
#include "drivers/net/tls.h"
#include "hal/http.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"

namespace nightjar::net {

/// What the connections of a server share.
struct HttpService {
  hal::Loop& loop;
  hal::Random& random;
  hal::HttpHandler& handler;
  hal::HttpServerOptions options;
  std::shared_ptr<TlsServer> tls;   // null: plain
};

class HttpConnection final : public std::enable_shared_from_this<HttpConnection>, private hal::Stream::Handler {
 public:
  /// `ended` is called once, when the connection serves no longer; it may let go of the last pointer to it.
  HttpConnection(std::shared_ptr<const HttpService> service, std::function<void()> ended);

  /// Begins to serve; with `refused` every client is answered 503 and let go.
  void open(std::unique_ptr<hal::Stream> stream, bool refused);
  /// Closes at once, without `ended`.
  void abandon();

  // For the reply to request number `turn`; any other turn has passed.
  void answer(std::uint64_t turn, const hal::HttpResponse& response);
  bool begin(std::uint64_t turn, const hal::HttpResponse& head);
  bool chunk(std::uint64_t turn, std::string_view bytes);
  void end(std::uint64_t turn);
  void abort(std::uint64_t turn);

 private:
  enum class State : unsigned char {
    opening,     // TLS handshake
    reading,     // a request, or waiting for one
    replying,    // the handler has it
    streaming,   // the handler sends it in pieces
    draining,    // the reply is on its way; the connection is kept
    lingering,   // the reply is on its way; the connection ends
    ended,
  };

  // hal::Stream::Handler
  void on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_closed(const hal::Error& error) override;

  void opened();
  void work();
  void read_pending();
  void dispatch();
  void upgrade(const hal::HttpRequest& request);
  void refuse(int status);
  void reply_done(bool keep);
  void linger();
  void close();
  /// Ends the connection when nothing more of what was written is taken off during `patience`.
  void watch_progress(std::size_t unsent_before, hal::Duration patience);
  void set_timer(hal::Duration patience, void (HttpConnection::*expired)());
  void time_out() { refuse(408); }

  std::shared_ptr<const HttpService> service_;
  std::function<void()> ended_;
  std::unique_ptr<hal::Stream> stream_;
  HttpRequestReader reader_;
  std::string pending_;   // what has come and is not yet read
  hal::Operation opening_;
  hal::Operation timer_;
  std::uint64_t turn_ = 0;
  std::size_t lingered_ = 0;   // bytes read over since the connection was to end
  State state_ = State::opening;
  bool refused_ = false;
  bool working_ = false;
  bool keep_alive_ = false;   // of the request under way, and the next four too
  bool http_1_1_ = true;
  bool head_request_ = false;
  bool chunked_ = false;
  bool bodiless_ = false;
};

/// The reply's end of it.
std::shared_ptr<hal::HttpReply::Sink> make_reply_sink(std::weak_ptr<HttpConnection> connection, std::uint64_t turn);

}   // namespace nightjar::net
