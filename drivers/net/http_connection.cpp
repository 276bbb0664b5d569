#include "drivers/net/http_connection.h"

#include <utility>

#include "drivers/net/websocket_codec.h"
#include "drivers/net/websocket_connection.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kPendingMax = 16u << 10;         // pipelined bytes held while a request is being answered
constexpr std::size_t kStreamedUnsentMax = 8u << 20;   // of a streamed reply: a few seconds of live view
constexpr std::size_t kLingerMax = 4u << 20;           // read over after a refusal, so that the client gets to read it
constexpr auto kLingerPatience = std::chrono::seconds{2};

}   // namespace

HttpConnection::HttpConnection(std::shared_ptr<const HttpService> service, std::function<void()> ended)
    : service_(std::move(service)), ended_(std::move(ended)), reader_({service_->options.head_max, service_->options.body_max}) {}

// ---- begin and end ------------------------------------------------------------------------------------------------

void HttpConnection::open(std::unique_ptr<hal::Stream> stream, bool refused) {
  refused_ = refused;
  if (!service_->tls) {
    stream_ = std::move(stream);
    opened();
    return;
  }
  set_timer(service_->options.request_patience, &HttpConnection::close);
  opening_ = tls_server(std::move(stream), service_->tls, service_->loop, [this](hal::Result<TlsOpened> shaken) {
    const auto self = shared_from_this();
    if (!shaken.ok()) {
      close();
      return;
    }
    stream_ = std::move(shaken.value().stream);
    opened();
  });
}

void HttpConnection::opened() {
  state_ = State::reading;
  stream_->start(*this);
  if (refused_)
    refuse(503);
  else
    set_timer(service_->options.idle_patience, &HttpConnection::close);
}

void HttpConnection::abandon() {
  state_ = State::ended;
  ++turn_;
  timer_.drop();
  opening_.drop();
  stream_.reset();
  ended_ = nullptr;
}

void HttpConnection::close() {
  const auto self = shared_from_this();
  const auto ended = std::exchange(ended_, nullptr);
  abandon();
  if (ended) ended();
}

void HttpConnection::on_closed(const hal::Error&) { close(); }

void HttpConnection::set_timer(hal::Duration patience, void (HttpConnection::*expired)()) {
  timer_ = service_->loop.at(service_->loop.now() + patience, [this, expired] { (this->*expired)(); });
}

// ---- reading ------------------------------------------------------------------------------------------------------

void HttpConnection::on_data(std::string_view bytes) {
  const auto self = shared_from_this();
  if (state_ == State::lingering) {
    lingered_ += bytes.size();
    if (lingered_ > kLingerMax) close();
    return;
  }
  pending_ += bytes;
  work();
}

void HttpConnection::work() {
  if (working_) return;   // the loop below goes on
  working_ = true;
  while (state_ == State::reading && !pending_.empty()) read_pending();
  working_ = false;
  if (!stream_ || state_ == State::lingering) return;
  stream_->pause(state_ != State::reading && pending_.size() > kPendingMax);
}

void HttpConnection::read_pending() {
  const bool begins = reader_.state() == HttpReader::State::idle;
  const auto bytes = std::exchange(pending_, {});
  const auto taken = reader_.read(bytes);
  if (taken < bytes.size()) pending_ = bytes.substr(taken);
  if (begins) set_timer(service_->options.request_patience, &HttpConnection::time_out);
  if (reader_.wants_continue()) stream_->write("HTTP/1.1 100 Continue\r\n\r\n");
  if (reader_.state() == HttpReader::State::failed)
    refuse(reader_.failure());
  else if (reader_.state() == HttpReader::State::complete)
    dispatch();
}

void HttpConnection::dispatch() {
  timer_.drop();
  keep_alive_ = reader_.keep_alive();
  http_1_1_ = reader_.is_http_1_1();
  auto request = reader_.take();
  reader_.restart();
  request.remote = stream_->remote();
  head_request_ = request.method == "HEAD";
  state_ = State::replying;
  if (http_1_1_ && is_websocket_handshake(request)) {
    upgrade(request);
    return;
  }
  service_->handler.on_request(request, hal::HttpReply{make_reply_sink(weak_from_this(), turn_)});
}

void HttpConnection::upgrade(const hal::HttpRequest& request) {
  const auto service = service_;
  auto refusal = check_websocket_handshake(request);
  if (!refusal) refusal = service->handler.on_upgrade(request);
  if (state_ != State::replying) return;   // the server was destroyed meanwhile
  if (refusal) {
    answer(turn_, *refusal);
    return;
  }
  const auto accept = websocket_accept(*request.headers.find("Sec-WebSocket-Key"));
  stream_->write(
      format_response_head({101, {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept}}, {}}, {}));
  auto socket = std::make_unique<WebSocketConnection>(std::move(stream_), WebSocketRole::server, service->options.websocket_message_max,
                                                      std::exchange(pending_, {}), service->loop, service->random);
  close();
  service->handler.on_websocket(request, std::move(socket));
}

void HttpConnection::refuse(int status) {
  keep_alive_ = head_request_ = false;
  http_1_1_ = true;
  state_ = State::replying;
  pending_.clear();
  answer(turn_, {status, {}, {}});
}

// ---- replying -----------------------------------------------------------------------------------------------------

void HttpConnection::answer(std::uint64_t turn, const hal::HttpResponse& response) {
  if (turn != turn_ || state_ != State::replying) return;
  const bool keep = keep_alive_ && !has_token(response.headers, "Connection", "close");
  const bool body = !head_request_ && !is_bodiless(response.status) && !response.body.empty();
  const auto head = format_response_head(response, {HttpResponseFraming::Body::sized, keep, !http_1_1_});
  stream_->write(head, body ? std::make_shared<const std::string>(response.body) : nullptr);
  reply_done(keep);
}

bool HttpConnection::begin(std::uint64_t turn, const hal::HttpResponse& head) {
  if (turn != turn_ || state_ != State::replying) return false;
  state_ = State::streaming;
  chunked_ = http_1_1_;
  bodiless_ = head_request_ || is_bodiless(head.status);
  keep_alive_ = keep_alive_ && chunked_ && !has_token(head.headers, "Connection", "close");
  const auto body = chunked_ ? HttpResponseFraming::Body::chunked : HttpResponseFraming::Body::until_close;
  stream_->write(format_response_head(head, {body, keep_alive_, !http_1_1_}));
  if (!head.body.empty()) return chunk(turn, head.body);
  return true;
}

bool HttpConnection::chunk(std::uint64_t turn, std::string_view bytes) {
  if (turn != turn_ || state_ != State::streaming) return false;
  if (bytes.empty() || bodiless_) return true;   // an empty chunk would end the body
  if (stream_->unsent() > kStreamedUnsentMax) {
    close();
    return false;
  }
  stream_->write(chunked_ ? format_chunk(bytes) : std::string{bytes});
  return true;
}

void HttpConnection::end(std::uint64_t turn) {
  if (turn != turn_ || state_ != State::streaming) return;
  if (chunked_ && !bodiless_) stream_->write(format_chunk({}));
  reply_done(keep_alive_);
}

void HttpConnection::abort(std::uint64_t turn) {
  if (turn == turn_ && (state_ == State::replying || state_ == State::streaming)) close();
}

void HttpConnection::reply_done(bool keep) {
  ++turn_;
  if (!keep) {
    linger();
    return;
  }
  if (stream_->unsent() > 0) {   // a client that does not read gets no further reply to hold in memory
    state_ = State::draining;
    watch_progress(stream_->unsent(), service_->options.idle_patience);
    return;
  }
  state_ = State::reading;
  set_timer(service_->options.idle_patience, &HttpConnection::close);
  work();
}

/// Ends our direction and reads over what still comes: closing at once would reset the connection and take the reply with it.
void HttpConnection::linger() {
  state_ = State::lingering;
  stream_->pause(false);
  stream_->finish();
  if (stream_->unsent() > 0)
    watch_progress(stream_->unsent(), service_->options.idle_patience);
  else
    set_timer(kLingerPatience, &HttpConnection::close);
}

void HttpConnection::watch_progress(std::size_t unsent_before, hal::Duration patience) {
  timer_ = service_->loop.at(service_->loop.now() + patience, [this, unsent_before, patience] {
    const auto unsent = stream_->unsent();
    if (unsent < unsent_before)
      watch_progress(unsent, patience);
    else
      close();
  });
}

void HttpConnection::on_drained() {
  const auto self = shared_from_this();
  if (state_ == State::lingering) {
    set_timer(kLingerPatience, &HttpConnection::close);
  } else if (state_ == State::draining) {
    state_ = State::reading;
    set_timer(service_->options.idle_patience, &HttpConnection::close);
    work();
  }
}

// ---- the reply's end ----------------------------------------------------------------------------------------------

namespace {

class ReplySink final : public hal::HttpReply::Sink {
 public:
  ReplySink(std::weak_ptr<HttpConnection> connection, std::uint64_t turn) : connection_(std::move(connection)), turn_(turn) {}
  /// Let go without an answer: 500, or, in the middle of one, broken off.
  ~ReplySink() override {
    if (const auto connection = connection_.lock()) {
      connection->answer(turn_, {500, {}, {}});
      connection->abort(turn_);
    }
  }
  ReplySink(const ReplySink&) = delete;
  ReplySink& operator=(const ReplySink&) = delete;

  void answer(hal::HttpResponse response) override {
    if (const auto connection = connection_.lock()) connection->answer(turn_, response);
  }
  bool begin(hal::HttpResponse head) override {
    const auto connection = connection_.lock();
    return connection && connection->begin(turn_, head);
  }
  bool chunk(std::string_view bytes) override {
    const auto connection = connection_.lock();
    return connection && connection->chunk(turn_, bytes);
  }
  void end() override {
    if (const auto connection = connection_.lock()) connection->end(turn_);
  }
  void abort() override {
    if (const auto connection = connection_.lock()) connection->abort(turn_);
  }

 private:
  std::weak_ptr<HttpConnection> connection_;
  std::uint64_t turn_;
};

}   // namespace

std::shared_ptr<hal::HttpReply::Sink> make_reply_sink(std::weak_ptr<HttpConnection> connection, std::uint64_t turn) {
  return std::make_shared<ReplySink>(std::move(connection), turn);
}

}   // namespace nightjar::net
