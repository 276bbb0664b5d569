#pragma once

/// The model of a machine: all its tables flattened into constexpr arrays of states, rows and events.
/// These arrays are what is dispatched, printed, verified and explored.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "fsm/sml/lower.h"

namespace sml {

inline constexpr std::uint8_t kNoState = 0xff;   ///< of a machine that was not started; the target of an internal row
inline constexpr std::uint8_t kAnyState = 0xfe;  ///< the source of a row of `state<_>`
inline constexpr std::uint8_t kNoEvent = 0xff;   ///< of completions, timers, entries and exits
inline constexpr std::uint16_t kNoRow = 0xffff;
inline constexpr Time kNever = Time::max();      ///< the deadline of a timer that is not armed

namespace detail {

inline constexpr std::size_t kStatesMax = 250;
inline constexpr std::size_t kEventsMax = 250;
inline constexpr std::size_t kDepthMax = 12;

template <class M>
struct State {
  std::string_view name;
  std::uint8_t parent = kNoState;
  std::uint8_t initial = kNoState;  // of a composite: the substate it begins in
  std::uint8_t region = 0;
  std::uint8_t depth = 0;
  std::uint8_t timer_base = 0;   // its first slot among the deadlines
  std::uint8_t timer_count = 0;
  std::uint8_t history_slot = kNoState;
  History history = History::no;  // of a composite whose initial state is marked (H)
  bool composite = false;
  bool terminal = false;
  bool sided = false;  // has entry or exit rows
  std::uint64_t id = 0;
  const TableInfo<M>* own_table = nullptr;
};

template <class M>
struct Row {
  std::uint8_t from = kNoState;
  std::uint8_t to = kNoState;
  std::uint8_t event = kNoEvent;
  std::uint8_t scope = kNoState;  // the composite in whose table it stands
  std::uint8_t timer = 0;         // which of its state's timers
  History history = History::no;  // of its target
  const RawRow<M>* raw = nullptr;
};

/// States in order of appearance, composites last, so that a state byte indexes a leaf.
template <class M, std::size_t Capacity>
struct Shape {
  State<M> states[Capacity]{};
  std::uint8_t table_first[Capacity]{};  // per composite (by node): where its states begin
  std::size_t count = 0;
  std::size_t leaves = 0;
  std::size_t rows = 0;
  bool overflow = false;
};

template <class S>
constexpr std::size_t find_state(const S& shape, std::size_t first, std::size_t last, std::uint64_t id,
                                 std::size_t hint) {
  if (hint >= first && hint < last && shape.states[hint].id == id) return hint;
  for (std::size_t i = first; i < last; ++i)
    if (shape.states[i].id == id) return i;
  return last;
}

template <class M, std::size_t Capacity>
constexpr void add_table(Shape<M, Capacity>& shape, const TableInfo<M>& table, std::uint8_t parent, std::uint8_t depth) {
  const std::size_t first = shape.count;
  std::size_t hint = first;
  shape.rows += table.count;
  for (std::size_t r = 0; r < table.count; ++r) {
    for (const RawState<M>* raw : {&table.rows[r].from, &table.rows[r].to}) {
      if (raw->place == Place::none || raw->place == Place::any) continue;
      hint = find_state(shape, first, shape.count, raw->id, hint);
      if (hint != shape.count) continue;
      if (shape.count >= Capacity) {
        shape.overflow = true;
        return;
      }
      State<M>& state = shape.states[shape.count++];
      state.name = raw->name;
      state.parent = parent;
      state.depth = depth;
      state.composite = raw->composite;
      state.terminal = raw->place == Place::terminal;
      state.id = raw->id;
      state.own_table = raw->own_table;
    }
  }
}

template <class M, std::size_t Capacity>
consteval Shape<M, Capacity> make_shape(const TableInfo<M>& root) {
  Shape<M, Capacity> nodes{};
  add_table(nodes, root, kNoState, 0);
  for (std::size_t i = 0; i < nodes.count; ++i) {
    if (!nodes.states[i].composite) continue;
    nodes.table_first[i] = static_cast<std::uint8_t>(nodes.count);
    add_table(nodes, *nodes.states[i].own_table, static_cast<std::uint8_t>(i),
              static_cast<std::uint8_t>(nodes.states[i].depth + 1));
  }
  for (std::size_t i = 0; i < nodes.count; ++i) nodes.leaves += nodes.states[i].composite ? 0u : 1u;
  return nodes;
}

template <std::size_t StateCount, std::size_t RowCount, std::size_t EventCount, class M>
struct Parts {
  State<M> states[StateCount]{};
  Row<M> rows[RowCount]{};
  const EventInfo* events[EventCount == 0 ? 1 : EventCount]{};
  std::uint16_t by_state[RowCount]{};           // row numbers, sorted by the state they leave
  std::uint16_t begin[StateCount + 1]{};        // where a state's rows begin in by_state
  std::uint16_t any_rows[RowCount]{};           // rows of state<_>
  std::uint8_t region_initial[16]{};
  std::uint8_t region_slots[16]{};              // first timer slot of a region
  std::size_t any_count = 0;
  std::size_t regions = 0;
  std::size_t slots = 0;
  std::size_t histories = 0;
  bool given = true;
  bool completes = false, posts = false, defers = false, throws = false, surprises = false;
};

template <class M>
struct EventList {
  const EventInfo* items[kEventsMax]{};
  std::uint64_t keys[kEventsMax]{};
  std::size_t count = 0;

  constexpr std::uint8_t find(std::uint64_t key) const {
    for (std::size_t i = 0; i < count; ++i)
      if (keys[i] == key) return static_cast<std::uint8_t>(i);
    return kNoEvent;
  }
  constexpr void add(const EventInfo* event, std::uint64_t key) {
    if (key == 0 || find(key) != kNoEvent) return;
    keys[count] = key;
    items[count++] = event;
  }
};

template <class M>
constexpr void add_events(EventList<M>& list, const TableInfo<M>& table) {
  for (std::size_t r = 0; r < table.count; ++r) {
    const RawRow<M>& raw = table.rows[r];
    if (raw.kind == Trigger::event || raw.kind == Trigger::unexpected) list.add(raw.event, raw.event_key);
  }
}

template <class List>
struct declared_events {
  static constexpr const EventInfo* items[1]{};
  static constexpr std::uint64_t keys[1]{};
  static constexpr std::size_t count = 0;
};
template <class... E>
struct declared_events<events<E...>> {
  static constexpr const EventInfo* items[sizeof...(E) + 1]{&event_info<E>..., nullptr};
  static constexpr std::uint64_t keys[sizeof...(E) + 1]{type_key<E>..., 0};
  static constexpr std::size_t count = sizeof...(E);
};
template <class T>
struct declared : declared_events<void> {};
template <class T>
  requires requires { typename T::Events; }
struct declared<T> : declared_events<typename T::Events> {};

/// Where states go in the final numbering: leaves first, composites after them, each in order of appearance.
template <std::size_t Capacity>
struct Numbering {
  std::uint8_t of[Capacity]{};
};
template <class M, std::size_t Capacity>
constexpr Numbering<Capacity> numbering(const Shape<M, Capacity>& shape) {
  Numbering<Capacity> number{};
  std::size_t leaf = 0;
  std::size_t composite = shape.leaves;
  for (std::size_t i = 0; i < shape.count; ++i)
    number.of[i] = static_cast<std::uint8_t>(shape.states[i].composite ? composite++ : leaf++);
  return number;
}

template <class P, class M, std::size_t Capacity>
constexpr void add_rows(P& parts, const Shape<M, Capacity>& shape, const Numbering<Capacity>& number,
                        const EventList<M>& events, const TableInfo<M>& table, std::size_t first, std::size_t last,
                        std::size_t scope_node, std::size_t& next) {
  std::size_t from = first;
  std::size_t to = first;
  for (std::size_t r = 0; r < table.count; ++r) {
    Row<M>& row = parts.rows[next++];
    row.raw = &table.rows[r];
    row.scope = scope_node == kNoState ? kNoState : number.of[scope_node];
    if (row.raw->from.place == Place::any) {
      row.from = kAnyState;
    } else {
      from = find_state(shape, first, last, row.raw->from.id, from);
      row.from = number.of[from];
    }
    if (row.raw->to.place != Place::none) {
      to = find_state(shape, first, last, row.raw->to.id, to);
      row.to = number.of[to];
      row.history = row.raw->to.initial ? History::no : row.raw->to.history;
    }
    row.event = row.raw->event_key == 0 ? kNoEvent : events.find(row.raw->event_key);
  }
}

template <class P, class M>
constexpr void mark_initials(P& parts, const Row<M>& row, const RawState<M>& raw, std::uint8_t state, bool is_source) {
  if (raw.place == Place::none || raw.place == Place::any) return;
  const bool initial = raw.initial || (raw.history != History::no && is_source);
  if (!initial) return;
  if (row.scope != kNoState) {
    State<M>& composite = parts.states[row.scope];
    if (composite.initial == kNoState) composite.initial = state;
    if (raw.history != History::no) composite.history = raw.history;
    return;
  }
  for (std::size_t r = 0; r < parts.regions; ++r)
    if (parts.region_initial[r] == state) return;
  if (parts.regions < std::size(parts.region_initial)) parts.region_initial[parts.regions++] = state;
}

/// A state belongs to the region from whose initial state it can be reached.
template <class P>
constexpr void spread_regions(P& parts) {
  if (parts.regions < 2) return;
  for (auto& state : parts.states) state.region = kNoState;
  for (std::size_t r = 0; r < parts.regions; ++r) parts.states[parts.region_initial[r]].region = static_cast<std::uint8_t>(r);
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& row : parts.rows) {
      if (row.from >= kAnyState || row.to == kNoState) continue;
      if (parts.states[row.from].region != kNoState && parts.states[row.to].region == kNoState) {
        parts.states[row.to].region = parts.states[row.from].region;
        changed = true;
      }
    }
  }
  for (auto& state : parts.states) {
    if (state.parent != kNoState) state.region = kNoState;
    if (state.parent == kNoState && state.region == kNoState) state.region = 0;
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (auto& state : parts.states) {
      if (state.region != kNoState || parts.states[state.parent].region == kNoState) continue;
      state.region = parts.states[state.parent].region;
      changed = true;
    }
  }
}

template <class P>
constexpr void sort_rows(P& parts) {
  std::size_t next = 0;
  constexpr std::size_t states = std::extent_v<decltype(P::states)>;
  for (const auto& row : parts.rows)
    if (row.from < states) ++parts.begin[row.from + 1u];
  for (std::size_t s = 0; s < states; ++s) parts.begin[s + 1] = static_cast<std::uint16_t>(parts.begin[s + 1] + parts.begin[s]);
  std::uint16_t at[states]{};
  for (std::size_t s = 0; s < states; ++s) at[s] = parts.begin[s];
  for (const auto& row : parts.rows) {
    if (row.from < states) parts.by_state[at[row.from]++] = static_cast<std::uint16_t>(next);
    if (row.from == kAnyState) parts.any_rows[parts.any_count++] = static_cast<std::uint16_t>(next);
    ++next;
  }
}

constexpr bool is_timer(Trigger kind) { return kind == Trigger::timer_after || kind == Trigger::timer_every; }

/// A state's timers use the slots after those of the states around it; states that are never active together share slots.
template <class P>
constexpr void place_timers(P& parts) {
  for (auto& row : parts.rows)
    if (is_timer(row.raw->kind) && row.from < std::size(parts.states)) row.timer = parts.states[row.from].timer_count++;
  for (std::size_t r = 0; r < parts.regions; ++r) {
    parts.region_slots[r] = static_cast<std::uint8_t>(parts.slots);
    std::size_t most = parts.slots;
    for (auto& state : parts.states) {
      if (state.region != r) continue;
      std::size_t base = parts.slots;
      for (std::uint8_t s = state.parent; s != kNoState; s = parts.states[s].parent) base += parts.states[s].timer_count;
      state.timer_base = static_cast<std::uint8_t>(base);
      if (base + state.timer_count > most) most = base + state.timer_count;
    }
    parts.slots = most;
  }
}

template <class P>
constexpr void place_histories(P& parts) {
  const auto need = [&](std::uint8_t composite) {
    auto& state = parts.states[composite];
    if (state.history_slot == kNoState) state.history_slot = static_cast<std::uint8_t>(parts.histories++);
  };
  for (std::size_t s = 0; s < std::size(parts.states); ++s)
    if (parts.states[s].composite && parts.states[s].history != History::no) need(static_cast<std::uint8_t>(s));
  for (const auto& row : parts.rows)
    if (row.to != kNoState && row.history != History::no && parts.states[row.to].composite) need(row.to);
}

/// Everything about the machine of table T. Built once per T, by the compiler.
template <class T>
struct Model {
  using M = Basis<T>;
  static constexpr const TableInfo<M>& root = Lowered<M, T>::info;
  static constexpr std::size_t capacity = has_composites<table_of<T>> || root.count * 2 > kStatesMax ? kStatesMax : root.count * 2;
  static constexpr auto shape = make_shape<M, capacity>(root);
  static_assert(!shape.overflow, "sml: a machine has at most 249 states");

  static constexpr EventList<M> event_list = [] {
    EventList<M> list{};
    for (std::size_t e = 0; e < declared<T>::count; ++e) list.add(declared<T>::items[e], declared<T>::keys[e]);
    add_events(list, root);
    for (std::size_t s = 0; s < shape.count; ++s)
      if (shape.states[s].composite) add_events(list, *shape.states[s].own_table);
    return list;
  }();
  static constexpr std::size_t event_count = event_list.count;
  static constexpr std::size_t state_count = shape.count;
  static constexpr std::size_t leaf_count = shape.leaves;
  static constexpr std::size_t row_count = shape.rows;

  static constexpr auto parts = [] {
    Parts<state_count, row_count, event_count, M> p{};
    const auto number = numbering(shape);
    for (std::size_t i = 0; i < shape.count; ++i) {
      State<M>& state = p.states[number.of[i]] = shape.states[i];
      if (state.parent != kNoState) state.parent = number.of[state.parent];
    }
    for (std::size_t e = 0; e < event_count; ++e) p.events[e] = event_list.items[e];
    std::size_t next = 0;
    std::size_t end = 0;
    while (end < shape.count && shape.states[end].parent == kNoState) ++end;
    add_rows(p, shape, number, event_list, root, 0, end, kNoState, next);
    for (std::size_t i = 0; i < shape.count; ++i) {
      if (!shape.states[i].composite) continue;
      const std::size_t first = shape.table_first[i];
      std::size_t last = first;
      while (last < shape.count && shape.states[last].parent == i) ++last;
      add_rows(p, shape, number, event_list, *shape.states[i].own_table, first, last, i, next);
    }
    for (const auto& row : p.rows) {
      mark_initials(p, row, row.raw->from, row.from, true);
      mark_initials(p, row, row.raw->to, row.to, false);
      p.given = p.given && row.raw->given;
      p.completes = p.completes || row.raw->kind == Trigger::completion;
      p.throws = p.throws || row.raw->kind == Trigger::exception;
      p.surprises = p.surprises || row.raw->kind == Trigger::unexpected;
      p.posts = p.posts || row.raw->posts;
      p.defers = p.defers || row.raw->defers;
    }
    for (const auto& row : p.rows) {
      if (row.raw->kind != Trigger::entry && row.raw->kind != Trigger::exit) continue;
      for (std::size_t s = 0; s < state_count; ++s)
        if (row.from == s || row.from == kAnyState) p.states[s].sided = true;
    }
    sort_rows(p);
    spread_regions(p);
    place_timers(p);
    place_histories(p);
    return p;
  }();

  static constexpr const auto& states = parts.states;
  static constexpr const auto& rows = parts.rows;

  template <class E>
  static constexpr std::uint8_t event_id = event_list.find(type_key<E>);

  /// Calls visit(row number) for the rows that speak for a leaf, those that match first first:
  /// its own, those of any state beside it, then the same of the states around it.
  template <class Visit>
  static constexpr void for_rows_of(std::size_t leaf, Visit visit) {
    for (std::size_t s = leaf; s != kNoState; s = parts.states[s].parent) {
      for (std::size_t i = parts.begin[s]; i < parts.begin[s + 1]; ++i) visit(parts.by_state[i]);
      for (std::size_t i = 0; i < parts.any_count; ++i) {
        const auto& row = parts.rows[parts.any_rows[i]];
        if (row.scope != parts.states[s].parent || parts.states[s].terminal) continue;
        if (row.to != kNoState && parts.states[row.to].region != parts.states[s].region) continue;
        visit(parts.any_rows[i]);
      }
    }
  }
  /// The state that a row of `leaf` leaves: the one whose table the row stands in.
  static constexpr std::uint8_t source_of_row(std::size_t leaf, std::size_t row) {
    std::size_t s = leaf;
    while (parts.states[s].parent != parts.rows[row].scope) s = parts.states[s].parent;
    return static_cast<std::uint8_t>(s);
  }
};

template <class T, class E>
consteval bool table_knows() {
  return Model<T>::template event_id<E> != kNoEvent;
}

}  // namespace detail
}  // namespace sml
