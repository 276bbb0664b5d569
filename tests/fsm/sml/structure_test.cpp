// Composite states, history, regions, timers; machines as values, test hooks.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fsm/sml/record.h"
#include "tests/fsm/sml/log.h"

namespace {

using namespace sml_test;
using namespace sml::literals;
using namespace std::chrono_literals;
using sml::Time;
using sml::Verdict;

struct On {};
struct Off {};
struct Resume {};
struct DeepResume {};
struct Next {};
struct Inner {};

struct Deepest {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"x"_s + event<Inner> = "y"_s, "y"_s + event<Inner> = "x"_s,
       "x"_s + on_entry<_> / say<"x">{}, "y"_s + on_entry<_> / say<"y">{}, "y"_s + sml::on_exit<_> / say<"-y">{});
  }
};
struct Running {
  struct Context {
    int steps = 0;
    bool operator==(const Context&) const = default;
    void step() { ++steps; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"one"_s + event<Next> / call<&Context::step> = state<Deepest>,
       state<Deepest> + event<Next> = X,
       state<Deepest> + on_entry<_> / say<"deep">{}, state<Deepest> + sml::on_exit<_> / say<"-deep">{},
       "one"_s + on_entry<_> / say<"one">{}, "one"_s + sml::on_exit<_> / say<"-one">{});
  }
};
struct Player {
  struct Context {
    int ons = 0;
    bool operator==(const Context&) const = default;
    void count() { ++ons; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"off"_s + event<On> / call<&Context::count> = state<Running>,
       "off"_s + event<Resume>                     = state<Running>(H),
       "off"_s + event<DeepResume>                 = state<Running>(deep_H),
       state<Running> + event<Off>                 = "off"_s,
       state<Running> + event<On> / say<"already">{},
       state<Running> + after(10s)                 = "off"_s,
       state<Running> / say<"ended">{}             = "off"_s,
       state<Running> + on_entry<_> / say<"run">{}, state<Running> + sml::on_exit<_> / say<"-run">{});
  }
};
static_assert(sml::verified<Player>);

struct PlayerRig {
  sml::machine<Player> m;
  PlayerRig() {
    m.start(Time{});
    said();
  }
  template <class E>
  std::string operator()(E event) {
    m.process(event, Time{});
    return said();
  }
};

TEST(Composite, IsEnteredFromOutsideInAndLeftFromInsideOut) {
  PlayerRig rig;
  EXPECT_EQ(rig(On{}), "run one");
  EXPECT_EQ(rig(Next{}), "-one deep x");
  EXPECT_EQ(rig(Inner{}), "y");
  EXPECT_EQ(rig(Off{}), "-y -deep -run");
  EXPECT_EQ(rig.m.context().ons, 1);
  EXPECT_EQ(rig.m.context_as<Running::Context>().steps, 1);
}

TEST(Composite, IsActiveWhileOneOfItsSubstatesIs) {
  PlayerRig rig;
  rig(On{});
  rig(Next{});
  EXPECT_TRUE(rig.m.is(sml::state<Running>));
  EXPECT_TRUE(rig.m.is(sml::state<Deepest>));
  EXPECT_TRUE(rig.m.is<Deepest>("x"_s));
  EXPECT_TRUE(rig.m.is("x"_s));
  EXPECT_FALSE(rig.m.is<Running>("one"_s));
}

TEST(Composite, RowsOfTheStateAroundHoldInEverySubstate) {
  PlayerRig rig;
  rig(On{});
  EXPECT_EQ(rig(On{}), "already");
  rig(Next{});
  EXPECT_EQ(rig(On{}), "already");
}

TEST(Composite, ItsCompletionFiresWhenItsOwnTableHasEnded) {
  PlayerRig rig;
  rig(On{});
  rig(Next{});
  EXPECT_EQ(rig(Next{}), "-deep -run ended");
  EXPECT_TRUE(rig.m.is("off"_s));
}

TEST(Composite, ItsTimerRunsOnWhileSubstatesChange) {
  PlayerRig rig;
  rig(On{});
  EXPECT_EQ(rig.m.next_deadline(), Time{10s});
  rig.m.process(Next{}, Time{4s});
  EXPECT_EQ(rig.m.next_deadline(), Time{10s});
  EXPECT_EQ(rig.m.advance(Time{10s}), 1u);
  EXPECT_TRUE(rig.m.is("off"_s));
  EXPECT_FALSE(rig.m.next_deadline().has_value());
}

TEST(History, ShallowResumesTheSubstateAndDeepTheInnermostOne) {
  PlayerRig rig;
  EXPECT_EQ(rig(Resume{}), "run one") << "nothing to resume yet";
  rig(Next{});
  rig(Inner{});
  rig(Off{});
  EXPECT_EQ(rig(Resume{}), "run deep x");
  rig(Inner{});
  rig(Off{});
  EXPECT_EQ(rig(DeepResume{}), "run deep y");
  rig(Off{});
  EXPECT_EQ(rig(On{}), "run one") << "a target without (H) begins at the beginning";
}

struct Remembering {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table("first"_s(H) + event<Next> = "second"_s, "second"_s + event<Next> = "first"_s);
  }
};
struct Remembered {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"off"_s + event<On> = state<Remembering>, state<Remembering> + event<Off> = "off"_s);
  }
};
static_assert(sml::verified<Remembered>);

TEST(History, AnInitialStateMarkedWithHMakesEveryEntryResume) {
  sml::machine<Remembered> m;
  m.start();
  m.process(On{});
  EXPECT_TRUE(m.is("first"_s));
  m.process(Next{});
  m.process(Off{});
  m.process(On{});
  EXPECT_TRUE(m.is("second"_s));
}

struct Regions {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"dark"_s + event<On> / say<"lamp">{} = "lit"_s, "lit"_s + event<Off> = "dark"_s, "lit"_s + after(5s) = "dark"_s,
      *"still"_s + event<On> / say<"fan">{} = "turning"_s, "turning"_s + after(3s) = "still"_s, "turning"_s + event<Next> = X);
  }
};
static_assert(sml::verified<Regions>);

TEST(Regions, SeeEveryEventInTheirOrderAndHaveTimersOfTheirOwn) {
  sml::machine<Regions> m;
  m.start(Time{});
  said();
  EXPECT_EQ(m.process(On{}, Time{}), Verdict::taken);
  EXPECT_EQ(said(), "lamp fan");
  std::vector<std::string> names;
  m.visit_current_states([&](auto state) { names.emplace_back(state.c_str()); });
  EXPECT_EQ(names, (std::vector<std::string>{"lit", "turning"}));
  EXPECT_EQ(m.next_deadline(), Time{3s});
  EXPECT_EQ(m.advance(Time{9s}), 2u);
  EXPECT_TRUE(m.is("dark"_s));
  EXPECT_TRUE(m.is("still"_s));
  EXPECT_EQ(m.process(Off{}, Time{}), Verdict::unexpected);
}

struct Beat {};
struct Timed {
  struct Context {
    Time delay = 2s;
    int ticks = 0;
    bool allowed = true;
    bool operator==(const Context&) const = default;
    Time ask() const { return delay; }
    void tick() { ++ticks; }
    bool may() const { return allowed; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"quiet"_s  + event<On>                                     = "asking"_s,
       "asking"_s + after(&Context::ask)                          = "member"_s,
       "asking"_s + event<Beat>                                   = "asking"_s,
       "asking"_s + event<Next>                                   = "quiet"_s,
       "asking"_s + ignore<Off>,
       "member"_s + after(&Context::delay) [ call<&Context::may> ] = "ticking"_s,
       "member"_s + after(7s)                                     = "quiet"_s,
       "ticking"_s + every(10s) / call<&Context::tick>,
       "ticking"_s + event<Off>                                   = "quiet"_s);
  }
};
static_assert(sml::verified<Timed>);

TEST(Timers, AreArmedOnEntryAndDisarmedOnExitSoALateExpiryCannotFire) {
  sml::machine<Timed> m;
  m.start(Time{});
  m.process(On{}, Time{1s});
  EXPECT_EQ(m.next_deadline(), Time{3s});
  m.process(Next{}, Time{2s});
  EXPECT_FALSE(m.next_deadline().has_value());
  EXPECT_EQ(m.advance(Time{100s}), 0u);
  EXPECT_TRUE(m.is("quiet"_s));
}

TEST(Timers, RunOnThroughInternalRowsAndRestartWhenTheStateIsEnteredAnew) {
  sml::machine<Timed> m;
  m.start(Time{});
  m.process(On{}, Time{});
  m.process(Off{}, Time{1s});
  EXPECT_EQ(m.next_deadline(), Time{2s});
  m.process(Beat{}, Time{1s});
  EXPECT_EQ(m.next_deadline(), Time{3s});
}

TEST(Timers, FireInTheOrderOfTheirDeadlinesAndOnesThatAreRefusedAreSpent) {
  sml::machine<Timed> m;
  m.start(Time{});
  m.process(On{}, Time{});
  m.context().allowed = false;
  EXPECT_EQ(m.advance(Time{1s}), 0u);
  EXPECT_EQ(m.advance(Time{2s}), 1u);
  EXPECT_TRUE(m.is("member"_s));
  EXPECT_EQ(m.next_deadline(), Time{4s});
  EXPECT_EQ(m.advance(Time{4s}), 1u);
  EXPECT_TRUE(m.is("member"_s)) << "the guard said no";
  EXPECT_EQ(m.next_deadline(), Time{9s});
  EXPECT_EQ(m.advance(Time{9s}), 1u);
  EXPECT_TRUE(m.is("quiet"_s));
}

TEST(Timers, ThatRepeatKeepTheirGridAndSkipWhatWasMissed) {
  sml::machine<Timed> m;
  m.start(Time{});
  m.set_state(Time{}, "ticking"_s);
  EXPECT_EQ(m.next_deadline(), Time{10s});
  m.advance(Time{10s});
  m.advance(Time{20s});
  EXPECT_EQ(m.context().ticks, 2);
  m.advance(Time{57s});
  EXPECT_EQ(m.context().ticks, 3);
  EXPECT_EQ(m.next_deadline(), Time{60s});
}

TEST(Timers, WithoutADelayAreDueAtOnceAndDoNotHangTheHost) {
  struct Loop {
    constexpr auto operator()() const {
      using namespace sml;
      return make_transition_table(*"a"_s + after(Time{}) = "b"_s, "b"_s + after(Time{}) = "a"_s);
    }
  };
  sml::machine<Loop> m;
  m.start(Time{5});
  EXPECT_EQ(m.next_deadline(), Time{5});
  EXPECT_LT(m.advance(Time{5}), 1000u);
}

TEST(Timers, CostEightBytesForEachThatCanRunAtATime) {
  EXPECT_EQ(sizeof(sml::machine<Regions>), 2 + 6 + 2 * sizeof(Time)) << "one slot per region, shared by its states";
}

TEST(Values, CopiesAreIndependentAndEqualUntilTheyPart) {
  sml::machine<Timed> m(Timed::Context{.delay = 3s, .ticks = 0, .allowed = true});
  m.start(Time{});
  m.process(On{}, Time{});
  auto copy = m;
  EXPECT_EQ(copy, m);
  copy.advance(Time{3s});
  EXPECT_NE(copy, m);
  m.advance(Time{3s});
  EXPECT_EQ(copy, m);
}

TEST(Values, SetStateRunsNothingAndArmsTimersOnlyWhenATimeIsGiven) {
  sml::machine<Player> m;
  said();
  m.set_state(sml::state<Running>);
  EXPECT_TRUE(m.is("one"_s));
  EXPECT_FALSE(m.next_deadline().has_value());
  m.set_state(Time{1s}, sml::state<Running>);
  EXPECT_EQ(m.next_deadline(), Time{11s});
  EXPECT_EQ(said(), "");
}

TEST(Values, ASnapshotRestoresWithoutEntryActionsAndKeepsTheDistanceToDeadlines) {
  sml::machine<Timed> m;
  m.start(Time{});
  m.process(On{}, Time{100s});
  const auto bytes = sml::Snapshot<Timed>::take(m, Time{101s}).to_bytes();
  const auto snapshot = sml::Snapshot<Timed>::from_bytes(bytes);
  ASSERT_TRUE(snapshot.has_value());
  sml::machine<Timed> again;
  said();
  ASSERT_TRUE(snapshot->restore(again, Time{7s}));
  EXPECT_EQ(said(), "");
  EXPECT_TRUE(again.is("asking"_s));
  EXPECT_EQ(again.next_deadline(), Time{8s});
}

TEST(Values, ASnapshotOfAnotherTableOrOfNonsenseIsRefused) {
  sml::machine<Timed> m;
  m.start(Time{});
  auto snapshot = sml::Snapshot<Timed>::take(m);
  auto bytes = snapshot.to_bytes();
  snapshot.table ^= 1;
  sml::machine<Timed> again;
  EXPECT_FALSE(snapshot.restore(again));
  EXPECT_FALSE(again.started());
  auto other = bytes;
  other[0] ^= std::byte{1};
  EXPECT_FALSE(sml::Snapshot<Timed>::from_bytes(other).has_value());
  EXPECT_FALSE(sml::Snapshot<Timed>::from_bytes(std::span(bytes).first(10)).has_value());
  bytes[16] = std::byte{77};  // the state
  EXPECT_FALSE(sml::Snapshot<Timed>::from_bytes(bytes).has_value());
}

}  // namespace
