#pragma once

/// What can be said of a verb without calling it: its name, whether it posts or defers, whether a guard is pure, whether
/// there is everything it asks for.

#include <string_view>
#include <type_traits>

#include "fsm/sml/verbs.h"

namespace sml::detail {

inline constexpr std::string_view kAnd = " && ", kOr = " || ", kNot = "!", kComma = ", ", kOpen = "(", kClose = ")";
inline constexpr std::string_view kPost = "post ";
inline constexpr std::string_view kLambda = "(lambda)", kNothing = "", kDefer = "defer", kIgnore = "ignore";

template <class V>
inline constexpr std::string_view functor_name = [] {
  if constexpr (requires { std::string_view{V::sml_name}; }) {
    return std::string_view{V::sml_name};
  } else {
    return is_unnamed<V> ? kLambda : type_name<V>;
  }
}();

template <class V>
struct Named {
  static constexpr bool unnamed = is_unnamed<V>;
  static constexpr const std::string_view& name = functor_name<V>;
};
template <>
struct Named<none> {
  static constexpr bool unnamed = false;
  static constexpr const std::string_view& name = kNothing;
};
template <>
struct Named<defer_t> {
  static constexpr bool unnamed = false;
  static constexpr const std::string_view& name = kDefer;
};
template <>
struct Named<ignore_t> {
  static constexpr bool unnamed = false;
  static constexpr const std::string_view& name = kIgnore;
};
template <auto F>
struct Named<call_t<F>> {
  static constexpr bool unnamed = false;
  static constexpr const std::string_view& name = value_name<F>;
};
template <class F>
struct Named<held<F>> {  // a pointer known only as a value has no spelling
  static constexpr bool unnamed = true;
  static constexpr const std::string_view& name = kLambda;
};
template <class E>
struct Named<process_t<E>> {
  static constexpr bool unnamed = false;
  static constexpr const std::string_view& name = joined<kPost, type_name<E>>::value;
};
template <class A, class B>
struct Named<seq_t<A, B>> {
  static constexpr bool unnamed = Named<A>::unnamed || Named<B>::unnamed;
  static constexpr const std::string_view& name = joined<Named<A>::name, kComma, Named<B>::name>::value;
};
template <class A, class B>
struct Named<and_t<A, B>> {
  static constexpr bool unnamed = Named<A>::unnamed || Named<B>::unnamed;
  static constexpr const std::string_view& name = joined<Named<A>::name, kAnd, Named<B>::name>::value;
};
template <class A, class B>
struct Named<or_t<A, B>> {
  static constexpr bool unnamed = Named<A>::unnamed || Named<B>::unnamed;
  static constexpr const std::string_view& name = joined<kOpen, Named<A>::name, kOr, Named<B>::name, kClose>::value;
};
template <class A>
struct Named<not_t<A>> {
  static constexpr bool unnamed = Named<A>::unnamed;
  static constexpr const std::string_view& name = joined<kNot, Named<A>::name>::value;
};

/// Whether a verb may post, and whether a guard could change anything.
template <class P>
inline constexpr bool mutable_reference = std::is_lvalue_reference_v<P> && !std::is_const_v<std::remove_reference_t<P>>;

template <class S>
struct SignatureTraits;
template <class... P>
struct SignatureTraits<params<P...>> {
  static constexpr bool posts = (is_poster<bare<P>>::value || ... || false);
  static constexpr bool pure = !(mutable_reference<P> || ... || false) && !posts;
};

template <class F>
consteval bool pointer_posts() {
  if constexpr (std::is_member_object_pointer_v<F>) {
    return false;
  } else {
    return SignatureTraits<typename signature<F>::arguments>::posts;
  }
}
template <class F>
consteval bool pointer_pure() {
  if constexpr (std::is_member_object_pointer_v<F>) {
    return true;
  } else {
    using S = signature<F>;
    return SignatureTraits<typename S::arguments>::pure && S::is_const && std::is_same_v<typename S::result, bool>;
  }
}

template <class V>
struct Traits {
  static constexpr bool posts = [] {
    if constexpr (PlainFunctor<V>) {
      return pointer_posts<decltype(&V::operator())>();
    } else {
      return false;
    }
  }();
  static constexpr bool pure = [] {
    if constexpr (PlainFunctor<V>) {
      return pointer_pure<decltype(&V::operator())>();
    } else {
      return true;
    }
  }();
  static constexpr bool defers = false;
};
template <>
struct Traits<none> {
  static constexpr bool posts = false, pure = true, defers = false;
};
template <>
struct Traits<ignore_t> : Traits<none> {};
template <>
struct Traits<defer_t> {
  static constexpr bool posts = false, pure = false, defers = true;
};
template <auto F>
struct Traits<call_t<F>> {
  static constexpr bool posts = pointer_posts<decltype(F)>(), pure = pointer_pure<decltype(F)>(), defers = false;
};
template <class F>
struct Traits<held<F>> {
  static constexpr bool posts = pointer_posts<F>(), pure = pointer_pure<F>(), defers = false;
};
template <class E>
struct Traits<process_t<E>> {
  static constexpr bool posts = true, pure = false, defers = false;
};
template <class A, class B>
struct both {
  static constexpr bool posts = Traits<A>::posts || Traits<B>::posts;
  static constexpr bool pure = Traits<A>::pure && Traits<B>::pure;
  static constexpr bool defers = Traits<A>::defers || Traits<B>::defers;
};
template <class A, class B>
struct Traits<seq_t<A, B>> : both<A, B> {};
template <class A, class B>
struct Traits<and_t<A, B>> : both<A, B> {};
template <class A, class B>
struct Traits<or_t<A, B>> : both<A, B> {};
template <class A>
struct Traits<not_t<A>> : Traits<A> {};

/// Whether there is everything a verb asks for. Of generic functors only the call itself shows it.
template <class Arguments, class M, class E>
inline constexpr bool all_given = false;
template <class... P, class M, class E>
inline constexpr bool all_given<params<P...>, M, E> = ((source_of<P, M, E>() != Source::nothing) && ... && true);

template <class C, class M, class E>
inline constexpr bool object_given = std::is_void_v<C> || std::is_same_v<C, E>;
template <class C, class M, class E>
  requires(!std::is_void_v<C> && !std::is_same_v<C, E>)
inline constexpr bool object_given<C, M, E> = source_of<C&, M, E>() != Source::nothing;

template <class F, class M, class E>
consteval bool pointer_given() {
  if constexpr (std::is_member_object_pointer_v<F>) {
    return []<class Value, class C>(Value C::*) { return object_given<C, M, E>; }(F{});
  } else {
    return object_given<typename signature<F>::object, M, E> && all_given<typename signature<F>::arguments, M, E>;
  }
}

template <class V, class M, class E>
inline constexpr bool given = [] {
  if constexpr (PlainFunctor<V>) {
    return all_given<typename signature<decltype(&V::operator())>::arguments, M, E>;
  } else {
    return true;
  }
}();
template <auto F, class M, class E>
inline constexpr bool given<call_t<F>, M, E> = pointer_given<decltype(F), M, E>();
template <class F, class M, class E>
inline constexpr bool given<held<F>, M, E> = pointer_given<F, M, E>();
template <class A, class B, class M, class E>
inline constexpr bool given<seq_t<A, B>, M, E> = given<A, M, E> && given<B, M, E>;
template <class A, class B, class M, class E>
inline constexpr bool given<and_t<A, B>, M, E> = given<A, M, E> && given<B, M, E>;
template <class A, class B, class M, class E>
inline constexpr bool given<or_t<A, B>, M, E> = given<A, M, E> && given<B, M, E>;
template <class A, class M, class E>
inline constexpr bool given<not_t<A>, M, E> = given<A, M, E>;

}  // namespace sml::detail
