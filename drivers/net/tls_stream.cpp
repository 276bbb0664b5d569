// The Stream of tls.h: ciphertext below, plaintext above, Mbed TLS between, fed through its BIO callbacks.
#include <mbedtls/ssl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "drivers/net/tls_context.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kRecordMax = 16384;     // RFC 8446 section 5.1
constexpr std::size_t kFlushAt = 64u << 10;   // ciphertext gathered before it goes down: four full records

class TlsStream final : public hal::Stream, private hal::Stream::Handler {
 public:
  using Shaken = std::function<void(std::optional<hal::Error>)>;

  TlsStream(std::unique_ptr<hal::Stream> lower, hal::Timers& timers, std::shared_ptr<TlsClientContext> client,
            std::shared_ptr<TlsServerContext> server);
  ~TlsStream() override;

  /// Begins; `shaken` is called once, later, and may destroy the stream.
  void shake_hands(Shaken shaken);
  std::string peer_certificate() const;
  bool resumed() const { return !verified_; }

  // hal::Stream
  void start(hal::Stream::Handler& handler) override;
  void write(std::string_view head, hal::Buffer body) override;
  std::size_t unsent() const override { return lower_->unsent(); }
  void pause(bool paused) override;
  void finish() override;
  hal::Endpoint local() const override { return lower_->local(); }
  hal::Endpoint remote() const override { return lower_->remote(); }

 private:
  enum class State : unsigned char { shaking, open, closed };

  // from the stream below
  void on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_closed(const hal::Error& error) override;

  static int receive(void* self, unsigned char* out, std::size_t size);
  static int send(void* self, const unsigned char* bytes, std::size_t size);

  /// Works through the ciphertext at hand. False when a callback has destroyed the stream.
  bool pump();
  bool shake_on();
  int look_at(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags);
  bool read_on();
  void pump_later();
  void encrypt(std::string_view bytes);
  void flush();
  bool close(const hal::Error& error);
  /// Ends the handshake: `shaken_` hears of it.
  bool shaken(std::optional<hal::Error> error);
  hal::Error handshake_error(int code) const;

  std::unique_ptr<hal::Stream> lower_;
  hal::Timers& timers_;
  std::shared_ptr<TlsClientContext> client_;
  std::shared_ptr<TlsServerContext> server_;
  mbedtls_ssl_context ssl_;
  State state_ = State::shaking;
  bool paused_ = false;
  bool finished_ = false;
  bool verified_ = false;   // a certificate was shown: a full handshake
  bool* gone_ = nullptr;    // set by the destructor while a callback is under way
  hal::Stream::Handler* handler_ = nullptr;
  Shaken shaken_;
  std::string_view input_;   // ciphertext during on_data
  std::string held_;         // ciphertext that came while nobody wanted it; the stream below is paused then
  std::string output_;       // ciphertext not yet given to the stream below
  hal::Operation pump_timer_;
};

TlsStream::TlsStream(std::unique_ptr<hal::Stream> lower, hal::Timers& timers, std::shared_ptr<TlsClientContext> client,
                     std::shared_ptr<TlsServerContext> server)
    : lower_(std::move(lower)), timers_(timers), client_(std::move(client)), server_(std::move(server)) {
  mbedtls_ssl_init(&ssl_);
}

TlsStream::~TlsStream() {
  if (gone_) *gone_ = true;
  if (state_ == State::open && !finished_ && lower_->unsent() == 0) {   // a stream cut short must not look finished
    mbedtls_ssl_close_notify(&ssl_);
    flush();
  }
  mbedtls_ssl_free(&ssl_);
}

// ---- handshake ----------------------------------------------------------------------------------------------------

void TlsStream::shake_hands(Shaken shaken) {
  shaken_ = std::move(shaken);
  int failed = mbedtls_ssl_setup(&ssl_, client_ ? client_->config() : server_->config());
  if (client_ && failed == 0) {
    const auto& host = client_->options().host;
    const bool named = !host.empty() && !hal::IpAddress::parse(host);   // RFC 6066 section 3: no address as a server name
    failed = mbedtls_ssl_set_hostname(&ssl_, named ? host.c_str() : nullptr);
    mbedtls_ssl_set_verify(
        &ssl_, [](void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) { return static_cast<TlsStream*>(self)->look_at(*certificate, depth, *flags); },
        this);
    client_->offer_session(ssl_);
  }
  if (failed != 0) {
    pump_timer_ = timers_.at({}, [this, failed] { this->shaken(handshake_error(failed)); });
    return;
  }
  mbedtls_ssl_set_bio(&ssl_, this, send, receive, nullptr);
  lower_->start(*this);
  pump_later();
}

/// What Mbed TLS does not look at: an address as the host, which 2.28 knows nothing of. A certificate that is trusted for it names it.
int TlsStream::look_at(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags) {
  verified_ = true;
  const auto& options = client_->options();
  if (depth != 0 || options.ca_pem.empty()) return 0;
  if (const auto address = hal::IpAddress::parse(options.host); options.host.empty() || (address && !names_address(certificate, *address)))
    flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
  return 0;
}

bool TlsStream::shake_on() {
  const int outcome = mbedtls_ssl_handshake(&ssl_);
  flush();
  if (outcome == MBEDTLS_ERR_SSL_WANT_READ || outcome == MBEDTLS_ERR_SSL_WANT_WRITE) return true;
  if (outcome != 0) return shaken(handshake_error(outcome));
  if (client_) {
    const auto& expected = client_->options().pinned_certificate;
    const auto shown = peer_certificate();
    if (!expected.empty() && shown != expected)
      return shaken(hal::Error{hal::ErrorKind::tls, "certificate changed: expected " + expected + ", got " + shown});
    client_->keep_session(ssl_);
  } else {
    verified_ = true;   // a server cannot tell, and need not
  }
  return shaken(std::nullopt);
}

bool TlsStream::shaken(std::optional<hal::Error> error) {
  state_ = error ? State::closed : State::open;
  if (error && client_) client_->forget_session();
  if (!error && handler_ == nullptr) lower_->pause(true);
  bool gone = false;
  const auto outer = std::exchange(gone_, &gone);
  std::exchange(shaken_, nullptr)(std::move(error));
  if (gone) {
    if (outer) *outer = true;
    return false;
  }
  gone_ = outer;
  return true;
}

hal::Error TlsStream::handshake_error(int code) const {
  if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
    std::array<char, 256> reason{};
    mbedtls_x509_crt_verify_info(reason.data(), reason.size(), "", mbedtls_ssl_get_verify_result(&ssl_));
    std::string text{reason.data()};
    std::replace(text.begin(), text.end(), '\n', ' ');
    return {hal::ErrorKind::tls, "certificate not trusted: " + text.substr(0, text.find_last_not_of(' ') + 1)};
  }
  return {hal::ErrorKind::tls, tls_error_text(code)};
}

std::string TlsStream::peer_certificate() const {
  const auto* certificate = mbedtls_ssl_get_peer_cert(&ssl_);
  return certificate ? fingerprint_of(*certificate) : std::string{};
}

// ---- in -----------------------------------------------------------------------------------------------------------

void TlsStream::on_data(std::string_view bytes) {
  if (state_ == State::closed) return;
  if (!held_.empty()) {
    held_ += bytes;
    if (pump_timer_) return;   // it will be worked through there, in order
    const std::string all = std::exchange(held_, {});
    input_ = all;
    if (!pump()) return;
    held_ = input_;
  } else {
    input_ = bytes;
    if (!pump()) return;
    held_ = input_;
  }
  input_ = {};
}

bool TlsStream::pump() {
  if (state_ == State::shaking && !shake_on()) return false;
  return state_ == State::open ? read_on() : true;
}

bool TlsStream::read_on() {
  std::array<unsigned char, kRecordMax> plain;
  while (state_ == State::open && handler_ != nullptr && !paused_) {
    const int outcome = mbedtls_ssl_read(&ssl_, plain.data(), plain.size());
    flush();
    if (outcome == MBEDTLS_ERR_SSL_WANT_READ || outcome == MBEDTLS_ERR_SSL_WANT_WRITE) break;
    if (outcome == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || outcome == 0) return close({hal::ErrorKind::closed, {}});
    if (outcome < 0) return close({hal::ErrorKind::tls, tls_error_text(outcome)});
    bool gone = false;
    const auto outer = std::exchange(gone_, &gone);
    handler_->on_data({reinterpret_cast<const char*>(plain.data()), static_cast<std::size_t>(outcome)});
    if (gone) {
      if (outer) *outer = true;
      return false;
    }
    gone_ = outer;
  }
  return true;
}

void TlsStream::pump_later() {
  if (pump_timer_) return;
  pump_timer_ = timers_.at({}, [this] {
    pump_timer_ = {};
    const std::string all = std::exchange(held_, {});
    input_ = all;
    if (!pump()) return;
    held_.insert(0, input_);
    input_ = {};
    if (state_ == State::open && handler_ != nullptr && !paused_) lower_->pause(false);
  });
}

int TlsStream::receive(void* self, unsigned char* out, std::size_t size) {
  auto& input = static_cast<TlsStream*>(self)->input_;
  if (input.empty()) return MBEDTLS_ERR_SSL_WANT_READ;
  const auto taken = std::min(size, input.size());
  std::copy_n(input.begin(), taken, out);
  input.remove_prefix(taken);
  return static_cast<int>(taken);
}

void TlsStream::start(hal::Stream::Handler& handler) {
  const bool first = handler_ == nullptr;
  handler_ = &handler;
  if (first && state_ == State::open) pump_later();
}

void TlsStream::pause(bool paused) {
  if (paused_ == paused || state_ == State::closed) return;
  paused_ = paused;
  if (paused)
    lower_->pause(true);
  else if (handler_ != nullptr)
    pump_later();   // what is held comes first
}

// ---- out ----------------------------------------------------------------------------------------------------------

int TlsStream::send(void* self, const unsigned char* bytes, std::size_t size) {
  static_cast<TlsStream*>(self)->output_.append(reinterpret_cast<const char*>(bytes), size);
  return static_cast<int>(size);
}

void TlsStream::flush() {
  if (output_.empty()) return;
  lower_->write({}, std::make_shared<const std::string>(std::exchange(output_, {})));
}

void TlsStream::write(std::string_view head, hal::Buffer body) {
  if (state_ != State::open || finished_) return;
  if (body && !head.empty() && head.size() + body->size() <= kRecordMax) {
    std::string whole;   // one record
    whole.reserve(head.size() + body->size());
    whole.append(head).append(*body);
    encrypt(whole);
  } else {
    encrypt(head);
    if (body) encrypt(*body);
  }
  flush();
}

void TlsStream::encrypt(std::string_view bytes) {
  while (!bytes.empty()) {
    const int written = mbedtls_ssl_write(&ssl_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    if (written <= 0) {
      pump_timer_ = timers_.at({}, [this, written] { close({hal::ErrorKind::tls, tls_error_text(written)}); });
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
    if (output_.size() >= kFlushAt) flush();
  }
}

void TlsStream::finish() {
  if (state_ != State::open || finished_) return;
  finished_ = true;
  mbedtls_ssl_close_notify(&ssl_);
  flush();
  lower_->finish();
}

void TlsStream::on_drained() {
  if (state_ == State::open && handler_ != nullptr) handler_->on_drained();
}

// ---- end ----------------------------------------------------------------------------------------------------------

void TlsStream::on_closed(const hal::Error& error) {
  if (state_ == State::closed) return;
  if (state_ == State::shaking) {
    shaken(hal::Error{error.kind, error.detail.empty() ? "during the TLS handshake" : error.detail + ", during the TLS handshake"});
    return;
  }
  close(error.kind == hal::ErrorKind::closed ? hal::Error{hal::ErrorKind::reset, "the connection ended without TLS's own end"} : error);
}

bool TlsStream::close(const hal::Error& error) {
  if (state_ == State::closed) return true;
  state_ = State::closed;
  pump_timer_ = {};
  if (handler_ == nullptr) return true;
  bool gone = false;
  const auto outer = std::exchange(gone_, &gone);
  handler_->on_closed(error);
  if (gone) {
    if (outer) *outer = true;
    return false;
  }
  gone_ = outer;
  return true;
}

// ---- opening ------------------------------------------------------------------------------------------------------

hal::Operation open(std::unique_ptr<TlsStream> made, TlsDone done) {
  const hal::Completion<hal::Result<TlsOpened>> answer{std::move(done)};
  const auto stream = std::make_shared<std::unique_ptr<TlsStream>>(std::move(made));
  answer.on_dropped([stream] { stream->reset(); });
  (*stream)->shake_hands([stream, answer](std::optional<hal::Error> error) {
    auto shaken = std::move(*stream);
    if (error) {
      answer(std::move(*error));
      return;
    }
    TlsOpened opened;
    opened.certificate = shaken->peer_certificate();
    opened.resumed = shaken->resumed();
    opened.stream = std::move(shaken);
    answer(std::move(opened));
  });
  return answer.operation();
}

}   // namespace

hal::Operation tls_client(std::unique_ptr<hal::Stream> lower, std::shared_ptr<TlsClient> client, hal::Timers& timers, TlsDone done) {
  auto context = std::static_pointer_cast<TlsClientContext>(std::move(client));
  return open(std::make_unique<TlsStream>(std::move(lower), timers, std::move(context), nullptr), std::move(done));
}

hal::Operation tls_server(std::unique_ptr<hal::Stream> lower, std::shared_ptr<TlsServer> server, hal::Timers& timers, TlsDone done) {
  auto context = std::static_pointer_cast<TlsServerContext>(std::move(server));
  return open(std::make_unique<TlsStream>(std::move(lower), timers, nullptr, std::move(context)), std::move(done));
}

}   // namespace nightjar::net
