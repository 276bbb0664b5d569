// expect: sml: this machine speaks to a Port
// names: T
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct World {
  void act() {}
};
struct T {
  using Port = World;
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / call<&World::act> = "b"_s, "b"_s + event<Go> = "a"_s);
  }
};
void test(sml::machine<T>& m) { m.process(Go{}); }
