// The programs of [Boost].SML's published tutorial, written anew, in its order; they do what it says.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "fsm/sml/compat.h"

namespace {

namespace sml = boost::sml;

struct my_event {};
struct other_event {};
struct game_over {};
struct some_event {};

// 1, 3, 5, 6: states, events, a table, a machine, processing.
struct example {
  auto operator()() {
    using namespace sml;
    const auto guard = [] { return true; };
    const auto action = [] {};
    return make_transition_table(
      *"src_state"_s + event<my_event> [ guard ] / action = "dst_state"_s,
       "dst_state"_s + "other_event"_e = X
    );
  }
};

TEST(Tutorial, AMachineHandlesItsEventsAndEndsInX) {
  using namespace sml;
  sml::sm<example> sm;
  EXPECT_TRUE(sm.is("src_state"_s));
  EXPECT_TRUE(sm.process_event(my_event{}));
  EXPECT_FALSE(sm.process_event(int{}));
  EXPECT_TRUE(sm.process_event("other_event"_e));
  EXPECT_TRUE(sm.is(sml::X));
  EXPECT_EQ(std::string("idle"), "idle"_s.c_str());
}

struct prefix {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
      "dst_state"_s <= *"src_state"_s + event<my_event>,
      X             <= "dst_state"_s  + event<game_over>
    );
  }
};

TEST(Tutorial, ThePrefixNotationSaysTheSame) {
  sml::sm<prefix> sm;
  sm.process_event(my_event{});
  sm.process_event(game_over{});
  EXPECT_TRUE(sm.is(sml::X));
}

// 2: guards and actions with dependencies, and the event among them.
struct injected {
  auto operator()() const {
    using namespace sml;
    const auto guard2 = [](int i, double d) { return i == 42 && d > 80; };
    const auto guard3 = [](int, auto event, double) { return sizeof(event) > 0; };
    const auto action3 = [](std::string& log, auto, double d) { log += std::to_string(static_cast<int>(d)); };
    struct action4 {
      void operator()(std::string& log) const noexcept { log += "!"; }
    };
    return make_transition_table(
      *"idle"_s + event<my_event> [ guard2 && (![] { return false; } && guard3) ] / (action3, action4{}, [] {}) = X
    );
  }
};

TEST(Tutorial, DependenciesAreInjectedByTypeInAnyOrder) {
  std::string log;
  sml::sm<injected> one{42, log, 87.0};
  one.process_event(my_event{});
  EXPECT_TRUE(one.is(sml::X));
  sml::sm<injected> two{87.0, log, 42};
  two.process_event(my_event{});
  EXPECT_EQ(log, "87!87!");
}

// 4: history and orthogonal regions.
struct regions {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
     *"region_1"_s   + event<my_event> = "dst_state1"_s,
      "dst_state1"_s + event<game_over> = X,
     *"region_2"_s   + event<other_event> = "dst_state2"_s,
      "dst_state2"_s + event<game_over> = X
    );
  }
};

TEST(Tutorial, OrthogonalRegionsRunBesideEachOther) {
  using namespace sml;
  sml::sm<regions> sm;
  EXPECT_TRUE(sm.is("region_1"_s, "region_2"_s));
  sm.process_event(my_event{});
  sm.process_event(other_event{});
  EXPECT_TRUE(sm.is("dst_state1"_s, "dst_state2"_s));
  std::vector<std::string> names;
  sm.visit_current_states([&](auto state) { names.emplace_back(state.c_str()); });
  EXPECT_EQ(names, (std::vector<std::string>{"dst_state1", "dst_state2"}));
  sm.process_event(game_over{});
  EXPECT_TRUE(sm.is(X));
}

struct inner {
  auto operator()() const {
    using namespace sml;
    return make_transition_table("idle"_s(H) + event<my_event> = "s1"_s, "s1"_s + event<game_over> = X);
  }
};
struct outer {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
     *"off"_s      + event<other_event> = state<inner>,
      state<inner> + event<other_event> = "off"_s
    );
  }
};

TEST(Tutorial, ACompositeStateWithHistoryComesBackToItsLastState) {
  using namespace sml;
  sml::sm<outer> sm;
  sm.process_event(other_event{});
  sm.process_event(my_event{});
  EXPECT_TRUE(sm.is<decltype(state<inner>)>("s1"_s));
  sm.process_event(other_event{});
  sm.process_event(other_event{});
  EXPECT_TRUE(sm.is<decltype(state<inner>)>("s1"_s));
}

// 6: an event processed from the table, and a dispatch table.
struct processing {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
     *"s1"_s + event<my_event> / process(other_event{}) = "s2"_s,
      "s2"_s + event<other_event> = X
    );
  }
};

TEST(Tutorial, AnEventProcessedInTheTableIsHandledBeforeProcessEventReturns) {
  sml::sm<processing> sm;
  sm.process_event(my_event{});
  EXPECT_TRUE(sm.is(sml::X));
}

enum SDL_EventType { SDL_FIRSTEVENT = 0, SDL_QUIT, SDL_KEYUP, SDL_MOUSEBUTTONUP, SDL_LASTEVENT };
struct SDL_Event { int type = 0; int key = 0; };
struct quit { static constexpr auto id = SDL_QUIT; };
struct key_up {
  static constexpr auto id = SDL_KEYUP;
  explicit key_up(const SDL_Event& event) : key(event.key) {}
  int key;
};
struct dispatched {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
     *"s1"_s + event<key_up> [ ([](const key_up& event) { return event.key == 7; }) ] = "s2"_s,
      "s2"_s + event<quit> = X
    );
  }
};

TEST(Tutorial, ADispatchTableMakesEventsOfNumbers) {
  using namespace sml;
  sml::sm<dispatched> sm;
  auto dispatch_event = sml::utility::make_dispatch_table<SDL_Event, SDL_FIRSTEVENT, SDL_LASTEVENT>(sm);
  dispatch_event(SDL_Event{SDL_KEYUP, 1}, SDL_KEYUP);
  EXPECT_TRUE(sm.is("s1"_s));
  dispatch_event(SDL_Event{SDL_KEYUP, 7}, SDL_KEYUP);
  EXPECT_TRUE(sm.is("s2"_s));
  dispatch_event(SDL_Event{SDL_QUIT, 0}, SDL_QUIT);
  EXPECT_TRUE(sm.is(X));
}

// 8: errors.
struct surprised {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
     *"src_state"_s + event<my_event> = "dst_state"_s,
      "src_state"_s + unexpected_event<some_event> / [](std::string& log) { log += "unexpected 'some_event'"; },
      "src_state"_s + unexpected_event<_> = X
    );
  }
};

TEST(Tutorial, UnexpectedEventsAreHandledByTypeOrAltogether) {
  std::string log;
  sml::sm<surprised> sm{log};
  sm.process_event(some_event{});
  EXPECT_EQ(log, "unexpected 'some_event'");
  sm.process_event(int{});
  EXPECT_TRUE(sm.is(sml::X));
}

struct error_region {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
     *"idle"_s          + event<my_event> = "s1"_s,
      "s1"_s            + event<other_event> = X,
     *"error_handler"_s + unexpected_event<some_event> = X
    );
  }
};

TEST(Tutorial, ARegionOfItsOwnMayHandleErrors) {
  using namespace sml;
  sml::sm<error_region> sm;
  sm.process_event(my_event{});
  EXPECT_TRUE(sm.is("error_handler"_s));
  sm.process_event(some_event{});
  EXPECT_TRUE(sm.is(X));
}

struct throwing {
  auto operator()() const {
    using namespace sml;
    return make_transition_table(
     *"idle"_s + event<my_event> / [] { throw std::runtime_error{"error"}; },
      "idle"_s + event<other_event> / [] { throw 1; },
     *"error_handler"_s + exception<std::logic_error> = "logic"_s,
      "error_handler"_s + exception<std::runtime_error> = "failed"_s,
      "failed"_s + exception<> / [](std::string& log) { log += "cleanup"; } = X
    );
  }
};

TEST(Tutorial, ExceptionsAreCaughtByTheFirstRowOfTheirType) {
  using namespace sml;
  std::string log;
  sml::sm<throwing> sm{log};
  sm.process_event(my_event{});
  EXPECT_TRUE(sm.is("failed"_s));
  sm.process_event(other_event{});
  EXPECT_TRUE(sm.is(X));
  EXPECT_EQ(log, "cleanup");
}

// 9, 10: testing and logging.
TEST(Tutorial, ATestMaySetTheStates) {
  using namespace sml;
  sml::sm<example, sml::testing> sm;
  sm.set_current_states("dst_state"_s);
  sm.process_event("other_event"_e);
  EXPECT_TRUE(sm.is(X));
}

struct my_logger {
  std::string text;
  template <class SM, class TEvent>
  void log_process_event(const TEvent&) {
    text += std::string(sml::aux::get_type_name<SM>()) + " " + sml::aux::get_type_name<TEvent>() + "; ";
  }
  template <class SM, class TGuard, class TEvent>
  void log_guard(const TGuard&, const TEvent&, bool) {}
  template <class SM, class TAction, class TEvent>
  void log_action(const TAction&, const TEvent&) {}
  template <class SM, class TSrcState, class TDstState>
  void log_state_change(const TSrcState& src, const TDstState& dst) {
    text += std::string(src.c_str()) + " -> " + dst.c_str();
  }
};

TEST(Tutorial, ALoggerSeesEventsAndChangesOfState) {
  my_logger logger;
  sml::sm<example, sml::logger<my_logger>> sm{logger};
  sm.process_event(my_event{});
  EXPECT_EQ(logger.text, "example my_event; src_state -> dst_state");
}

}  // namespace
