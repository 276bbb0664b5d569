// expect: sml: this row can never be asked
// names: a \+ Go \[ is_ready \]
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  struct Context {
    bool is_ready() const { return true; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "a"_s + event<Go> [ call<&Context::is_ready> ] = X, "b"_s + event<Go> = "a"_s);
  }
};
static_assert(sml::verified<T>);
