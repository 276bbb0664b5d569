// expect: sml: nothing enters this state
// names: conected
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"idle"_s + event<Go> = "connected"_s, "connected"_s + event<Go> = "idle"_s, "conected"_s + event<Stop> = "idle"_s);
  }
};
static_assert(sml::verified<T>);
