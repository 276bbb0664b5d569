#include "sim/watch_machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fsm/sml/print.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kExact = "every timer of a table is kept to the nanosecond";
constexpr auto kBackoff = "a lost camera is tried again after 5, 10, 20, 40, then every 60 seconds, a lost uplink after 1, 2, 4, 8, 16, then 30";
constexpr auto kStuck = "no machine stays longer in a state than its table allows";
constexpr auto kExpected = "no event comes that no row of its state expects";

constexpr std::array<std::string_view, 4> kSeveral{"client_session", "client_time", "session_guest", "hub_session"};   // a step does not say whose it is

}   // namespace

void WatchMachines::stepped(const sml::Step& step) {
  if (std::ranges::find(kSeveral, step.machine->name) != kSeveral.end()) return;
  auto& seen = machines_[{step.machine->name, step.machine->states[step.from].region}];
  if (seen.info == nullptr) seen = {step.machine, step.from, step.time, 0};
  if (step.verdict == sml::Verdict::unexpected)
    findings_.broken(kExpected, fmt::format("{} was {} when {} came", step.machine->name, step.from_name(), step.event_name()));
  if (step.verdict != sml::Verdict::taken) return;
  check_timer(seen, step);
  if (!waits_in(step.machine->name).empty()) count_attempts(seen, step);
  seen.state = step.to;
  seen.since = step.time;
}

void WatchMachines::check_timer(const Seen& seen, const sml::Step& step) const {
  if (step.row >= step.machine->rows.size()) return;
  const auto& row = step.machine->rows[step.row];
  if (row.kind != sml::RowKind::after) return;
  const auto stayed = step.time - seen.since;
  const bool is_backoff = step.from_name() == waits_in(step.machine->name);
  if (!row.delay_name.empty() && !is_backoff) return;   // the intervalometer's grid is watched by WatchSession
  const auto promised = is_backoff ? backoff(step.machine->name, seen.attempt) : row.delay;
  if (stayed == promised) return;
  findings_.broken(is_backoff ? kBackoff : kExact, fmt::format("{} left {} after {} and not {}", step.machine->name, step.from_name(),
                                                                sml::to_string(stayed), sml::to_string(promised)));
}

void WatchMachines::count_attempts(Seen& seen, const sml::Step& step) {
  const auto event = step.event_name(), to = step.to_name();
  const bool uplink = step.machine->name == "connection";
  if (event == "Retarget" || (uplink && (event == "Retry" || event == "Logout")) || to == (uplink ? "connected" : "ready")) seen.attempt = 0;
  if (to == waits_in(step.machine->name)) ++seen.attempt;
}

std::string_view WatchMachines::waits_in(std::string_view machine) {
  return machine == "camera_link" ? "backing_off" : machine == "connection" ? "reconnecting" : "";
}

sml::Time WatchMachines::backoff(std::string_view machine, int attempt) {
  static constexpr std::array<sml::Time, 5> kCamera{5s, 10s, 20s, 40s, 60s};
  static constexpr std::array<sml::Time, 6> kUplink{1s, 2s, 4s, 8s, 16s, 30s};
  const auto at = [attempt](const auto& schedule) { return schedule[std::min(static_cast<std::size_t>(std::max(attempt, 1)), schedule.size()) - 1]; };
  return machine == "camera_link" ? at(kCamera) : at(kUplink);
}

void WatchMachines::look() const {
  const auto now = findings_.now().time_since_epoch();
  for (const auto& [key, seen] : machines_) {
    const auto& name = key.first;
    for (const auto& row : seen.info->rows) {
      if (row.from != seen.state || row.kind != sml::RowKind::after || row.to == sml::kNoState || !row.guard.empty()) continue;
      const auto most = row.delay_name.empty() ? row.delay : !waits_in(name).empty() ? backoff(name, seen.attempt) : sml::Time{24h};
      if (now - seen.since > most)
        findings_.broken(kStuck, fmt::format("{} has been {} for {}", name, seen.info->state_name(seen.state), sml::to_string(now - seen.since)));
    }
  }
}

std::string_view WatchMachines::state(std::string_view machine) const {
  const auto found = machines_.find({machine, 0});
  return found == machines_.end() ? std::string_view{} : found->second.info->state_name(found->second.state);
}

}   // namespace nightjar::sim
