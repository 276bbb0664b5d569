#include "drivers/net/http_server.h"

#include <unordered_map>
#include <utility>

#include "drivers/net/http_connection.h"

namespace nightjar::net {

namespace {

/// Connections past the limit that are being answered 503; past these too, a connection is closed without a word.
constexpr std::size_t kRefusingMax = 16;

class Server final : public hal::HttpServer {
 public:
  explicit Server(std::shared_ptr<const HttpService> service) : service_(std::move(service)) {}
  ~Server() override {
    for (const auto& [key, connection] : connections_) connection->abandon();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void listen(std::unique_ptr<hal::Listener> listener) { listener_ = std::move(listener); }
  hal::Endpoint local() const override { return listener_->local(); }

  void accept(std::unique_ptr<hal::Stream> stream) {
    const auto served = connections_.size();
    if (served >= service_->options.connections_max + kRefusingMax) return;
    const auto key = ++last_key_;
    const auto connection = std::make_shared<HttpConnection>(service_, [this, key] { connections_.erase(key); });
    connections_.emplace(key, connection);
    connection->open(std::move(stream), served >= service_->options.connections_max);
  }

 private:
  std::shared_ptr<const HttpService> service_;
  std::unordered_map<std::uint64_t, std::shared_ptr<HttpConnection>> connections_;
  std::uint64_t last_key_ = 0;
  std::unique_ptr<hal::Listener> listener_;
};

}   // namespace

hal::Result<std::unique_ptr<hal::HttpServer>> HttpServers::serve(const hal::Endpoint& at, hal::HttpServerOptions options,
                                                                 hal::HttpHandler& handler) {
  std::shared_ptr<TlsServer> tls;
  if (!options.certificate_pem.empty()) {
    auto made = TlsServer::make(options.certificate_pem, options.key_pem, random_);
    if (!made.ok()) return made.error();
    tls = std::move(made.value());
  }
  auto server = std::make_unique<Server>(
      std::make_shared<const HttpService>(HttpService{loop_, random_, handler, std::move(options), std::move(tls)}));
  auto listener = network_.listen(at, [raw = server.get()](std::unique_ptr<hal::Stream> stream) { raw->accept(std::move(stream)); });
  if (!listener.ok()) return listener.error();
  server->listen(std::move(listener.value()));
  return std::unique_ptr<hal::HttpServer>{std::move(server)};
}

}   // namespace nightjar::net
