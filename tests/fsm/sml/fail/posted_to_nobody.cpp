// expect: sml: no row of this table answers the posted event
// names: Other
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  static void act(sml::Poster<T>& post) { post(Other{}); }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / call<&act> = "b"_s, "b"_s + event<Go> = "a"_s);
  }
};
