// The one order: guard, exit, action, state, entry, timers; first matching row wins; four verdicts.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/fsm/sml/log.h"

namespace {

using namespace sml_test;
using sml::Verdict;

struct Go { int n = 0; };
struct Stay {};
struct Other {};
struct Unknown {};

struct Order {
  struct Context {
    bool open = true;
    int seen = -1;
    bool operator==(const Context&) const = default;
    bool is_open(const Go&) const {
      say<"guard">{}();
      return open;
    }
    void see(const Go& go) { seen = go.n; }
  };
  using Events = sml::events<Go, Stay, Other, Unknown>;
  constexpr auto operator()() const {
    using namespace sml;
    constexpr auto is_open = call<&Context::is_open>;
    constexpr auto see = call<&Context::see>;
    return make_transition_table(
      *"a"_s + event<Go> [ is_open ] / (say<"action">{}, see) = "b"_s,
       "a"_s + event<Stay> / say<"internal">{},
       "a"_s + event<Other> / say<"anew">{} = "a"_s,
       "a"_s + on_entry<_> / say<"a-in">{},
       "a"_s + sml::on_exit<_> / say<"a-out">{},
       "b"_s + on_entry<_> / say<"b-in">{},
       "b"_s + on_entry<Go> / say<"b-in-by-Go">{},
       "b"_s + sml::on_exit<_> / say<"b-out">{},
       "b"_s + event<Go> / say<"first">{} = "a"_s,
       "b"_s + ignore<Stay>,
       waive<fault::shadowed>("shows that the first row wins", "b"_s + event<Go> [ is_open ] / say<"second">{} = "b"_s));
  }
};

struct Rig {
  sml::machine<Order> m;
  Rig() {
    said();
    m.start();
  }
};

using namespace sml::literals;

TEST(Order, StartRunsTheEntryOfTheInitialState) {
  Rig rig;
  EXPECT_EQ(said(), "a-in");
  EXPECT_TRUE(rig.m.is("a"_s));
}

TEST(Order, GuardThenExitThenActionThenEntry) {
  Rig rig;
  said();
  EXPECT_EQ(rig.m.process(Go{7}), Verdict::taken);
  EXPECT_EQ(said(), "guard a-out action b-in b-in-by-Go");
  EXPECT_TRUE(rig.m.is("b"_s));
  EXPECT_EQ(rig.m.context().seen, 7);
}

TEST(Order, ARowWithoutATargetNeitherLeavesNorEnters) {
  Rig rig;
  said();
  EXPECT_EQ(rig.m.process(Stay{}), Verdict::internal);
  EXPECT_EQ(said(), "internal");
}

TEST(Order, ARowThatNamesItsOwnStateLeavesAndEntersAnew) {
  Rig rig;
  said();
  EXPECT_EQ(rig.m.process(Other{}), Verdict::taken);
  EXPECT_EQ(said(), "a-out anew a-in");
}

TEST(Order, ARefusingGuardLeavesEverythingAsItWas) {
  Rig rig;
  said();
  rig.m.context().open = false;
  const auto before = rig.m;
  EXPECT_EQ(rig.m.process(Go{}), Verdict::refused);
  EXPECT_EQ(said(), "guard");
  EXPECT_EQ(rig.m, before);
}

TEST(Order, TheFirstRowThatMatchesWins) {
  Rig rig;
  rig.m.process(Go{});
  said();
  EXPECT_EQ(rig.m.process(Go{}), Verdict::taken);
  EXPECT_EQ(said(), "b-out first a-in");
}

TEST(Order, AnEventThatNoRowOfTheStateNamesIsUnexpectedAndAnIgnoredOneIsNot) {
  Rig rig;
  EXPECT_EQ(rig.m.process(Unknown{}), Verdict::unexpected);
  rig.m.process(Go{});
  EXPECT_EQ(rig.m.process(Other{}), Verdict::unexpected);
  EXPECT_EQ(rig.m.process(Stay{}), Verdict::internal);
}

TEST(Order, BeforeStartNothingIsExpectedAndNoStateIsActive) {
  sml::machine<Order> m;
  EXPECT_FALSE(m.started());
  EXPECT_FALSE(m.is("a"_s));
  EXPECT_EQ(m.process(Go{}), Verdict::unexpected);
  EXPECT_EQ(m.state_name(), "(none)");
}

TEST(Order, AFlatMachineIsItsContextAndOneByte) {
  EXPECT_EQ(sizeof(sml::machine<Order>), sizeof(Order::Context) + alignof(Order::Context));
  struct Bare {
    constexpr auto operator()() const {
      using namespace sml;
      return make_transition_table(*"x"_s + event<Go> = "y"_s, "y"_s + event<Go> = "x"_s);
    }
  };
  EXPECT_EQ(sizeof(sml::machine<Bare>), 1u);
}

TEST(Order, AClosedSetOfEventsIsDispatchedLikeTheEventsThemselves) {
  for (const sml::any_event<Order>& event : {sml::any_event<Order>(Go{3}), sml::any_event<Order>(Stay{}), sml::any_event<Order>(Other{}), sml::any_event<Order>(Unknown{})}) {
    for (const bool in_b : {false, true}) {
      Rig one;
      Rig two;
      if (in_b) {
        one.m.process(Go{});
        two.m.process(Go{});
      }
      said();
      const Verdict v = one.m.process(event);
      const std::string first = said();
      Verdict w{};
      switch (event.id()) {
        case 0: w = two.m.process(Go{3}); break;
        case 1: w = two.m.process(Stay{}); break;
        case 2: w = two.m.process(Other{}); break;
        default: w = two.m.process(Unknown{}); break;
      }
      EXPECT_EQ(v, w);
      EXPECT_EQ(first, said());
      EXPECT_EQ(one.m, two.m);
    }
  }
  Rig rig;
  EXPECT_EQ(rig.m.process_id(200, nullptr), Verdict::unexpected);
}

// Guards are joined, and functions of every kind take what they ask for.
struct Door {
  struct Context {
    bool locked = false;
    int knocks = 0;
    bool operator==(const Context&) const = default;
    bool is_locked() const { return locked; }
    void knock() noexcept { ++knocks; }
  };
  struct Port {
    virtual ~Port() = default;
    virtual void ring(const Go&) = 0;
  };
  static bool is_loud(const Go& go) { return go.n > 5; }
  static void count_late(sml::Time now, Context& c, const Go&, Port& port) {
    if (now > sml::Time{100}) c.knocks += 100;
    port.ring(Go{c.knocks});
  }
  constexpr auto operator()() const {
    using namespace sml;
    constexpr auto locked = call<&Context::is_locked>;
    constexpr auto loud = call<&is_loud>;
    return make_transition_table(
      *"shut"_s + event<Go> [ !locked && loud ]                                   = "open"_s,
       "shut"_s + event<Go> [ locked && (loud || !loud) ] / call<&Context::knock>,
       "shut"_s + event<Go> / (call<&Context::knock>, call<&Port::ring>, call<&count_late>),
       "open"_s + event<Go>                                                       = "shut"_s);
  }
};
struct DoorBell : Door::Port {
  std::vector<int> rings;
  void ring(const Go& go) override { rings.push_back(go.n); }
};
static_assert(sml::verified<Door>);

TEST(Order, GuardsAreJoinedByAndOrNotAndVerbsTakeWhatTheyAskFor) {
  DoorBell bell;
  sml::machine<Door> m;
  m.start(bell);
  EXPECT_EQ(m.process(Go{1}, sml::Time{200}, bell), Verdict::internal);
  EXPECT_EQ(m.context().knocks, 101);
  EXPECT_EQ(bell.rings, (std::vector<int>{1, 101}));
  m.context().locked = true;
  EXPECT_EQ(m.process(Go{9}, bell), Verdict::internal);
  EXPECT_EQ(m.context().knocks, 102);
  m.context().locked = false;
  EXPECT_EQ(m.process(Go{9}, bell, sml::Time{3}), Verdict::taken);
  EXPECT_TRUE(m.is("open"_s));
}

TEST(Order, NamesOfGuardsAndActionsAreThoseOfTheFunctions) {
  constexpr const auto& rows = sml::introspect<Door>::rows;
  EXPECT_EQ(rows[0].guard, "!is_locked && is_loud");
  EXPECT_EQ(rows[1].guard, "is_locked && (is_loud || !is_loud)");
  EXPECT_EQ(rows[2].action, "knock, ring, count_late");
  EXPECT_EQ(sml::introspect<Door>::events[0], "Go");
  EXPECT_EQ(sml::introspect<Door>::name, "Door");
}

// The other spellings of the language.
struct Spelled {
  struct on;
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
       state<on> <= *"off"_s + event<Go>,
       "off"_s <= state<on> + event<Stay>,
       X <= state<on> + "end"_e,
       state<_> + event<Other> / say<"anywhere">{});
  }
};
static_assert(sml::verified<Spelled>);

TEST(Order, PrefixNotationStatesAsTypesNamedEventsAndAnyState) {
  using namespace sml;
  machine<Spelled> m;
  m.start();
  said();
  EXPECT_EQ(m.process(Other{}), Verdict::internal);
  EXPECT_EQ(m.process(Go{}), Verdict::taken);
  EXPECT_TRUE(m.is(state<Spelled::on>));
  EXPECT_EQ(m.state_name(), "on");
  EXPECT_EQ(m.process(Other{}), Verdict::internal);
  EXPECT_EQ(said(), "anywhere anywhere");
  EXPECT_EQ(m.process("end"_e), Verdict::taken);
  EXPECT_TRUE(m.is(X));
  EXPECT_EQ(m.process(Other{}), Verdict::unexpected) << "nothing happens in the terminal state";
}

struct AnyEvent {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "a"_s + event<_> / say<"whatever">{}, "b"_s + event<_> = "a"_s);
  }
};

TEST(Order, ARowForAnyEventTakesWhatNoRowAboveItTakes) {
  sml::machine<AnyEvent> m;
  m.start();
  said();
  EXPECT_EQ(m.process(Stay{}), Verdict::internal);
  EXPECT_EQ(m.process_id(99, nullptr), Verdict::internal);
  EXPECT_EQ(said(), "whatever whatever");
  EXPECT_EQ(m.process(Go{}), Verdict::taken);
  EXPECT_EQ(m.process(Go{}), Verdict::taken);
  EXPECT_TRUE(m.is("a"_s));
}

}  // namespace
