#include "boards/simulate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "boards/commit.h"
#include "boards/files.h"
#include "boards/recording.h"
#include "boards/serve_world.h"
#include "boards/sweep.h"
#include "boards/world_server.h"
#include "sim/fault_plan.h"
#include "sim/shrink.h"

namespace nightjar::boards {
namespace {

constexpr int kBroken = 1;
constexpr int kUsage = 2;
constexpr int kShrinkRuns = 2'000;

int fail(const std::string& sentence) {
  fmt::print(stderr, "nightjar: {}\n", sentence);
  return kUsage;
}

struct Seeds {
  std::uint64_t first = 0, last = 0;
};

std::optional<Seeds> parse_seeds(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits, std::uint64_t& into) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return !digits.empty() && error == std::errc{} && end == digits.data() + digits.size();
  };
  Seeds out;
  if (!number(text.substr(0, dots), out.first) || !number(text.substr(dots + 2), out.last) || out.last < out.first) return std::nullopt;
  return out;
}

std::string minutes_of(hal::Instant at) { return sim::clock_text(std::chrono::ceil<std::chrono::seconds>(at.time_since_epoch() + std::chrono::milliseconds{1})); }
std::string milliseconds_of(hal::Instant at) { return sim::clock_text(std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch())); }

/// What was broken, what went before, and how to have it again.
void tell_failure(std::uint64_t seed, const sim::Outcome& outcome, const std::string& how) {
  const auto& broken = *outcome.broken;
  fmt::print("FAIL  seed={}  commit={}  at {}\n", seed, kCommit, milliseconds_of(broken.at));
  fmt::print("  broken: {}\n          {}\n", broken.promise, broken.detail);
  for (const auto& line : outcome.last_steps) fmt::print("    {}\n", line);
  fmt::print("  again:  nightjar simulate {} --until {} --log full\n", how, minutes_of(broken.at));
}

void tell_counts(const sim::Invariants::Counts& counts) {
  const auto& all = counts.sessions;
  fmt::print("  {} sessions, {} reports: {} shots saved, {} failed, {} missed; the cameras exposed {} times for {} presses\n", all.sessions, all.reports, all.saved,
             all.failed, all.missed, counts.exposures, counts.presses);
}

class Command {
 public:
  explicit Command(const SimulateOptions& options) : options_(options) {}

  int run() {
    if (const auto wrong = prepare(); !wrong.empty()) return fail(wrong);
    if (seeds_) return sweep();
    const auto scenario = this->scenario(options_.seed);
    if (options_.serve) return serve_world(scenario, {*options_.serve, options_.speed, options_.log == "full"});
    return one(scenario);
  }

 private:
  std::string prepare() {
    if (!options_.scenario.empty()) {
      const auto text = read_file(options_.scenario);
      if (!text.ok()) return text.error().detail;
      auto read = sim::read_scenario(text.value());
      if (!read.ok()) return options_.scenario + ": " + read.error().detail;
      written_ = std::move(read).value();
    }
    if (!options_.until.empty()) {
      until_ = sim::parse_clock(options_.until);
      if (!until_) return fmt::format("--until is a time of the night like 00:14:08, not \"{}\"", options_.until);
    }
    if (!options_.seeds.empty()) {
      seeds_ = parse_seeds(options_.seeds);
      if (!seeds_) return fmt::format("--seeds is A..B, not \"{}\"", options_.seeds);
    }
    return {};
  }

  sim::Scenario scenario(std::uint64_t seed) const {
    if (!written_) return sim::drawn_night(seed, std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double, std::ratio<3600>>{options_.hours}));
    auto out = *written_;
    if (options_.seed_given || seeds_) out.seed = seed;
    return out;
  }
  std::string how(std::uint64_t seed) const {
    if (written_) return fmt::format("--scenario {} --seed {}", options_.scenario, seed);
    return options_.hours == 12 ? fmt::format("--seed {}", seed) : fmt::format("--seed {} --hours {}", seed, options_.hours);
  }

  int one(const sim::Scenario& scenario) {
    sim::Simulation::Ears ears;
    const bool full = options_.log == "full";
    std::optional<Recording> recording;
    if (!options_.trace.empty()) {
      recording.emplace(options_.trace, scenario, until_);
      if (!recording->good()) return fail("cannot write " + options_.trace);
    }
    if (full || recording)
      ears.on_line = [&](const std::string& line) {
        if (full) fmt::print("{}\n", line);
        if (recording) recording->add(line);
      };
    if (full) ears.on_log = [](const std::string& line) { fmt::print("{}\n", line); };
    const auto outcome = sim::Simulation{scenario, ears}.run(until_);
    if (recording && !recording->finish(outcome)) return fail("cannot write " + options_.trace);
    if (outcome.broken) {
      tell_failure(scenario.seed, outcome, how(scenario.seed));
      if (!options_.shrunken.empty()) return write_shrunken(scenario, *outcome.broken);
      return kBroken;
    }
    fmt::print("{}: {} in the field, {} things happened, and every promise was kept.\n", scenario.name, sim::clock_text(std::chrono::floor<std::chrono::seconds>(outcome.lived)),
               outcome.happened);
    tell_counts(outcome.counts);
    fmt::print("  {} power cuts, {} steps of machines, fingerprint {:016x}\n", outcome.counts.power_cuts, outcome.steps, outcome.fingerprint);
    return 0;
  }

  int sweep() {
    Sweep::Options sweep{seeds_->first, seeds_->last, {}, options_.again, [this](std::uint64_t seed) { return scenario(seed); }};
    if (options_.for_seconds) sweep.at_most = std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>{*options_.for_seconds});
    const auto result = Sweep{std::move(sweep)}.run();
    if (result.failure) {
      tell_failure(result.failure->seed, result.failure->outcome, how(result.failure->seed));
      if (options_.as_found) return kBroken;
      return write_shrunken(scenario(result.failure->seed), *result.failure->outcome.broken);
    }
    const auto lived = std::chrono::duration<double, std::ratio<86400>>{result.lived}.count();
    const auto took = std::chrono::duration<double>{result.took}.count();
    fmt::print("{} nights, seeds {} to {}: {:.1f} days in the field in {:.1f} s, and every promise was kept.\n", result.nights, seeds_->first, result.next - 1, lived, took);
    tell_counts(result.counts);
    fmt::print("  {} power cuts, {} steps of machines, fingerprint of all {:016x}\n", result.counts.power_cuts, result.steps, result.fingerprint);
    return 0;
  }

  int write_shrunken(const sim::Scenario& scenario, const sim::Broken& broken) {
    const auto fails = [&](const sim::Scenario& candidate) {
      const auto outcome = sim::Simulation{candidate}.run();
      return outcome.broken && outcome.broken->promise == broken.promise;
    };
    auto [smallest, runs] = sim::shrink(scenario, fails, kShrinkRuns);
    smallest.name = fmt::format("shrunken from seed {}: {}", scenario.seed, broken.promise);
    fmt::print("  shrunk: from {} things that happen to {}, in {} runs\n", scenario.happenings.size(), smallest.happenings.size(), runs);
    for (const auto& happening : smallest.happenings) fmt::print("    {}\n", sim::to_toml(happening));
    if (options_.shrunken.empty()) {
      fmt::print("  (--shrunken FILE keeps it as a scenario)\n");
      return kBroken;
    }
    std::ofstream file{options_.shrunken, std::ios::binary};
    if (!(file << sim::to_toml(smallest)).flush()) return fail("cannot write " + options_.shrunken);
    fmt::print("  again:  nightjar simulate --scenario {}\n", options_.shrunken);
    return kBroken;
  }

  const SimulateOptions& options_;
  std::optional<sim::Scenario> written_;
  std::optional<hal::Duration> until_;
  std::optional<Seeds> seeds_;
};

}   // namespace

CLI::App* add_simulate(CLI::App& program, SimulateOptions& options) {
  auto* command = program.add_subcommand("simulate", "live through nights in a world on virtual time, and watch that every promise is kept");
  auto* seed = command->add_option("--seed", options.seed, "the night; the same seed gives the same night")->capture_default_str();
  auto* seeds = command->add_option("--seeds", options.seeds, "many nights, A..B, on all cores, up to the first that fails")->excludes(seed);
  command->add_option("--hours", options.hours, "how long a night lasts")->check(CLI::Range(0.05, 100'000.0))->capture_default_str();
  auto* until = command->add_option("--until", options.until, "stop at this time of the night, HH:MM:SS")->excludes(seeds);
  command->add_option("--scenario", options.scenario, "a TOML file that says who is there and what happens; else both are drawn from the seed");
  command->add_option("--log", options.log, "full: print every step of every machine and every line of the log")->check(CLI::IsMember({"full"}))->excludes(seeds);
  auto* trace = command->add_option("--trace", options.trace, "write every step to this file, for nightjar replay")->excludes(seeds);
  auto* shrunken = command->add_option("--shrunken", options.shrunken, "write the smallest scenario that still fails to this file");
  command->add_option("--for", options.for_seconds, "with --seeds: start no new night after so many seconds")->check(CLI::Range(0.0, 1e6))->needs(seeds);
  auto* serve = command->add_option("--serve", options.serve, "let the night go by with the clock, and show its first device's page on this port; 0 takes a free one");
  serve->excludes(seeds)->excludes(until)->excludes(trace)->excludes(shrunken);
  command->add_option("--speed", options.speed, "with --serve: seconds of the night in a second")->check(CLI::Range(1, WorldServer::kSpeedMax))->needs(serve)->capture_default_str();
  command->add_flag("--as-found", options.as_found, "with --seeds: do not look for the smallest scenario that still fails")->needs(seeds);
  command->add_flag("--again", options.again, "with --seeds: live through each night twice, the same must come of it")->needs(seeds);
  command->callback([&options, seed] { options.seed_given = seed->count() != 0; });
  return command;
}

int simulate(const SimulateOptions& options) { return Command{options}.run(); }

}   // namespace nightjar::boards
