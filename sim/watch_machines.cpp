#include "sim/watch_machines.h"

#include <fmt/format.h>

#include "fsm/sml/print.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kExact = "every timer of a table is kept to the nanosecond";
constexpr auto kBackoff = "a lost camera is tried again after 5, 10, 20, 40, then every 60 seconds";
constexpr auto kStuck = "no machine stays longer in a state than its table allows";
constexpr auto kExpected = "no event comes that no row of its state expects";

}   // namespace

void WatchMachines::stepped(const sml::Step& step) {
  if (step.machine->name == "client_session" || step.machine->name == "client_time") return;   // there are several: a step does not say whose it is
  auto& seen = machines_[{step.machine->name, step.machine->states[step.from].region}];
  if (seen.info == nullptr) seen = {step.machine, step.from, step.time, 0};
  const bool crossed = seen.since == step.time;   // it was on its way through the queue when the state was left
  if (step.verdict == sml::Verdict::unexpected && !crossed)
    findings_.broken(kExpected, fmt::format("{} was {} when {} came", step.machine->name, step.from_name(), step.event_name()));
  if (step.verdict != sml::Verdict::taken) return;
  check_timer(seen, step);
  if (step.machine->name == "camera_link") count_attempts(seen, step);
  seen.state = step.to;
  seen.since = step.time;
}

void WatchMachines::check_timer(const Seen& seen, const sml::Step& step) const {
  if (step.row >= step.machine->rows.size()) return;
  const auto& row = step.machine->rows[step.row];
  if (row.kind != sml::RowKind::after) return;
  const auto stayed = step.time - seen.since;
  const bool is_backoff = step.machine->name == "camera_link" && step.from_name() == "backing_off";
  if (!row.delay_name.empty() && !is_backoff) return;   // the intervalometer's grid is watched by WatchSession
  const auto promised = is_backoff ? backoff(seen.attempt) : row.delay;
  if (stayed == promised) return;
  findings_.broken(is_backoff ? kBackoff : kExact, fmt::format("{} left {} after {} and not {}", step.machine->name, step.from_name(),
                                                                sml::to_string(stayed), sml::to_string(promised)));
}

void WatchMachines::count_attempts(Seen& seen, const sml::Step& step) {
  if (step.event_name() == "Retarget" || step.to_name() == "ready") seen.attempt = 0;
  if (step.to_name() == "backing_off") ++seen.attempt;
}

sml::Time WatchMachines::backoff(int attempt) {
  constexpr sml::Time kSchedule[] = {5s, 10s, 20s, 40s, 60s};
  return kSchedule[attempt < 1 ? 0 : attempt > 5 ? 4 : attempt - 1];
}

void WatchMachines::look() const {
  const auto now = findings_.now().time_since_epoch();
  for (const auto& [key, seen] : machines_) {
    const auto& name = key.first;
    for (const auto& row : seen.info->rows) {
      if (row.from != seen.state || row.kind != sml::RowKind::after || !row.guard.empty()) continue;
      const auto most = row.delay_name.empty() ? row.delay : name == "camera_link" ? backoff(seen.attempt) : sml::Time{24h};
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
