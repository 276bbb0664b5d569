// expect: sml: this state cannot be reached
// names: island
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "a2"_s, "a2"_s + event<Go> = "a"_s, "island"_s + event<Go> = "bridge"_s,
                                 "bridge"_s + event<Stop> = "island"_s);
  }
};
static_assert(sml::verified<T>);
