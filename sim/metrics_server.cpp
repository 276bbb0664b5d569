#include "sim/metrics_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace nightjar::sim {
namespace {

/// What stands behind "name=" in a query, as it is.
std::string_view field(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto one = query.substr(0, end);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') return one.substr(name.size() + 1);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

int number(std::string_view text, int otherwise) {
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}   // namespace

class MetricsServer::Line final : private hal::WebSocket::Handler {
 public:
  Line(MetricsServer& server, std::unique_ptr<hal::WebSocket> socket, bool welcome) : server_(server), socket_(std::move(socket)), welcome_(welcome) {}
  void start() {
    socket_->start(*this);
    if (!welcome_) socket_->close(hal::close_code::policy, "Policy violation");
  }
  bool welcome() const { return welcome_; }
  hal::WebSocket& socket() { return *socket_; }

 private:
  void on_message(hal::MessageKind, std::string_view payload) override {
    auto& received = server_.received_;
    if (received.size() == kKept) received.erase(received.begin());
    received.emplace_back(payload);
  }
  void on_closed(std::uint16_t, std::string_view) override {
    auto& lines = server_.lines_;
    const auto found = std::find_if(lines.begin(), lines.end(), [this](const auto& one) { return one.get() == this; });
    if (found == lines.end()) return;
    server_.loop_.post([kept = *found] {});   // not within its own callback
    lines.erase(found);
  }

  MetricsServer& server_;
  std::unique_ptr<hal::WebSocket> socket_;
  bool welcome_;
};

MetricsServer::MetricsServer(MetricsServerOptions options, hal::Loop& loop, hal::HttpServers& servers)
    : options_(std::move(options)), loop_(loop), servers_(servers) {}
MetricsServer::~MetricsServer() = default;

hal::Result<void> MetricsServer::power_on() {
  hal::HttpServerOptions http;
  http.certificate_pem = options_.certificate_pem;
  http.key_pem = options_.key_pem;
  auto server = servers_.serve(options_.listen, http, *this);
  if (!server.ok()) return server.error();
  server_ = std::move(server).value();
  rounds_ = loop_.at(loop_.now() + options_.every, [this] { send_metrics(); });
  return {};
}

void MetricsServer::power_off() {
  server_.reset();
  lines_.clear();
  rounds_.drop();
}

hal::Endpoint MetricsServer::local() const { return server_ ? server_->local() : hal::Endpoint{}; }

void MetricsServer::close_all(std::uint16_t code) {
  for (const auto& line : lines_) line->socket().close(code, "");
}

void MetricsServer::send_all(const std::string& text) {
  for (const auto& line : lines_) line->socket().send_text(text);
}

void MetricsServer::send_metrics() {
  rounds_ = loop_.at(loop_.now() + options_.every, [this] { send_metrics(); });
  if (silent) return;
  for (const auto& line : lines_)
    if (line->welcome()) line->socket().send_text(rubbish ? "}not json{" : metrics());
}

std::string MetricsServer::metrics() {
  ++sent_;
  return fmt::format(R"({{"cpu_percent":{}.5,"memory_percent":{},"disk_percent":42.1,"number":{}}})", 10 + sent_ % 7, 30 + sent_ % 5, sent_);
}

// ---- HTTP -----------------------------------------------------------------------------------------------------------------

/// GET /sim/state; POST /sim/close?code=N, /sim/refuse?status=N, /sim/silent?on=0|1, /sim/rubbish?on=0|1.
void MetricsServer::on_request(const hal::HttpRequest& request, hal::HttpReply reply) {
  const auto path = request.path();
  const bool post = request.method == "POST";
  const bool on = field(request.query(), "on") == "1";
  if (post && path == "/sim/close") close_all(static_cast<std::uint16_t>(number(field(request.query(), "code"), 1000)));
  else if (post && path == "/sim/refuse") refuse_with = number(field(request.query(), "status"), 0);
  else if (post && path == "/sim/silent") silent = on;
  else if (post && path == "/sim/rubbish") rubbish = on;
  else if (path != "/sim/state") return reply.answer({404, {}, "see sim/metrics_server.h\n"});
  reply.answer({200, {{"Content-Type", "application/json"}}, fmt::format(R"({{"connected":{},"handshakes":{},"received":{}}})", connected(), handshakes_, received_.size())});
}

std::optional<hal::HttpResponse> MetricsServer::on_upgrade(const hal::HttpRequest& request) {
  if (request.path() != options_.path) return hal::HttpResponse{404, {}, {}};
  ++handshakes_;
  if (refuse_with != 0) return hal::HttpResponse{refuse_with, {}, {}};
  return std::nullopt;
}

void MetricsServer::on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) {
  const bool welcome = options_.token.empty() || field(request.query(), "token") == options_.token;
  const auto line = lines_.emplace_back(std::make_shared<Line>(*this, std::move(socket), welcome));
  line->start();
  if (welcome && !silent) line->socket().send_text(rubbish ? "}not json{" : metrics());
}

}   // namespace nightjar::sim
