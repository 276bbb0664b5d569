// expect: sml: this table has no initial state
// names: T
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table("a"_s + event<Go> = "b"_s, "b"_s + event<Go> = "a"_s);
  }
};
static_assert(sml::verified<T>);
