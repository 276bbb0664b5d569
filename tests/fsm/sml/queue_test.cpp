// What an event causes: completions, posted and deferred events, unexpected events, exceptions.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/fsm/sml/log.h"

namespace {

using namespace sml_test;
using namespace sml::literals;
using sml::Verdict;

struct Go {};
struct Next { std::string name; };
struct Tick {};
struct Tock {};

// Pain 1: an event sent from inside an action. Here it waits until the step is done.
struct Reentrant {
  static void post_next(sml::Poster<Reentrant>& post) {
    say<"act">{}();
    EXPECT_TRUE(post(Next{"a long name that no small buffer holds, so that copies must be real copies"}));
    say<"acted">{}();
  }
  static void take(const Next& next) { log += " " + next.name.substr(0, 6); }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"a"_s + event<Go> / call<&post_next> = "b"_s,
       "b"_s + on_entry<_> / say<"b-in">{},
       "b"_s + sml::on_exit<_> / say<"b-out">{},
       "b"_s + event<Next> / call<&take> = "c"_s,
       "c"_s + on_entry<_> / say<"c-in">{},
       "c"_s + event<Go> = "a"_s);
  }
};
static_assert(sml::verified<Reentrant>);

TEST(Posting, APostedEventIsHandledAfterTheStepThatPostedItAndBeforeProcessReturns) {
  sml::machine<Reentrant> m;
  m.start();
  said();
  EXPECT_EQ(m.process(Go{}), Verdict::taken);
  EXPECT_EQ(said(), "act acted b-in b-out a long c-in");
  EXPECT_TRUE(m.is("c"_s));
}

struct Flood {
  static constexpr int post_max = 3;
  static void flood(sml::Poster<Flood>& post) {
    for (int i = 0; i < 5; ++i) log += post(Tick{}) ? 'y' : 'n';
  }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / call<&flood>, "a"_s + event<Tick> / say<"t">{});
  }
};

TEST(Posting, AFullQueueRefusesCountsAndTellsTheObserver) {
  sml::machine<Flood> m;
  m.start();
  said();
  int dropped = 0;
  const auto observer = [&](const sml::Step& step) { dropped += step.verdict == Verdict::dropped ? 1 : 0; };
  m.process(Go{}, observer);
  EXPECT_EQ(said(), "yyynn t t t");
  EXPECT_EQ(m.dropped(), 2u);
  EXPECT_EQ(dropped, 2);
}

struct PingPong {
  static void ping(sml::Poster<PingPong>& post) { post(Tock{}); }
  static void pong(sml::Poster<PingPong>& post) { post(Tick{}); }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Tick> / call<&ping>, "a"_s + event<Tock> / call<&pong>);
  }
};

TEST(Posting, TwoActionsThatPostEachOtherForEverDoNotHangTheHost) {
  sml::machine<PingPong> m;
  m.start();
  EXPECT_EQ(m.process(Tick{}), Verdict::internal);
  EXPECT_EQ(m.dropped(), 1u);
}


struct Short { int n; };
struct Processing {
  static void see(const Short& s) { log += std::to_string(s.n); }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / process(Short{42}) = "b"_s, "b"_s + event<Short> / call<&see> = X);
  }
};
static_assert(sml::verified<Processing>);

TEST(Posting, ProcessInTheTablePostsTheValueWrittenThere) {
  sml::machine<Processing> m;
  m.start();
  said();
  m.process(Go{});
  EXPECT_EQ(said(), "42");
  EXPECT_TRUE(m.is(sml::X));
}

struct Completing {
  struct Context {
    int n = 0;
    bool operator==(const Context&) const = default;
    void count() { ++n; }
    bool is_three() const { return n == 3; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"boot"_s / say<"booted">{} = "counting"_s,
       "counting"_s + event<Tick> / call<&Context::count>,
       "counting"_s [ call<&Context::is_three> ] / say<"three">{} = "done"_s,
       "done"_s = "resting"_s,
       "resting"_s + event<Tick> = "counting"_s);
  }
};
static_assert(sml::verified<Completing>);

TEST(Completion, FollowsStartAndEveryHandledEventUntilItsGuardsSayNo) {
  sml::machine<Completing> m;
  said();
  m.start();
  EXPECT_TRUE(m.is("counting"_s));
  EXPECT_EQ(said(), "booted");
  m.process(Tick{});
  m.process(Tick{});
  EXPECT_TRUE(m.is("counting"_s));
  EXPECT_EQ(m.process(Tick{}), Verdict::internal) << "the verdict is the event's own";
  EXPECT_TRUE(m.is("resting"_s));
  EXPECT_EQ(said(), "three");
}

// Pain 7: deferred events in order, in any state change, none lost.
struct Deferring {
  static void tick() { say<"tick">{}(); }
  static void tock(const Tock&) { say<"tock">{}(); }
  static void name(const Next& next) { log += " " + next.name; }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"busy"_s + event<Tick> / defer,
       "busy"_s + event<Tock> / defer,
       "busy"_s + event<Next> / defer,
       "busy"_s + event<Go> = "free"_s,
       "free"_s + event<Tick> / call<&tick>,
       "free"_s + event<Next> / call<&name>,
       "free"_s + event<Tock> / call<&tock> = "busy"_s,
       "free"_s + event<Go> = "busy"_s);
  }
};
static_assert(sml::verified<Deferring>);

TEST(Deferral, EventsWaitForAStateThatTakesThemAndComeInTheirOrder) {
  sml::machine<Deferring> m;
  m.start();
  said();
  EXPECT_EQ(m.process(Tick{}), Verdict::internal);
  m.process(Next{"a name too long for a small string buffer"});
  m.process(Tick{});
  EXPECT_EQ(m.deferred(), 3u);
  EXPECT_EQ(said(), "");
  m.process(Go{});
  EXPECT_EQ(said(), "tick a name too long for a small string buffer tick");
  EXPECT_EQ(m.deferred(), 0u);
}

TEST(Deferral, ARecalledEventThatChangesTheStateLetsTheOthersWaitOn) {
  sml::machine<Deferring> m;
  m.start();
  said();
  m.process(Tick{});
  m.process(Tock{});
  m.process(Tick{});
  m.process(Go{});
  EXPECT_EQ(said(), "tick tock");
  EXPECT_TRUE(m.is("busy"_s));
  EXPECT_EQ(m.deferred(), 1u);
  const auto copy = m;
  EXPECT_EQ(copy, m);
  m.process(Go{});
  EXPECT_EQ(said(), "tick");
  EXPECT_NE(copy, m);
}

TEST(Deferral, WhatFindsNoRoomIsCounted) {
  sml::machine<Deferring> m;
  m.start();
  for (int i = 0; i < 6; ++i) m.process(Tick{});
  EXPECT_EQ(m.deferred(), 4u);
  EXPECT_EQ(m.dropped(), 2u);
}

// Deferral in a second region is replayed when the first moves, and the other way round.
struct TwoRegions {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"idle"_s + event<Go> = "ready"_s, "ready"_s + event<Go> = "idle"_s,
      *"wait"_s + event<Tick> / defer, "wait"_s + event<Go> = "work"_s,
       "work"_s + event<Tick> / say<"worked">{} = "wait"_s);
  }
};

TEST(Deferral, WorksInEveryRegion) {
  sml::machine<TwoRegions> m;
  m.start();
  said();
  m.process(Tick{});
  m.process(Go{});
  EXPECT_EQ(said(), "worked");
  EXPECT_TRUE(m.is("ready"_s));
  EXPECT_TRUE(m.is("wait"_s));
}

// Pain 3: no event slips through, whether or not another row names it.
struct Surprised {
  using Events = sml::events<Go, Tick, Tock>;
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"a"_s + event<Go> = "b"_s,
       "a"_s + unexpected_event<Tick> / say<"tick?">{},
       "a"_s + unexpected_event<_> / say<"what?">{},
       "b"_s + event<Tock> = "a"_s);
  }
};

struct Foreign {};

TEST(Unexpected, IsCaughtByTypeOrAltogetherEvenIfAnotherStateNamesTheEvent) {
  sml::machine<Surprised> m;
  m.start();
  said();
  EXPECT_EQ(m.process(Tick{}), Verdict::internal);
  EXPECT_EQ(said(), "tick?");
  EXPECT_EQ(m.process(Tock{}), Verdict::internal);
  EXPECT_EQ(said(), "what?");
  EXPECT_EQ(m.process(sml::any_event<Surprised>(Tock{})), Verdict::internal);
  EXPECT_EQ(said(), "what?");
  EXPECT_EQ(m.process(Foreign{}), Verdict::internal) << "not even named anywhere";
  EXPECT_EQ(said(), "what?");
  m.process(Go{});
  EXPECT_EQ(m.process(Tick{}), Verdict::unexpected);
}

#if defined(__cpp_exceptions)
struct Throwing {
  static void fail() { throw std::runtime_error("no"); }
  static void fail_hard() { throw 1; }
  static void see(const std::runtime_error& error) { log += error.what(); }
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"a"_s + event<Go> / call<&fail> = "b"_s,
       "a"_s + event<Tick> / call<&fail_hard> = "b"_s,
       "a"_s + sml::on_exit<_> / say<"a-out">{},
       "a"_s + exception<std::runtime_error> / call<&see> = "failed"_s,
       "b"_s + event<Go> = "a"_s,
       "failed"_s + event<Go> = "a"_s);
  }
};

TEST(Exceptions, AThrowingActionLeavesTheMachineInTheStateItWasIn) {
  sml::machine<Throwing> m;
  m.start();
  EXPECT_THROW(m.process(Tick{}), int);
  EXPECT_TRUE(m.is("a"_s));
}

TEST(Exceptions, ARowForTheTypeTakesItAndAnyOtherGoesToTheCaller) {
  sml::machine<Throwing> m;
  m.start();
  said();
  EXPECT_EQ(m.process(Go{}), Verdict::taken);
  EXPECT_EQ(said(), "a-out a-outno");
  EXPECT_TRUE(m.is("failed"_s));
}
#endif

}  // namespace
