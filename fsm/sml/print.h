#pragma once

/// Diagrams and descriptions, printed from a machine's arrays: Mermaid, Graphviz DOT and JSON; lines of a trace.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "fsm/sml/introspect.h"
#include "fsm/sml/trace.h"

namespace sml {

/// "45s", "1500ms", "2min": the largest unit that needs no fraction.
inline std::string to_string(Time time) {
  constexpr std::pair<std::int64_t, const char*> units[] = {
      {3'600'000'000'000, "h"}, {60'000'000'000, "min"}, {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}};
  for (const auto& [size, name] : units)
    if (time.count() != 0 && time.count() % size == 0) return std::to_string(time.count() / size) + name;
  return time.count() == 0 ? "0s" : std::to_string(time.count()) + "ns";
}

/// "exposing  Failed  idle  (taken)"
inline std::string to_string(const TraceRecord& record, const MachineInfo& machine) {
  std::string text;
  for (const std::string_view part : {machine.state_name(record.from), machine.cause(record.event, record.row), machine.state_name(record.to)})
    text += std::string(part) + "  ";
  return text + "(" + std::string(to_string(record.verdict)) + ")";
}

namespace detail {

class Printer {
 public:
  explicit Printer(const MachineInfo& machine) : machine_(machine) {}

  /// What sets off a row: "Press", "after 45s", "entry".
  std::string trigger(const RowInfo& row) const {
    const auto event = row.event == kNoEvent ? std::string_view{"_"} : machine_.events[row.event];
    switch (row.kind) {
      case RowKind::event: return std::string(event);
      case RowKind::any_event: return "_";
      case RowKind::completion: return "";
      case RowKind::entry: return row.event == kNoEvent ? "entry" : "entry " + std::string(event);
      case RowKind::exit: return row.event == kNoEvent ? "exit" : "exit " + std::string(event);
      case RowKind::unexpected: return "unexpected " + std::string(event);
      case RowKind::after: return "after " + delay(row);
      case RowKind::every: return "every " + delay(row);
      case RowKind::exception: return "exception";
    }
    return "";
  }

  std::string label(const RowInfo& row) const {
    std::string text = trigger(row);
    if (!row.guard.empty()) text += (text.empty() ? "[" : " [") + std::string(row.guard) + "]";
    if (!row.action.empty()) text += (text.empty() ? "/ " : " / ") + std::string(row.action);
    return text;
  }

  bool has_description(std::uint8_t state) const {
    for (const RowInfo& row : machine_.rows)
      if (row.from == state && row.to == kNoState) return true;
    return false;
  }

  /// Internal rows, entry and exit actions as lines; events that are ignored or deferred gathered into one.
  template <class Line>
  void describe(std::uint8_t state, Line line) const {
    std::string ignored;
    std::string deferred;
    for (const RowInfo& row : machine_.rows) {
      if (row.from != state || row.to != kNoState) continue;
      if (row.ignores || (row.defers && row.guard.empty() && row.action == "defer")) {
        std::string& list = row.ignores ? ignored : deferred;
        list += (list.empty() ? "" : ", ") + trigger(row);
      } else {
        line(label(row));
      }
    }
    if (!deferred.empty()) line("defers " + deferred);
    if (!ignored.empty()) line("ignores " + ignored);
  }

  /// An identifier that no other state has.
  std::string id(std::uint8_t state) const {
    std::string text;
    if (machine_.states[state].parent != kNoState) text = id(machine_.states[state].parent) + "_";
    for (const char c : machine_.states[state].name) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      text += plain ? c : '_';
    }
    return text;
  }

  const MachineInfo& machine() const { return machine_; }

 private:
  static std::string delay(const RowInfo& row) {
    return row.delay_name.empty() ? to_string(row.delay) : std::string(row.delay_name);
  }
  const MachineInfo& machine_;
};

class Mermaid {
 public:
  explicit Mermaid(const MachineInfo& machine) : print_(machine), machine_(machine) {}

  std::string text() {
    out_ = "stateDiagram-v2\n";
    std::size_t regions = 0;
    for (const StateInfo& state : machine_.states)
      if (state.is_initial && state.parent == kNoState) ++regions;
    if (regions < 2) {
      inside(kNoState, kNoState, "    ");
    } else {
      out_ += "    state " + std::string(machine_.name) + " {\n";
      for (std::uint8_t region = 0; region < regions; ++region) {
        if (region > 0) out_ += "        --\n";
        inside(kNoState, region, "        ");
      }
      out_ += "    }\n";
    }
    return std::move(out_);
  }

 private:
  bool belongs(std::uint8_t state, std::uint8_t parent, std::uint8_t region) const {
    const StateInfo& s = machine_.states[state];
    return s.parent == parent && (region == kNoState || s.region == region);
  }
  static std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
      switch (c) {
        case ':': safe += "#58;"; break;
        case ';': safe += "#59;"; break;
        case '<': safe += "#lt;"; break;
        case '>': safe += "#gt;"; break;
        default: safe += c;
      }
    }
    return safe;
  }
  std::string name(std::uint8_t state) const { return machine_.states[state].terminal ? "[*]" : print_.id(state); }

  void inside(std::uint8_t parent, std::uint8_t region, const std::string& indent) {
    for (std::size_t i = 0; i < machine_.states.size(); ++i) {
      const auto state = static_cast<std::uint8_t>(i);
      const StateInfo& info = machine_.states[i];
      if (!belongs(state, parent, region) || info.terminal) continue;
      if (print_.id(state) != info.name || print_.has_description(state))
        out_ += indent + "state \"" + std::string(info.name) + "\" as " + print_.id(state) + "\n";
      print_.describe(state, [&](const std::string& line) { out_ += indent + print_.id(state) + " : " + escaped(line) + "\n"; });
      if (info.composite) {
        out_ += indent + "state " + print_.id(state) + " {\n";
        inside(state, kNoState, indent + "    ");
        out_ += indent + "}\n";
      }
    }
    if (parent == kNoState && (region == kNoState || region == 0)) in_any_state(indent);
    for (std::size_t i = 0; i < machine_.states.size(); ++i)
      if (machine_.states[i].is_initial && belongs(static_cast<std::uint8_t>(i), parent, region))
        out_ += indent + "[*] --> " + name(static_cast<std::uint8_t>(i)) + "\n";
    for (const RowInfo& row : machine_.rows) {
      if (row.to == kNoState || !belongs(row.to, parent, region)) continue;
      for (std::size_t i = 0; i < machine_.states.size(); ++i) {
        const auto from = static_cast<std::uint8_t>(i);
        const bool any = row.from == kAnyState && belongs(from, parent, region) && !machine_.states[i].terminal;
        if (from != row.from && !any) continue;
        out_ += indent + name(from) + " --> " + name(row.to);
        std::string label = escaped(print_.label(row));
        if (row.history) label += label.empty() ? "(H)" : " (H)";
        if (!label.empty()) out_ += " : " + label;
        out_ += "\n";
      }
    }
  }

  /// Rows of state<_> that leave no state have no arrow: they stand in a box of their own.
  void in_any_state(const std::string& indent) {
    bool named = false;
    for (const RowInfo& row : machine_.rows) {
      if (row.from != kAnyState || row.to != kNoState) continue;
      if (!named) out_ += indent + "state \"in any state that has no row of its own\" as any_state\n";
      named = true;
      out_ += indent + "any_state : " + escaped(print_.label(row)) + "\n";
    }
  }

  Printer print_;
  const MachineInfo& machine_;
  std::string out_;
};

inline std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

inline void dot_states(std::string& out, const Printer& print, std::uint8_t parent, const std::string& indent) {
  const MachineInfo& machine = print.machine();
  for (std::size_t i = 0; i < machine.states.size(); ++i) {
    const auto state = static_cast<std::uint8_t>(i);
    const StateInfo& info = machine.states[i];
    if (info.parent != parent) continue;
    std::string label(info.name);
    print.describe(state, [&](const std::string& line) { label += "\n" + line; });
    if (info.composite) {
      out += indent + "subgraph cluster_" + print.id(state) + " {\n" + indent + "  label=" + in_quotes(label) + ";\n";
      out += indent + "  " + print.id(state) + " [shape=point, style=invis];\n";
      dot_states(out, print, state, indent + "  ");
      out += indent + "}\n";
    } else if (info.terminal) {
      out += indent + print.id(state) + " [shape=doublecircle, label=\"\", width=0.15];\n";
    } else {
      out += indent + print.id(state) + " [label=" + in_quotes(label) + "];\n";
    }
    if (info.is_initial) {
      out += indent + print.id(state) + "_initial [shape=point];\n";
      out += indent + print.id(state) + "_initial -> " + print.id(state) + ";\n";
    }
  }
}

}  // namespace detail

/// A state diagram that GitHub renders in a ```mermaid block.
inline std::string to_mermaid(const MachineInfo& machine) { return detail::Mermaid(machine).text(); }

/// A graph for Graphviz.
inline std::string to_dot(const MachineInfo& machine) {
  const detail::Printer print(machine);
  std::string out = "digraph " + detail::in_quotes(machine.name) +
                    " {\n  compound=true;\n  node [shape=box, style=rounded];\n";
  detail::dot_states(out, print, kNoState, "  ");
  for (const RowInfo& row : machine.rows) {
    if (row.to == kNoState) continue;
    for (std::size_t i = 0; i < machine.states.size(); ++i) {
      const auto from = static_cast<std::uint8_t>(i);
      const StateInfo& state = machine.states[i];
      const bool any = row.from == kAnyState && state.parent == machine.states[row.to].parent && !state.terminal;
      if (from != row.from && !any) continue;
      out += "  " + print.id(from) + " -> " + print.id(row.to) + " [label=" + detail::in_quotes(print.label(row)) + "];\n";
    }
  }
  return out + "}\n";
}

/// All the arrays, for a program to read. States and events are given by name where a person looks, by number beside it.
inline std::string to_json(const MachineInfo& machine) {
  using detail::in_quotes;
  const detail::Printer print(machine);
  const auto flag = [](std::string_view name, bool set) { return set ? ", " + in_quotes(name) + ": true" : std::string{}; };
  const auto join = [](std::string& out, bool& first) { out += std::exchange(first, false) ? "\n    " : ",\n    "; };
  std::string out = "{\n  \"name\": " + in_quotes(machine.name) + ",\n  \"hash\": \"" + std::to_string(machine.hash) + "\",\n  \"states\": [";
  bool first = true;
  for (const StateInfo& state : machine.states) {
    join(out, first);
    out += "{\"name\": " + in_quotes(state.name);
    if (state.parent != kNoState) out += ", \"parent\": " + std::to_string(state.parent);
    if (machine.states.size() > machine.leaves || state.region != 0) out += ", \"region\": " + std::to_string(state.region);
    out += flag("initial", state.is_initial) + flag("composite", state.composite) + flag("terminal", state.terminal) + "}";
  }
  out += "\n  ],\n  \"events\": [";
  first = true;
  for (const std::string_view event : machine.events) {
    join(out, first);
    out += in_quotes(event);
  }
  out += "\n  ],\n  \"rows\": [";
  first = true;
  constexpr std::string_view kinds[] = {"event", "any_event", "completion", "entry", "exit", "unexpected", "after", "every", "exception"};
  for (const RowInfo& row : machine.rows) {
    join(out, first);
    out += "{\"from\": " + in_quotes(machine.state_name(row.from));
    if (row.from != kAnyState) out += ", \"from_state\": " + std::to_string(row.from);
    if (row.to != kNoState) out += ", \"to\": " + in_quotes(machine.state_name(row.to)) + ", \"to_state\": " + std::to_string(row.to);
    out += ", \"kind\": " + in_quotes(kinds[static_cast<std::size_t>(row.kind)]);
    if (row.event != kNoEvent) out += ", \"event\": " + in_quotes(machine.events[row.event]);
    if (!row.guard.empty()) out += ", \"guard\": " + in_quotes(row.guard);
    if (!row.action.empty()) out += ", \"action\": " + in_quotes(row.action);
    if (row.kind == RowKind::after || row.kind == RowKind::every) {
      out += row.delay_name.empty() ? ", \"delay_ns\": " + std::to_string(row.delay.count()) : ", \"delay\": " + in_quotes(row.delay_name);
    }
    out += flag("ignores", row.ignores) + flag("defers", row.defers) + flag("history", row.history);
    if (row.waived != 0) out += ", \"waived\": " + in_quotes(row.reason);
    out += ", \"label\": " + in_quotes(print.label(row)) + "}";
  }
  return out + "\n  ]\n}\n";
}

template <class T>
std::string to_mermaid() {
  return to_mermaid(info<T>);
}
template <class T>
std::string to_dot() {
  return to_dot(info<T>);
}
template <class T>
std::string to_json() {
  return to_json(info<T>);
}

}  // namespace sml
