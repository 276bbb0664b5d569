#include "drivers/net/http_codec.h"

#include <algorithm>
#include <utility>

#include "drivers/net/url.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kFieldsMax = 100;           // what common servers allow; browsers send about 20
constexpr int kInterimMax = 16;                   // 1xx responses before the real one
constexpr std::size_t kBodyReserve = 64u << 10;   // a Content-Length is believed so far before its bytes come

bool is_host_field(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{".-_~:[]%!$&'()*+,;="}.find(c) != std::string_view::npos;
  });
}

std::size_t count(const hal::Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(headers.all().begin(), headers.all().end(),
                                                [&](const auto& field) { return hal::Headers::same_name(field.first, name); }));
}

}   // namespace

// ---- reading ------------------------------------------------------------------------------------------------------

std::size_t HttpReader::read(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && state_ != State::complete && state_ != State::failed) {
    if (state_ == State::idle) state_ = State::head;
    const bool in_head = state_ == State::head;
    auto piece = bytes.substr(taken);
    if (in_head) {
      if (head_size_ >= limits_.head_max) {
        fail(431);
        break;
      }
      piece = piece.substr(0, limits_.head_max - head_size_);
    }
    const auto read = parser_.read(piece);
    taken += read;
    if (in_head) head_size_ += read;
    if (parser_.state() == HttpParser::State::failed) {
      fail(parser_.bad_version() ? 505 : 400);
    } else if (parser_.state() == HttpParser::State::complete) {
      state_ = State::complete;
      if (!is_final()) {
        clear();
        state_ = State::head;
      }
    }
  }
  return taken;
}

void HttpReader::end() {
  if (state_ != State::head && state_ != State::body) return;
  parser_.end();
  if (parser_.state() == HttpParser::State::complete && is_final())
    state_ = State::complete;
  else
    fail(400);
}

void HttpReader::clear() {
  parser_.restart(kind_);
  state_ = State::idle;
  target_.clear();
  headers_ = {};
  body_.clear();
  body_.shrink_to_fit();
  field_name_.clear();
  field_value_.clear();
  in_value_ = false;
  head_size_ = trailer_size_ = 0;
  failure_ = 0;
}

void HttpReader::on_field_name(std::string_view piece) {
  if (state_ == State::body) {   // a trailer: read over, within the head's bound
    trailer_size_ += piece.size();
    return;
  }
  if (in_value_) commit_field();
  field_name_ += piece;
}

void HttpReader::on_field_value(std::string_view piece) {
  if (state_ == State::body) {
    trailer_size_ += piece.size();
    if (trailer_size_ > limits_.head_max) fail(431);
    return;
  }
  in_value_ = true;
  field_value_ += piece;
}

void HttpReader::commit_field() {
  headers_.add(std::exchange(field_name_, {}), std::string{trim(field_value_)});
  field_value_.clear();
  in_value_ = false;
}

HttpParserEvents::Body HttpReader::on_head() {
  if (in_value_ || !field_name_.empty()) commit_field();
  // http-parser lets blanks in a name pass, "Transfer-Encoding : chunked" among them (RFC 9112 section 5.1)
  const bool sound =
      std::all_of(headers_.all().begin(), headers_.all().end(), [](const auto& field) { return is_field(field.first, field.second); });
  const int refusal = !sound ? 400 : headers_.all().size() > kFieldsMax ? 431 : check_head();
  if (refusal != 0) {
    fail(refusal);
    return Body::refuse;
  }
  if (may_have_body()) {
    if (const auto length = headers_.find("Content-Length")) {
      // check_framing() has seen that it is a number; one too long for size_t is over any limit
      if (length->size() > 18 || std::stoull(std::string{*length}) > limits_.body_max) {
        fail(413);
        return Body::refuse;
      }
      body_.reserve(std::min<std::size_t>(std::stoull(std::string{*length}), kBodyReserve));
    }
  }
  state_ = State::body;
  return may_have_body() ? Body::as_stated : Body::none;
}

bool HttpReader::on_body(std::string_view piece) {
  if (body_.size() + piece.size() > limits_.body_max) {
    fail(413);
    return false;
  }
  body_ += piece;
  return true;
}

int HttpReader::check_framing() const {
  const auto lengths = count(headers_, "Content-Length");
  const auto encodings = count(headers_, "Transfer-Encoding");
  if (lengths + encodings > 1) return 400;
  if (encodings == 1 && (!same_text(*headers_.find("Transfer-Encoding"), "chunked") || parser_.version_minor() < 1)) return 400;
  if (lengths == 1) {
    const auto length = *headers_.find("Content-Length");
    if (length.empty() || !std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; })) return 400;
  }
  return 0;
}

// ---- requests -----------------------------------------------------------------------------------------------------

void HttpRequestReader::restart() {
  clear();
  continue_wanted_ = false;
}

hal::HttpRequest HttpRequestReader::take() {
  hal::HttpRequest request;
  request.method = parser_.method();
  request.target = std::move(target_);
  request.headers = std::move(headers_);
  request.body = std::move(body_);
  return request;
}

bool HttpRequestReader::wants_continue() { return state_ == State::body && body_.empty() && std::exchange(continue_wanted_, false); }

int HttpRequestReader::check_head() {
  if (parser_.version_major() != 1) return 505;
  if (const int refusal = check_framing()) return refusal;
  const auto hosts = count(headers_, "Host");
  if (hosts > 1 || (hosts == 0 && is_http_1_1())) return 400;
  if (hosts == 1 && !is_host_field(*headers_.find("Host"))) return 400;
  if (const int refusal = check_target()) return refusal;
  if (const auto expect = headers_.find("Expect"); expect && is_http_1_1()) {
    if (!same_text(*expect, "100-continue")) return 417;
    continue_wanted_ = headers_.find("Content-Length").value_or("1") != "0";
  }
  return 0;
}

int HttpRequestReader::check_target() {
  if (!target_.starts_with('/') && target_ != "*") {   // RFC 9112 section 3.2.2: a server takes the absolute form too
    const auto url = parse_url(target_);
    if (!url || method() == "CONNECT") return 400;
    target_ = url->target;
  }
  if (!is_request_target(target_)) return 400;
  return target_ == "*" && method() != "OPTIONS" ? 400 : 0;
}

// ---- responses ----------------------------------------------------------------------------------------------------

void HttpResponseReader::restart(std::string_view method) {
  clear();
  head_request_ = method == "HEAD";
  interim_ = 0;
}

hal::HttpResponse HttpResponseReader::take() { return {parser_.status(), std::move(headers_), std::move(body_)}; }

hal::Error HttpResponseReader::error() const {
  if (failure_ == 413) return {hal::ErrorKind::too_large, "the answer is longer than " + std::to_string(limits_.body_max) + " bytes"};
  if (failure_ == 431)
    return {hal::ErrorKind::too_large, "the answer's head is longer than " + std::to_string(limits_.head_max) + " bytes"};
  return {hal::ErrorKind::protocol, "the answer is not HTTP/1.1"};
}

int HttpResponseReader::check_head() {
  if (parser_.version_major() != 1 || parser_.status() < 100) return 400;
  if (!is_final() && ++interim_ > kInterimMax) return 400;
  return check_framing();
}

// ---- writing ------------------------------------------------------------------------------------------------------

namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

bool frames_the_message(std::string_view name, bool keep_connection) {
  return same_text(name, "Content-Length") || same_text(name, "Transfer-Encoding") || (!keep_connection && same_text(name, "Connection"));
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}   // namespace

bool is_field(std::string_view name, std::string_view value) {
  return is_token(name) && std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_writable(const hal::HttpRequest& request) {
  return is_token(request.method) && is_request_target(request.target) &&
         std::all_of(request.headers.all().begin(), request.headers.all().end(),
                     [](const auto& field) { return is_field(field.first, field.second); });
}

std::string format_request_head(const hal::HttpRequest& request, std::string_view host, bool upgrade) {
  std::string out;
  out.reserve(256);
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_field(out, "Host", host);
  for (const auto& [name, value] : request.headers.all())
    if (!frames_the_message(name, upgrade) && !same_text(name, "Host") && is_field(name, value)) append_field(out, name, value);
  const bool body_usual = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!request.body.empty() || body_usual) append_field(out, "Content-Length", std::to_string(request.body.size()));
  return out.append("\r\n");
}

std::string format_response_head(const hal::HttpResponse& response, const HttpResponseFraming& framing) {
  using Body = HttpResponseFraming::Body;
  std::string out;
  out.reserve(256);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason_phrase(response.status)).append("\r\n");
  const bool upgrade = response.status == 101 || response.status == 426;
  for (const auto& [name, value] : response.headers.all())
    if (!frames_the_message(name, upgrade) && is_field(name, value)) append_field(out, name, value);
  if (!is_bodiless(response.status)) {
    if (framing.body == Body::sized) append_field(out, "Content-Length", std::to_string(response.body.size()));
    if (framing.body == Body::chunked) append_field(out, "Transfer-Encoding", "chunked");
  }
  if (response.status != 101) {
    if (!framing.keep_alive)
      append_field(out, "Connection", "close");
    else if (framing.http_1_0)
      append_field(out, "Connection", "keep-alive");
  }
  return out.append("\r\n");
}

std::string format_chunk(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string size;
  for (std::size_t left = bytes.size(); left > 0 || size.empty(); left >>= 4) size.insert(size.begin(), digits[left & 15]);
  return size.append("\r\n").append(bytes).append("\r\n");
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
  }
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool same_text(std::string_view a, std::string_view b) { return hal::Headers::same_name(a, b); }

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (same_text(trim(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

bool has_token(const hal::Headers& headers, std::string_view name, std::string_view token) {
  return std::any_of(headers.all().begin(), headers.all().end(),
                     [&](const auto& field) { return same_text(field.first, name) && has_token(field.second, token); });
}

}   // namespace nightjar::net
