#pragma once

/// The table language, as [Boost].SML publishes it: what may be written between the brackets of
/// make_transition_table(...). It builds rows; it runs nothing.

// Of <chrono> only durations are wanted. Where the library keeps them apart from calendars and time zones, that part
// alone saves every file that includes a machine a quarter of a second and thirty megabytes.
#include <cstddef>
#if defined(__GLIBCXX__) && __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include "fsm/sml/text.h"

namespace sml {

/// Time since the host's epoch, on a clock that never goes back.
using Time = std::chrono::nanoseconds;

/// Whatever: any event in `event<_>` and `on_entry<_>`, any state in `state<_>`.
struct _ {};

/// Nothing: no guard, no action, no target, no context.
struct none {
  bool operator==(const none&) const = default;
};

/// What verification can find. A finding is waived at a row: waive<fault::dead_end>("reason", row).
enum class fault : std::uint32_t {
  nothing = 0,
  unreachable = 1u << 0,        ///< no path leads from the initial state to this state
  shadowed = 1u << 1,           ///< an earlier row without a guard answers the same event
  twin = 1u << 2,               ///< two rows with the same state, event and guard
  dead_end = 1u << 3,           ///< a state without a way out that is not declared terminal
  completion_cycle = 1u << 4,   ///< completion transitions that go round without a guard
  terminal_timer = 1u << 5,     ///< a timer in a terminal state
  unused_event = 1u << 6,       ///< an event declared in Events that no row names
  never_entered = 1u << 7,      ///< a state with rows that nothing enters: mostly a typo
  guard_signature = 1u << 8,    ///< a guard that is not bool(const Context&, const Event&)
  unnamed = 1u << 9,            ///< a guard or an action without a name (a lambda)
  incomplete = 1u << 10,        ///< opt-in: a state that says nothing about an event
  no_initial = 1u << 11,        ///< a table without `*`
  two_regions = 1u << 12,       ///< a state that two regions share
  argument = 1u << 13,          ///< a verb that asks for what there is not
};

namespace detail {

struct grammar {};  // base of everything the language is made of

template <class T>
concept Grammar = std::is_base_of_v<grammar, std::remove_cvref_t<T>>;

enum class Trigger : std::uint8_t {
  event, any_event, completion, entry, exit, unexpected, timer_after, timer_every, exception
};

template <class From, class Ev, class G, class A, class To>
struct row;

template <class S>
inline constexpr bool is_state = false;

}  // namespace detail

// ---- verbs: guards and actions --------------------------------------------------------------

/// A guard or action made of a function, or of a member function of the context or the port.
/// It is known by that function's name: in traces, diagrams and messages.
template <auto F>
struct call_t : detail::grammar {};

template <auto F>
inline constexpr call_t<F> call{};

/// Keeps the event until the state has changed, then offers it again.
struct defer_t : detail::grammar {};
inline constexpr defer_t defer{};

/// Posts an event; it is handled after the present one, before process() returns.
template <class E>
struct process_t : detail::grammar {
  [[no_unique_address]] E event;
};

/// An action that posts `event`: `/ process(Opened{})`.
template <class E>
constexpr process_t<E> process(E event) {
  return {{}, static_cast<E&&>(event)};
}

namespace detail {

template <class F>
struct held : grammar {  // a pointer written straight into the table
  F pointer;
};

template <class A, class B>
struct seq_t : grammar {
  A first;
  B second;
};
template <class A, class B>
struct and_t : grammar {
  A first;
  B second;
};
template <class A, class B>
struct or_t : grammar {
  A first;
  B second;
};
template <class A>
struct not_t : grammar {
  A first;
};
struct ignore_t : grammar {};

template <class T>
struct is_call : std::false_type {};
template <auto F>
struct is_call<call_t<F>> : std::true_type {};
template <class F>
struct is_call<held<F>> : std::true_type {};
template <class E>
struct is_call<process_t<E>> : std::true_type {};
template <class A, class B>
struct is_call<seq_t<A, B>> : std::true_type {};
template <class A, class B>
struct is_call<and_t<A, B>> : std::true_type {};
template <class A, class B>
struct is_call<or_t<A, B>> : std::true_type {};
template <class A>
struct is_call<not_t<A>> : std::true_type {};
template <>
struct is_call<defer_t> : std::true_type {};

/// What may be joined by `,` `&&` `||` `!`: our verbs, and any other function object.
template <class T>
concept Verb = is_call<T>::value ||
               (std::is_class_v<T> && !Grammar<T> && (std::is_empty_v<T> || requires { &T::operator(); }));
template <class T>
concept Function = std::is_function_v<std::remove_pointer_t<T>> || std::is_member_pointer_v<T>;

template <class F>
constexpr auto hold(F f) {
  if constexpr (Function<F>) {
    return held<F>{{}, f};
  } else {
    constexpr bool callable = Verb<F> || (std::is_class_v<F> && !Grammar<F>);
    static_assert(callable, "sml: a guard or an action must be callable; a target state comes after =, not after /");
    if constexpr (callable) {
      return f;
    } else {
      return none{};  // so that one mistake is one message
    }
  }
}

// ---- rows -----------------------------------------------------------------------------------

template <class Ev, class G, class A>
struct trans;

/// A row with its target; nothing can be added. An aggregate without functions, because a table has many.
template <class From, class Ev, class G, class A, class To>
struct row : grammar {
  using from_type = From;
  using to_type = To;
  using trigger_type = Ev;
  using guard_type = G;
  using action_type = A;
  static constexpr std::uint32_t waived = 0;

  Ev trigger;
  G guard;
  A action;
};

/// A row without a target so far.
template <class From, class Ev, class G, class A>
struct row<From, Ev, G, A, none> : grammar {
  using from_type = From;
  using to_type = none;
  using trigger_type = Ev;
  using guard_type = G;
  using action_type = A;
  static constexpr std::uint32_t waived = 0;

  Ev trigger;
  G guard;
  A action;

  template <class State>
  constexpr row<From, Ev, G, A, State> operator=(State) const {
    static_assert(is_state<State>, "sml: what follows = is one state");
    return {{}, trigger, guard, action};
  }
  template <class Action>
  constexpr auto operator/(Action a) const {
    static_assert(std::is_same_v<A, none>, "sml: this row has two actions; write / (first, second)");
    return row<From, Ev, G, decltype(hold(a)), none>{{}, trigger, guard, hold(a)};
  }
};

template <class Ev, class G, class A>
struct trans : grammar {  // event [ guard ] / action, before a state is added
  Ev trigger{};
  G guard{};
  A action{};
  constexpr trans(Ev e, G g, A a) : trigger(e), guard(g), action(a) {}

  template <class Action>
  constexpr auto operator/(Action a) const {
    static_assert(std::is_same_v<A, none>, "sml: this row has two actions; write / (first, second)");
    return trans<Ev, G, decltype(hold(a))>{trigger, guard, hold(a)};
  }
};

// ---- triggers -------------------------------------------------------------------------------

struct trigger_base : grammar {};

template <class Derived>
struct trigger : trigger_base {
  template <class Guard>
  constexpr auto operator[](Guard g) const {
    return trans<Derived, decltype(hold(g)), none>{self(), hold(g), {}};
  }
  template <class Action>
  constexpr auto operator/(Action a) const {
    return trans<Derived, none, decltype(hold(a))>{self(), {}, hold(a)};
  }

 private:
  constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }
};

template <class E, Trigger Kind>
struct event_t : trigger<event_t<E, Kind>> {
  using event_type = E;
  static constexpr Trigger kind = Kind;
};

struct completion_t : trigger<completion_t> {
  using event_type = none;
  static constexpr Trigger kind = Trigger::completion;
};

template <class D, Trigger Kind>
struct timer_t : trigger<timer_t<D, Kind>> {
  using event_type = none;
  static constexpr Trigger kind = Kind;
  D delay{};
  constexpr timer_t() = default;
  constexpr explicit timer_t(D d) : delay(d) {}
};

template <class E>
struct ignored_event : grammar {};

template <text Name>
struct named_event {
  static constexpr std::string_view sml_name = Name.view();
  bool operator==(const named_event&) const = default;
};

}  // namespace detail

/// `event<Press>`: the row answers a Press. `event<_>`: it answers any event that no row above it takes.
template <class E>
inline constexpr detail::event_t<E, std::is_same_v<E, _> ? detail::Trigger::any_event : detail::Trigger::event>
    event{};

/// Runs when the state has been entered; `on_entry<E>` only if E led into it.
template <class E>
inline constexpr detail::event_t<E, detail::Trigger::entry> on_entry{};

/// Runs before the state is left; `on_exit<E>` only if E leads out of it.
template <class E>
inline constexpr detail::event_t<E, detail::Trigger::exit> on_exit{};

/// Answers an event that no row of the state (nor of the states around it) names.
template <class E>
inline constexpr detail::event_t<E, detail::Trigger::unexpected> unexpected_event{};

/// Answers a C++ exception of type E thrown by a guard or an action. `exception<>`: any.
template <class E = _>
inline constexpr detail::event_t<E, detail::Trigger::exception> exception{};

/// `"idle"_s + ignore<Saved>`: the event is expected here and nothing is done about it.
template <class E>
inline constexpr auto ignore = detail::trans<detail::event_t<E, detail::Trigger::event>, none, detail::ignore_t>{
    {}, {}, {}};

/// Fires once, so long after the state was entered. `delay`: a duration, or a member (variable or
/// function) of the context that gives one and is asked on entry.
template <class D>
constexpr auto after(D delay) {
  return detail::timer_t<D, detail::Trigger::timer_after>{delay};
}

/// Fires again and again while the state is active; ticks that were missed are skipped.
template <class D>
constexpr auto every(D delay) {
  return detail::timer_t<D, detail::Trigger::timer_every>{delay};
}

// ---- states ---------------------------------------------------------------------------------

namespace detail {

enum class History : std::uint8_t { no, shallow, deep };

struct history_t {};
struct deep_history_t {};

template <text Name>
struct named {
  static constexpr std::string_view name = Name.view();
};

template <class T>
struct typed {
  using type = T;
};

struct terminal {};

template <class Id>
struct state_name_of {
  static constexpr std::string_view name = Id::name;
};
template <>
struct state_name_of<terminal> {
  static constexpr std::string_view name = "X";
};
template <class T>
struct state_name_of<typed<T>> {
  static constexpr std::string_view get() {
    if constexpr (requires { std::string_view{T::name}; }) {
      return T::name;
    } else {
      return joined<type_name<T>>::value;
    }
  }
  static constexpr std::string_view name = get();
};
template <class Id>
constexpr std::string_view state_name() {
  return state_name_of<Id>::name;
}

/// A state in a table. Id says which; the rest is how it was marked.
template <class Id, bool Initial = false, History H = History::no>
struct state_t : grammar {
  using id = Id;
  static constexpr bool initial = Initial;
  static constexpr History history = H;

  static constexpr const char* c_str() { return state_name<Id>().data(); }

  constexpr state_t<Id, true, H> operator*() const { return {}; }
  constexpr state_t<Id, Initial, History::shallow> operator()(history_t) const { return {}; }
  constexpr state_t<Id, Initial, History::deep> operator()(deep_history_t) const { return {}; }

  template <class Ev, class G, class A>
  constexpr row<state_t, Ev, G, A, none> operator+(const trans<Ev, G, A>& t) const {
    return {{}, t.trigger, t.guard, t.action};
  }
  template <class Ev>
    requires(std::is_base_of_v<trigger_base, Ev>)
  constexpr row<state_t, Ev, none, none, none> operator+(const Ev& e) const {
    return {{}, e, {}, {}};
  }
  template <class Guard>
  constexpr auto operator[](Guard g) const {
    return row<state_t, completion_t, decltype(hold(g)), none, none>{{}, {}, hold(g), {}};
  }
  template <class Action>
  constexpr auto operator/(Action a) const {
    return row<state_t, completion_t, none, decltype(hold(a)), none>{{}, {}, {}, hold(a)};
  }
  template <class OtherId, bool I, History OtherH>
  constexpr row<state_t, completion_t, none, none, state_t<OtherId, I, OtherH>> operator=(
      state_t<OtherId, I, OtherH>) const {
    return {};
  }
  /// The other way round: `target <= source + event [ guard ] / action`.
  template <class From, class Ev, class G, class A>
  constexpr row<From, Ev, G, A, state_t> operator<=(const row<From, Ev, G, A, none>& r) const {
    return {{}, r.trigger, r.guard, r.action};
  }
  template <class OtherId, bool I, History OtherH>
  constexpr row<state_t<OtherId, I, OtherH>, completion_t, none, none, state_t> operator<=(
      state_t<OtherId, I, OtherH>) const {
    return {};
  }
};

template <class Id, bool Initial, History Past>
inline constexpr bool is_state<state_t<Id, Initial, Past>> = true;

template <class T>
concept RowType = Grammar<T> && requires { typename T::from_type; };

/// A row with faults that are known and accepted, and why.
template <std::uint32_t Faults, RowType R>
struct waived_row : R {
  static constexpr std::uint32_t waived = Faults;
  const char* reason = "";
};

}  // namespace detail

/// The state of that type; if the type is itself a table, a composite state.
template <class T>
inline constexpr detail::state_t<detail::typed<T>> state{};

/// The terminal state: nothing leads out of it.
inline constexpr detail::state_t<detail::terminal> X{};

/// `state<Sub>(H)`: come back to the substate that was active when Sub was left.
inline constexpr detail::history_t H{};
/// `state<Sub>(deep_H)`: come back to the innermost state that was active when Sub was left.
inline constexpr detail::deep_history_t deep_H{};

inline namespace literals {

/// `"idle"_s`: the state of that name.
template <text Name>
constexpr auto operator""_s() {
  return detail::state_t<detail::named<Name>>{};
}

/// `"press"_e`: an event without a type of its own.
template <text Name>
constexpr auto operator""_e() {
  return detail::event_t<detail::named_event<Name>, detail::Trigger::event>{};
}

}  // namespace literals

// Sequences and conditions, found from inside a table by `using namespace sml`.

/// One action, then the other.
template <class A, class B>
  requires((detail::Verb<A> || detail::Function<A>) && (detail::Verb<B> || detail::Function<B>))
constexpr auto operator,(A a, B b) {
  return detail::seq_t<decltype(detail::hold(a)), decltype(detail::hold(b))>{{}, detail::hold(a), detail::hold(b)};
}
template <class A, class B>
  requires(detail::Verb<A> && detail::Verb<B>)
constexpr detail::and_t<A, B> operator&&(A a, B b) {
  return {{}, a, b};
}
template <class A, class B>
  requires(detail::Verb<A> && detail::Verb<B>)
constexpr detail::or_t<A, B> operator||(A a, B b) {
  return {{}, a, b};
}
template <detail::Verb A>
constexpr detail::not_t<A> operator!(A a) {
  return {{}, a};
}

/// Accepts findings of verification at this row: `waive<fault::dead_end>("a factory test ends here", row)`.
template <fault... Faults, detail::RowType R>
constexpr auto waive(const char* reason, R row) {
  return detail::waived_row<(static_cast<std::uint32_t>(Faults) | ... | R::waived), R>{row, reason};
}

/// The events that may come, for `using Events = sml::events<Press, Saved>`. Their numbers are in this order, before
/// those of events that only rows name.
template <class... E>
struct events {};

namespace detail {

template <std::size_t I, class R>
struct cell {
  R value;
};

template <class Indices, class... R>
struct cells;
template <std::size_t... I, class... R>
struct cells<std::index_sequence<I...>, R...> : cell<I, R>... {
  constexpr explicit cells(R... rows) : cell<I, R>{rows}... {}
};

template <std::size_t I, class R>
constexpr const R& cell_at(const cell<I, R>& c) {
  return c.value;
}

/// Whether a verb is nothing but its type, so that a table that is no constant expression can still be read.
template <class V>
inline constexpr bool only_type = std::is_empty_v<V> && std::is_default_constructible_v<V>;
template <class A, class B>
inline constexpr bool only_type<seq_t<A, B>> = only_type<A> && only_type<B>;
template <class A, class B>
inline constexpr bool only_type<and_t<A, B>> = only_type<A> && only_type<B>;
template <class A, class B>
inline constexpr bool only_type<or_t<A, B>> = only_type<A> && only_type<B>;
template <class A>
inline constexpr bool only_type<not_t<A>> = only_type<A>;

/// Of a table's rows, which may be more than a compiler lets a fold expression have.
template <bool... Each>
consteval bool every() {
  for (const bool one : {Each..., true})
    if (!one) return false;
  return true;
}

template <class R>
inline constexpr bool stateless = std::is_empty_v<typename R::trigger_type> && only_type<typename R::guard_type> &&
                                  only_type<typename R::action_type> && R::waived == 0;

}  // namespace detail

/// A whole table. If no row carries a value (a duration, a pointer), it is nothing but its type.
template <bool Stateless, class... Rows>
struct table {
  detail::cells<std::make_index_sequence<sizeof...(Rows)>, Rows...> rows;
};
template <class... Rows>
struct table<true, Rows...> {};

/// The rows, read from the top: the first that matches wins.
template <class... Rows>
  requires(detail::every<detail::RowType<Rows>...>())
constexpr auto make_transition_table(Rows... rows) {
  constexpr bool stateless = detail::every<detail::stateless<Rows>...>();
  if constexpr (stateless) {
    return table<true, Rows...>{};
  } else {
    return table<false, Rows...>{detail::cells<std::make_index_sequence<sizeof...(Rows)>, Rows...>{rows...}};
  }
}

}  // namespace sml
