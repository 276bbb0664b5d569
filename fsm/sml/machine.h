#pragma once

/// The machine: a value that is a byte per region, the context, and the deadlines of its timers.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "fsm/sml/introspect.h"
#include "fsm/sml/queue.h"

namespace sml {

template <class T>
class machine;

namespace detail {

template <class V, std::size_t N, V Empty>
struct Cells {
  std::array<V, N> items = [] {
    std::array<V, N> filled{};
    for (auto& item : filled) item = Empty;
    return filled;
  }();
  constexpr V& operator[](std::size_t i) { return items[i]; }
  constexpr const V& operator[](std::size_t i) const { return items[i]; }
  bool operator==(const Cells&) const = default;
};
template <class V, V Empty>
struct Cells<V, 0, Empty> {
  constexpr V operator[](std::size_t) const { return Empty; }
  bool operator==(const Cells&) const = default;
};

struct Deadlines {
  template <std::size_t N>
  struct of {
    std::array<Time, N> items = [] {
      std::array<Time, N> filled{};
      for (auto& item : filled) item = kNever;
      return filled;
    }();
    bool operator==(const of&) const = default;
  };
};
template <>
struct Deadlines::of<0> {
  bool operator==(const of&) const = default;
};

template <class T, bool Needed>
struct Deferred {
  EventQueue<T, defer_max<T>> events;
  bool operator==(const Deferred&) const = default;
};
template <class T>
struct Deferred<T, false> {
  bool operator==(const Deferred&) const = default;
};

template <bool Needed>
struct DropCount {
  std::uint32_t value = 0;
  bool operator==(const DropCount&) const = default;
};
template <>
struct DropCount<false> {
  bool operator==(const DropCount&) const = default;
};

struct NoObserver {};

/// So many completions, bursts of timers or posted events in one call are no longer a program but a livelock.
inline constexpr std::size_t kCompletionsMax = 250;
inline constexpr std::size_t kTimersMax = 250;
inline constexpr std::size_t kPostedMax = 1000;

template <class A, class Port>
concept PortArgument = std::is_base_of_v<Port, std::remove_cvref_t<A>> || std::is_same_v<Port, std::remove_cvref_t<A>>;
template <class A>
concept TimeArgument = std::is_convertible_v<A, Time>;

inline none nothing{};

template <class T, class Observer>
class Engine;

template <class T, class S>
consteval std::uint8_t number_of_state(std::uint8_t scope = kNoState) {
  const auto& states = Model<T>::states;
  for (std::size_t s = 0; s < states.size(); ++s)
    if (states[s].id == state_id<typename S::id> && states[s].parent == scope) return static_cast<std::uint8_t>(s);
  if (scope != kNoState) return kNoState;
  for (std::size_t s = 0; s < states.size(); ++s)
    if (states[s].id == state_id<typename S::id>) return static_cast<std::uint8_t>(s);
  return kNoState;
}

}  // namespace detail

/// A state machine with the table T. It owns no thread, no queue and no clock, and holds no reference: copying it
/// copies all there is. Arguments after the event come in any order: the time, the port, an observer.
template <class T>
class machine {
  using Mo = detail::Model<T>;

  static_assert(Mo::parts.regions > 0, "sml: this table has no initial state; mark one with *");

 public:
  using Table = T;
  using Context = detail::context_of<T>;
  using Port = detail::port_of<T>;

  machine() = default;
  explicit machine(Context context) : contexts_(static_cast<Context&&>(context)) {}

  bool operator==(const machine&) const = default;

  /// Enters the initial state(s): entry actions, completions, timers. Calling it again begins anew with the
  /// context as it is. Before the first call no event is expected.
  template <class... Rest>
  void start(Rest&&... rest) {
    with(rest...).start();
  }

  /// Handles one event, and then all that it caused: completions, recalled and posted events.
  /// The verdict is the event's own.
  template <class E, class... Rest>
  Verdict process(const E& event, Rest&&... rest) {
    constexpr std::uint8_t id = Mo::template event_id<E>;
    static_assert(id != kNoEvent || Mo::parts.surprises || takes_any_event(),
                  "sml: no row of this table names the event; `using Events = sml::events<...>` declares one that may come");
    return with(rest...).template process<id>(&event);
  }
  /// The same for an event the table may not know, which then is unexpected.
  template <class E, class... Rest>
  Verdict process_foreign(const E& event, Rest&&... rest) {
    return with(rest...).template process<Mo::template event_id<E>>(&event);
  }
  /// The same for an event written as the table writes it: process("press"_e).
  template <class E, class... Rest>
  Verdict process(const detail::event_t<E, detail::Trigger::event>&, Rest&&... rest) {
    return process(E{}, rest...);
  }
  /// The same for an event of which only the closed set is known: state first, then event. Becomes part of its caller, who
  /// then pays for the verdict only if it is looked at.
  template <class... Rest>
  SML_INLINE Verdict process(const any_event<T>& event, Rest&&... rest) {
    return with(rest...).process_any(event.id(), event.payload());
  }
  /// The same for events that are kept elsewhere: `id` indexes introspect<T>::events, `payload` points to that event.
  template <class... Rest>
  SML_INLINE Verdict process_id(std::uint8_t id, const void* payload, Rest&&... rest) {
    return with(rest...).process_any(id, payload);
  }

  /// Fires the timers that are due at or before `now`, the earliest first. Returns how many fired.
  template <class... Rest>
  std::size_t advance(Rest&&... rest) {
    return with(rest...).advance();
  }
  /// When advance() has to be called next, if nothing else happens before.
  std::optional<Time> next_deadline() const {
    Time earliest = kNever;
    if constexpr (Mo::parts.slots > 0)
      for (const Time deadline : deadlines_.items)
        if (deadline < earliest) earliest = deadline;
    if (earliest == kNever) return std::nullopt;
    return earliest;
  }

  /// Whether the state is active; of a composite: whether one of its substates is.
  template <class S>
  bool is(S) const {
    constexpr std::uint8_t wanted = detail::number_of_state<T, S>();
    static_assert(wanted != kNoState, "sml: no such state in this table");
    return is_in(wanted);
  }
  /// The same for a state of the composite: m.is<Composite>("inner"_s).
  template <class Composite, class S>
  bool is(S) const {
    constexpr std::uint8_t scope = detail::number_of_state<T, detail::state_t<detail::typed<Composite>>>();
    constexpr std::uint8_t wanted = detail::number_of_state<T, S>(scope);
    static_assert(scope != kNoState && wanted != kNoState, "sml: no such state in that composite");
    return is_in(wanted);
  }
  bool is_in(std::uint8_t wanted) const {
    for (std::uint8_t active : states_)
      for (; active < kAnyState; active = Mo::states[active].parent)
        if (active == wanted) return true;
    return false;
  }
  bool started() const { return states_[0] != kNoState; }

  /// The active leaf of a region; indexes introspect<T>::states. kNoState: not started.
  std::uint8_t state(std::size_t region = 0) const { return states_[region]; }
  std::string_view state_name(std::size_t region = 0) const { return info<T>.state_name(states_[region]); }
  static constexpr std::size_t regions() { return Mo::parts.regions; }

  /// Calls visit(state) for the active leaf of every region; state.name() and state.c_str() say which.
  struct active_state {
    std::uint8_t index;
    std::string_view name() const { return info<T>.state_name(index); }
    const char* c_str() const { return name().data(); }
  };
  template <class Visit>
  void visit_current_states(Visit&& visit) const {
    for (const std::uint8_t active : states_) visit(active_state{active});
  }

  const Context& context() const { return static_cast<const detail::part<Context>&>(contexts_).value; }
  Context& context() { return static_cast<detail::part<Context>&>(contexts_).value; }
  /// The context of a composite state.
  template <class C>
  const C& context_as() const {
    return static_cast<const detail::part<C>&>(contexts_).value;
  }
  template <class C>
  C& context_as() {
    return static_cast<detail::part<C>&>(contexts_).value;
  }

  /// Posted and deferred events that found no room, since the machine was made.
  std::uint32_t dropped() const {
    if constexpr (Mo::parts.posts || Mo::parts.defers) {
      return dropped_.value;
    } else {
      return 0;
    }
  }
  /// Events that wait for another state.
  std::size_t deferred() const {
    if constexpr (Mo::parts.defers) {
      return deferred_.events.size();
    } else {
      return 0;
    }
  }

  /// Moves all deadlines, for a machine that goes on under another clock.
  void shift(Time by) {
    if constexpr (Mo::parts.slots > 0)
      for (Time& deadline : deadlines_.items)
        if (deadline != kNever) deadline += by;
  }
  /// Whether states and histories are such as this table has: for values that come from storage.
  bool plausible() const {
    for (const std::uint8_t state : states_)
      if (state >= Mo::leaf_count && state != kNoState) return false;
    for (std::size_t h = 0; h < Mo::parts.histories; ++h)
      if (histories_[h] >= Mo::leaf_count && histories_[h] != kNoState) return false;
    return true;
  }
  /// The deadline in a slot, for tools; kNever: not armed.
  static constexpr std::size_t slots() { return Mo::parts.slots; }
  Time deadline(std::size_t slot) const {
    if constexpr (Mo::parts.slots > 0) {
      return deadlines_.items[slot];
    } else {
      return slot == 0 ? kNever : Time{};
    }
  }

  /// For tests: makes states active without running anything; regions that are not named keep theirs.
  /// With a time the states' timers are armed as if they had been entered then; without, they are not.
  template <detail::Grammar... S>
  void set_state(S... states);
  template <detail::Grammar... S>
  void set_state(Time now, S... states);

 private:
  template <class, class>
  friend class detail::Engine;

  static constexpr bool takes_any_event() {
    for (const auto& row : Mo::rows)
      if (row.raw->kind == detail::Trigger::any_event) return true;
    return false;
  }

  template <class S>
  void set_one(S state);

  template <class... Rest>
  SML_INLINE auto with(Rest&... rest);

  std::array<std::uint8_t, Mo::parts.regions> states_ = [] {
    std::array<std::uint8_t, Mo::parts.regions> none_active{};
    for (auto& state : none_active) state = kNoState;
    return none_active;
  }();
  [[no_unique_address]] detail::Cells<std::uint8_t, Mo::parts.histories, kNoState> histories_{};
  [[no_unique_address]] detail::DropCount<Mo::parts.posts || Mo::parts.defers> dropped_{};
  [[no_unique_address]] typename detail::Basis<T>::contexts_type contexts_{};
  [[no_unique_address]] detail::Deadlines::of<Mo::parts.slots> deadlines_{};
  [[no_unique_address]] detail::Deferred<T, Mo::parts.defers> deferred_{};
};

}  // namespace sml

#include "fsm/sml/engine.h"
