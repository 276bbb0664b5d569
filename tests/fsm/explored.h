#pragma once
// A lifecycle explored whole: every event, and every passing of time, in every situation it can come into. Behind its port stands a
// small world that remembers what was asked of it; the invariants speak of both. A counterexample is a shortest list of inputs.
#include <string>

#include "fsm/sml/explore.h"
#include "tests/fsm/rig.h"

namespace nightjar::fsm {

template <class Table, class World>
using Explored = sml::Exploration<Table, World>;

/// Whether the input is an event of that type.
template <class Event, class Table>
bool brings(const sml::Input<Table>& input) {
  return input.kind == sml::Input<Table>::Kind::event && input.event.id() == sml::detail::Model<Table>::template event_id<Event>;
}

/// The input's event; null when it is none of that type.
template <class Event, class Table>
const Event* brought(const sml::Input<Table>& input) {
  return brings<Event>(input) ? static_cast<const Event*>(input.event.payload()) : nullptr;
}

/// What a region of the table alone can come to, whatever the guards say: no state without a way out, none without a way back.
template <class Table>
void expect_sound_table(std::uint8_t region) {
  const auto table = sml::explore_table(sml::info<Table>, region);
  const auto path = [](const sml::TableFinding& finding) {
    std::string out{sml::info<Table>.state_name(finding.state)};
    for (const auto& cause : finding.path) out += " < " + cause;
    return out;
  };
  for (const auto& finding : table.deadlocks) ADD_FAILURE() << "no way out of " << path(finding);
  for (const auto& finding : table.traps) ADD_FAILURE() << "no way back from " << path(finding);
}

/// Nothing is found, and nothing was left out: every row was taken by some path.
template <class Table, class World>
void expect_explored(const Explored<Table, World>& what) {
  for (std::size_t region = 0; region < sml::machine<Table>::regions(); ++region) expect_sound_table<Table>(static_cast<std::uint8_t>(region));
  const auto report = sml::explore(what);
  EXPECT_TRUE(report.ok()) << sml::info<Table>.name << ": " << report.text();
  EXPECT_THAT(rows_without<Table>([&](std::uint16_t row) { return report.counters.row(row) != 0; }), testing::IsEmpty()) << "no path takes them";
  testing::Test::RecordProperty("situations", static_cast<int>(report.situations));
}

}  // namespace nightjar::fsm
