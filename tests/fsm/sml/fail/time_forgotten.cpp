// expect: sml: this machine has timers; pass the time
// names: T
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s + after(sml::Time{5}) = "a"_s);
  }
};
void test(sml::machine<T>& m) { m.process(Go{}); }
