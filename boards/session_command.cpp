#include "boards/session_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "drivers/linux/log.h"
#include "drivers/linux/loop.h"
#include "drivers/linux/network.h"
#include "drivers/linux/random.h"
#include "drivers/net/http_client.h"
#include "drivers/net/url.h"

namespace nightjar::boards {
namespace {

using nlohmann::json;

constexpr auto kPatience = std::chrono::seconds{60};   // joining by a code looks for the host first

/// One device's API, a call at a time.
class Caller {
 public:
  Caller(const hal::Endpoint& at, std::string token)
      : token_(std::move(token)), network_(loop_, log_), clients_(network_, loop_, random_), client_(clients_.client({false, at, {}, {}, {}})) {}

  /// The answer's body, or the sentence that says why not.
  hal::Result<json> call(const std::string& method, const std::string& path, const json& body = nullptr) {
    hal::HttpRequest request{method, path, {}, body.is_null() ? "" : body.dump(), {}};
    if (!token_.empty()) request.headers.add("Authorization", "Bearer " + token_);
    if (!body.is_null()) request.headers.add("Content-Type", "application/json");
    std::optional<hal::Result<json>> out;
    const auto asking = client_->request(std::move(request), kPatience, [&](const hal::Result<hal::HttpResponse>& answer) {
      out = read(answer);
      loop_.stop();
    });
    loop_.run();
    return out ? *out : hal::Error{hal::ErrorKind::io, "interrupted"};
  }
  void wait(hal::Duration duration) {
    const auto timer = loop_.at(loop_.now() + duration, [this] { loop_.stop(); });
    loop_.run();
  }

 private:
  static hal::Result<json> read(const hal::Result<hal::HttpResponse>& answer) {
    if (!answer.ok()) return hal::Error{answer.error().kind, "no Nightjar answers there: " + answer.error().text()};
    auto body = json::parse(answer.value().body, nullptr, false);
    if (answer.value().status == 200 && body.is_object()) return body;
    const auto sentence = body.is_object() && body.contains("error") && body["error"].is_object() ? body["error"].value("message", "") : "";
    return hal::Error{hal::ErrorKind::refused, sentence.empty() ? fmt::format("HTTP {}", answer.value().status) : sentence};
  }

  std::string token_;
  os::AsioLoop loop_;
  os::ConsoleLog log_{hal::LogLevel::error};
  os::KernelRandom random_;
  os::AsioNetwork network_;
  net::HttpClients clients_;
  std::unique_ptr<hal::HttpClient> client_;
};

std::string text(const json& object, const char* name) {
  const auto at = object.find(name);
  return at == object.end() || at->is_null() ? "-" : at->is_string() ? at->get<std::string>() : at->dump();
}

hal::Result<json> list(Caller& device, double seconds) {
  if (auto begun = device.call("POST", "/api/session/discover", json::object()); !begun.ok()) return begun;
  device.wait(std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>{seconds}));
  auto status = device.call("GET", "/api/session");
  if (!status.ok()) return status;
  const auto found = status.value().value("discovered", json::array());
  for (const auto& one : found)
    fmt::print("{}  {}  {}  {}:{}  {}/{}  {}\n", text(one, "code"), text(one, "name"), text(one, "hostName"), text(one, "address"), text(one, "port"),
               text(one, "memberCount"), text(one, "maxMembers"), text(one, "discoveryMethod"));
  if (found.empty()) fmt::print("no session nearby\n");
  return status;
}

hal::Result<json> act(Caller& device, const SessionOptions& options) {
  if (options.action == "list") return list(device, options.seconds);
  json body = json::object();
  if (options.action == "host") body = {{"name", options.name}, {"maxMembers", options.members_max}};
  if (options.action == "join") body = {{"code", options.code}, {"address", options.address}, {"port", options.port}};
  auto status = device.call("POST", "/api/session/" + options.action, body);
  if (!status.ok()) return status;
  if (options.action == "host") fmt::print("{}\n", text(status.value(), "code"));
  if (options.action == "join") fmt::print("joined {} ({} members)\n", text(status.value(), "name"), status.value().value("members", json::array()).size());
  return status;
}

}  // namespace

CLI::App* add_session(CLI::App& program, SessionOptions& options) {
  auto* command = program.add_subcommand("session", "host or join a session of several devices");
  command->require_subcommand(1);
  const auto add = [&](const char* action, const char* what) {
    auto* one = command->add_subcommand(action, what);
    one->add_option("--device", options.device, "ADDRESS:PORT of the device to ask")->capture_default_str();
    one->add_option("--token", options.token, "where auth.token is set");
    one->callback([&options, action] { options.action = action; });
    return one;
  };
  auto* host = add("host", "host a session; prints its code");
  host->add_option("name", options.name, "its name");
  host->add_option("--members", options.members_max, "at most, the host included")->check(CLI::Range(2, 64))->capture_default_str();
  auto* join = add("join", "join the session of a code");
  join->add_option("code", options.code, "like A1B-2C3")->required();
  join->add_option("--address", options.address, "of the host, when it is not found by itself");
  join->add_option("--port", options.port, "of the host, with --address")->capture_default_str();
  auto* list_command = add("list", "list the sessions nearby");
  list_command->add_option("--seconds", options.seconds, "how long to listen")->check(CLI::Range(0.1, 60.0))->capture_default_str();
  add("leave", "leave the session");
  add("end", "end the hosted session");
  return command;
}

int session(const SessionOptions& options) {
  const auto url = net::parse_url("http://" + options.device + "/");
  const auto place = url ? url->endpoint() : std::nullopt;
  if (!place) {
    fmt::print(stderr, "nightjar: \"{}\" is no ADDRESS:PORT\n", options.device);
    return 2;
  }
  Caller device{*place, options.token};
  const auto done = act(device, options);
  if (done.ok()) return 0;
  fmt::print(stderr, "nightjar: {}\n", done.error().detail);
  return 1;
}

}  // namespace nightjar::boards
