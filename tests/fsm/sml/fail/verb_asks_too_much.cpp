// expect: sml: a verb of this row asks for what is not its event
// names: a \+ Go / act
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  static void act(const Stop&) {}
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / call<&act> = "b"_s, "b"_s + event<Go> = "a"_s);
  }
};
static_assert(sml::verified<T>);
