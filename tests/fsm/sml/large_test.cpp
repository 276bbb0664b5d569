// Tables beyond every limit at which the choice of a row is spelled otherwise: trees, chains, switches of one or more parts.
#include <gtest/gtest.h>

#include <utility>

#include "tests/fsm/sml/log.h"

namespace {

using namespace sml_test;
using sml::Verdict;

struct Step {};
struct Skip {};
template <std::size_t Number>
struct Place;
template <std::size_t Number>
struct Key {};

/// Count states in a ring; each is left by Step, every second one by Skip.
template <std::size_t Count>
struct Ring {
  template <std::size_t... I>
  static constexpr auto rows(std::index_sequence<I...>) {
    using namespace sml;
    return make_transition_table(
      *state<Place<0>>          + event<Step> = state<Place<1>>,
      (state<Place<I + 1>>      + event<Step> = state<Place<(I + 2) % Count>>)...,
      (state<Place<I / 2 * 2>>  + event<Skip> [ call<&always<I>> ] = state<Place<(I / 2 * 2 + 2) % Count>>)...);
  }
  template <std::size_t I>
  static bool always() { return I % 2 == 1; }  // of two rows for the same event the second
  constexpr auto operator()() const { return rows(std::make_index_sequence<Count - 1>{}); }
};

template <std::size_t Count>
void goes_round() {
  sml::machine<Ring<Count>> typed, any;
  typed.start();
  any.start();
  for (std::size_t i = 1; i <= 2 * Count; ++i) {
    EXPECT_EQ(typed.process(Step{}), Verdict::taken);
    EXPECT_EQ(any.process(sml::any_event<Ring<Count>>(Step{})), Verdict::taken);
    ASSERT_EQ(typed.state(), i % Count);
    ASSERT_EQ(any.state(), i % Count);
    const bool even = i % Count % 2 == 0 && i % Count + 1 < Count;
    auto aside = any;
    EXPECT_EQ(aside.process(sml::any_event<Ring<Count>>(Skip{})), even ? Verdict::taken : Verdict::unexpected) << i;
    EXPECT_EQ(aside.state(), even ? (i % Count + 2) % Count : i % Count);
    aside = typed;
    EXPECT_EQ(aside.process(Skip{}), even ? Verdict::taken : Verdict::unexpected) << i;
    EXPECT_EQ(aside.state(), even ? (i % Count + 2) % Count : i % Count);
  }
}

TEST(Large, RingsOfEverySizeAreGoneRoundByTypeAndByNumber) {
  goes_round<3>();
  goes_round<7>();
  goes_round<9>();
  goes_round<17>();
  goes_round<65>();
  goes_round<131>();
}

/// One state that answers Count events, each in its own way.
template <std::size_t Count>
struct Board {
  struct Context {
    std::size_t last = Count;
    bool operator==(const Context&) const = default;
  };
  template <std::size_t I>
  static void press(Context& context) { context.last = I; }
  template <std::size_t... I>
  static constexpr auto rows(std::index_sequence<I...>) {
    using namespace sml;
    return make_transition_table(*"on"_s + event<Skip> = "off"_s, "off"_s + event<Skip> = "on"_s, ("on"_s + event<Key<I>> / call<&press<I>>)...);
  }
  constexpr auto operator()() const { return rows(std::make_index_sequence<Count>{}); }
};

template <std::size_t Count>
void answers_every_key() {
  using T = Board<Count>;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto press = [](auto key, std::size_t number) {
      sml::machine<T> typed, any;
      typed.start();
      any.start();
      EXPECT_EQ(typed.process(key), Verdict::internal);
      EXPECT_EQ(any.process(sml::any_event<T>(key)), Verdict::internal);
      EXPECT_EQ(typed.context().last, number);
      EXPECT_EQ(any.context().last, number);
      any.process(Skip{});
      EXPECT_EQ(any.process(sml::any_event<T>(key)), Verdict::unexpected);
    };
    (press(Key<I>{}, I), ...);
  }(std::make_index_sequence<Count>{});
}

TEST(Large, AStateAnswersAnyNumberOfEvents) {
  answers_every_key<1>();
  answers_every_key<4>();
  answers_every_key<5>();
  answers_every_key<20>();
  answers_every_key<70>();
}

}  // namespace
