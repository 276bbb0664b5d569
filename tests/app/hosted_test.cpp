// A machine at home: its events wait in the queue, and an answer that was forgotten there is none any more.
#include "app/hosted.h"

#include <gmock/gmock.h>

#include "sim/world.h"

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;
using namespace sml::literals;

struct Answered {
  int number = 0;
};
struct AskAgain {};
struct GiveUp {};

struct AskingPort {
  virtual ~AskingPort() = default;
  virtual void ask() = 0;
  virtual void forget() = 0;
  virtual void take(const Answered& answered) = 0;
};

struct Asking {
  static constexpr auto name = "asking";
  using Port = AskingPort;
  static constexpr auto ask = sml::call<&AskingPort::ask>;
  static constexpr auto forget = sml::call<&AskingPort::forget>;
  static constexpr auto take = sml::call<&AskingPort::take>;

  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"idle"_s    + event<AskAgain> / ask           = "waiting"_s,
       "waiting"_s + event<Answered> / take          = "idle"_s,
       "waiting"_s + event<AskAgain> / (forget, ask) = "waiting"_s,
       "waiting"_s + event<GiveUp>   / forget        = "idle"_s
    );
  }
};

struct HostedTest : testing::Test, AskingPort {
  sim::World world{1};
  sim::Host& host = world.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1));
  Queue queue{host.loop(), host.log()};
  Runtime runtime{host.loop(), queue, host.log(), {}};
  std::vector<hal::Completion<int>> asked;
  std::vector<int> taken;
  hal::Operation asking;
  Hosted<Asking> machine{runtime, *this};

  HostedTest() { machine.start(); }
  void ask() override {
    asked.emplace_back([this](int number) { machine.answer(asking, Answered{number}); });
    asking = asked.back().operation();
  }
  void forget() override { asking.drop(); }
  void take(const Answered& answered) override { taken.push_back(answered.number); }

  int unexpected() const {
    int count = 0;
    for (const auto& step : runtime.trace.last(Trace::kKept)) count += step.verdict == sml::Verdict::unexpected ? 1 : 0;
    return count;
  }
};

TEST_F(HostedTest, AnAnswerIsProcessedInItsTurn) {
  machine.dispatch(AskAgain{});
  world.advance(1ms);
  asked.at(0)(7);
  EXPECT_THAT(taken, testing::IsEmpty()) << "not within the call";
  world.advance(1ms);
  EXPECT_THAT(taken, testing::ElementsAre(7));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(HostedTest, AnAnswerInTheQueueIsForgottenWithItsQuestion) {
  machine.dispatch(AskAgain{});
  world.advance(1ms);
  machine.dispatch(GiveUp{});
  asked.at(0)(7);   // behind what forgets it
  world.advance(1ms);
  EXPECT_THAT(taken, testing::IsEmpty());
  EXPECT_EQ(unexpected(), 0);
}

TEST_F(HostedTest, AnAnswerInTheQueueIsNotTakenForThatToTheNextQuestion) {
  machine.dispatch(AskAgain{});
  world.advance(1ms);
  machine.dispatch(AskAgain{});
  asked.at(0)(1);   // the camera of before refused, when another was named already
  world.advance(1ms);
  EXPECT_TRUE(machine.is("waiting"_s));
  asked.at(1)(2);
  world.advance(1ms);
  EXPECT_THAT(taken, testing::ElementsAre(2));
  EXPECT_EQ(unexpected(), 0);
}

TEST_F(HostedTest, NothingInTheQueueReachesAMachineThatIsGone) {
  {
    Hosted<Asking> other{runtime, *this};
    other.start();
    other.dispatch(AskAgain{});
    other.answer(asking, Answered{1});
  }
  world.advance(1ms);
  EXPECT_THAT(asked, testing::IsEmpty());
}

}  // namespace
}  // namespace nightjar::app
