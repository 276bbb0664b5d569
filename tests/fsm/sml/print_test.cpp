// The printers and the arrays they print.
#include <gtest/gtest.h>

#include "fsm/sml/print.h"
#include "tests/fsm/sml/log.h"

namespace {

using namespace sml_test;
using namespace std::chrono_literals;

struct On {};
struct Off {};
struct Next {};

struct Inner {
  static constexpr auto name = "playing";
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"slow"_s + event<Next> = "fast"_s, "fast"_s + event<Next> = X);
  }
};
struct Outer {
  static constexpr auto name = "outer";
  struct Context {
    int n = 0;
    bool operator==(const Context&) const = default;
    bool may() const { return n < 3; }
    sml::Time pause() const { return 1s; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"idle"_s    + event<On> [ call<&Context::may> ] / (say<"a">{}, say<"b">{}) = state<Inner>,
       "idle"_s    + event<On> / say<"no">{},
       "idle"_s    + ignore<Off>, "idle"_s + ignore<Next>,
       "idle"_s    + on_entry<_> / say<"hello">{},
       state<Inner> + event<Off>                                                  = "wait"_s,
       "wait"_s    + after(1500ms)                                                = state<Inner>(H),
       "wait"_s    + after(&Context::pause)                                       = "idle"_s,
       state<Inner>                                                               = X);
  }
};
static_assert(sml::verified<Outer>);
static_assert(sml::introspect<Outer>::states.size() == 7);
static_assert(sml::introspect<Outer>::events[0] == "On");
static_assert(sml::introspect<Outer>::rows[0].guard == "may");

TEST(Print, MermaidShowsGuardsActionsEntriesTimersCompositesAndTheEnd) {
  EXPECT_EQ(sml::to_mermaid<Outer>(), R"(stateDiagram-v2
    state "idle" as idle
    idle : On / no
    idle : entry / hello
    idle : ignores Off, Next
    state playing {
        state "slow" as playing_slow
        state "fast" as playing_fast
        [*] --> playing_slow
        playing_slow --> playing_fast : Next
        playing_fast --> [*] : Next
    }
    [*] --> idle
    idle --> playing : On [may] / a, b
    playing --> wait : Off
    wait --> playing : after 1500ms (H)
    wait --> idle : after pause
    playing --> [*]
)");
}

TEST(Print, DotAndJsonNameEveryStateAndEveryRow) {
  const std::string dot = sml::to_dot<Outer>();
  const std::string json = sml::to_json<Outer>();
  for (const char* name : {"idle", "slow", "fast", "wait", "playing"}) {
    EXPECT_NE(dot.find(name), std::string::npos) << name;
    EXPECT_NE(json.find(name), std::string::npos) << name;
  }
  EXPECT_NE(dot.find("idle -> playing [label=\"On [may] / a, b\"];"), std::string::npos) << dot;
  EXPECT_NE(json.find("\"delay_ns\": 1500000000"), std::string::npos);
  EXPECT_NE(json.find("\"delay\": \"pause\""), std::string::npos);
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = json.find("\"kind\"", at)) != std::string::npos; ++at) ++rows;
  EXPECT_EQ(rows, sml::introspect<Outer>::rows.size());
}

TEST(Print, AMachineWithoutItsTypeIsListedByItsView) {
  const sml::MachineInfo* machines[] = {&sml::info<Outer>, &sml::info<Inner>};
  EXPECT_EQ(machines[0]->name, "outer");
  EXPECT_EQ(machines[1]->name, "playing");
  EXPECT_EQ(machines[1]->states.size(), 3u);
  EXPECT_NE(machines[0]->hash, machines[1]->hash);
  EXPECT_EQ(sml::to_mermaid(*machines[0]), sml::to_mermaid<Outer>());
}

TEST(Print, DurationsAreSaidInTheLargestWholeUnit) {
  EXPECT_EQ(sml::to_string(sml::Time{45s}), "45s");
  EXPECT_EQ(sml::to_string(sml::Time{120s}), "2min");
  EXPECT_EQ(sml::to_string(sml::Time{1500us}), "1500us");
  EXPECT_EQ(sml::to_string(sml::Time{}), "0s");
}

}  // namespace
