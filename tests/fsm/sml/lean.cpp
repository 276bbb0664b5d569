// A machine with everything in it. no_heap.py looks at its object file for what a microcontroller does not have.
#include "fsm/sml/sml.h"

namespace {

struct Go {};
struct Later { int value; };

struct Inside {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"p"_s + event<Go> = "q"_s, "q"_s + event<Go> = X);
  }
};
struct Whole {
  struct Context {
    int sum = 0;
    bool operator==(const Context&) const = default;
    bool is_small() const { return sum < 100; }
    void add(const Later& later) { sum += later.value; }
  };
  static void post(sml::Poster<Whole>& poster) { poster(Later{1}); }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"a"_s + event<Go> / call<&post> = state<Inside>, "a"_s + event<Later> / defer, "a"_s + unexpected_event<_> = X,
       state<Inside> + event<Later> [ call<&Context::is_small> ] / call<&Context::add> = "a"_s, state<Inside> = "a"_s,
       state<Inside> + after(Time{5}) = state<Inside>(H),
      *"r"_s + event<Go> = "s"_s, "s"_s + every(Time{7}) = "r"_s);
  }
};
static_assert(sml::verified<Whole>);

}  // namespace

int sml_lean(sml::Time now);
int sml_lean(sml::Time now) {
  static sml::machine<Whole> m;
  static sml::Trace<16> trace;
  static sml::Counters<Whole> counters;
  auto both = sml::tee(trace, counters);
  if (!m.started()) m.start(now, both);
  m.process(Go{}, now, both);
  m.process(sml::any_event<Whole>(Later{2}), now, both);
  const auto copy = m;
  m.advance(now, both);
  return copy == m ? m.context().sum : static_cast<int>(counters.row(0));
}
