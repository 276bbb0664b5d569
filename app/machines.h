#pragma once
// Every lifecycle of the program as data: for `nightjar machines`, for the page, for documents.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/hosted.h"

namespace nightjar::app {

struct Lifecycle {
  const sml::MachineInfo* info;
  std::string (*mermaid)();
  std::string (*dot)();
  std::string (*json)();
};

/// All lifecycles, in the order of the README.
std::span<const Lifecycle> lifecycles();

/// One machine that runs now.
struct LiveMachine {
  const sml::MachineInfo* info;
  std::vector<std::string_view> states;   // one for each region
  std::optional<hal::Instant> next_deadline;
};

template <class Table>
LiveMachine live(const Hosted<Table>& hosted) {
  LiveMachine out{&sml::info<Table>, {}, hosted.next_deadline()};
  hosted.machine().visit_current_states([&out](auto state) { out.states.push_back(state.name()); });
  return out;
}

/// {"now_ms", "steps", "machines":[{name, state, states: of all regions}], "trace":[{at_ms, machine, from, event, to, verdict}]}: the steps from number `since`
/// on, of `steps` ever taken, as far as they are still kept. Times are of the program's own clock, as is `now_ms`.
std::string live_machines_json(const std::vector<LiveMachine>& machines, const Trace& trace, hal::Instant now, std::size_t since);

/// Every lifecycle's table, as `nightjar machines --format json` prints it.
std::string machine_tables_json();

}  // namespace nightjar::app
