// Exploration finds what is planted, by the shortest path; recordings replay to the identical trace.
#include <gtest/gtest.h>

#include "fsm/sml/explore.h"
#include "tests/fsm/sml/log.h"

namespace {

using namespace sml::literals;
using namespace std::chrono_literals;
using sml::Time;
using sml::Trouble;

struct Take {};
struct Give {};
struct Break { int how = 0; };

// A store of three things, with a door that can jam.
struct Store {
  struct Context {
    int things = 3;
    bool operator==(const Context&) const = default;
    bool has_some() const { return things > 0; }
    void take() { --things; }
    void give() { ++things; }
  };
  constexpr auto operator()() const {
    using namespace sml;
    constexpr auto has_some = call<&Context::has_some>;
    constexpr auto take = call<&Context::take>;
    constexpr auto give = call<&Context::give>;
    return make_transition_table(
      *"open"_s   + event<Take> [ has_some ] / take,
       "open"_s   + event<Give> / give              = "closed"_s,
       "closed"_s + event<Take>                     = "open"_s,
       "closed"_s + after(5s)                       = "open"_s,
       "open"_s   + event<Break>                    = "jammed"_s,
       "jammed"_s + event<Give>                     = "stuck"_s,
       "stuck"_s  + event<Take>                     = "jammed"_s);
  }
};
static_assert(sml::verified<Store>);

sml::Exploration<Store, sml::none> store(std::vector<sml::any_event<Store>> events) {
  sml::Exploration<Store, sml::none> what;
  what.events = std::move(events);
  what.invariants.push_back({"never more than five", [](const auto& m, const auto&) { return m.context().things <= 5; }});
  return what;
}

template <class T>
std::vector<std::string> names(const std::vector<sml::Input<T>>& path) {
  std::vector<std::string> out;
  for (const auto& input : path)
    out.emplace_back(input.kind == sml::Input<T>::Kind::event     ? sml::introspect<T>::events[input.event.id()]
                     : input.kind == sml::Input<T>::Kind::advance ? "(after)"
                                                                  : "(start)");
  return out;
}

TEST(Explore, FindsABrokenInvariantByTheShortestPathAndThePathReplays) {
  const auto report = sml::explore(store({Take{}, Give{}}));
  EXPECT_EQ(report.trouble, Trouble::invariant);
  EXPECT_EQ(report.invariant, "never more than five");
  ASSERT_EQ(report.path.size(), 6u) << report.text();  // start, Give, open again, Give, open again, Give
  sml::machine<Store> m;
  sml::none port;
  for (const auto& input : report.path) sml::feed(m, input, port);
  EXPECT_EQ(m.context().things, 6);
}

TEST(Explore, FindsADeadlockByTheShortestPath) {
  struct Dead {
    constexpr auto operator()() const {
      using namespace sml;
      return make_transition_table(*"a"_s + event<Take> = "b"_s, "b"_s + event<Give> = "a"_s, "b"_s + after(3s) = "c"_s,
                                   waive<fault::dead_end>("planted", "c"_s + event<Take> / sml_test::say<"nothing">{}));
    }
  };
  sml::Exploration<Dead, sml::none> what;
  what.events = {Take{}, Give{}};
  const auto report = sml::explore(what);
  EXPECT_EQ(report.trouble, Trouble::deadlock);
  EXPECT_EQ(names(report.path), (std::vector<std::string>{"(start)", "Take", "(after)"}));
  EXPECT_EQ(report.path.back().time, Time{3s});
}

TEST(Explore, FindsALivelockByTheShortestPath) {
  auto what = store({Take{}, Give{}, Break{}});
  what.invariants.clear();
  what.invariants.push_back({"bounded", [](const auto&, const auto&) { return true; }});
  what.normalise = [](auto& m, auto&) { m.context().things = 1; };  // how many there are is of no interest here
  what.progress = [](const auto& m, const auto&) { return m.is("open"_s); };
  const auto report = sml::explore(what);
  EXPECT_EQ(report.trouble, Trouble::livelock) << report.text();
  EXPECT_EQ(names(report.path), (std::vector<std::string>{"(start)", "Break"}));
}

TEST(Explore, SaysSoWhenNothingIsWrongAndWhichRowsWereTaken) {
  auto what = store({Take{}});
  what.may_rest = [](const auto&, const auto&) { return true; };
  const auto report = sml::explore(what);
  EXPECT_TRUE(report.ok()) << report.text();
  EXPECT_EQ(report.situations, 4u);
  EXPECT_EQ(report.counters.row(0), 3u);
  EXPECT_EQ(report.counters.first_uncovered(), 1u);
}

TEST(Explore, SaysSoWhenItDidNotSeeEverything) {
  auto what = store({Take{}, Give{}});
  what.invariants.clear();
  what.situations_max = 50;
  const auto report = sml::explore(what);
  EXPECT_FALSE(report.complete);
  EXPECT_FALSE(report.ok());
}

TEST(Explore, AModelOfTheWorldIsPartOfTheSituation) {
  struct Lamp {
    int changes = 0;
    bool operator==(const Lamp&) const = default;
    void change() { changes = (changes + 1) % 3; }
  };
  struct Lit {
    using Port = Lamp;
    constexpr auto operator()() const {
      using namespace sml;
      return make_transition_table(*"a"_s + event<Take> / call<&Lamp::change> = "b"_s, "b"_s + event<Take> = "a"_s);
    }
  };
  sml::Exploration<Lit, Lamp> what;
  what.events = {Take{}};
  EXPECT_EQ(sml::explore(what).situations, 6u);
  what.invariants.push_back({"changed at most once", [](const auto&, const Lamp& lamp) { return lamp.changes < 2; }});
  const auto report = sml::explore(what);
  EXPECT_EQ(report.trouble, Trouble::invariant);
  EXPECT_EQ(report.path.size(), 4u);
}

TEST(Explore, TheWorldHearsOfEveryInputAndTimesThatContextsKeepMoveWithTheClock) {
  struct Watch {
    Time alarm{};
    bool operator==(const Watch&) const = default;
    void set(Time now) { alarm = now + 3s; }
    bool is_over(const Give&) const { return alarm <= 0s; }   // events come at 0
  };
  struct Knocks {
    int heard = 0;
    bool operator==(const Knocks&) const = default;
  };
  struct Sleep {
    using Context = Watch;
    using Port = Knocks;
    constexpr auto operator()() const {
      using namespace sml;
      return make_transition_table(*"awake"_s + event<Take> / call<&Watch::set> = "asleep"_s, "asleep"_s + event<Give>[call<&Watch::is_over>] = "awake"_s);
    }
  };
  sml::Exploration<Sleep, Knocks> what;
  what.events = {Take{}, Give{}};
  what.waits = {2s};
  what.before = [](Knocks& knocks, const sml::Input<Sleep>& input) {
    if (input.kind == sml::Input<Sleep>::Kind::event && input.event == sml::any_event<Sleep>{Give{}}) knocks.heard = std::min(knocks.heard + 1, 3);
  };
  what.elapse = [](auto& m, Knocks&, Time passed) { m.context().alarm = std::max(m.context().alarm - passed, Time{-1s}); };
  what.invariants.push_back({"wakes only when it is time", [](const auto& m, const Knocks&) { return m.is("asleep"_s) || m.context().alarm <= 0s; }});
  what.invariants.push_back({"two knocks at most", [](const auto&, const Knocks& knocks) { return knocks.heard < 3; }});
  const auto report = sml::explore(what);
  EXPECT_EQ(report.invariant, "two knocks at most") << report.text();
  EXPECT_EQ(names(report.path), (std::vector<std::string>{"(start)", "Give", "Give", "Give"}));
  what.invariants.pop_back();
  EXPECT_TRUE(sml::explore(what).ok()) << sml::explore(what).text();
  what.elapse = nullptr;   // then its alarm never comes nearer
  EXPECT_EQ(sml::explore(what).trouble, Trouble::deadlock);
}

TEST(ExploreTable, KnowsReachableStatesAndTraps) {
  const auto report = sml::explore_table<Store>();
  EXPECT_EQ(report.reachable.size(), 4u);
  EXPECT_TRUE(report.deadlocks.empty());
  ASSERT_EQ(report.traps.size(), 2u);
  EXPECT_EQ(sml::introspect<Store>::states[report.traps[0].state].name, "jammed");
  EXPECT_EQ(report.traps[0].path, (std::vector<std::string>{"Break"}));
}

TEST(Counters, CountRowsStatesAndWhatWasNotHandled) {
  sml::machine<Store> m;
  sml::Counters<Store> counters;
  m.start(Time{}, counters);
  m.process(Give{}, Time{}, counters);
  m.advance(Time{5s}, counters);
  m.context().things = 0;
  m.process(Take{}, Time{5s}, counters);
  m.process(Break{}, Time{5s}, counters);
  m.process(Break{}, Time{5s}, counters);
  EXPECT_EQ(counters.row(1), 1u);
  EXPECT_EQ(counters.row(3), 1u);
  EXPECT_EQ(counters.state(0), 2u) << "by start, and by the timer";
  EXPECT_EQ(counters.refused(), 1u);
  EXPECT_EQ(counters.unexpected(), 1u);
  EXPECT_EQ(counters.first_uncovered(), 0u);
}

TEST(Trace, IsARingOfSixteenByteRecordsThatTellsMachinesApart) {
  static_assert(sizeof(sml::TraceRecord) == 16);
  sml::Trace<4> trace;
  sml::machine<Store> m;
  m.start(Time{}, trace);
  auto second = trace.as(7);
  for (int i = 0; i < 5; ++i) m.process(Take{}, Time{i}, second);
  EXPECT_EQ(trace.count(), 6u);
  EXPECT_EQ(trace.size(), 4u);
  EXPECT_EQ(trace[0].time_ns, 1);
  EXPECT_EQ(trace[3].machine, 7);
  EXPECT_EQ(trace[3].verdict, sml::Verdict::refused);
  EXPECT_EQ(sml::to_string(trace[0], sml::info<Store>), "open  Take  open  (internal)");
}

TEST(Replay, OfAMillionRecordedEventsGivesTheIdenticalTrace) {
  sml::Recording<Store> recording;
  sml::TraceLog log;
  sml::machine<Store> m = recording.begin;
  recording.start(Time{});
  m.start(Time{}, log);
  std::uint64_t random = 88172645463325252u;
  Time now{};
  for (int i = 0; i < 1'000'000; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    now += Time{random % 3'000'000'000};
    recording.advance(now);
    m.advance(now, log);
    switch (random >> 32 & 63) {
      case 0: recording.event(Break{1}, now); m.process(Break{1}, now, log); break;
      case 1: case 2: case 3: case 4: recording.event(Give{}, now); m.process(Give{}, now, log); break;
      default: recording.event(Take{}, now); m.process(Take{}, now, log); break;
    }
    if (m.is("jammed"_s) || m.is("stuck"_s)) {
      recording.start(now);
      m.start(now, log);
    }
  }
  sml::none port;
  const auto difference = sml::replay(recording, log.records, port);
  EXPECT_FALSE(difference.has_value()) << difference->text;
  EXPECT_GT(log.records.size(), 1'000'000u);

  log.records[4711].to = 1 - log.records[4711].to;
  const auto found = sml::replay(recording, log.records, port);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->step, 4711u);
  recording.table ^= 1;
  EXPECT_EQ(sml::replay(recording, log.records, port)->text, "the recording was made with another table");
}

}  // namespace
