#include "drivers/net/http_client.h"

#include <deque>
#include <optional>
#include <utility>

#include "drivers/net/digest.h"
#include "drivers/net/http_codec.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kQueueMax = 64;         // the camera driver asks for a handful at a time
constexpr std::size_t kHeadMax = 64u << 10;   // of an answer

/// RFC 9112 section 9.3.1, as hal/http.h narrows it.
bool is_idempotent(std::string_view method) { return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE"; }

class Client final : public hal::HttpClient, private hal::Stream::Handler {
 public:
  Client(hal::Network& network, hal::Loop& loop, hal::Random& random, const TlsTrust& trust, hal::HttpOrigin origin,
         hal::HttpClientOptions options)
      : network_(network),
        loop_(loop),
        origin_(std::move(origin)),
        options_(options),
        reader_({kHeadMax, options.body_max}),
        tls_(make_tls_client(origin_, trust, random)) {
    if (origin_.credentials) digest_.emplace(*origin_.credentials, random);
  }
  ~Client() override {
    if (gone_) *gone_ = true;
  }

  hal::Operation request(hal::HttpRequest request, hal::Duration patience, Answered done) override;
  std::string certificate() const override { return certificate_; }

 private:
  struct Exchange {
    hal::HttpRequest request;
    hal::Duration patience{};
    hal::Completion<hal::Result<hal::HttpResponse>> done;
    bool challenged = false;   // a digest challenge was answered
    bool retried = false;      // its first, kept connection had been closed
  };

  // hal::Stream::Handler
  void on_data(std::string_view bytes) override;
  void on_closed(const hal::Error& error) override;

  void next();
  void connect();
  void send();
  void read(std::string_view bytes);
  void complete();
  void answer(hal::Result<hal::HttpResponse> result);
  void fail(hal::Error error);
  void drop(const std::shared_ptr<Exchange>& exchange);
  void disconnect() {
    stream_.reset();
    connecting_.drop();
  }

  hal::Network& network_;
  hal::Loop& loop_;
  hal::HttpOrigin origin_;
  hal::HttpClientOptions options_;
  HttpResponseReader reader_;
  hal::Result<std::shared_ptr<TlsClient>> tls_;
  std::optional<DigestSession> digest_;
  std::string certificate_;
  std::deque<std::shared_ptr<Exchange>> queue_;
  std::shared_ptr<Exchange> current_;
  std::unique_ptr<hal::Stream> stream_;
  bool kept_ = false;   // the stream has carried an exchange before
  hal::Operation connecting_;
  hal::Operation patience_;
  bool* gone_ = nullptr;                                         // set by the destructor while an answer is given
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);   // what outlives us asks it
};

hal::Operation Client::request(hal::HttpRequest request, hal::Duration patience, Answered done) {
  const auto exchange = std::make_shared<Exchange>();
  exchange->done = hal::Completion<hal::Result<hal::HttpResponse>>{std::move(done)};
  const auto refuse = [&](hal::Error error) { loop_.post([exchange, error = std::move(error)] { exchange->done(error); }); };
  if (!is_writable(request)) {
    refuse({hal::ErrorKind::invalid, "the request cannot be written"});
    return exchange->done.operation();
  }
  if (queue_.size() >= kQueueMax) {
    refuse({hal::ErrorKind::busy, std::to_string(kQueueMax) + " requests are waiting already"});
    return exchange->done.operation();
  }
  exchange->request = std::move(request);
  exchange->patience = patience;
  exchange->done.on_dropped([this, alive = std::weak_ptr{alive_}, weak = std::weak_ptr{exchange}] {
    const auto dropped = weak.lock();
    if (dropped && !alive.expired()) drop(dropped);
  });
  queue_.push_back(exchange);
  next();
  return exchange->done.operation();
}

void Client::drop(const std::shared_ptr<Exchange>& exchange) {
  std::erase(queue_, exchange);
  if (exchange != current_) return;
  current_.reset();
  patience_.drop();
  disconnect();   // its answer would be taken for the next one's
  next();
}

void Client::next() {
  if (current_ || queue_.empty()) return;
  current_ = std::move(queue_.front());
  queue_.pop_front();
  if (stream_)
    send();
  else
    connect();
}

void Client::connect() {
  kept_ = false;
  if (!tls_.ok()) {
    patience_ = loop_.at({}, [this] { fail(tls_.error()); });
    return;
  }
  connecting_ = dial(network_, loop_, origin_.endpoint, tls_.value(), options_.connect_patience, [this](hal::Result<Dialled> dialled) {
    if (!dialled.ok()) {
      fail(dialled.error());
      return;
    }
    stream_ = std::move(dialled.value().stream);
    if (origin_.tls) certificate_ = dialled.value().certificate;
    stream_->start(*this);
    send();
  });
}

void Client::send() {
  auto& request = current_->request;
  reader_.restart(request.method);
  hal::HttpRequest out{request.method, request.target, request.headers, {}, {}};
  if (digest_) {
    if (auto authorization = digest_->authorize(request.method, request.target))
      out.headers.add("Authorization", std::move(*authorization));
  }
  out.body = request.body;   // kept: a challenge or a closed connection may ask for it again
  const auto head = format_request_head(out, host_field(origin_));
  patience_ = loop_.at(loop_.now() + current_->patience, [this] {
    disconnect();
    fail({hal::ErrorKind::timed_out, "no answer from " + origin_.endpoint.text() + " in the time allowed"});
  });
  stream_->write(head, out.body.empty() ? nullptr : std::make_shared<const std::string>(std::move(out.body)));
}

void Client::on_data(std::string_view bytes) {
  if (!current_) {   // nobody asked: perhaps a 408 before a close
    disconnect();
    return;
  }
  const auto taken = reader_.read(bytes);
  if (reader_.state() == HttpReader::State::failed) {
    const auto error = reader_.error();
    disconnect();
    fail(error);
  } else if (reader_.state() == HttpReader::State::complete) {
    if (!reader_.keep_alive() || taken < bytes.size()) disconnect();
    complete();
  }
}

void Client::on_closed(const hal::Error& error) {
  const auto closed = error;   // the stream goes, and may take it along
  const bool kept = kept_;
  disconnect();
  if (!current_) return;
  const bool untouched = reader_.state() == HttpReader::State::idle;
  if (closed.kind == hal::ErrorKind::closed) reader_.end();
  if (reader_.state() == HttpReader::State::complete) {
    complete();
    return;
  }
  if (untouched && kept && !current_->retried && is_idempotent(current_->request.method)) {
    current_->retried = true;
    patience_.drop();
    connect();
    return;
  }
  fail(untouched ? hal::Error{closed.kind, closed.detail.empty() ? "the connection ended before an answer" : closed.detail}
                 : hal::Error{hal::ErrorKind::reset, "the answer was cut off"});
}

void Client::complete() {
  kept_ = true;
  auto response = reader_.take();
  if (response.status == 101) {   // nobody asked for another protocol
    disconnect();
    fail({hal::ErrorKind::protocol, "the answer switches protocols"});
    return;
  }
  if (digest_ && response.status == 401) {
    if (!current_->challenged && digest_->take_challenge(response.headers)) {
      current_->challenged = true;
      patience_.drop();
      if (stream_)
        send();
      else
        connect();
      return;
    }
    digest_->forget();
  } else if (digest_) {
    digest_->take_info(response.headers);
  }
  answer(std::move(response));
}

void Client::fail(hal::Error error) { answer(std::move(error)); }

void Client::answer(hal::Result<hal::HttpResponse> result) {
  patience_.drop();
  const auto exchange = std::exchange(current_, nullptr);
  bool gone = false;
  gone_ = &gone;
  exchange->done(std::move(result));
  if (gone) return;
  gone_ = nullptr;
  next();
}

}   // namespace

std::unique_ptr<hal::HttpClient> HttpClients::client(hal::HttpOrigin origin, hal::HttpClientOptions options) {
  return std::make_unique<Client>(network_, loop_, random_, trust_, std::move(origin), options);
}

}   // namespace nightjar::net
