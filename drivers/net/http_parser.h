#pragma once
// http-parser (Debian 12) or llhttp (Debian 13) behind one face; nothing else knows which it is. One parser reads one message:
// it stops behind the message's last byte, and the next message takes a new parser.
#ifdef NIGHTJAR_LLHTTP
#include <llhttp.h>
#else
#include <http_parser.h>
#endif

#include <cstddef>
#include <string>
#include <string_view>

namespace nightjar::net {

/// What a parser meets, in order; the views are valid during the call only, and any of them may come in pieces.
class HttpParserEvents {
 public:
  virtual void on_target(std::string_view piece) = 0;
  virtual void on_field_name(std::string_view piece) = 0;
  virtual void on_field_value(std::string_view piece) = 0;
  enum class Body : unsigned char { as_stated, none, refuse };
  /// The head is complete; says whether a body may follow.
  virtual Body on_head() = 0;
  /// False refuses the message.
  virtual bool on_body(std::string_view piece) = 0;

 protected:
  ~HttpParserEvents() = default;
};

class HttpParser {
 public:
  enum class Kind : unsigned char { request, response };
  enum class State : unsigned char { reading, complete, failed };

  HttpParser(Kind kind, HttpParserEvents& events) : events_(&events) { restart(kind); }
  HttpParser(const HttpParser&) = delete;
  HttpParser& operator=(const HttpParser&) = delete;

  void restart(Kind kind) {
    state_ = State::reading;
    keep_alive_ = bad_version_ = false;
#ifdef NIGHTJAR_LLHTTP
    llhttp_init(&parser_, kind == Kind::request ? HTTP_REQUEST : HTTP_RESPONSE, &settings());
#else
    http_parser_init(&parser_, kind == Kind::request ? HTTP_REQUEST : HTTP_RESPONSE);
#endif
    parser_.data = this;
  }

  State state() const { return state_; }
  /// How many of `bytes` belong to the message; all of them until it is complete. Nothing after `failed`.
  std::size_t read(std::string_view bytes) {
    if (state_ != State::reading || bytes.empty()) return 0;
#ifdef NIGHTJAR_LLHTTP
    const auto outcome = llhttp_execute(&parser_, bytes.data(), bytes.size());
    if (state_ == State::complete) return static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - bytes.data());
    if (outcome == HPE_OK) return bytes.size();
    fail(outcome == HPE_INVALID_VERSION);
    return bytes.size();
#else
    const auto consumed = http_parser_execute(&parser_, &settings(), bytes.data(), bytes.size());
    if (state_ == State::complete) return consumed;
    const auto outcome = HTTP_PARSER_ERRNO(&parser_);
    if (outcome != HPE_OK) fail(outcome == HPE_INVALID_VERSION);
    return consumed;
#endif
  }
  /// The other end has finished: completes a message that lasts until then, fails any other that has begun.
  void end() {
    if (state_ != State::reading) return;
#ifdef NIGHTJAR_LLHTTP
    llhttp_finish(&parser_);
#else
    http_parser_execute(&parser_, &settings(), nullptr, 0);
#endif
    if (state_ != State::complete) fail(false);
  }

  // From on_head() on.
  int version_major() const { return parser_.http_major; }
  int version_minor() const { return parser_.http_minor; }
  int status() const { return static_cast<int>(parser_.status_code); }
  std::string_view method() const {
#ifdef NIGHTJAR_LLHTTP
    return llhttp_method_name(static_cast<llhttp_method_t>(parser_.method));
#else
    return http_method_str(static_cast<http_method>(parser_.method));
#endif
  }
  /// From `complete` on: the connection may carry another message.
  bool keep_alive() const { return keep_alive_; }
  /// Failed because of the version.
  bool bad_version() const { return bad_version_; }

 private:
#ifdef NIGHTJAR_LLHTTP
  using Raw = llhttp_t;
  using Settings = llhttp_settings_t;
#else
  using Raw = ::http_parser;
  using Settings = ::http_parser_settings;
#endif

  static HttpParser& self(Raw* raw) { return *static_cast<HttpParser*>(raw->data); }
  void fail(bool bad_version) {
    state_ = State::failed;
    bad_version_ = bad_version;
  }

  int head() {
    switch (events_->on_head()) {
      case HttpParserEvents::Body::as_stated: return 0;
      case HttpParserEvents::Body::none: return 1;
      case HttpParserEvents::Body::refuse: break;
    }
    return -1;
  }

  int complete() {
    state_ = State::complete;
#ifdef NIGHTJAR_LLHTTP
    keep_alive_ = llhttp_should_keep_alive(&parser_) != 0;
    return HPE_PAUSED;
#else
    keep_alive_ = http_should_keep_alive(&parser_) != 0;
    http_parser_pause(&parser_, 1);
    return 0;
#endif
  }

  static Settings make_settings() {
    Settings out;
#ifdef NIGHTJAR_LLHTTP
    llhttp_settings_init(&out);
#else
    http_parser_settings_init(&out);
#endif
    out.on_url = [](Raw* raw, const char* at, std::size_t size) { return self(raw).events_->on_target({at, size}), 0; };
    out.on_header_field = [](Raw* raw, const char* at, std::size_t size) { return self(raw).events_->on_field_name({at, size}), 0; };
    out.on_header_value = [](Raw* raw, const char* at, std::size_t size) { return self(raw).events_->on_field_value({at, size}), 0; };
    out.on_headers_complete = [](Raw* raw) { return self(raw).head(); };
    out.on_body = [](Raw* raw, const char* at, std::size_t size) { return self(raw).events_->on_body({at, size}) ? 0 : -1; };
    out.on_message_complete = [](Raw* raw) { return self(raw).complete(); };
    return out;
  }
  static const Settings& settings() {
    static const Settings made = make_settings();
    return made;
  }

  Raw parser_{};
  HttpParserEvents* events_;
  State state_ = State::reading;
  bool keep_alive_ = false;
  bool bad_version_ = false;
};

}   // namespace nightjar::net
