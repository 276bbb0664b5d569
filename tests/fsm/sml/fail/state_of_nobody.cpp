// expect: sml: no such state in this table
// names: bb|98
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
using namespace sml::literals;
bool test(const sml::machine<T>& m) { return m.is("bb"_s); }
