// expect: sml: no row of this table names the event
// names: Other
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s + event<Go> = "a"_s);
  }
};
void test(sml::machine<T>& m) { m.process(Other{}); }
