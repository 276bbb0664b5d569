#pragma once
// HTTP/1.1 messages (RFC 9110, RFC 9112) to values and back. No I/O: bytes go in as they come, in pieces of any size.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/net/http_parser.h"
#include "hal/http.h"

namespace nightjar::net {

struct HttpLimits {
  std::size_t head_max = 16u << 10;   // request or status line and fields
  std::size_t body_max = 1u << 20;
};

/// True when a response of that status never has a body.
constexpr bool is_bodiless(int status) { return status < 200 || status == 204 || status == 304; }

/// What reading requests and responses have in common.
class HttpReader : private HttpParserEvents {
 public:
  enum class State : unsigned char {
    idle,   // not a byte of the message has come
    head,
    body,
    complete,   // take it, then restart()
    failed,     // nothing more is read
  };

  HttpReader(const HttpReader&) = delete;
  HttpReader& operator=(const HttpReader&) = delete;

  State state() const { return state_; }
  /// Reads up to the end of the message; how many of `bytes` it took. What is behind belongs to the next message.
  std::size_t read(std::string_view bytes);
  /// The other end has finished its direction.
  void end();
  /// `complete` only: another message may follow on the connection.
  bool keep_alive() const { return parser_.keep_alive(); }

 protected:
  HttpReader(HttpParser::Kind kind, HttpLimits limits) : parser_(kind, *this), kind_(kind), limits_(limits) {}
  ~HttpReader() = default;

  void clear();
  void fail(int status) {
    state_ = State::failed;
    if (failure_ == 0) failure_ = status;
  }
  /// Checks the head; a status refuses the message, 0 accepts it.
  virtual int check_head() = 0;
  virtual bool may_have_body() const = 0;
  /// The message is complete: false starts over for the one that follows an interim response.
  virtual bool is_final() const { return true; }
  /// 0, or 400: Content-Length and Transfer-Encoding as RFC 9112 section 6.3 wants them, refused rather than repaired.
  int check_framing() const;

  HttpParser parser_;
  HttpParser::Kind kind_;
  HttpLimits limits_;
  State state_ = State::idle;
  std::string target_;
  hal::Headers headers_;
  std::string body_;
  int failure_ = 0;

 private:
  void on_target(std::string_view piece) final { target_ += piece; }
  void on_field_name(std::string_view piece) final;
  void on_field_value(std::string_view piece) final;
  Body on_head() final;
  bool on_body(std::string_view piece) final;
  void commit_field();

  std::size_t head_size_ = 0;
  std::size_t trailer_size_ = 0;
  std::string field_name_;
  std::string field_value_;
  bool in_value_ = false;
};

/// Requests, as a server reads them. Its target is in origin form ("/path?query" or "*"): an absolute one is reduced to it.
class HttpRequestReader final : public HttpReader {
 public:
  explicit HttpRequestReader(HttpLimits limits) : HttpReader(HttpParser::Kind::request, limits) {}

  void restart();
  /// `complete` only; once.
  hal::HttpRequest take();
  /// `failed` only: the status that says why. 400, 413, 417, 431 or 505.
  int failure() const { return failure_; }
  /// The head is there, the body is not, and the client waits for "100 Continue" before it sends one. Asked once a request.
  bool wants_continue();
  /// HTTP/1.1 or a later 1.x: knows chunks and interim responses. From `body` on.
  bool is_http_1_1() const { return parser_.version_minor() >= 1; }
  /// From `body` on, and in `failed` when the head could be read so far: what the response has to know.
  std::string_view method() const { return parser_.method(); }

 private:
  int check_head() override;
  bool may_have_body() const override { return true; }
  int check_target();

  bool continue_wanted_ = false;
};

/// Responses, as a client reads them. Interim ones (1xx, not 101) are read over.
class HttpResponseReader final : public HttpReader {
 public:
  explicit HttpResponseReader(HttpLimits limits) : HttpReader(HttpParser::Kind::response, limits) {}

  /// For the answer to a request of `method`: the answer to HEAD has no body, whatever its fields say.
  void restart(std::string_view method);
  /// `complete` only; once.
  hal::HttpResponse take();
  /// `failed` only: `too_large` or `protocol`.
  hal::Error error() const;

 private:
  int check_head() override;
  bool may_have_body() const override { return !head_request_ && !is_bodiless(parser_.status()); }
  bool is_final() const override { return parser_.status() >= 200 || parser_.status() == 101; }

  bool head_request_ = false;
  int interim_ = 0;
};

// ---- writing ------------------------------------------------------------------------------------------------------

/// False for what would break a message: an empty name, a name with other than token characters, a value with CR, LF or NUL.
bool is_field(std::string_view name, std::string_view value);
/// False for what a request line cannot carry.
bool is_writable(const hal::HttpRequest& request);

/// The head of `request`, framing by its body's size; the body is written behind it. `host` for the Host field. The fields that
/// frame the message are the codec's: Host, Connection, Content-Length, Transfer-Encoding among the request's own are left out unless
/// `upgrade`, which leaves Connection in. Fields that would break the message are left out too.
std::string format_request_head(const hal::HttpRequest& request, std::string_view host, bool upgrade = false);

struct HttpResponseFraming {
  enum class Body : unsigned char { sized, chunked, until_close, none };
  Body body = Body::sized;
  bool keep_alive = true;
  bool http_1_0 = false;   // whom we answer: wants "keep-alive" said
};
/// The head of `response`. With Body::sized its Content-Length is the body's size. The same fields are left out as above.
std::string format_response_head(const hal::HttpResponse& response, const HttpResponseFraming& framing);
/// One chunk of a chunked body; the empty one ends it.
std::string format_chunk(std::string_view bytes);
/// "Not Found"; "Unknown" for numbers without a name.
std::string_view reason_phrase(int status);

/// True when the comma-separated list holds the token, compared without case.
bool has_token(std::string_view list, std::string_view token);
/// Any field of that name holds the token.
bool has_token(const hal::Headers& headers, std::string_view name, std::string_view token);
std::string_view trim(std::string_view text);
bool same_text(std::string_view a, std::string_view b);   // without case

}   // namespace nightjar::net
