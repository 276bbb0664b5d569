#include "fsm/metrics_reader.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : MetricsReaderPort {
  Asked asked;
  void check_token() override { asked.emplace_back("check_token"); }
  void send_metrics() override { asked.emplace_back("send_metrics"); }
  void close_for_token() override { asked.emplace_back("close_for_token"); }
  void close_for_slowness() override { asked.emplace_back("close_for_slowness"); }
  void close_going_away() override { asked.emplace_back("close_going_away"); }
  void forget() override { asked.emplace_back("forget"); }
};

struct MetricsReaderTest : testing::Test, Rig<MetricsReader, Port> {
  void admit(sml::Time validity = 1h) {
    on(MetricsReader::Admitted{validity});
    asked();
  }
};

TEST_F(MetricsReaderTest, IsToldAtOnceAndThenEveryFiveSecondsToTheMillisecond) {
  on(MetricsReader::Admitted{1h});
  EXPECT_THAT(asked(), ElementsAre("check_token", "send_metrics"));
  for (int i = 0; i < 3; ++i) {
    pass(5s - 1ms);
    EXPECT_THAT(asked(), IsEmpty());
    pass(1ms);
    EXPECT_THAT(asked(), ElementsAre("send_metrics"));
  }
}

TEST_F(MetricsReaderTest, WithoutAGoodTokenItIsClosedAndToldNothing) {
  on(MetricsReader::NotAdmitted{});
  EXPECT_THAT(asked(), ElementsAre("check_token", "close_for_token"));
  on(Overflowed{});
  on(ShutDown{});
  on(MetricsReader::Admitted{1h});
  on(MetricsReader::NotAdmitted{});
  pass(5s);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1s);
  EXPECT_THAT(asked(), ElementsAre("forget"));   // it did not answer our close
}

TEST_F(MetricsReaderTest, ATokenThatRunsOutClosesWhatItOpened) {
  admit(12s);
  pass(12s - 1ms);
  EXPECT_THAT(asked(), ElementsAre("send_metrics", "send_metrics"));
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("close_for_token"));
  on(Gone{});
  EXPECT_THAT(asked(), ElementsAre("forget"));
  EXPECT_TRUE(machine.is(sml::X));
}

TEST_F(MetricsReaderTest, WhoDoesNotReadIsLetGo) {
  on(Overflowed{});   // nothing was sent yet
  admit();
  on(Overflowed{});
  EXPECT_THAT(asked(), ElementsAre("close_for_slowness"));
}

TEST_F(MetricsReaderTest, TheEndOfTheProgramIsToldWhereverItIs) {
  on(ShutDown{});
  EXPECT_THAT(asked(), ElementsAre("check_token", "close_going_away"));
  machine = {};
  machine.start(now, port, note());
  admit();
  on(ShutDown{});
  EXPECT_THAT(asked(), ElementsAre("close_going_away"));
}

TEST_F(MetricsReaderTest, AReaderMayGoAtAnyMoment) {
  on(Gone{});
  EXPECT_THAT(asked(), ElementsAre("check_token", "forget"));
  machine = {};
  machine.start(now, port, note());
  admit();
  on(Gone{});
  EXPECT_THAT(asked(), ElementsAre("forget"));
}

}  // namespace
}  // namespace nightjar::fsm
