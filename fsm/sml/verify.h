#pragma once

/// Verification by the compiler: static_assert(sml::verified<Capture>). The first finding is an error that names the
/// state or the row; waive<fault::...>("reason", row) accepts one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fsm/sml/introspect.h"

namespace sml {
namespace detail {

struct Finding {
  fault kind = fault::nothing;
  std::uint8_t state = kNoState;
  std::uint16_t row = kNoRow;
  std::uint8_t event = kNoEvent;
};

constexpr bool waives(std::uint32_t waived, fault kind) { return (waived & static_cast<std::uint32_t>(kind)) != 0; }

constexpr bool leaves_state(Trigger kind) { return kind != Trigger::entry && kind != Trigger::exit; }

template <class T>
struct Checker {
  using Mo = Model<T>;
  static constexpr std::size_t kStates = Mo::state_count;
  using Set = std::array<bool, kStates>;

  /// A finding about a state is waived at any row that names it.
  static constexpr bool state_waived(std::size_t state, fault kind) {
    for (const auto& row : Mo::rows)
      if ((row.from == state || row.to == state) && waives(row.raw->waived, kind)) return true;
    return false;
  }

  static constexpr void reach(Set& reached, std::size_t state) {
    for (std::size_t s = state; s != kNoState; s = Mo::states[s].parent) reached[s] = true;
    for (std::size_t s = state; Mo::states[s].composite;) {
      s = Mo::states[s].initial;
      if (s == kNoState) break;
      reached[s] = true;
    }
  }

  /// All states some order of events, guards and timers can lead to.
  static constexpr Set reachable() {
    Set reached{};
    for (std::size_t r = 0; r < Mo::parts.regions; ++r) reach(reached, Mo::parts.region_initial[r]);
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& row : Mo::rows) {
        if (row.to == kNoState || reached[row.to] || !leaves_state(row.raw->kind)) continue;
        const bool possible = row.from == kAnyState ? (row.scope == kNoState || reached[row.scope]) : reached[row.from];
        if (!possible) continue;
        reach(reached, row.to);
        changed = true;
      }
    }
    return reached;
  }

  static constexpr Finding initials() {
    if (Mo::parts.regions == 0) return {fault::no_initial};
    for (std::size_t s = 0; s < kStates; ++s)
      if (Mo::states[s].composite && Mo::states[s].initial == kNoState) return {fault::no_initial, static_cast<std::uint8_t>(s)};
    return {};
  }

  static constexpr bool entered_by_a_row(std::size_t state) {
    for (const auto& row : Mo::rows)
      if (row.to == state && row.from != state) return true;
    return false;
  }

  static constexpr Finding reachability() {
    const Set reached = reachable();
    for (std::size_t s = 0; s < kStates; ++s) {
      if (reached[s]) continue;
      const fault kind = entered_by_a_row(s) ? fault::unreachable : fault::never_entered;
      if (!state_waived(s, kind)) return {kind, static_cast<std::uint8_t>(s)};
    }
    return {};
  }

  static constexpr bool unguarded(const Row<Basis<T>>& row) { return !row.raw->guarded; }

  /// Whether `later` can never be asked because of `earlier`, a row of the same state above it.
  static constexpr fault hides(const Row<Basis<T>>& earlier, const Row<Basis<T>>& later) {
    const auto a = earlier.raw->kind;
    const auto b = later.raw->kind;
    const bool same_guard = earlier.raw->guard_name == later.raw->guard_name && earlier.raw->guarded == later.raw->guarded &&
                            !earlier.raw->unnamed && !later.raw->unnamed;
    if (a == b && (a == Trigger::event || a == Trigger::unexpected) && earlier.event == later.event) {
      if (same_guard) return fault::twin;
      if (unguarded(earlier)) return fault::shadowed;
    }
    if (a == Trigger::any_event && (b == Trigger::event || b == Trigger::any_event)) {
      if (a == b && same_guard) return fault::twin;
      if (unguarded(earlier)) return fault::shadowed;
    }
    if (a == Trigger::completion && earlier.to != kNoState && unguarded(earlier) && leaves_state(b)) {
      if (a == b && same_guard) return fault::twin;
      if (earlier.from >= kStates || !Mo::states[earlier.from].composite || b == Trigger::completion) return fault::shadowed;
    }
    if (a == Trigger::timer_after && is_timer(b) && !earlier.raw->asks_delay && !later.raw->asks_delay) {
      if (a == b && earlier.raw->delay == later.raw->delay && same_guard) return fault::twin;
      if (earlier.to != kNoState && unguarded(earlier) && later.raw->delay >= earlier.raw->delay) return fault::shadowed;
    }
    return fault::nothing;
  }

  static constexpr Finding order() {
    for (std::size_t s = 0; s < kStates; ++s) {
      for (std::size_t i = Mo::parts.begin[s]; i < Mo::parts.begin[s + 1]; ++i) {
        for (std::size_t j = Mo::parts.begin[s]; j < Mo::parts.begin[s + 1]; ++j) {
          if (i == j) continue;
          const auto& one = Mo::rows[Mo::parts.by_state[i]];
          const auto& other = Mo::rows[Mo::parts.by_state[j]];
          // An unguarded completion hides rows above it, too: the state is left before any event comes.
          if (j < i && !(one.raw->kind == Trigger::completion && other.raw->kind != Trigger::completion)) continue;
          const fault kind = hides(one, other);
          if (kind != fault::nothing && !waives(other.raw->waived, kind))
            return {kind, static_cast<std::uint8_t>(s), Mo::parts.by_state[j]};
        }
      }
    }
    for (std::size_t i = 0; i < Mo::parts.any_count; ++i) {
      for (std::size_t j = i + 1; j < Mo::parts.any_count; ++j) {
        const auto& one = Mo::rows[Mo::parts.any_rows[i]];
        const auto& other = Mo::rows[Mo::parts.any_rows[j]];
        if (one.scope != other.scope) continue;
        const fault kind = hides(one, other);
        if (kind != fault::nothing && !waives(other.raw->waived, kind)) return {kind, kAnyState, Mo::parts.any_rows[j]};
      }
    }
    return {};
  }

  static constexpr Finding dead_ends() {
    for (std::size_t leaf = 0; leaf < Mo::leaf_count; ++leaf) {
      if (Mo::states[leaf].terminal) continue;
      bool way_out_found = false;
      bool alone = true;
      for (std::size_t s = 0; s < kStates; ++s)
        alone = alone && (s == leaf || Mo::states[s].region != Mo::states[leaf].region);
      Mo::for_rows_of(leaf, [&](std::size_t r) {
        const auto& row = Mo::rows[r];
        if (leaves_state(row.raw->kind) && row.to != kNoState && row.to != leaf) way_out_found = true;
      });
      if (!way_out_found && !alone && !state_waived(leaf, fault::dead_end))
        return {fault::dead_end, static_cast<std::uint8_t>(leaf)};
    }
    return {};
  }

  /// Where an unguarded completion leads from a leaf, or kNoState.
  static constexpr std::uint16_t sure_completion(std::size_t leaf) {
    for (std::size_t i = Mo::parts.begin[leaf]; i < Mo::parts.begin[leaf + 1]; ++i) {
      const auto& row = Mo::rows[Mo::parts.by_state[i]];
      if (row.raw->kind == Trigger::completion && !row.raw->guarded && row.to != kNoState) return Mo::parts.by_state[i];
    }
    return kNoRow;
  }

  static constexpr Finding cycles() {
    for (std::size_t leaf = 0; leaf < Mo::leaf_count; ++leaf) {
      std::size_t at = leaf;
      for (std::size_t hops = 0; hops <= Mo::leaf_count; ++hops) {
        const std::uint16_t row = sure_completion(at);
        if (row == kNoRow) break;
        const std::uint8_t next = first_leaf<T>(Mo::rows[row].to, Mo::rows[row].history);
        if (next == kNoState) break;
        at = next;
        if (at == leaf) {
          const std::uint16_t first = sure_completion(leaf);
          if (waives(Mo::rows[first].raw->waived, fault::completion_cycle)) break;
          return {fault::completion_cycle, static_cast<std::uint8_t>(leaf), first};
        }
      }
    }
    return {};
  }

  static constexpr Finding rows() {
    for (std::size_t r = 0; r < Mo::row_count; ++r) {
      const auto& row = Mo::rows[r];
      const auto found = [&](bool bad, fault kind) { return bad && !waives(row.raw->waived, kind); };
      const auto number = static_cast<std::uint16_t>(r);
      const bool from_terminal = row.from < kStates && Mo::states[row.from].terminal;
      const bool timer = is_timer(row.raw->kind);
      if (found(timer && (from_terminal || row.from == kAnyState), fault::terminal_timer))
        return {fault::terminal_timer, row.from, number};
      if (!row.raw->given) return {fault::argument, row.from, number};
      if (found(row.raw->guarded && !row.raw->guard_pure, fault::guard_signature)) return {fault::guard_signature, row.from, number};
      if (found(row.raw->unnamed, fault::unnamed)) return {fault::unnamed, row.from, number};
      if (row.from < kStates && row.to < kStates &&
          found(Mo::states[row.from].region != Mo::states[row.to].region, fault::two_regions))
        return {fault::two_regions, row.from, number};
    }
    return {};
  }

  static constexpr Finding unused_events() {
    for (std::size_t e = 0; e < Mo::event_count; ++e) {
      bool used = false;
      for (const auto& row : Mo::rows) used = used || row.event == e;
      if (!used) return {fault::unused_event, kNoState, kNoRow, static_cast<std::uint8_t>(e)};
    }
    return {};
  }

  static constexpr Finding completeness() {
    for (std::size_t leaf = 0; leaf < Mo::leaf_count; ++leaf) {
      if (Mo::states[leaf].terminal || state_waived(leaf, fault::incomplete)) continue;
      std::array<bool, Mo::event_count + 1> known{};
      bool all = false;
      Mo::for_rows_of(leaf, [&](std::size_t r) {
        const auto& row = Mo::rows[r];
        if (row.raw->kind == Trigger::any_event || (row.raw->kind == Trigger::unexpected && row.event == kNoEvent)) all = true;
        if (row.event != kNoEvent && (row.raw->kind == Trigger::event || row.raw->kind == Trigger::unexpected)) known[row.event] = true;
      });
      for (std::size_t e = 0; e < Mo::event_count; ++e)
        if (!all && !known[e])
          return {fault::incomplete, static_cast<std::uint8_t>(leaf), kNoRow, static_cast<std::uint8_t>(e)};
    }
    return {};
  }
};

template <class T>
constexpr bool wants_completeness() {
  if constexpr (requires { T::complete; }) {
    return T::complete;
  } else {
    return false;
  }
}

template <class T>
inline constexpr Finding finding = [] {
  using C = Checker<T>;
  // Each check is a constant of its own, so that none runs into a compiler's limit of steps.
  constexpr Finding initials = C::initials();
  if constexpr (initials.kind != fault::nothing) {
    return initials;
  } else {
    constexpr std::array<Finding, 6> all{C::reachability(), C::order(), C::rows(), C::dead_ends(), C::cycles(), C::unused_events()};
    for (const Finding& f : all)
      if (f.kind != fault::nothing) return f;
    if constexpr (wants_completeness<T>()) {
      return C::completeness();
    } else {
      return Finding{};
    }
  }
}();

/// The words a compiler shows: a state, an event, or "state + event [guard]".
struct Words {
  std::array<char, 160> chars{};
  std::size_t size = 0;
  constexpr void add(std::string_view text) {
    for (const char c : text)
      if (size < chars.size()) chars[size++] = c;
  }
};

template <class T, const Finding& F>
constexpr Words words() {
  Words out;
  if (F.state != kNoState) out.add(info<T>.state_name(F.state));
  if (F.row != kNoRow) {
    const RowInfo& row = introspect<T>::rows[F.row];
    out.add(" + ");
    if (row.event != kNoEvent) {
      out.add(introspect<T>::events[row.event]);
    } else {
      constexpr std::array<std::string_view, 9> kinds{"event", "event<_>", "completion", "on_entry", "on_exit",
                                                      "unexpected_event", "after", "every", "exception"};
      out.add(kinds[static_cast<std::size_t>(row.kind)]);
    }
    if (!row.guard.empty()) {
      out.add(" [ ");
      out.add(row.guard);
      out.add(" ]");
    }
    if (!row.action.empty()) {
      out.add(" / ");
      out.add(row.action);
    }
  }
  if (F.event != kNoEvent) {
    if (out.size > 0) out.add(" + ");
    out.add(introspect<T>::events[F.event]);
  }
  return out;
}

}  // namespace detail

#if defined(__clang__) && __clang_major__ < 18
/// What a finding is about, letter by letter: this compiler prints a text as numbers.
template <char... Letters>
struct where {};
#else
/// What a finding is about.
template <text Words>
struct where {};
#endif

namespace detail {

template <class T, const Finding& F>
inline constexpr Words words_of = words<T, F>();

template <class T, const Finding& F, std::size_t... I>
consteval auto make_where(std::index_sequence<I...>) {
#if defined(__clang__) && __clang_major__ < 18
  return where<words_of<T, F>.chars[I]...>{};
#else
  constexpr char letters[]{words_of<T, F>.chars[I]..., '\0'};
  return where<text{letters}>{};
#endif
}
template <class T, const Finding& F>
using where_of = decltype(make_where<T, F>(std::make_index_sequence<words_of<T, F>.size>{}));

}  // namespace detail

namespace detail {

template <fault Kind, fault Other>
inline constexpr bool is_not = Kind != Other;  // a name, because compilers explain a comparison in three more lines

template <class Table, class Where, fault Kind>
struct finding_in_table {
  static_assert(is_not<Kind, fault::unreachable>, "sml: this state cannot be reached from the initial state");
  static_assert(is_not<Kind, fault::shadowed>, "sml: this row can never be asked: a row above it always answers first");
  static_assert(is_not<Kind, fault::twin>, "sml: this row is the twin of one above it: same state, event and guard");
  static_assert(is_not<Kind, fault::dead_end>, "sml: this state cannot be left, and it is not the terminal state X");
  static_assert(is_not<Kind, fault::completion_cycle>, "sml: completion transitions go round for ever from here: none has a guard");
  static_assert(is_not<Kind, fault::terminal_timer>, "sml: a timer needs a state that can be left: not X, not state<_>");
  static_assert(is_not<Kind, fault::unused_event>, "sml: this event is declared in Events, and no row names it");
  static_assert(is_not<Kind, fault::never_entered>, "sml: nothing enters this state: no row has it as target (a typo?)");
  static_assert(is_not<Kind, fault::guard_signature>, "sml: the guard of this row is not bool(const Context&, const Event&)");
  static_assert(is_not<Kind, fault::unnamed>, "sml: this row has a guard or an action without a name; use sml::call<&f> or a struct");
  static_assert(is_not<Kind, fault::incomplete>, "sml: this state says nothing about this event; ignore<> would");
  static_assert(is_not<Kind, fault::no_initial>, "sml: this table has no initial state; mark one with *");
  static_assert(is_not<Kind, fault::argument>, "sml: a verb of this row asks for what is not its event, the context, the port, a poster or the time");
  static_assert(is_not<Kind, fault::two_regions>, "sml: this row leads from one region into another");
  using type = Table;
};

template <class T>
inline constexpr Finding completeness_finding = Checker<T>::completeness();

}  // namespace detail

/// The first thing that is wrong with a table, as a value: fault::nothing if all is well.
template <class T>
constexpr fault verify() {
  return detail::finding<T>.kind;
}

// The checks are default arguments, so that a message is one step away from the static_assert that asked.

/// static_assert(sml::complete<T>): every state has a row for every event. Part of `verified` if T::complete is true.
template <class T, class = typename detail::finding_in_table<T, detail::where_of<T, detail::completeness_finding<T>>, detail::completeness_finding<T>.kind>::type>
inline constexpr bool complete = true;

/// static_assert(sml::verified<T>): nothing is wrong with the table; else the compiler says what, and where.
template <class T, class = typename detail::finding_in_table<T, detail::where_of<T, detail::finding<T>>, detail::finding<T>.kind>::type>
inline constexpr bool verified = true;

}  // namespace sml
