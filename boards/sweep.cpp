#include "boards/sweep.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace nightjar::boards {

using namespace std::chrono_literals;

Sweep::Result Sweep::run() {
  const auto processors = std::max(1L, sysconf(_SC_NPROCESSORS_ONLN));
  terminal_ = isatty(STDERR_FILENO) != 0;
  began_ = loop_.now();
  next_seed_ = options_.first;
  for (long i = 0; i < processors; ++i) workers_.push_back(std::make_unique<os::Worker>(loop_, "night-" + std::to_string(i)));
  for (std::size_t i = 0; i < workers_.size(); ++i) next(i);
  show_progress();
  if (running_ != 0) loop_.run();
  if (terminal_) fmt::print(stderr, "\r\x1b[K");
  result_.next = next_seed_;
  result_.took = loop_.now() - began_;
  return std::move(result_);
}

void Sweep::next(std::size_t worker) {
  const bool over = result_.failure || next_seed_ > options_.last || (options_.at_most && loop_.now() - began_ >= *options_.at_most);
  if (over) {
    if (running_ == 0) loop_.stop();
    return;
  }
  const auto seed = next_seed_++;
  ++running_;
  const auto outcome = std::make_shared<sim::Outcome>();
  workers_[worker]->run(
      [this, seed, outcome] {
        const auto scenario = options_.scenario(seed);
        *outcome = sim::Simulation{scenario}.run();
        if (!options_.again || outcome->broken) return;
        if (sim::Simulation{scenario}.run().fingerprint != outcome->fingerprint)
          outcome->broken = sim::Broken{hal::Instant{outcome->lived}, "the same seed gives the same night", "it was run twice, and two different nights came of it"};
      },
      [this, worker, seed, outcome] { finished(worker, seed, std::move(*outcome)); });
}

void Sweep::finished(std::size_t worker, std::uint64_t seed, sim::Outcome outcome) {
  --running_;
  ++result_.nights;
  result_.lived += outcome.lived;
  result_.steps += outcome.steps;
  result_.fingerprint += sim::Chance::mix(outcome.fingerprint ^ seed);
  result_.counts += outcome.counts;
  if (outcome.broken && (!result_.failure || seed < result_.failure->seed)) result_.failure = Failure{seed, std::move(outcome)};
  next(worker);
}

/// One line that changes, on a terminal only.
void Sweep::show_progress() {
  if (!terminal_) return;
  const auto days = std::chrono::duration<double, std::ratio<86400>>{result_.lived}.count();
  fmt::print(stderr, "\r\x1b[K{} nights, {:.1f} days in the field, at seed {}", result_.nights, days, next_seed_ - 1);
  std::fflush(stderr);
  progress_ = loop_.at(loop_.now() + 500ms, [this] { show_progress(); });
}

}   // namespace nightjar::boards
