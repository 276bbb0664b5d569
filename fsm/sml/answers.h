#pragma once

/// The index of a model: for every leaf and event the rows that are asked, in their order.

#include <cstddef>
#include <cstdint>

#include "fsm/sml/model.h"

namespace sml::detail {

/// Which row answers which event in which leaf: sorted by leaf, then by the first row of an event, then by row.
struct Answer {
  std::uint8_t leaf = kNoState;
  std::uint8_t event = kNoEvent;  // kNoEvent: whatever has no group of its own, for rows of event<_>
  std::uint16_t row = kNoRow;
  bool last = true;   // of its group
  bool plain = false;  // its state and its target are leaves of no composite, without entry or exit rows, timers or histories
};

template <class T>
struct Answers {
  using Mo = Model<T>;

  template <class Add>
  static constexpr void groups_of(std::size_t leaf, Add add) {
    bool seen[kEventsMax + 1]{};
    bool any = false;
    Mo::for_rows_of(leaf, [&](std::size_t r) { any = any || Mo::rows[r].raw->kind == Trigger::any_event; });
    Mo::for_rows_of(leaf, [&](std::size_t r) {
      const auto& row = Mo::rows[r];
      if (row.raw->kind != Trigger::event || seen[row.event]) return;
      seen[row.event] = true;
      add(row.event);
    });
    if (!any) return;
    for (std::size_t e = 0; e < Mo::event_count; ++e)
      if (!seen[e]) add(static_cast<std::uint8_t>(e));
    add(kNoEvent);
  }

  static constexpr bool plain(std::size_t leaf, const Row<Basis<T>>& row) {
    const auto simple = [](const auto& state) {
      return state.parent == kNoState && !state.composite && !state.sided && state.timer_count == 0;
    };
    return simple(Mo::states[leaf]) && !row.raw->defers && (row.to == kNoState || simple(Mo::states[row.to]));
  }

  template <class Add>
  static constexpr void all(Add add) {
    for (std::size_t leaf = 0; leaf < Mo::leaf_count; ++leaf) {
      groups_of(leaf, [&](std::uint8_t event) {
        Mo::for_rows_of(leaf, [&](std::size_t r) {
          const auto& row = Mo::rows[r];
          const bool matches = row.raw->kind == Trigger::any_event || (row.raw->kind == Trigger::event && row.event == event);
          if (matches) add(Answer{static_cast<std::uint8_t>(leaf), event, static_cast<std::uint16_t>(r), true, plain(leaf, row)});
        });
      });
    }
  }

  static constexpr std::size_t count = [] {
    std::size_t n = 0;
    all([&](const Answer&) { ++n; });
    return n;
  }();

  struct Index {
    Answer items[count + 1]{};
    std::uint16_t leaf_begin[Mo::leaf_count + 1]{};    // into leaf_heads
    std::uint16_t leaf_heads[count + 1]{};             // the first answer of each group, by leaf
    std::uint16_t event_begin[Mo::event_count + 2]{};  // into event_heads; the last is of kNoEvent
    std::uint16_t event_heads[count + 1]{};            // the same by event
  };

  static constexpr std::size_t slot_of(std::uint8_t event) { return event == kNoEvent ? Mo::event_count : event; }

  static constexpr Index index = [] {
    Index out{};
    std::size_t n = 0;
    std::size_t heads = 0;
    all([&](const Answer& answer) {
      const bool head = n == 0 || out.items[n - 1].leaf != answer.leaf || out.items[n - 1].event != answer.event;
      out.items[n] = answer;
      if (head) {
        out.leaf_heads[heads++] = static_cast<std::uint16_t>(n);
        ++out.leaf_begin[answer.leaf + 1u];
        ++out.event_begin[slot_of(answer.event) + 1];
      } else {
        out.items[n - 1].last = false;
      }
      ++n;
    });
    for (std::size_t i = 1; i < std::size(out.leaf_begin); ++i) out.leaf_begin[i] = static_cast<std::uint16_t>(out.leaf_begin[i] + out.leaf_begin[i - 1]);
    for (std::size_t i = 1; i < std::size(out.event_begin); ++i)
      out.event_begin[i] = static_cast<std::uint16_t>(out.event_begin[i] + out.event_begin[i - 1]);
    std::uint16_t at[Mo::event_count + 2]{};
    for (std::size_t e = 0; e < std::size(at); ++e) at[e] = out.event_begin[e];
    for (std::size_t h = 0; h < heads; ++h) out.event_heads[at[slot_of(out.items[out.leaf_heads[h]].event)]++] = out.leaf_heads[h];
    return out;
  }();

  static constexpr std::size_t leaves_of(std::uint8_t event) {
    return index.event_begin[slot_of(event) + 1] - std::size_t{index.event_begin[slot_of(event)]};
  }
  static constexpr std::size_t head_of_event(std::uint8_t event, std::size_t i) {
    return index.event_heads[index.event_begin[slot_of(event)] + i];
  }
  static constexpr std::size_t groups_in(std::size_t leaf) { return index.leaf_begin[leaf + 1] - std::size_t{index.leaf_begin[leaf]}; }
  static constexpr std::size_t head_in_leaf(std::size_t leaf, std::size_t i) { return index.leaf_heads[index.leaf_begin[leaf] + i]; }
};

}  // namespace sml::detail
