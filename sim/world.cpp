#include "sim/world.h"

#include <stdexcept>

namespace nightjar::sim {

World::World(std::uint64_t seed) : chance_(Chance{seed}.fork("script")), seeds_(seed), network_(timeline_, Chance{seed}.fork("network")) {
  timeline_.note(seed);
}

World::~World() { timeline_.close(); }

Host& World::add_host(std::string name) {
  const auto owner = static_cast<Timeline::Owner>(hosts_.size() + 1);
  hosts_.push_back(std::make_unique<Host>(timeline_, network_, seeds_, owner, std::move(name)));
  return *hosts_.back();
}

Host& World::add_host(std::string name, const hal::IpAddress& address, int prefix) {
  auto& host = add_host(std::move(name));
  host.network().join(network_.lan(), "eth0", address, prefix);
  return host;
}

Host& World::host(std::string_view name) {
  for (const auto& host : hosts_)
    if (host->name() == name) return *host;
  throw std::out_of_range("no host " + std::string{name});
}

void World::run_until(hal::Instant when) {
  for (auto next = timeline_.next(); next && *next <= when; next = timeline_.next()) timeline_.step();
  timeline_.skip_to(when);
}

bool World::run_until(const std::function<bool()>& done, hal::Duration bound) {
  const auto last = now() + bound;
  while (!done()) {
    const auto next = timeline_.next();
    if (!next || *next > last) {
      timeline_.skip_to(last);
      return done();
    }
    timeline_.step();
  }
  return true;
}

}   // namespace nightjar::sim
