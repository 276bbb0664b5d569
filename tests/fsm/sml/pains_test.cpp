// What users of other engines suffer from and no other suite here names: machines as members and in parts, tables used
// twice, what an onlooker learns, waivers that say why.
#include <gtest/gtest.h>

#include <string>

#include "tests/fsm/sml/log.h"

namespace {

using namespace sml_test;
using namespace sml::literals;
using sml::Verdict;

struct Go {};
struct Stop {};

// A machine is a member by pointer and a parameter before its table is known.
struct Hidden;
class Owner {
 public:
  explicit Owner(sml::machine<Hidden>& machine) : machine_(machine) {}
  Verdict go();

 private:
  sml::machine<Hidden>& machine_;
};
struct Hidden {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "b"_s, "b"_s + event<Go> = "a"_s);
  }
};
Verdict Owner::go() { return machine_.process(Go{}); }

TEST(Pains, AMachineOfATableThatIsNotKnownYetCanBeAMember) {
  sml::machine<Hidden> m;
  m.start();
  EXPECT_EQ(Owner{m}.go(), Verdict::taken);
  EXPECT_TRUE(m.is("b"_s));
}

// One table, inherited, is two composite states of the same machine.
struct Blink {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"dark"_s + event<Go> = "lit"_s, "lit"_s + event<Go> = "dark"_s);
  }
};
struct Left : Blink {};
struct Right : Blink {};
struct Indicator {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*state<Left> + event<Stop> = state<Right>, state<Right> + event<Stop> = state<Left>);
  }
};
static_assert(sml::verified<Indicator>);

TEST(Pains, ATableCanBeInheritedAndUsedTwiceInOneMachine) {
  sml::machine<Indicator> m;
  m.start();
  m.process(Go{});
  EXPECT_TRUE(m.is<Left>("lit"_s));
  m.process(Stop{});
  EXPECT_TRUE(m.is<Right>("dark"_s));
  EXPECT_FALSE(m.is(sml::state<Left>));
}

TEST(Pains, AnObserverLearnsSourceTargetAndCauseOfEveryStepByName) {
  sml::machine<Hidden> m;
  std::string seen;
  const auto look = [&](const sml::Step& step) {
    seen += std::string(step.from_name()) + "-" + std::string(step.event_name()) + "-" + std::string(step.to_name()) + " ";
  };
  m.start(look);
  m.process(Go{}, look);
  EXPECT_EQ(seen, "(none)-(start)-a a-Go-b ");
}

// The machine holds no reference: what a copy speaks to is what it is given.
struct Horn {
  int blown = 0;
  void blow() { ++blown; }
};
struct Loud {
  using Port = Horn;
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> / call<&Horn::blow>, "a"_s + event<Stop> = X);
  }
};

TEST(Pains, ACopySpeaksToThePortItIsGivenAndToNoOther) {
  Horn first, second;
  sml::machine<Loud> m;
  m.start(first);
  auto copy = m;
  copy.process(Go{}, second);
  EXPECT_EQ(first.blown, 0);
  EXPECT_EQ(second.blown, 1);
}

struct Waived {
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(*"a"_s + event<Go> = "end"_s, waive<fault::dead_end>("the factory test ends here", "end"_s + event<Stop> / say<"still">{}));
  }
};
static_assert(sml::verified<Waived>);

TEST(Pains, AWaiverKeepsItsReasonAtTheRow) {
  EXPECT_EQ(sml::introspect<Waived>::rows[1].waived, static_cast<std::uint32_t>(sml::fault::dead_end));
  EXPECT_EQ(sml::introspect<Waived>::rows[1].reason, "the factory test ends here");
  EXPECT_EQ(sml::introspect<Waived>::rows[0].waived, 0u);
}

}  // namespace
