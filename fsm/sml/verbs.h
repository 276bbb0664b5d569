#pragma once

/// Calling what a table names: a verb asks for arguments by type, in any order, and gets those it asks for.

#include <cstddef>
#include <new>
#include <string_view>
#include <type_traits>

#include "fsm/sml/language.h"

namespace sml {

struct EventInfo;

namespace detail {

/// The part of a poster that does not depend on the table. push() copies the event or says that there is no room.
struct PosterCore {
  void* queue = nullptr;
  bool (*push)(void* queue, const EventInfo* event, const void* payload) = nullptr;
};

template <class T, class E>
consteval bool table_knows();

}  // namespace detail

/// What an event is, apart from its C++ type.
struct EventInfo {
  std::string_view name;
  std::uint64_t key;  // of its type
  std::size_t size;
  std::size_t align;
  bool trivial;
  void (*copy)(void* to, const void* from);
  void (*destroy)(void* event);
  bool (*equal)(const void*, const void*);
};

namespace detail {

template <class E>
constexpr std::string_view event_name() {
  if constexpr (requires { E::sml_name; }) {
    return E::sml_name;
  } else {
    return type_name<E>;
  }
}

template <class E>
struct EventOps {
  static void copy(void* to, const void* from) { ::new (to) E(*static_cast<const E*>(from)); }
  static void destroy(void* event) { static_cast<E*>(event)->~E(); }
  static bool equal(const void* a, const void* b) {
    if constexpr (requires(const E& x) { static_cast<bool>(x == x); }) {
      return *static_cast<const E*>(a) == *static_cast<const E*>(b);
    } else {
      return std::is_empty_v<E> || a == b;
    }
  }
};

template <class E>
constexpr EventInfo make_event_info() {
  EventInfo info{event_name<E>(), type_key<E>, 1, 1, true, nullptr, nullptr, nullptr};
  if constexpr (requires { sizeof(E); }) {
    info.size = sizeof(E);
    info.align = alignof(E);
    info.trivial = std::is_trivially_copyable_v<E>;
    if constexpr (std::is_copy_constructible_v<E>) {
      info.copy = &EventOps<E>::copy;
      info.destroy = &EventOps<E>::destroy;
      info.equal = &EventOps<E>::equal;
    }
  }
  return info;
}

template <class E>
inline constexpr EventInfo event_info = make_event_info<E>();

}  // namespace detail

/// What an action gets instead of the machine: post(Event{}) queues an event, which is handled before the
/// present process() returns. False: no room (T::post_max events wait already), and the event is dropped and counted.
template <class T>
class Poster {
 public:
  explicit Poster(detail::PosterCore core) : core_(core) {}

  template <class E>
  bool operator()(const E& event) const {
    static_assert(std::is_copy_constructible_v<E>, "sml: a posted event is copied into the queue");
    static_assert(detail::table_knows<T, E>(), "sml: no row of this table answers the posted event");
    return core_.push(core_.queue, &detail::event_info<E>, &event);
  }
  template <class E>
  bool post(const E& event) const {
    return (*this)(event);
  }

 private:
  detail::PosterCore core_;
};

namespace detail {

template <class T>
struct is_poster : std::false_type {};
template <class T>
struct is_poster<Poster<T>> : std::true_type {};

template <class T>
struct PosterArgument {
  Poster<T> poster;
  operator Poster<T>&() { return poster; }  // NOLINT: lives as long as the call
};

// ---- what a machine is made of, by type -------------------------------------------------------

template <class T>
struct context_type {
  using type = none;
};
template <class T>
  requires requires { typename T::Context; }
struct context_type<T> {
  using type = typename T::Context;
};
template <class T>
using context_of = typename context_type<T>::type;

template <class T>
struct port_type {
  using type = none;
};
template <class T>
  requires requires { typename T::Port; }
struct port_type<T> {
  using type = typename T::Port;
};
template <class T>
using port_of = typename port_type<T>::type;

template <class C>
struct part {
  [[no_unique_address]] C value{};
  bool operator==(const part&) const = default;
};
template <>
struct part<none> {
  static inline none value{};
  bool operator==(const part&) const = default;
};

/// The contexts of a table and of its composite states, each type once.
template <class First, class... Rest>
struct Contexts : part<First>, part<Rest>... {
  constexpr Contexts() = default;
  constexpr explicit Contexts(First first) {
    if constexpr (!std::is_same_v<First, none>) part<First>::value = static_cast<First&&>(first);
  }
  bool operator==(const Contexts&) const = default;
};

/// What a step has at hand.
template <class M>
struct Env {
  using contexts_type = typename M::contexts_type;
  using port_type = typename M::port_type;

  contexts_type* contexts;
  port_type* port;
  Time now;
  PosterCore poster;
};

template <class P>
using bare = std::remove_cv_t<std::remove_reference_t<P>>;

template <class Wanted, class All>
struct context_match {
  using type = void;
};
template <class Wanted, class First, class... Rest>
struct context_match<Wanted, Contexts<First, Rest...>> {
  template <class... C>
  static constexpr auto find() {
    if constexpr (sizeof...(C) == 0) {
      return std::type_identity<void>{};
    } else {
      return []<class Head, class... Tail>(std::type_identity<Head>, std::type_identity<Tail>... tail) {
        if constexpr (std::is_same_v<Wanted, Head> || (std::is_class_v<Wanted> && std::is_base_of_v<Wanted, Head>)) {
          return std::type_identity<Head>{};
        } else {
          return find<typename decltype(tail)::type...>();
        }
      }(std::type_identity<C>{}...);
    }
  }
  using type = typename decltype(find<First, Rest...>())::type;
};

template <class P, class Port>
concept FromPort = requires(Port& port) { port.template sml_get<P>(); } || std::is_same_v<bare<P>, Port> ||
                   (std::is_class_v<bare<P>> && std::is_class_v<Port> && std::is_base_of_v<bare<P>, Port>);

template <class P>
inline constexpr bool nobody_has = false;

enum class Source : std::uint8_t { event, context, port, time, poster, nothing };

template <class P, class M, class E>
consteval Source source_of() {
  using B = bare<P>;
  if constexpr (std::is_same_v<B, E>) {
    return Source::event;
  } else if constexpr (!std::is_void_v<typename context_match<B, typename M::contexts_type>::type>) {
    return Source::context;
  } else if constexpr (is_poster<B>::value) {
    return Source::poster;
  } else if constexpr (std::is_same_v<B, Time>) {
    return Source::time;
  } else if constexpr (FromPort<P, typename M::port_type>) {
    return Source::port;
  } else if constexpr (std::is_convertible_v<const E&, P> && !std::is_same_v<E, none>) {
    return Source::event;
  } else {
    return Source::nothing;
  }
}

/// One argument of a verb, chosen by the type of the parameter.
template <class P, class M, class E>
constexpr decltype(auto) argument(Env<M>& env, const E& event) {
  using B = bare<P>;
  constexpr Source source = source_of<P, M, E>();
  if constexpr (source == Source::event) {
    return static_cast<const E&>(event);
  } else if constexpr (source == Source::context) {
    using C = typename context_match<B, typename M::contexts_type>::type;
    return static_cast<B&>(static_cast<part<C>&>(*env.contexts).value);
  } else if constexpr (source == Source::port) {
    if constexpr (requires { env.port->template sml_get<P>(); }) {
      return env.port->template sml_get<P>();
    } else {
      return static_cast<B&>(*env.port);
    }
  } else if constexpr (source == Source::time) {
    return Time{env.now};
  } else if constexpr (source == Source::poster) {
    return []<class T>(std::type_identity<Poster<T>>, PosterCore core) {
      return PosterArgument<T>{Poster<T>{core}};
    }(std::type_identity<B>{}, env.poster);
  } else {
    static_assert(nobody_has<P>);  // the machine has said so before
  }
}

// ---- signatures -------------------------------------------------------------------------------

template <class... P>
struct params {};

template <class R, class C, bool Const, class... P>
struct signature_of {
  using result = R;
  using object = C;
  using arguments = params<P...>;
  static constexpr bool is_const = Const;
};

template <class F>
struct signature;
template <class R, class... P>
struct signature<R (*)(P...)> : signature_of<R, void, true, P...> {};
template <class R, class... P>
struct signature<R (*)(P...) noexcept> : signature_of<R, void, true, P...> {};
template <class R, class C, class... P>
struct signature<R (C::*)(P...)> : signature_of<R, C, false, P...> {};
template <class R, class C, class... P>
struct signature<R (C::*)(P...) noexcept> : signature_of<R, C, false, P...> {};
template <class R, class C, class... P>
struct signature<R (C::*)(P...) const> : signature_of<R, C, true, P...> {};
template <class R, class C, class... P>
struct signature<R (C::*)(P...) const noexcept> : signature_of<R, C, true, P...> {};

template <class F>
concept HasSignature = requires { typename signature<F>::result; };
template <class F>
concept PlainFunctor = requires { &F::operator(); } && HasSignature<decltype(&F::operator())>;

template <class F, class M, class E, class... P>
[[gnu::always_inline]] inline constexpr decltype(auto) call_free(F& f, Env<M>& env, const E& event, params<P...>) {
  return f(argument<P, M, E>(env, event)...);
}

template <class F, class M, class E, class... P>
[[gnu::always_inline]] inline constexpr decltype(auto) call_member(F f, Env<M>& env, const E& event, params<P...>) {
  using C = typename signature<F>::object;
  if constexpr (std::is_same_v<C, E>) {
    return (event.*f)(argument<P, M, E>(env, event)...);
  } else {
    return (argument<C&, M, E>(env, event).*f)(argument<P, M, E>(env, event)...);
  }
}

template <class F, class M, class E>
[[gnu::always_inline]] inline constexpr decltype(auto) call_pointer(F f, Env<M>& env, const E& event) {
  if constexpr (std::is_member_function_pointer_v<F>) {
    return call_member<F, M, E>(f, env, event, typename signature<F>::arguments{});
  } else if constexpr (std::is_member_object_pointer_v<F>) {
    return [&]<class V, class C>(V C::*member) -> const V& {
      return argument<const C&, M, E>(env, event).*member;
    }(f);
  } else {
    return call_free<F, M, E>(f, env, event, typename signature<F>::arguments{});
  }
}

/// A function object with one plain operator(), or a generic one, which is offered what is at hand in a few usual orders.
template <class F, class M, class E>
[[gnu::always_inline]] inline constexpr decltype(auto) call_functor(F f, Env<M>& env, const E& event) {
  if constexpr (PlainFunctor<F>) {
    return call_free<F, M, E>(f, env, event, typename signature<decltype(&F::operator())>::arguments{});
  } else if constexpr (requires { &F::template operator()<E>; }) {  // one `auto`: the event
    return call_free<F, M, E>(f, env, event, typename signature<decltype(&F::template operator()<E>)>::arguments{});
  } else {
    using Context = typename M::first_context;
    using Port = typename M::port_type;
    auto& context = static_cast<part<Context>&>(*env.contexts).value;
    if constexpr (std::is_invocable_v<F&, Context&, const E&, Port&>) {
      return f(context, event, *env.port);
    } else if constexpr (std::is_invocable_v<F&, Context&, const E&>) {
      return f(context, event);
    } else if constexpr (std::is_invocable_v<F&, const E&, Context&>) {
      return f(event, context);
    } else if constexpr (std::is_invocable_v<F&, Context&, Port&>) {
      return f(context, *env.port);
    } else if constexpr (std::is_invocable_v<F&, const E&>) {
      return f(event);
    } else if constexpr (std::is_invocable_v<F&, Context&>) {
      return f(context);
    } else if constexpr (std::is_invocable_v<F&, Port&>) {
      return f(*env.port);
    } else if constexpr (std::is_invocable_v<F&>) {
      return f();
    } else {
      static_assert(nobody_has<F>, "sml: this verb cannot be called with the event, the context and the port of its row");
    }
  }
}

template <class V>
struct Caller {  // any function object
  template <class M, class E>
  [[gnu::always_inline]] static constexpr decltype(auto) run(const V& verb, Env<M>& env, const E& event) {
    return call_functor<V, M, E>(verb, env, event);
  }
};
template <auto F>
struct Caller<call_t<F>> {
  template <class M, class E>
  [[gnu::always_inline]] static constexpr decltype(auto) run(const call_t<F>&, Env<M>& env, const E& event) {
    return call_pointer<decltype(F), M, E>(F, env, event);
  }
};
template <class F>
struct Caller<held<F>> {
  template <class M, class E>
  [[gnu::always_inline]] static constexpr decltype(auto) run(const held<F>& verb, Env<M>& env, const E& event) {
    return call_pointer<F, M, E>(verb.pointer, env, event);
  }
};
template <class P>
struct Caller<process_t<P>> {
  template <class M, class E>
  static constexpr void run(const process_t<P>& verb, Env<M>& env, const E&) {
    env.poster.push(env.poster.queue, &event_info<P>, &verb.event);
  }
};
template <class A, class B>
struct Caller<seq_t<A, B>> {
  template <class M, class E>
  [[gnu::always_inline]] static constexpr void run(const seq_t<A, B>& verb, Env<M>& env, const E& event) {
    Caller<A>::template run<M, E>(verb.first, env, event);
    Caller<B>::template run<M, E>(verb.second, env, event);
  }
};

template <class V, class M, class E>
[[gnu::always_inline]] inline constexpr bool ask(const V& verb, Env<M>& env, const E& event) {
  return static_cast<bool>(Caller<V>::template run<M, E>(verb, env, event));
}
template <class A, class B>
struct Caller<and_t<A, B>> {
  template <class M, class E>
  [[gnu::always_inline]] static constexpr bool run(const and_t<A, B>& verb, Env<M>& env, const E& event) {
    return ask<A, M, E>(verb.first, env, event) && ask<B, M, E>(verb.second, env, event);
  }
};
template <class A, class B>
struct Caller<or_t<A, B>> {
  template <class M, class E>
  [[gnu::always_inline]] static constexpr bool run(const or_t<A, B>& verb, Env<M>& env, const E& event) {
    return ask<A, M, E>(verb.first, env, event) || ask<B, M, E>(verb.second, env, event);
  }
};
template <class A>
struct Caller<not_t<A>> {
  template <class M, class E>
  [[gnu::always_inline]] static constexpr bool run(const not_t<A>& verb, Env<M>& env, const E& event) {
    return !ask<A, M, E>(verb.first, env, event);
  }
};

/// Deferring is the machine's doing, and may stand in a sequence.
template <>
struct Caller<defer_t> {
  template <class M, class E>
  static constexpr void run(const defer_t&, Env<M>&, const E&) {}
};

}  // namespace detail
}  // namespace sml
