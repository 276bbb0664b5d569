// expect: sml: this table has no initial state
// names: Inner
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct Inner {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table("p"_s + event<Go> = "q"_s, "q"_s + event<Go> = "p"_s);
  }
};
struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = state<Inner>, state<Inner> + event<Stop> = "a"_s);
  }
};
static_assert(sml::verified<T>);
