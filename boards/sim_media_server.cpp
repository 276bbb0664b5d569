// nightjar-sim-media-server: the simulated Jellyfin server as a program of its own, for trying the link over a real network and for
// tests from outside.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "drivers/linux/clocks.h"
#include "drivers/linux/log.h"
#include "drivers/linux/network.h"
#include "drivers/linux/random.h"
#include "drivers/net/http_server.h"
#include "sim/media/media_control.h"

namespace {

using namespace nightjar;

constexpr int kUsage = 2;   // a wrong option, value or port: one line says which

int fail(const std::string& sentence) {
  fmt::print(stderr, "nightjar-sim-media-server: {}\n", sentence);
  return kUsage;
}

struct Wishes {
  sim::MediaServerOptions server;
  std::string listen = "127.0.0.1";
  std::optional<std::uint16_t> control_port;
  bool empty = false;
};

/// So that there is something to see.
void furnish(sim::MediaServer& server) {
  const auto ada = server.add_user("ada", true);
  const auto bob = server.add_user("bob");
  const auto couch = server.start_session(bob, "Jellyfin Android TV", "Living room");
  server.start_session(ada, "Jellyfin Web", "Firefox");
  server.play(couch, "The Sky at Night");
}

int run(const Wishes& wishes) {
  os::AsioLoop loop;
  os::ConsoleLog log;
  os::KernelRandom random;
  os::AsioNetwork network{loop, log};
  os::SystemWallClock wall_clock{loop};
  net::HttpServers servers{network, loop, random};
  sim::MediaServer server{wishes.server, loop, servers, wall_clock};
  sim::MediaControl control{server};
  std::unique_ptr<hal::HttpServer> control_port;
  if (wishes.control_port) {
    auto opened = servers.serve({hal::IpAddress::loopback(), *wishes.control_port}, {}, control);
    if (!opened.ok()) return fail("--control-port: " + opened.error().text());
    control_port = std::move(opened).value();
    fmt::print("Control: http://{}/sim/state\n", control_port->local().text());
  }
  if (!wishes.empty) furnish(server);
  if (const auto on = server.power_on(); !on.ok()) return fail("--port: " + on.error().text());
  fmt::print("{} is ready: http://{}\n", wishes.server.name, server.endpoint().text());
  std::fflush(stdout);
  const auto signals = loop.on_signal({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
  loop.run();
  return 0;
}

}   // namespace

int main(int argc, char** argv) {
  CLI::App app{"A simulated Jellyfin server: accounts, clients that play, REST and WebSocket, and faults."};
  Wishes wishes;
  wishes.server.listen.port = 8096;
  app.add_option("--listen", wishes.listen, "address to listen at")->capture_default_str();
  app.add_option("--port", wishes.server.listen.port, "0 = any free one")->capture_default_str();
  app.add_option("--control-port", wishes.control_port, "port of /sim/... on the loopback, where people and faults are switched; 0 = any free one");
  app.add_option("--api-key", wishes.server.api_key)->capture_default_str();
  app.add_option("--password", wishes.server.password, "everybody's")->capture_default_str();
  app.add_option("--name", wishes.server.name)->capture_default_str();
  app.add_option("--server-version", wishes.server.version, "the version it says it has")->capture_default_str();
  app.add_flag("--empty", wishes.empty, "nobody has an account yet");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  const auto listen = hal::IpAddress::parse(wishes.listen);
  if (!listen) return fail(fmt::format("--listen {} is no address", wishes.listen));
  wishes.server.listen.address = *listen;
  return run(wishes);
}
