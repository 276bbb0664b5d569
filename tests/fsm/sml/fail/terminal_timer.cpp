// expect: sml: a timer needs a state that can be left
// names: X \+ after
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = X, X + after(sml::Time{5}) = "a"_s);
  }
};
static_assert(sml::verified<T>);
