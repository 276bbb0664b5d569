// Compiled with neither exceptions nor run-time type information: every header, and a machine with everything in it.
#include <string>

#include "fsm/sml/compat.h"
#include "fsm/sml/explore.h"

namespace {

struct Go {};
struct Later { std::string text; };

struct Inside {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"p"_s + event<Go> = "q"_s, "q"_s + event<Go> = X);
  }
};
struct Whole {
  static void post(sml::Poster<Whole>& poster) { poster(Later{"x"}); }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"a"_s + event<Go> / call<&post> = state<Inside>, "a"_s + event<Later> / defer, "a"_s + unexpected_event<_> = X,
       state<Inside> + event<Later> = "a"_s, state<Inside> = "a"_s, state<Inside> + after(Time{5}) = state<Inside>(H),
      *"r"_s + event<Go> = "s"_s, "s"_s + every(Time{7}) = "r"_s);
  }
};
static_assert(sml::verified<Whole>);

}  // namespace

std::string sml_bare_test();
std::string sml_bare_test() {
  sml::machine<Whole> m;
  sml::Trace<16> trace;
  m.start(sml::Time{}, trace);
  m.process(Go{}, sml::Time{1}, trace);
  m.process(sml::any_event<Whole>(Later{"y"}), sml::Time{2}, trace);
  m.advance(sml::Time{50}, trace);
  sml::Exploration<Whole, sml::none> what;
  what.events = {Go{}};
  what.situations_max = 10;
  return sml::to_mermaid<Whole>() + sml::to_dot<Whole>() + sml::to_json<Whole>() + sml::explore(what).text();
}
