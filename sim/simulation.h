#pragma once
// One night from its data to what came of it: the world is made, everything on the timeline happens, every promise is watched.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/director.h"
#include "sim/invariants.h"
#include "sim/scenario.h"

namespace nightjar::sim {

struct Outcome {
  std::optional<Broken> broken;
  hal::Duration lived{};                        // virtual time, until the end or until something broke
  std::uint64_t fingerprint = 0;                // of everything: the world's events, every step, every message
  std::uint64_t trace_hash = 0;                 // of every step of every machine
  std::uint64_t steps = 0;
  std::uint64_t events = 0;                     // on the time line
  std::size_t happened = 0;
  Invariants::Counts counts;
  std::vector<std::string> last_steps;          // the newest last
};

class Simulation {
 public:
  /// `on_line` gets every step as a line of text; `on_log` what devices write. Either may be empty.
  struct Ears {
    std::function<void(const std::string& line)> on_line;
    std::function<void(const std::string& line)> on_log;
  };
  explicit Simulation(const Scenario& scenario, Ears ears = {});
  Simulation(const Simulation&) = delete;

  /// To its end, or up to `until` without the curtain's checks, or to the first broken promise. Once.
  Outcome run(std::optional<hal::Duration> until = {});

  /// Instead of run(): everybody sets out, and whoever has the world lets its time go by; it never ends by itself.
  World& begin();
  /// Where the first device's page is. Once it listens, that is: some milliseconds after begin().
  hal::Endpoint page() const { return cast_.pis.front()->device->endpoint(); }
  const std::optional<Broken>& broken() const { return invariants_.broken(); }
  Outcome outcome();

  /// After the last happening; whatever was broken by then has found its way back.
  static constexpr hal::Duration kRecovery = std::chrono::minutes{4};

 private:
  struct Taken {
    const Cast::Pi* pi = nullptr;
    sml::Step step{};
  };
  void open();
  void stepped(const Cast::Pi& pi, const sml::Step& step);
  void schedule(std::size_t next);
  void look_later();
  void curtain();
  bool live_until(hal::Instant end);
  void cut_armed();
  void wait_for_writes();
  static std::string line(const Taken& taken);

  Scenario scenario_;
  Ears ears_;
  Cast cast_;
  Invariants invariants_;
  Director director_;
  std::uint64_t trace_hash_ = 0;
  std::uint64_t steps_ = 0;
  std::size_t happened_ = 0;
  bool cuts_armed_ = false;
  bool begun_ = false;        // by begin(): nobody asks after every event whether a cut is due
  std::vector<Taken> last_;   // a ring of kLast
};

}   // namespace nightjar::sim
