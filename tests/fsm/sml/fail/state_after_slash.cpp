// expect: sml: a guard or an action must be callable
// names: b
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / "b"_s);
  }
};
static_assert(sml::verified<T>);
