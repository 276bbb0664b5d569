// nightjar-sim-metrics: the simulated metrics server as a program of its own, for trying the uplink over a real network.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "drivers/linux/log.h"
#include "drivers/linux/network.h"
#include "drivers/linux/random.h"
#include "drivers/net/http_server.h"
#include "sim/metrics_server.h"

int main(int argc, char** argv) {
  using namespace nightjar;
  constexpr int kUsage = 2;
  const auto fail = [](const std::string& sentence) {
    fmt::print(stderr, "nightjar-sim-metrics: {}\n", sentence);
    return kUsage;
  };
  sim::MetricsServerOptions options;
  std::string listen = "127.0.0.1";
  double every_s = 5;
  CLI::App app{"A simulated metrics server: sends metrics, hears devices, and fails when told to (POST /sim/...)."};
  app.add_option("--listen", listen, "address to listen at")->capture_default_str();
  app.add_option("--port", options.listen.port, "port; 0 = any free one")->capture_default_str();
  app.add_option("--token", options.token, "what ?token= must say; anything when it is not given");
  app.add_option("--every", every_s, "seconds from one metrics message to the next")->check(CLI::Range(0.01, 3600.0))->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  const auto address = hal::IpAddress::parse(listen);
  if (!address) return fail(fmt::format("--listen {} is no address", listen));
  options.listen.address = *address;
  options.every = std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>(every_s));

  os::AsioLoop loop;
  os::ConsoleLog log;
  os::KernelRandom random;
  os::AsioNetwork network{loop, log};
  net::HttpServers servers{network, loop, random};
  sim::MetricsServer server{options, loop, servers};
  if (const auto on = server.power_on(); !on.ok()) return fail(on.error().text());
  fmt::print("Metrics server is ready: ws://{}{}\n", server.local().text(), options.path);
  std::fflush(stdout);
  const auto signals = loop.on_signal({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
  loop.run();
  server.power_off();
  return 0;
}
