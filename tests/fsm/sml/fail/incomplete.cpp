// expect: sml: this state says nothing about this event
// names: a \+ Stop
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  static constexpr bool complete = true;
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s + event<Stop> = "a"_s, "b"_s + ignore<Go>);
  }
};
static_assert(sml::verified<T>);
