// expect: sml: this row is the twin of one above it
// names: b \+ Stop
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s + event<Stop> = "a"_s, "b"_s + event<Stop> = "b"_s);
  }
};
static_assert(sml::verified<T>);
