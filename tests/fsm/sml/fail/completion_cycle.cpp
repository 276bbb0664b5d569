// expect: sml: completion transitions go round for ever
// names: b \+ completion
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s = "c"_s, "c"_s = "b"_s);
  }
};
static_assert(sml::verified<T>);
