#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/linux/loop.h"
#include "drivers/linux/loop_worker.h"
#include "sim/simulation.h"

namespace nightjar::boards {

/// Many nights, one world to a core. Stops at the first that fails.
class Sweep {
 public:
  struct Options {
    std::uint64_t first = 1;
    std::uint64_t last = 1;                       // included
    std::optional<hal::Duration> at_most;         // of the desk's time
    bool again = false;                           // run each twice and compare
    std::function<sim::Scenario(std::uint64_t seed)> scenario;
  };
  struct Failure {
    std::uint64_t seed = 0;
    sim::Outcome outcome;
  };
  struct Result {
    std::uint64_t nights = 0;
    std::uint64_t next = 0;                       // the first seed not run
    hal::Duration lived{};
    hal::Duration took{};
    sim::Invariants::Counts counts;
    std::uint64_t steps = 0;
    std::uint64_t fingerprint = 0;                // of all nights, in any order
    std::optional<Failure> failure;               // the lowest seed that failed
  };

  explicit Sweep(Options options) : options_(std::move(options)) {}
  Result run();

 private:
  void next(std::size_t worker);
  void finished(std::size_t worker, std::uint64_t seed, sim::Outcome outcome);
  void show_progress();

  Options options_;
  os::AsioLoop loop_;
  std::vector<std::unique_ptr<os::Worker>> workers_;
  std::size_t running_ = 0;
  std::uint64_t next_seed_ = 0;
  hal::Instant began_{};
  hal::Operation progress_;
  bool terminal_ = false;
  Result result_;
};

}   // namespace nightjar::boards
