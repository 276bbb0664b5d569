#include "fsm/client_time.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : ClientTimePort {
  Asked asked;
  void ask(std::uint32_t request) override { asked.push_back("ask " + std::to_string(request)); }
  void offer(sml::Time since_1970, sml::Time round_trip) override {
    asked.push_back("offer " + std::to_string(since_1970 / 1ms) + " after " + std::to_string(round_trip / 1ms));
  }
  void report_silent() override { asked.emplace_back("silent"); }
};

struct ClientTimeTest : testing::Test, Rig<ClientTime, Port> {};

TEST_F(ClientTimeTest, IsAskedOnConnectingAndAgainFiveMinutesAfterItsAnswer) {
  EXPECT_THAT(asked(), ElementsAre("ask 1"));
  pass(80ms);
  on(TimeAnswered{1, 777ms});
  EXPECT_THAT(asked(), ElementsAre("offer 777 after 80"));
  pass(5min - 1ms);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("ask 2"));
}

TEST_F(ClientTimeTest, AnAnswerThatDoesNotSayToWhatIsToTheLastRequest) {
  pass(10ms);
  on(TimeAnswered{{}, 5ms});
  EXPECT_THAT(asked(), ElementsAre("ask 1", "offer 5 after 10"));
}

TEST_F(ClientTimeTest, AnAnswerToAnOlderRequestOrToNoneCountsForNothing) {
  pass(5min + 4s);
  EXPECT_THAT(asked(), ElementsAre("ask 1", "silent", "ask 2"));
  on(TimeAnswered{1, 5ms});
  on(TimeAnswered{0, 5ms});
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_TRUE(machine.is("asking"_s));
  on(TimeAnswered{2, 5ms});
  EXPECT_THAT(asked(), ElementsAre("offer 5 after 0"));
}

TEST_F(ClientTimeTest, AnAnswerThatComesLateIsNotBelieved) {
  pass(4s);
  on(TimeAnswered{1, 5ms});
  EXPECT_THAT(asked(), ElementsAre("ask 1", "silent"));
}

TEST_F(ClientTimeTest, ASessionThatBeginsAsksAtOnceUnlessItIsBeingAsked) {
  on(AskTime{});
  EXPECT_THAT(asked(), ElementsAre("ask 1"));
  on(TimeAnswered{1, 5ms});
  asked();
  pass(1min);
  on(AskTime{});
  EXPECT_THAT(asked(), ElementsAre("ask 2"));
  on(TimeAnswered{2, 5ms});
  on(TimeAnswered{2, 6ms});
  EXPECT_THAT(asked(), ElementsAre("offer 5 after 0")) << "once";
}

}  // namespace
}  // namespace nightjar::fsm
