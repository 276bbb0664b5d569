#pragma once
// `nightjar simulate --serve`: a simulated night that a person visits with a browser while it goes by.
#include <cstdint>

#include "sim/scenario.h"

namespace nightjar::boards {

struct ServeOptions {
  std::uint16_t port = 3000;
  int speed = 1;              // seconds of the night in a second
  bool log = false;           // every line of the devices' logs
};

/// Devices ask for no token. Until SIGTERM or SIGINT, or a broken promise; gives the exit status.
int serve_world(sim::Scenario scenario, const ServeOptions& options);

}  // namespace nightjar::boards
