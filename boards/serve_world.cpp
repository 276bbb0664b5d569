#include "boards/serve_world.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "boards/world_server.h"
#include "drivers/linux/log.h"
#include "drivers/linux/network.h"
#include "sim/simulation.h"

namespace nightjar::boards {
namespace {

constexpr auto kLookEvery = std::chrono::seconds{1};
constexpr auto kVisitor = hal::IpAddress::v4(192, 168, 4, 250);   // beyond everybody a scenario can hold

}  // namespace

int serve_world(sim::Scenario scenario, const ServeOptions& options) {
  for (auto& device : scenario.devices) device.token.clear();   // nobody who looks at a drawn night was given one
  os::AsioLoop loop;
  os::ConsoleLog log;
  os::AsioNetwork network{loop, log};
  sim::Simulation::Ears ears;
  if (options.log) ears.on_log = [](const std::string& line) { fmt::print("{}\n", line); };
  sim::Simulation simulation{scenario, ears};
  auto& world = simulation.begin();
  WorldServer door{{world, loop, network, log}, simulation.page(), kVisitor, options.speed};
  const auto at = door.start({hal::IpAddress::any_v6(), options.port});
  if (!at.ok()) {
    fmt::print(stderr, "nightjar: cannot listen: {}\n", at.error().text());
    return 2;
  }
  fmt::print("{} goes by at {} times its speed.\nNightjar is ready: http://127.0.0.1:{}\n", scenario.name, options.speed, at.value().port);
  std::fflush(stdout);

  const auto signals = loop.on_signal({SIGTERM, SIGINT}, [&loop](int) { loop.stop(); });
  hal::Operation looking;
  const std::function<void()> look = [&] {
    if (simulation.broken()) return loop.stop();
    looking = loop.at(loop.now() + kLookEvery, look);
  };
  look();
  loop.run();
  if (!simulation.broken()) return 0;
  const auto& broken = *simulation.broken();
  fmt::print("broken at {}: {}\n  {}\n", sim::clock_text(std::chrono::floor<std::chrono::milliseconds>(broken.at.time_since_epoch())), broken.promise, broken.detail);
  for (const auto& line : simulation.outcome().last_steps) fmt::print("    {}\n", line);
  return 1;
}

}  // namespace nightjar::boards
