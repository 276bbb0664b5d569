#include "fsm/wifi_link.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : WifiLinkPort {
  Asked asked;
  void join() override { asked.emplace_back("join"); }
  void verify() override { asked.emplace_back("verify"); }
  void change() override { asked.emplace_back("change"); }
  void go_back() override { asked.emplace_back("go_back"); }
  void forget() override { asked.emplace_back("forget"); }
  void report_started() override { asked.emplace_back("started"); }
  void report_connected() override { asked.emplace_back("connected"); }
  void report_failed(const WifiFailed&) override { asked.emplace_back("failed"); }
  void report_timed_out() override { asked.emplace_back("timed_out"); }
  void report_changed() override { asked.emplace_back("changed"); }
  void report_not_changed(const WifiFailed&) override { asked.emplace_back("not_changed"); }
  void report_change_timed_out() override { asked.emplace_back("change_timed_out"); }
  void report_back() override { asked.emplace_back("back"); }
  void report_stranded() override { asked.emplace_back("stranded"); }
  void report_busy() override { asked.emplace_back("busy"); }
};

struct WifiLinkTest : testing::Test, Rig<WifiLink, Port> {};

TEST_F(WifiLinkTest, IsConnectedWhenItIsStillThereFiveSecondsLater) {
  on(JoinWifi{});
  EXPECT_THAT(asked(), ElementsAre("started", "join"));
  pass(3s);
  on(WifiDone{});
  pass(5s - 1ms);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("verify"));
  on(WifiDone{});
  EXPECT_THAT(asked(), ElementsAre("connected"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(WifiLinkTest, AJoinThatFailsGoesBackWhereThereIsAWay) {
  on(JoinWifi{false});
  on(WifiFailed{});
  EXPECT_THAT(asked(), ElementsAre("started", "join", "failed"));
  on(JoinWifi{true});
  on(WifiFailed{});
  EXPECT_THAT(asked(), ElementsAre("started", "join", "failed", "go_back"));
  on(WifiDone{});
  EXPECT_THAT(asked(), ElementsAre("back"));
  EXPECT_TRUE(machine.is("idle"_s));
  on(JoinWifi{true});
  on(WifiFailed{{hal::ErrorKind::not_found, {}}});
  EXPECT_THAT(asked(), ElementsAre("started", "join", "failed")) << "what was there was not left";
}

TEST_F(WifiLinkTest, AJoinThatDoesNotLastHasFailed) {
  for (const bool way_back : {false, true}) {
    on(JoinWifi{way_back});
    on(WifiDone{});
    pass(5s);
    on(WifiFailed{});
    if (way_back) {
      EXPECT_THAT(asked(), ElementsAre("started", "join", "verify", "failed", "go_back"));
      on(WifiFailed{});
      EXPECT_THAT(asked(), ElementsAre("stranded"));
    } else {
      EXPECT_THAT(asked(), ElementsAre("started", "join", "verify", "failed"));
    }
  }
}

TEST_F(WifiLinkTest, NothingIsWaitedForForEver) {
  on(JoinWifi{false});
  pass(50s);
  EXPECT_THAT(asked(), ElementsAre("started", "join", "forget", "timed_out"));
  on(JoinWifi{true});
  pass(50s);
  EXPECT_THAT(asked(), ElementsAre("started", "join", "forget", "timed_out", "go_back"));
  pass(50s);
  EXPECT_THAT(asked(), ElementsAre("forget", "stranded"));
  on(JoinWifi{true});
  on(WifiDone{});
  pass(10s);
  EXPECT_THAT(asked(), ElementsAre("started", "join", "verify", "forget", "timed_out"));
  on(ChangeWifi{});
  pass(50s);
  EXPECT_THAT(asked(), ElementsAre("change", "forget", "change_timed_out"));
}

TEST_F(WifiLinkTest, AChangeIsDoneOrIsNot) {
  on(ChangeWifi{});
  on(WifiDone{});
  on(ChangeWifi{});
  on(WifiFailed{});
  EXPECT_THAT(asked(), ElementsAre("change", "changed", "change", "not_changed"));
}

TEST_F(WifiLinkTest, OneChangeAtATimeAndWhatComesLateIsNotHeard) {
  on(WifiDone{});
  on(WifiFailed{});
  on(JoinWifi{});
  on(JoinWifi{});
  on(ChangeWifi{});
  EXPECT_THAT(asked(), ElementsAre("started", "join", "busy", "busy"));
  on(WifiDone{});
  on(WifiDone{});
  on(WifiFailed{});
  EXPECT_TRUE(machine.is("settling"_s));
  on(JoinWifi{});
  EXPECT_THAT(asked(), ElementsAre("busy"));
}

}  // namespace
}  // namespace nightjar::fsm
