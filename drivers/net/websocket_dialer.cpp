#include "drivers/net/websocket_dialer.h"

#include <utility>

#include "drivers/net/crypto.h"
#include "drivers/net/http_codec.h"
#include "drivers/net/websocket_connection.h"

namespace nightjar::net {

namespace {

constexpr HttpLimits kAnswerLimits = {16u << 10, 64u << 10};   // a refusal's body is read only to be thrown away

/// One handshake. Owned by the answer's cancel until the answer is given or the asker drops it.
class Handshake final : public std::enable_shared_from_this<Handshake>, private hal::Stream::Handler {
 public:
  using Answer = hal::Completion<hal::Result<std::unique_ptr<hal::WebSocket>>>;

  Handshake(hal::Loop& loop, hal::Random& random, const hal::WebSocketTarget& target, Answer answer)
      : loop_(loop), random_(random), message_max_(target.message_max), host_(host_field(target.origin)), answer_(std::move(answer)) {
    request_.target = target.target;
    request_.headers = {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
    key_ = base64_encode(random_bytes(random_, 16));
    request_.headers.add("Sec-WebSocket-Key", key_);
    for (const auto& [name, value] : target.headers.all())
      if (!same_text(name, "Connection")) request_.headers.add(name, value);
  }

  bool writable() const { return is_writable(request_); }
  void begin(hal::Network& network, const hal::Endpoint& to, std::shared_ptr<TlsClient> tls, hal::Duration patience) {
    const std::weak_ptr<Handshake> weak = weak_from_this();
    patience_ = loop_.at(loop_.now() + patience, [weak, to] {
      if (const auto self = weak.lock())
        self->finish(hal::Error{hal::ErrorKind::timed_out, "no WebSocket handshake with " + to.text() + " in the time allowed"});
    });
    dialling_ = dial(network, loop_, to, std::move(tls), patience, [weak](hal::Result<Dialled> dialled) {
      const auto self = weak.lock();
      if (!self) return;
      if (!dialled.ok()) {
        self->finish(dialled.error());
        return;
      }
      self->stream_ = std::move(dialled.value().stream);
      self->stream_->start(*self);
      self->stream_->write(format_request_head(self->request_, self->host_, true));
    });
  }
  void abandon() {
    dialling_.drop();
    patience_.drop();
    stream_.reset();
  }
  void finish(hal::Result<std::unique_ptr<hal::WebSocket>> result) {
    const auto self = shared_from_this();
    abandon();
    answer_(std::move(result));
  }

 private:
  void on_data(std::string_view bytes) override {
    const auto taken = reader_.read(bytes);
    if (reader_.state() == HttpReader::State::complete)
      conclude(bytes.substr(taken));
    else if (reader_.state() == HttpReader::State::failed)
      finish(reader_.error());
  }
  void on_closed(const hal::Error& error) override {
    const auto closed = error;
    if (closed.kind == hal::ErrorKind::closed) reader_.end();
    if (reader_.state() == HttpReader::State::complete)
      conclude({});
    else
      finish(hal::Error{closed.kind, "the connection ended during the WebSocket handshake"});
  }
  void conclude(std::string_view behind) {
    const auto response = reader_.take();
    const auto status = std::to_string(response.status);
    if (response.status == 401 || response.status == 403) {
      finish(hal::Error{hal::ErrorKind::denied, "the WebSocket handshake was answered " + status});
      return;
    }
    if (response.status != 101) {
      finish(hal::Error{hal::ErrorKind::protocol, "the WebSocket handshake was answered " + status});
      return;
    }
    // Nothing was offered, so nothing may have been accepted.
    const bool sound = is_switch(response.headers) && response.headers.find("Sec-WebSocket-Accept") == websocket_accept(key_) &&
                       !response.headers.find("Sec-WebSocket-Extensions");
    if (!sound) {
      finish(hal::Error{hal::ErrorKind::protocol, "the WebSocket handshake was answered 101 for another one"});
      return;
    }
    finish(std::unique_ptr<hal::WebSocket>{std::make_unique<WebSocketConnection>(std::move(stream_), WebSocketRole::client, message_max_,
                                                                                 std::string{behind}, loop_, random_)});
  }
  static bool is_switch(const hal::Headers& headers) {
    return has_token(headers, "Upgrade", "websocket") && has_token(headers, "Connection", "upgrade");
  }

  hal::Loop& loop_;
  hal::Random& random_;
  std::size_t message_max_;
  std::string host_;
  std::string key_;
  Answer answer_;
  hal::HttpRequest request_;
  HttpResponseReader reader_{kAnswerLimits};
  std::unique_ptr<hal::Stream> stream_;
  hal::Operation dialling_;
  hal::Operation patience_;
};

}   // namespace

hal::Result<std::shared_ptr<TlsClient>> WebSocketDialer::tls_for(const hal::HttpOrigin& origin) {
  if (!origin.tls) return std::shared_ptr<TlsClient>{};
  const auto host = host_field(origin);
  if (!tls_ || host != tls_host_ || origin.pinned_certificate != tls_pin_) {
    auto made = make_tls_client(origin, trust_, random_);
    if (!made.ok()) return made;
    tls_ = std::move(made).value();
    tls_host_ = host;
    tls_pin_ = origin.pinned_certificate;
  }
  return tls_;
}

hal::Operation WebSocketDialer::connect(const hal::WebSocketTarget& target, hal::Duration patience,
                                        std::function<void(hal::Result<std::unique_ptr<hal::WebSocket>>)> done) {
  const Handshake::Answer answer{std::move(done)};
  const auto handshake = std::make_shared<Handshake>(loop_, random_, target, answer);
  const auto tls = tls_for(target.origin);
  if (!tls.ok() || !handshake->writable()) {
    auto error = tls.ok() ? hal::Error{hal::ErrorKind::invalid, "the handshake cannot be written"} : tls.error();
    loop_.post([answer, error = std::move(error)] { answer(error); });
    return answer.operation();
  }
  answer.on_dropped([handshake] { handshake->abandon(); });
  handshake->begin(network_, target.origin.endpoint, tls.value(), patience);
  return answer.operation();
}

}   // namespace nightjar::net
