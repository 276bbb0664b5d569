// expect: sml: the guard of this row is not bool
// names: a \+ Go \[ may_go \]
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  struct Context {
    bool may_go() { return true; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> [ call<&Context::may_go> ] = "b"_s, "b"_s + event<Stop> = "a"_s);
  }
};
static_assert(sml::verified<T>);
