#pragma once

/// From typed rows to plain data: every row of a table becomes one constexpr RawRow, its guard and its
/// action a function pointer that the compiler sees through. After this file there are no row types any more.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "fsm/sml/traits.h"

namespace sml::detail {

#if defined(__cpp_exceptions)
inline constexpr bool kExceptions = true;
#else
inline constexpr bool kExceptions = false;
#endif

template <class M>
struct TableInfo;

enum class Place : std::uint8_t { none, plain, terminal, any };

/// A state as a row names it.
template <class M>
struct RawState {
  Place place = Place::none;
  bool initial = false;
  History history = History::no;
  std::string_view name;
  std::uint64_t id = 0;                     // says which state of its table
  const TableInfo<M>* own_table = nullptr;  // of a composite state
  bool composite = false;
};

template <class M>
struct RawRow {
  RawState<M> from;
  RawState<M> to;
  Trigger kind = Trigger::completion;
  const EventInfo* event = nullptr;
  std::uint64_t event_key = 0;  // 0: no event of its own
  bool guarded = false;
  bool acts = false;
  bool (*guard)(Env<M>&, const void*) = nullptr;
  void (*action)(Env<M>&, const void*) = nullptr;
  const void* (*catcher)() = nullptr;  // the exception in flight, if it is of the row's type
  Time (*ask_delay)(Env<M>&) = nullptr;
  bool asks_delay = false;
  Time delay{};
  std::string_view guard_name;
  std::string_view action_name;
  std::string_view delay_name;
  std::uint32_t waived = 0;
  const char* reason = "";
  bool guard_pure = true;
  bool guard_bool = true;
  bool given = true;  // everything its verbs ask for
  bool unnamed = false;
  bool posts = false;
  bool defers = false;
  bool ignores = false;
};

template <class M>
struct TableInfo {
  std::string_view name;
  const RawRow<M>* rows;
  std::size_t count;
};

template <class T>
concept Table = requires(T t) { t(); } && std::is_class_v<T>;

template <class T>
constexpr std::string_view table_name() {
  if constexpr (requires { std::string_view{T::name}; }) {
    return T::name;
  } else {
    return type_name<T>;
  }
}

template <class T>
using table_of = decltype(std::declval<T&>()());

template <class T>
inline constexpr auto table_value = T{}();

template <class Id>
inline constexpr std::uint64_t state_id = hash_of(Id::name);
template <class T>
inline constexpr std::uint64_t state_id<typed<T>> = type_key<T>;
template <>
inline constexpr std::uint64_t state_id<terminal> = type_key<terminal>;

// ---- thunks -----------------------------------------------------------------------------------

template <class M, class E, class V>
[[gnu::always_inline]] inline decltype(auto) run_verb(const V& verb, Env<M>& env, const void* event) {
  if constexpr (std::is_same_v<E, none> || std::is_same_v<E, _>) {
    return Caller<V>::template run<M, E>(verb, env, E{});
  } else {
    return Caller<V>::template run<M, E>(verb, env, *static_cast<const E*>(event));
  }
}

/// A guard that returns something else is found by verification and refused by the machine; here it only has to compile.
template <class Ask>
[[gnu::always_inline]] inline bool as_bool(Ask ask_guard) {
  if constexpr (std::is_same_v<bare<decltype(ask_guard())>, bool>) {
    return ask_guard();
  } else {
    ask_guard();
    return false;
  }
}

template <class M, class E, class V>
inline constexpr bool returns_bool =
    std::is_same_v<bare<decltype(run_verb<M, E, V>(std::declval<const V&>(), std::declval<Env<M>&>(), nullptr))>, bool>;

template <class M, class E, class V>
struct TypeThunk {  // the verb is nothing but its type
  static bool ask(Env<M>& env, const void* event) { return as_bool([&]() -> decltype(auto) { return run_verb<M, E, V>(V{}, env, event); }); }
  static void act(Env<M>& env, const void* event) { run_verb<M, E, V>(V{}, env, event); }
};

template <class M, class E, class T, std::size_t I>
struct ValueThunk {  // the verb is a value in the table
  static bool ask(Env<M>& env, const void* event) {
    return as_bool([&]() -> decltype(auto) { return run_verb<M, E>(cell_at<I>(table_value<T>.rows).guard, env, event); });
  }
  static void act(Env<M>& env, const void* event) {
    run_verb<M, E>(cell_at<I>(table_value<T>.rows).action, env, event);
  }
  static Time delay(Env<M>& env) {
    constexpr auto member = cell_at<I>(table_value<T>.rows).trigger.delay;
    return Time{call_pointer<std::remove_const_t<decltype(member)>, M, none>(member, env, none{})};
  }
};

template <class E>
const void* caught() {
#if defined(__cpp_exceptions)
  if constexpr (std::is_same_v<E, _>) {
    static constexpr _ anything{};
    return &anything;
  } else {
    try {
      throw;
    } catch (const E& e) {
      return &e;
    } catch (...) {
      return nullptr;
    }
  }
#else
  return nullptr;
#endif
}

template <class M, class E, class V, class T, std::size_t I>
consteval auto guard_thunk() -> bool (*)(Env<M>&, const void*) {
  if constexpr (std::is_same_v<V, none>) {
    return nullptr;
  } else {
    if constexpr (only_type<V>) {
      return &TypeThunk<M, E, V>::ask;
    } else {
      return &ValueThunk<M, E, T, I>::ask;
    }
  }
}

template <class M, class E, class V, class T, std::size_t I>
consteval auto action_thunk() -> void (*)(Env<M>&, const void*) {
  if constexpr (std::is_same_v<V, none> || std::is_same_v<V, ignore_t> || std::is_same_v<V, defer_t>) {
    return nullptr;
  } else if constexpr (only_type<V>) {
    return &TypeThunk<M, E, V>::act;
  } else {
    return &ValueThunk<M, E, T, I>::act;
  }
}

// ---- lowering ---------------------------------------------------------------------------------

template <class M, class T>
struct Lowered;

template <class M, class Id>
struct LowerState {
  static constexpr RawState<M> get(bool initial, History history) {
    return {Place::plain, initial, history, Id::name, state_id<Id>, nullptr};
  }
};
template <class M, class T>
struct LowerState<M, typed<T>> {
  static constexpr RawState<M> get(bool initial, History history) {
    if constexpr (std::is_same_v<T, _>) {
      return {Place::any, initial, history, "_", 0, nullptr};
    } else if constexpr (requires { sizeof(T); }) {
      if constexpr (Table<T>) {
        return {Place::plain, initial, history, table_name<T>(), state_id<typed<T>>, &Lowered<M, T>::info, true};
      } else {
        return {Place::plain, initial, history, joined<type_name<T>>::value, state_id<typed<T>>, nullptr};
      }
    } else {
      return {Place::plain, initial, history, joined<type_name<T>>::value, state_id<typed<T>>, nullptr};
    }
  }
};
template <class M>
struct LowerState<M, terminal> {
  static constexpr RawState<M> get(bool initial, History history) {
    return {Place::terminal, initial, history, "X", state_id<terminal>, nullptr};
  }
};

template <class M, class S>
inline constexpr RawState<M> lowered_state = LowerState<M, typename S::id>::get(S::initial, S::history);
template <class M>
inline constexpr RawState<M> lowered_state<M, none> = {};

template <class V>
struct is_held : std::false_type {};
template <class F>
struct is_held<held<F>> : std::true_type {};

template <class D>
concept Duration = requires(D d) { Time{d}; };

/// A row without its states. Where nothing of it is a value, T and I are void and 0, so that equal rows are lowered once.
template <class M, class T, std::size_t I, class Ev, class G, class A>
consteval RawRow<M> lower_verbs() {
  using E = typename Ev::event_type;
  constexpr Trigger kind = Ev::kind;
  RawRow<M> raw{};
  raw.kind = kind;
  if constexpr (kind == Trigger::exception) {
    if constexpr (kExceptions) raw.catcher = &caught<E>;
  } else if constexpr (!std::is_same_v<E, none> && !std::is_same_v<E, _>) {
    raw.event = &event_info<E>;
    raw.event_key = type_key<E>;
  }
  raw.guarded = !std::is_same_v<G, none>;
  raw.acts = !std::is_same_v<A, none> && !std::is_same_v<A, ignore_t> && !std::is_same_v<A, defer_t>;
  raw.given = given<G, M, E> && given<A, M, E>;
  if constexpr (given<G, M, E>) raw.guard = guard_thunk<M, E, G, T, I>();
  if constexpr (given<A, M, E>) raw.action = action_thunk<M, E, A, T, I>();
  raw.guard_name = Named<G>::name;
  raw.action_name = Named<A>::name;
  raw.unnamed = (Named<G>::unnamed && !is_held<G>::value) || (Named<A>::unnamed && !is_held<A>::value);
  if constexpr (is_held<G>::value) raw.guard_name = value_name<cell_at<I>(table_value<T>.rows).guard.pointer>;
  if constexpr (is_held<A>::value) raw.action_name = value_name<cell_at<I>(table_value<T>.rows).action.pointer>;
  raw.guard_pure = Traits<G>::pure;
  if constexpr (!std::is_same_v<G, none> && given<G, M, E>) {
    raw.guard_bool = returns_bool<M, E, G>;
    raw.guard_pure = raw.guard_pure && raw.guard_bool;
  }
  raw.posts = Traits<A>::posts;
  raw.defers = Traits<A>::defers;
  raw.ignores = std::is_same_v<A, ignore_t>;
  if constexpr (kind == Trigger::timer_after || kind == Trigger::timer_every) {
    using D = decltype(Ev::delay);
    if constexpr (Duration<D>) {
      raw.delay = Time{cell_at<I>(table_value<T>.rows).trigger.delay};
    } else {
      raw.asks_delay = true;
      raw.ask_delay = &ValueThunk<M, none, T, I>::delay;
      raw.delay_name = value_name<cell_at<I>(table_value<T>.rows).trigger.delay>;
    }
  }
  return raw;
}
template <class M, class T, std::size_t I, class Ev, class G, class A>
inline constexpr RawRow<M> lowered_verbs = lower_verbs<M, T, I, Ev, G, A>();

template <class M>
constexpr RawRow<M> with_states(RawRow<M> raw, const RawState<M>& from, const RawState<M>& to) {
  raw.from = from;
  raw.to = to;
  return raw;
}

template <class M, class T, std::size_t I, class R>
consteval RawRow<M> lower_row() {
  RawRow<M> raw = with_states<M>(lowered_verbs<M, T, I, typename R::trigger_type, typename R::guard_type, typename R::action_type>,
                                 lowered_state<M, typename R::from_type>, lowered_state<M, typename R::to_type>);
  if constexpr (R::waived != 0) {
    raw.waived = R::waived;
    raw.reason = cell_at<I>(table_value<T>.rows).reason;
  }
  return raw;
}

template <class M, class T, class Rows>
struct LoweredRows;
template <class M, class T, class... R>
struct LoweredRows<M, T, table<false, R...>> {
  static constexpr std::array<RawRow<M>, sizeof...(R)> rows = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<RawRow<M>, sizeof...(R)>{lower_row<M, T, I, R>()...};
  }(std::index_sequence_for<R...>{});
};
template <class M, class T, class... R>
struct LoweredRows<M, T, table<true, R...>> {
  static constexpr std::array<RawRow<M>, sizeof...(R)> rows{
      with_states<M>(lowered_verbs<M, void, 0, typename R::trigger_type, typename R::guard_type, typename R::action_type>,
                     lowered_state<M, typename R::from_type>, lowered_state<M, typename R::to_type>)...};
};

template <class M, class T>
struct Lowered {
  using Rows = LoweredRows<M, T, table_of<T>>;
  static constexpr TableInfo<M> info{table_name<T>(), Rows::rows.data(), Rows::rows.size()};
};

// ---- the contexts of composite states -----------------------------------------------------------

template <class... C>
struct type_list {};

template <class List, class T>
struct append_unique;
template <class... C, class T>
struct append_unique<type_list<C...>, T> {
  using type = std::conditional_t<(std::is_same_v<C, T> || ... || false), type_list<C...>, type_list<C..., T>>;
};

template <class State>
struct sub_table {
  using type = void;
};
template <class T, bool I, History H>
  requires(requires { sizeof(T); } && Table<T>)
struct sub_table<state_t<typed<T>, I, H>> {
  using type = T;
};

template <class List, class T>
struct gather_contexts;

template <class List, class... S>
struct gather_states {
  using type = List;
};
template <class List, class S, class... Rest>
struct gather_states<List, S, Rest...> {
  using T = typename sub_table<S>::type;
  using next = typename std::conditional_t<std::is_void_v<T>, std::type_identity<List>, gather_contexts<List, T>>::type;
  using type = typename gather_states<next, Rest...>::type;
};

template <class R>
inline constexpr bool names_composite =
    !std::is_void_v<typename sub_table<typename R::from_type>::type> || !std::is_void_v<typename sub_table<typename R::to_type>::type>;

template <class Rows>
inline constexpr bool has_composites = false;
template <bool S, class... R>
inline constexpr bool has_composites<table<S, R...>> = !every<!names_composite<R>...>();

template <class List, class Rows>
struct gather_rows;
template <class List, bool S, class... R>
struct gather_rows<List, table<S, R...>> {
  static constexpr auto get() {
    if constexpr (has_composites<table<S, R...>>) {
      return typename gather_states<List, typename R::from_type..., typename R::to_type...>::type{};
    } else {
      return List{};
    }
  }
  using type = decltype(get());
};

template <class List, class T>
struct gather_contexts {
  using with_own = std::conditional_t<std::is_same_v<context_of<T>, none>, std::type_identity<List>,
                                      append_unique<List, context_of<T>>>;
  using type = typename gather_rows<typename with_own::type, table_of<T>>::type;
};

template <class List>
struct as_contexts;
template <class... C>
struct as_contexts<type_list<C...>> {
  using type = Contexts<C...>;
};

/// What the thunks of a machine are compiled against.
template <class T>
struct Basis {
  using table = T;
  using first_context = context_of<T>;
  using port_type = port_of<T>;
  using gathered = typename gather_contexts<type_list<context_of<T>>, T>::type;
  using contexts_type = typename as_contexts<gathered>::type;
};

}  // namespace sml::detail
