#pragma once
// A machine alone with its table: virtual time, and a port that writes down what was asked of it.
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using Asked = std::vector<std::string>;

/// Which rows were taken by a story, over all tests of one program.
template <class Table>
std::set<std::uint16_t>& rows_taken() {
  static std::set<std::uint16_t> rows;
  return rows;
}

template <class Table, class Port>
struct Rig {
  Port port;
  sml::machine<Table> machine;
  sml::Time now{std::chrono::hours{1}};   // an epoch is never zero in the field

  Rig() { machine.start(now, port, note()); }

  template <class Event>
  sml::Verdict on(const Event& event) {
    return machine.process(event, now, port, note());
  }
  /// Lets time pass, stopping at every deadline, as a loop does.
  void pass(sml::Time duration) {
    const auto end = now + duration;
    for (auto next = machine.next_deadline(); next && *next <= end; next = machine.next_deadline()) {
      now = std::max(now, *next);
      machine.advance(now, port, note());
    }
    now = end;
  }
  /// What was asked since the last call.
  Asked asked() { return std::exchange(port.asked, {}); }

  auto note() {
    return [](const sml::Step& step) {
      if (step.row != sml::kNoRow) rows_taken<Table>().insert(step.row);
    };
  }
};

/// The rows for which taken(row) is false, each as "row 5, from exposing on Failed". Entry and exit rows run with those that enter and leave.
template <class Table, class Taken>
std::vector<std::string> rows_without(Taken taken) {
  std::vector<std::string> out;
  for (std::uint16_t row = 0; row < sml::info<Table>.rows.size(); ++row) {
    const auto& info = sml::info<Table>.rows[row];
    if (info.kind == sml::RowKind::entry || info.kind == sml::RowKind::exit || taken(row)) continue;
    out.push_back("row " + std::to_string(row + 1) + ", from " + std::string{sml::info<Table>.state_name(info.from)} + " on " +
                  std::string{sml::info<Table>.cause(info.event, row)});
  }
  return out;
}

}  // namespace nightjar::fsm
