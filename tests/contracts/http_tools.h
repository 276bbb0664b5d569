#pragma once
// What the HTTP and WebSocket suites share: the drivers on a rig, a handler that can be told what to do, a client and a server
// of bare bytes.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/tls.h"
#include "tests/contracts/network_tools.h"
#include "tests/contracts/rig.h"

namespace nightjar::contracts {

/// Answers 200 with what it was asked, unless told otherwise.
struct Service final : hal::HttpHandler {
  std::vector<hal::HttpRequest> requests;
  std::function<void(const hal::HttpRequest&, hal::HttpReply)> answer = [](const hal::HttpRequest& request, hal::HttpReply reply) {
    reply.answer({200, {{"Content-Type", "text/plain"}}, request.method + " " + request.target + " " + request.body});
  };
  std::function<std::optional<hal::HttpResponse>(const hal::HttpRequest&)> upgrade;
  std::function<void(const hal::HttpRequest&, std::unique_ptr<hal::WebSocket>)> opened;

  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override {
    requests.push_back(request);
    answer(request, std::move(reply));
  }
  std::optional<hal::HttpResponse> on_upgrade(const hal::HttpRequest& request) override {
    return upgrade ? upgrade(request) : hal::HttpHandler::on_upgrade(request);
  }
  void on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) override {
    opened(request, std::move(socket));
  }
};

/// A certificate for the tests, made once a program: making one is the slowest thing here.
inline const net::SelfSigned& test_certificate(hal::Random& random) {
  static const net::SelfSigned made = net::make_self_signed("nightjar.test", random);
  return made;
}

struct HttpRig {
  HttpRig() = default;
  explicit HttpRig(bool with_tls) : tls(with_tls) {}

  bool tls = false;
  std::unique_ptr<Rig> rig = make_rig();
  net::HttpClients clients{rig->network(), rig->loop(), rig->random()};
  net::HttpServers servers{rig->network(), rig->loop(), rig->random()};
  Service service;
  std::unique_ptr<hal::HttpServer> server;

  void serve(hal::HttpServerOptions options = {}, std::uint16_t port = 0) {
    if (tls) {
      options.certificate_pem = test_certificate(rig->random()).cert_pem;
      options.key_pem = test_certificate(rig->random()).key_pem;
    }
    auto served = servers.serve({rig->host(), port}, options, service);
    ASSERT_TRUE(served.ok()) << served.error().text();
    server = std::move(served).value();
  }
  hal::HttpOrigin origin() const {
    hal::HttpOrigin out;
    out.tls = tls;
    out.endpoint = server->local();
    return out;
  }
  bool run_until(const std::function<bool()>& done) { return rig->run_until(done); }
};

/// One request's outcome, held with its operation.
struct Asked {
  Asked(hal::HttpClient& client, hal::HttpRequest request, hal::Duration patience = kPatience) {
    operation = client.request(std::move(request), patience, [this](hal::Result<hal::HttpResponse> result) {
      EXPECT_FALSE(answer) << "answered twice";
      answer = std::move(result);
      if (then) then();
    });
    EXPECT_FALSE(answer) << "answered before request() returned";
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  const hal::HttpResponse& response() const { return answer.value().value(); }
  int status() const { return answer && answer->ok() ? answer->value().status : 0; }
  std::optional<hal::ErrorKind> error() const { return answer && !answer->ok() ? std::optional{answer->error().kind} : std::nullopt; }

  std::optional<hal::Result<hal::HttpResponse>> answer;
  std::function<void()> then;
  hal::Operation operation;
};

inline hal::HttpRequest get(std::string target) { return {"GET", std::move(target), {}, {}, {}}; }
inline hal::HttpRequest post(std::string target, std::string body) { return {"POST", std::move(target), {}, std::move(body), {}}; }

/// A client of bare bytes.
struct RawClient {
  RawClient(Rig& rig, const hal::Endpoint& to) {
    connecting = rig.network().connect(to, kPatience, [this](hal::Result<std::unique_ptr<hal::Stream>> result) {
      ASSERT_TRUE(result.ok()) << result.error().text();
      stream = std::move(result).value();
      stream->start(heard);
    });
    EXPECT_TRUE(rig.run_until([this] { return stream != nullptr; }));
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) { stream->write(bytes); }
  bool has(std::string_view text) const { return heard.received.find(text) != std::string::npos; }
  bool closed() const { return !heard.closed.empty(); }

  Recorder heard;
  std::unique_ptr<hal::Stream> stream;
  hal::Operation connecting;
};

/// A server of bare bytes: keeps every connection; `on_bytes` hears what comes, with the connection's number.
struct RawServer {
  struct Connection {
    Recorder heard;
    std::unique_ptr<hal::Stream> stream;
  };

  explicit RawServer(Rig& rig) {
    auto listening = rig.network().listen({rig.host(), 0}, [this](std::unique_ptr<hal::Stream> stream) {
      auto& connection = *connections.emplace_back(std::make_unique<Connection>());
      const auto number = connections.size() - 1;
      connection.stream = std::move(stream);
      connection.heard.then_data = [this, number] {
        if (on_bytes) on_bytes(number);
      };
      connection.stream->start(connection.heard);
    });
    EXPECT_TRUE(listening.ok());
    listener = std::move(listening).value();
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  const std::string& received(std::size_t number) const { return connections[number]->heard.received; }
  void send(std::size_t number, std::string_view bytes) { connections[number]->stream->write(bytes); }
  /// Answers every whole request head with `answer`.
  void always(std::string answer) {
    on_bytes = [this, answer = std::move(answer)](std::size_t number) {
      auto& bytes = connections[number]->heard.received;
      for (std::size_t end; (end = bytes.find("\r\n\r\n")) != std::string::npos;) {
        heads.push_back(bytes.substr(0, end + 4));
        bytes.erase(0, end + 4);
        send(number, answer);
      }
    };
  }
  hal::HttpOrigin origin() const {
    hal::HttpOrigin out;
    out.endpoint = listener->local();
    return out;
  }

  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<std::string> heads;
  std::function<void(std::size_t)> on_bytes;
  std::unique_ptr<hal::Listener> listener;
};

/// `count` times `text` in `haystack`.
inline std::size_t occurrences(std::string_view haystack, std::string_view text) {
  std::size_t count = 0;
  for (auto at = haystack.find(text); at != std::string_view::npos; at = haystack.find(text, at + 1)) ++count;
  return count;
}

}   // namespace nightjar::contracts
