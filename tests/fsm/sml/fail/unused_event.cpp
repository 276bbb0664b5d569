// expect: sml: this event is declared in Events, and no row names it
// names: Other
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  using Events = sml::events<Go, Stop, Other>;
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s + event<Stop> = "a"_s);
  }
};
static_assert(sml::verified<T>);
