// expect: sml: the guard of this row is not bool
// names: count
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  struct Context {
    int count() const { return 1; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> [ call<&Context::count> ] = "b"_s, "b"_s + event<Stop> = "a"_s);
  }
};
static_assert(sml::verified<T>);
