// expect: sml: this row leads from one region into another
// names: b \+ Other
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s + event<Go> = "a"_s, *"x"_s + event<Stop> = "y"_s, "y"_s + event<Stop> = "x"_s,
                                 "b"_s + event<Other> = "x"_s);
  }
};
static_assert(sml::verified<T>);
