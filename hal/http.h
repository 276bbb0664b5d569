#pragma once
// HTTP/1.1 as the app and the camera driver see it: whole messages, small bodies, one exchange at a time on a connection.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/network.h"

namespace nightjar::hal {

/// Header fields in order of arrival; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const {
    for (const auto& [field, value] : fields_)
      if (same_name(field, name)) return std::string_view{value};
    return std::nullopt;
  }
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

  static bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";      // path and query as on the wire
  Headers headers;
  std::string body;
  Endpoint remote;               // filled in by a server

  std::string_view path() const { return std::string_view{target}.substr(0, target.find('?')); }
  std::string_view query() const {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view{} : std::string_view{target}.substr(mark + 1);
  }
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

// ---- client -------------------------------------------------------------------------------------------------------

struct Credentials {
  std::string user;
  std::string password;
};

/// Whom to talk to and how.
struct HttpOrigin {
  bool tls = false;
  Endpoint endpoint;
  std::string host;                          // for Host and SNI; empty = the endpoint's address
  std::optional<Credentials> credentials;    // HTTP Digest (RFC 7616), MD5 and SHA-256
  std::string pinned_certificate;            // SHA-256 of the DER certificate in lower-case hex; empty = take the one that comes
};

struct HttpClientOptions {
  Duration connect_patience = std::chrono::seconds{10};   // TCP and TLS together
  std::size_t body_max = 32u << 20;                       // a RAW preview fits; past it the answer is `too_large`
};

/// One connection to one origin, kept alive and opened when needed. Requests wait their turn, in order.
/// One attempt each: the only thing done again is a request on a kept connection that turned out to be closed before a byte of
/// the answer came (RFC 9112 section 9.3.1: only when it is known that the server did not act on it, so only for idempotent methods, GET, HEAD, PUT, DELETE), and one answer to a digest challenge.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  using Answered = std::function<void(Result<HttpResponse>)>;
  /// `patience` runs from when the request is sent to the whole answer. Dropping the operation of a request in flight closes the connection.
  virtual Operation request(HttpRequest request, Duration patience, Answered done) = 0;
  /// SHA-256 of the certificate the origin showed last, lower-case hex; empty before the first handshake or without TLS.
  virtual std::string certificate() const = 0;
};

class HttpClients {
 public:
  virtual ~HttpClients() = default;
  virtual std::unique_ptr<HttpClient> client(HttpOrigin origin, HttpClientOptions options = {}) = 0;
};

// ---- server -------------------------------------------------------------------------------------------------------

class WebSocket;

/// The answer to one request, given once, now or later. Dropped unanswered: 500. Answering a client that has gone is harmless.
class HttpReply {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void answer(HttpResponse response) = 0;
    /// A body without end (a camera's event stream): head first, then chunks until end(). False once the client has gone.
    virtual bool begin(HttpResponse head) = 0;
    virtual bool chunk(std::string_view bytes) = 0;
    virtual void end() = 0;
    /// Breaks the connection without an answer (faults of a simulated server).
    virtual void abort() = 0;
  };
  explicit HttpReply(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  HttpReply(HttpReply&&) = default;
  HttpReply& operator=(HttpReply&&) = default;
  ~HttpReply() {
    if (sink_) sink_->answer({500, {}, {}});
  }

  void answer(HttpResponse response) {
    if (auto sink = std::exchange(sink_, nullptr)) sink->answer(std::move(response));
  }
  /// For streaming or abort: the sink itself; the reply is spent.
  std::shared_ptr<Sink> take() { return std::exchange(sink_, nullptr); }

 private:
  std::shared_ptr<Sink> sink_;
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void on_request(const HttpRequest& request, HttpReply reply) = 0;
  /// A WebSocket handshake: nothing accepts it, a response refuses it with that status.
  virtual std::optional<HttpResponse> on_upgrade(const HttpRequest&) { return HttpResponse{404, {}, {}}; }
  /// The accepted WebSocket, ours from now on; start() it before returning.
  virtual void on_websocket(const HttpRequest&, std::unique_ptr<WebSocket>) {}
};

struct HttpServerOptions {
  std::size_t connections_max = 512;                       // past it, the new connection is answered 503 and closed
  std::size_t head_max = 16u << 10;                        // 431
  std::size_t body_max = 1u << 20;                         // 413
  Duration request_patience = std::chrono::seconds{10};    // a request's head and body; 408 (slow loris)
  Duration idle_patience = std::chrono::seconds{60};       // between requests on a kept connection; closed in silence
  std::size_t websocket_message_max = 1u << 20;            // 1009
  std::string certificate_pem{};                           // TLS when set
  std::string key_pem{};
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;   // closes the port and every connection it still serves, WebSockets excepted: those are their owners'
  virtual Endpoint local() const = 0;
};

class HttpServers {
 public:
  virtual ~HttpServers() = default;
  /// Serves until the HttpServer is destroyed; the handler outlives it.
  virtual Result<std::unique_ptr<HttpServer>> serve(const Endpoint& at, HttpServerOptions options, HttpHandler& handler) = 0;
};

}  // namespace nightjar::hal

#include "hal/websocket.h"   // IWYU pragma: keep: HttpHandler hands a whole WebSocket over
