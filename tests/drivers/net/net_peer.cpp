// Our HTTP and WebSocket ends as a program, for real_peers.py to set against other people's.
//
//   net_peer serve [CERT.pem KEY.pem]                 prints its port; echoes requests and WebSocket messages until it is killed
//   net_peer get URL [user:password] [pin=HEX] [ca=FILE] [times=N]   prints one line a request: status, certificate, length and SHA-256 of
//   the body net_peer certificate NAME CERT.pem KEY.pem        writes a self-signed certificate and prints its fingerprint
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

#include "drivers/linux/log.h"
#include "drivers/linux/loop.h"
#include "drivers/linux/network.h"
#include "drivers/linux/random.h"
#include "drivers/net/crypto.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/tls.h"
#include "drivers/net/url.h"
#include "hal/websocket.h"

namespace nightjar {
namespace {

using namespace std::chrono_literals;

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

struct Echo final : hal::HttpHandler {
  struct Talk final : hal::WebSocket::Handler {
    explicit Talk(std::function<void()> end) : ended(std::move(end)) {}
    void on_message(hal::MessageKind kind, std::string_view payload) override {
      socket->send(kind, std::make_shared<const std::string>(payload));
    }
    void on_closed(std::uint16_t, std::string_view) override { ended(); }
    std::unique_ptr<hal::WebSocket> socket;
    std::function<void()> ended;
  };
  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override {
    if (request.target == "/stream") {
      const auto sink = reply.take();
      sink->begin({200, {}, {}});
      for (int i = 0; i < 1000; ++i) sink->chunk("line " + std::to_string(i) + "\n");
      sink->end();
      return;
    }
    reply.answer({200, {{"Content-Type", "text/plain"}}, request.method + " " + request.target + "\n" + request.body});
  }
  std::optional<hal::HttpResponse> on_upgrade(const hal::HttpRequest&) override { return std::nullopt; }
  void on_websocket(const hal::HttpRequest&, std::unique_ptr<hal::WebSocket> socket) override {
    const auto key = ++last;
    auto& talk = *(talks[key] = std::make_unique<Talk>([this, key] { talks.erase(key); }));
    talk.socket = std::move(socket);
    talk.socket->start(talk);
  }
  std::map<int, std::unique_ptr<Talk>> talks;
  int last = 0;
};

struct Program {
  os::ConsoleLog log{hal::LogLevel::error};
  os::AsioLoop loop;
  os::AsioNetwork network{loop, log};
  os::KernelRandom random;

  int serve(const std::vector<std::string>& arguments) {
    Echo echo;
    net::HttpServers servers{network, loop, random};
    hal::HttpServerOptions options;
    options.body_max = 32u << 20;
    options.websocket_message_max = 32u << 20;
    if (arguments.size() == 2) {
      options.certificate_pem = read_file(arguments[0]);
      options.key_pem = read_file(arguments[1]);
    }
    const auto server = servers.serve({hal::IpAddress::loopback(), 0}, options, echo);
    if (!server.ok()) {
      std::cerr << server.error().text() << std::endl;
      return 1;
    }
    std::cout << server.value()->local().port << std::endl;
    loop.run();
    return 0;
  }

  int get(const std::vector<std::string>& arguments) {
    const auto url = net::parse_url(arguments.at(0));
    if (!url || !url->address) return 2;
    hal::HttpOrigin origin;
    origin.tls = url->tls();
    origin.endpoint = *url->endpoint();
    net::TlsTrust trust;
    int times = 1;
    for (const auto& argument : arguments) {
      if (&argument == &arguments[0]) continue;
      if (argument.starts_with("pin="))
        origin.pinned_certificate = argument.substr(4);
      else if (argument.starts_with("ca="))
        trust.ca_pem = read_file(argument.substr(3));
      else if (argument.starts_with("host="))
        origin.host = argument.substr(5);
      else if (argument.starts_with("times="))
        times = std::stoi(argument.substr(6));
      else
        origin.credentials = hal::Credentials{argument.substr(0, argument.find(':')), argument.substr(argument.find(':') + 1)};
    }
    net::HttpClients clients{network, loop, random, trust};
    const auto client = clients.client(origin);
    std::vector<hal::Operation> operations;
    int left = times;
    for (int i = 0; i < times; ++i) {
      operations.push_back(client->request({"GET", url->target, {}, {}, {}}, 30s, [&](hal::Result<hal::HttpResponse> result) {
        if (!result.ok()) {
          std::cout << "error " << result.error().text() << std::endl;
        } else {
          const auto& response = result.value();
          const auto& certificate = client->certificate();
          std::cout << response.status << " " << (certificate.empty() ? "-" : certificate) << " " << response.body.size() << " "
                    << net::hash_hex(net::HashKind::sha256, response.body) << std::endl;
        }
        if (--left == 0) loop.stop();
      }));
    }
    loop.run();
    return 0;
  }

  int certificate(const std::vector<std::string>& arguments) {
    const auto made = net::make_self_signed(arguments.at(0), random);
    std::ofstream{arguments.at(1)} << made.cert_pem;
    std::ofstream{arguments.at(2)} << made.key_pem;
    std::cout << made.fingerprint << std::endl;
    return 0;
  }
};

}   // namespace
}   // namespace nightjar

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  const std::string command = argc > 1 ? argv[1] : "";
  nightjar::Program program;
  if (command == "serve") return program.serve(arguments);
  if (command == "get") return program.get(arguments);
  if (command == "certificate") return program.certificate(arguments);
  std::cerr << "serve, get or certificate?" << std::endl;
  return 2;
}
