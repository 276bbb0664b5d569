#pragma once

/// What a machine is made of, as arrays: the same data the dispatcher was generated from.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "fsm/sml/dispatch.h"

namespace sml {

/// What became of an event. `dropped` is seen by observers only: a full queue refused it.
enum class Verdict : std::uint8_t {
  unexpected,  ///< no row of the state names it
  refused,     ///< there are rows, and their guards said no
  internal,    ///< handled; the state was not left
  taken,       ///< handled; the state was left
  dropped,
};

constexpr std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::string_view, 5> names{"unexpected", "refused", "internal", "taken", "dropped"};
  return names[static_cast<std::size_t>(verdict)];
}

enum class RowKind : std::uint8_t { event, any_event, completion, entry, exit, unexpected, after, every, exception };

struct StateInfo {
  std::string_view name;
  std::uint8_t parent;   ///< the composite around it, or kNoState
  std::uint8_t initial;  ///< of a composite: where it begins
  std::uint8_t region;
  bool composite;
  bool terminal;
  bool is_initial;
};

struct RowInfo {
  std::uint8_t from;   ///< a state, or kAnyState
  std::uint8_t to;     ///< a state, or kNoState: the row is internal
  std::uint8_t event;  ///< an event, or kNoEvent: any, or none (see kind)
  RowKind kind;
  bool ignores;
  bool defers;
  bool history;              ///< the target resumes where it was left
  std::string_view guard;    ///< empty: none
  std::string_view action;   ///< empty: none
  Time delay;                ///< of a timer with a constant delay
  std::string_view delay_name;  ///< of a timer that asks the context for its delay on entry: what it asks
  std::uint32_t waived;      ///< faults accepted at this row
  std::string_view reason;   ///< and why
};

/// A machine, whatever its type: for programs that list all their machines.
struct MachineInfo {
  std::string_view name;
  std::span<const StateInfo> states;
  std::size_t leaves;  ///< the first so many states are leaves; the others are composites
  std::span<const std::string_view> events;
  std::span<const RowInfo> rows;
  std::uint64_t hash;  ///< of the table: what a snapshot, a trace and a recording were made with

  constexpr std::string_view state_name(std::uint8_t state) const {
    if (state < states.size()) return states[state].name;
    return state == kAnyState ? "_" : "(none)";
  }
  /// What set off a step: an event's name, or what stands in its place.
  constexpr std::string_view cause(std::uint8_t event, std::uint16_t row) const {
    if (event < events.size()) return events[event];
    if (row >= rows.size()) return "(start)";
    switch (rows[row].kind) {
      case RowKind::after: return "(after)";
      case RowKind::every: return "(every)";
      case RowKind::exception: return "(exception)";
      case RowKind::completion: return "(completion)";
      default: return "(other)";
    }
  }
};

/// One step, as observers see it. An event that no row takes is a step as well: row is kNoRow, to is from.
struct Step {
  const MachineInfo* machine;
  Time time;
  std::uint16_t row;
  std::uint8_t from;
  std::uint8_t event;
  std::uint8_t to;
  Verdict verdict;

  constexpr std::string_view from_name() const { return machine->state_name(from); }
  constexpr std::string_view to_name() const { return machine->state_name(to); }
  constexpr std::string_view event_name() const { return machine->cause(event, row); }
};

namespace detail {

constexpr std::uint64_t mix(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return (hash ^ 0xffu) * 0x100000001b3u;
}
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) hash = (hash ^ ((value >> (8 * i)) & 0xffu)) * 0x100000001b3u;
  return hash;
}

template <class T>
struct Arrays {
  using Mo = Model<T>;

  static constexpr std::array<StateInfo, Mo::state_count> states = [] {
    std::array<StateInfo, Mo::state_count> out{};
    for (std::size_t s = 0; s < Mo::state_count; ++s) {
      const auto& state = Mo::states[s];
      out[s] = {state.name, state.parent, state.initial, state.region, state.composite, state.terminal, false};
    }
    for (auto& state : out)
      if (state.composite && state.initial != kNoState) out[state.initial].is_initial = true;
    for (std::size_t r = 0; r < Mo::parts.regions; ++r) out[Mo::parts.region_initial[r]].is_initial = true;
    return out;
  }();

  static constexpr std::array<std::string_view, Mo::event_count> events = [] {
    std::array<std::string_view, Mo::event_count> out{};
    for (std::size_t e = 0; e < Mo::event_count; ++e) out[e] = Mo::parts.events[e]->name;
    return out;
  }();

  static constexpr std::array<RowInfo, Mo::row_count> rows = [] {
    std::array<RowInfo, Mo::row_count> out{};
    for (std::size_t r = 0; r < Mo::row_count; ++r) {
      const auto& row = Mo::rows[r];
      out[r] = {row.from, row.to, row.event, static_cast<RowKind>(row.raw->kind), row.raw->ignores, row.raw->defers,
                row.history != History::no, row.raw->guard_name, row.raw->action_name, row.raw->delay,
                row.raw->delay_name, row.raw->waived, row.raw->reason};
    }
    return out;
  }();

  static constexpr std::uint64_t hash = [] {
    std::uint64_t h = mix(0xcbf29ce484222325u, table_name<T>());
    for (const auto& state : states) h = mix(mix(h, state.name), std::uint64_t{state.parent} << 8 | state.initial);
    for (const auto& event : events) h = mix(h, event);
    for (const auto& row : rows) {
      h = mix(h, std::uint64_t{row.from} | std::uint64_t{row.to} << 8 | std::uint64_t{row.event} << 16 |
                     static_cast<std::uint64_t>(row.kind) << 24 | std::uint64_t{row.ignores} << 32 |
                     std::uint64_t{row.defers} << 33 | std::uint64_t{row.history} << 34);
      h = mix(mix(mix(mix(h, row.guard), row.action), row.delay_name), static_cast<std::uint64_t>(row.delay.count()));
    }
    return h;
  }();
};

}  // namespace detail

/// The arrays of a table, at compile time: introspect<Capture>::states, ::events, ::rows.
template <class T>
struct introspect {
  static constexpr std::string_view name = detail::table_name<T>();
  static constexpr const auto& states = detail::Arrays<T>::states;
  static constexpr const auto& events = detail::Arrays<T>::events;
  static constexpr const auto& rows = detail::Arrays<T>::rows;
  static constexpr std::uint64_t hash = detail::Arrays<T>::hash;
};

/// The same without the type.
template <class T>
inline constexpr MachineInfo info{introspect<T>::name,
                                  introspect<T>::states,
                                  detail::Model<T>::leaf_count,
                                  introspect<T>::events,
                                  introspect<T>::rows,
                                  introspect<T>::hash};

}  // namespace sml
