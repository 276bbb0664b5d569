// expect: sml: a verb asks for what there is not
// names: T\b
#include "fsm/sml/sml.h"

struct Go {};
struct Stop {};
struct Other {};

struct T {
  static void act(const Stop&) {}
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / call<&act> = "b"_s, "b"_s + event<Go> = "a"_s);
  }
};
void test(sml::machine<T>& m) { m.process(Go{}); }
