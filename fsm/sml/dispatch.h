#pragma once

/// Compile-time lists and the switch: which rows answer what in which state, in which order states are left and entered.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "fsm/sml/answers.h"

namespace sml::detail {

#define SML_INLINE [[gnu::always_inline]] inline

/// A list known at compile time.
template <class V, std::size_t N>
struct list {
  V items[N == 0 ? 1 : N]{};
  static constexpr std::size_t size = N;
  constexpr V operator[](std::size_t i) const { return items[i]; }
};

/// Runs make(add) twice: once to count, once to keep.
template <class V, class Make>
consteval auto make_list(Make) {
  constexpr std::size_t n = [] {
    std::size_t count = 0;
    Make{}([&](std::size_t) { ++count; });
    return count;
  }();
  list<V, n> out{};
  std::size_t at = 0;
  Make{}([&](std::size_t value) { out.items[at++] = static_cast<V>(value); });
  return out;
}

// ---- which rows -------------------------------------------------------------------------------

/// Rows of a leaf for an event nobody expected.
template <class T, std::size_t Leaf, std::uint8_t Event>
inline constexpr auto rows_for_surprise = make_list<std::uint16_t>([](auto add) {
  Model<T>::for_rows_of(Leaf, [&](std::size_t r) {
    const auto& row = Model<T>::rows[r];
    if (row.raw->kind == Trigger::unexpected && (row.raw->event_key == 0 || (row.event == Event && Event != kNoEvent)))
      add(r);
  });
});

/// Rows of a leaf of one kind of trigger: completions, timers, exceptions.
/// The completion of a composite happens when its own substate is terminal.
template <class T, std::size_t Leaf, Trigger Kind>
inline constexpr auto rows_of_kind = make_list<std::uint16_t>([](auto add) {
  using Mo = Model<T>;
  Mo::for_rows_of(Leaf, [&](std::size_t r) {
    if (Mo::rows[r].raw->kind != Kind) return;
    if constexpr (Kind == Trigger::completion) {
      const std::uint8_t source = Mo::source_of_row(Leaf, r);
      if (source != Leaf && !(Mo::states[Leaf].terminal && Mo::states[Leaf].parent == source)) return;
    }
    add(r);
  });
});

template <class T, std::size_t Leaf>
inline constexpr auto timer_rows = make_list<std::uint16_t>([](auto add) {
  Model<T>::for_rows_of(Leaf, [&](std::size_t r) {
    if (is_timer(Model<T>::rows[r].raw->kind)) add(r);
  });
});

/// Leaves with rows of a kind (`by_timer`: of either kind of timer).
template <class T, Trigger Kind>
inline constexpr auto leaves_with = make_list<std::uint8_t>([](auto add) {
  for (std::size_t leaf = 0; leaf < Model<T>::leaf_count; ++leaf) {
    bool found = false;
    Model<T>::for_rows_of(leaf, [&](std::size_t r) {
      const Trigger kind = Model<T>::rows[r].raw->kind;
      found = found || kind == Kind || (is_timer(Kind) && is_timer(kind));
    });
    if (found) add(leaf);
  }
});

template <class T>
inline constexpr auto all_events = make_list<std::uint8_t>([](auto add) {
  for (std::size_t event = 0; event < Model<T>::event_count; ++event) add(event);
});

/// Entry or exit rows of a state for the event that leads in or out.
template <class T, std::size_t S, Trigger Kind, std::uint8_t Event>
inline constexpr auto side_rows = make_list<std::uint16_t>([](auto add) {
  using Mo = Model<T>;
  const auto offer = [&](std::size_t r) {
    const auto& row = Mo::rows[r];
    if (row.raw->kind == Kind && (row.raw->event_key == 0 || (row.event == Event && Event != kNoEvent))) add(r);
  };
  for (std::size_t i = Mo::parts.begin[S]; i < Mo::parts.begin[S + 1]; ++i) offer(Mo::parts.by_state[i]);
  for (std::size_t i = 0; i < Mo::parts.any_count; ++i)
    if (Mo::rows[Mo::parts.any_rows[i]].scope == Mo::states[S].parent) offer(Mo::parts.any_rows[i]);
});

template <class T, std::size_t S>
inline constexpr auto own_timers = make_list<std::uint16_t>([](auto add) {
  using Mo = Model<T>;
  for (std::size_t i = Mo::parts.begin[S]; i < Mo::parts.begin[S + 1]; ++i)
    if (is_timer(Mo::rows[Mo::parts.by_state[i]].raw->kind)) add(Mo::parts.by_state[i]);
});

// ---- paths ------------------------------------------------------------------------------------

/// From `Leaf` outwards up to and including `Top`: the order in which states are left.
template <class T, std::size_t Leaf, std::size_t Top>
inline constexpr auto way_out = make_list<std::uint8_t>([](auto add) {
  for (std::size_t s = Leaf;; s = Model<T>::states[s].parent) {
    add(s);
    if (s == Top) break;
  }
});

/// From `Top` inwards down to `Leaf`: the order in which states are entered.
template <class T, std::size_t Top, std::size_t Leaf>
inline constexpr auto way_in = [] {
  auto path = way_out<T, Leaf, Top>;
  for (std::size_t i = 0; i < path.size; ++i) path.items[i] = way_out<T, Leaf, Top>.items[path.size - 1 - i];
  return path;
}();

/// The leaf in which a state begins; kNoState if a history decides that at run time.
template <class T>
constexpr std::uint8_t first_leaf(std::uint8_t state, History history) {
  const auto& states = Model<T>::states;
  while (states[state].composite) {
    if (history != History::no || states[state].history != History::no) return kNoState;
    state = states[state].initial;
  }
  return state;
}

/// The same at run time, with the histories at hand (each the last leaf of its composite).
template <class T, class Histories>
constexpr std::uint8_t resume_leaf(std::uint8_t state, History history, const Histories& histories) {
  const auto& states = Model<T>::states;
  while (states[state].composite) {
    const History wanted = history != History::no ? history : states[state].history;
    history = History::no;
    std::uint8_t child = states[state].initial;
    if (wanted != History::no) {
      const std::uint8_t last = histories[states[state].history_slot];
      if (last != kNoState) {
        if (wanted == History::deep) return last;
        child = last;
        while (states[child].parent != state) child = states[child].parent;
        if (states[child].terminal) child = states[state].initial;
      }
    }
    state = child;
  }
  return state;
}

/// Leaves inside a state (the state itself, if it is a leaf).
template <class T, std::size_t S>
inline constexpr auto leaves_inside = make_list<std::uint8_t>([](auto add) {
  for (std::size_t leaf = 0; leaf < Model<T>::leaf_count; ++leaf)
    for (std::size_t s = leaf; s != kNoState; s = Model<T>::states[s].parent)
      if (s == S) add(leaf);
});

// ---- the switch -------------------------------------------------------------------------------

// What follows chooses one of several by a byte, spelled in several ways. They mean the same; which one a compiler makes the
// fastest code of was measured (tests/bench/engine): comparisons are predicted better than an indirect jump, and what
// stands first in a table is asked first, so that it costs no jump taken.

/// Up to so many events of a state are a chain of comparisons, beyond it they are a switch.
inline constexpr std::size_t kChainMax = 5;

/// Up to so many states are a tree of comparisons, beyond it they are a switch.
#if defined(__clang__) && !defined(__OPTIMIZE_SIZE__)
inline constexpr std::size_t kTreeMax = 0;
#else
inline constexpr std::size_t kTreeMax = 8;
#endif

/// Where size counts, a chain asks its first row last: more of the code of its rows is found to be the same.
#if defined(__OPTIMIZE_SIZE__)
inline constexpr bool kFirstIsLast = true;
#else
inline constexpr bool kFirstIsLast = false;
#endif

/// A comparison in a chain: likely enough that its row follows at once, for g++ not so likely that the rest is moved far away.
#if defined(__clang__)
#define SML_HOPED(comparison) __builtin_expect(comparison, 1)
#else
#define SML_HOPED(comparison) __builtin_expect_with_probability(comparison, 1, 0.6)
#endif

// What is chosen from is a type Do: `size` items; label(i), the value that chooses item i; key(i), what it is called by; and
// run<key>(arguments...), what is done then.

/// A label of a case. Past the end it is a value a byte cannot have, which costs nothing.
template <class Do>
constexpr unsigned label_at(std::size_t i) {
  return i < Do::size ? Do::label(i) : static_cast<unsigned>(1000 + i);
}

#define SML_RUN(i) return Do::template run<Do::key(i)>(arguments...)
#define SML_CASE(i)                        \
  case label_at<Do>(Base + (i)):           \
    if constexpr (Base + (i) < Do::size) { \
      SML_RUN(Base + (i));                 \
    } else {                               \
      break;                               \
    }
#define SML_CASES4(i) SML_CASE(i) SML_CASE(i + 1) SML_CASE(i + 2) SML_CASE(i + 3)
#define SML_CASES16(i) SML_CASES4(i) SML_CASES4(i + 4) SML_CASES4(i + 8) SML_CASES4(i + 12)

/// A switch; `otherwise` if no item has that label.
template <class Do, std::size_t Base = 0, class R, class... Arguments>
SML_INLINE constexpr R switch_over(unsigned value, R otherwise, Arguments&... arguments) {
  if constexpr (Do::size == Base) {
    return otherwise;
  } else if constexpr (Do::size - Base == 1) {
    if (value == Do::label(Base)) SML_RUN(Base);
    return otherwise;
  } else if constexpr (Do::size - Base <= 4) {
    switch (value) {
      SML_CASES4(0)
      default: break;
    }
    return otherwise;
  } else if constexpr (Do::size - Base <= 16) {
    switch (value) {
      SML_CASES16(0)
      default: break;
    }
    return otherwise;
  } else {
    switch (value) {
      SML_CASES16(0) SML_CASES16(16) SML_CASES16(32) SML_CASES16(48)
      default: break;
    }
    if constexpr (Do::size - Base > 64) {
      return switch_over<Do, Base + 64>(value, otherwise, arguments...);
    } else {
      return otherwise;
    }
  }
}

/// The same as a chain of comparisons, in the order of the items.
template <class Do, std::size_t Asked = 0, class R, class... Arguments>
SML_INLINE constexpr R chain_over(std::uint8_t value, R otherwise, Arguments&... arguments) {
  if constexpr (Do::size > kChainMax) {
    return switch_over<Do>(value, otherwise, arguments...);
  } else if constexpr (Asked == Do::size) {
    return otherwise;
  } else {
    constexpr std::size_t kNext = kFirstIsLast ? Do::size - 1 - Asked : Asked;
    if (SML_HOPED(value == Do::label(kNext))) SML_RUN(kNext);
    return chain_over<Do, Asked + 1>(value, otherwise, arguments...);
  }
}

/// The same as a tree of comparisons, where the labels are 0, 1, 2 ... Do::size - 1.
template <class Do, std::size_t Low = 0, std::size_t High = Do::size, class R, class... Arguments>
SML_INLINE constexpr R tree_over(std::uint8_t value, R otherwise, Arguments&... arguments) {
  if constexpr (Do::size > kTreeMax) {
    return switch_over<Do>(value, otherwise, arguments...);
  } else if constexpr (Low == High) {
    return otherwise;
  } else {
    constexpr std::size_t kMiddle = (Low + High) / 2;
    if (value == kMiddle) SML_RUN(kMiddle);
    if (value < kMiddle) return tree_over<Do, Low, kMiddle>(value, otherwise, arguments...);
    return tree_over<Do, kMiddle + 1, High>(value, otherwise, arguments...);
  }
}

/// A switch over a list: Do::on<item>.
template <const auto& List, class Do>
struct ForEachOf {
  static constexpr std::size_t size = List.size;
  static constexpr unsigned label(std::size_t i) { return List.items[i]; }
  static constexpr std::size_t key(std::size_t i) { return List.items[i]; }
  template <std::size_t Item, class... Arguments>
  SML_INLINE static auto run(Arguments&... arguments) {
    return Do::template on<Item>(arguments...);
  }
};

#undef SML_HOPED
#undef SML_CASES16
#undef SML_CASES4
#undef SML_CASE
#undef SML_RUN

}  // namespace sml::detail
