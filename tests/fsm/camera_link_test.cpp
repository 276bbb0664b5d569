#include "fsm/camera_link.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;

struct Port final : CameraLinkPort {
  Asked asked;
  void open() override { asked.emplace_back("open"); }
  void forget_open() override { asked.emplace_back("forget_open"); }
  void check() override { asked.emplace_back("check"); }
  void forget_check() override { asked.emplace_back("forget_check"); }
  void report_connected() override { asked.emplace_back("connected"); }
  void report_open_failed(const OpenFailed&) override { asked.emplace_back("open_failed"); }
  void report_open_timed_out() override { asked.emplace_back("open_timed_out"); }
  void report_lost(const Lost&) override { asked.emplace_back("lost"); }
  void report_silent() override { asked.emplace_back("silent"); }
  void report_released() override { asked.emplace_back("released"); }
};

struct CameraLinkTest : testing::Test, Rig<CameraLink, Port> {
  void connect() {
    on(Retarget{});
    on(Opened{});
    asked();
  }
};

TEST_F(CameraLinkTest, OpensAndIsReady) {
  on(Retarget{});
  EXPECT_TRUE(machine.is("connecting"_s));
  on(Opened{});
  EXPECT_TRUE(machine.is("ready"_s));
  EXPECT_THAT(asked(), ElementsAre("open", "connected"));
}

TEST_F(CameraLinkTest, ReconnectsAfterFiveTenTwentyFortyAndThenEverySixtySecondsForEver) {
  connect();
  on(Lost{});
  EXPECT_THAT(asked(), ElementsAre("lost"));
  for (const auto delay : {5s, 10s, 20s, 40s, 60s, 60s, 60s}) {
    pass(delay - 1ms);
    EXPECT_TRUE(asked().empty()) << "before " << delay.count() << " s";
    pass(1ms);
    EXPECT_THAT(asked(), ElementsAre("open")) << "after " << delay.count() << " s";
    on(OpenFailed{});
    EXPECT_THAT(asked(), ElementsAre("open_failed"));
  }
  for (int i = 0; i < 10'000; ++i) {
    pass(60s);
    EXPECT_THAT(asked(), ElementsAre("open"));
    on(OpenFailed{});
    asked();
  }
}

TEST_F(CameraLinkTest, AnySuccessBeginsTheScheduleAnew) {
  connect();
  on(Lost{});
  pass(5s);
  on(OpenFailed{});
  pass(10s);
  on(Opened{});
  on(Lost{});
  asked();
  pass(5s);
  EXPECT_THAT(asked(), ElementsAre("open"));
}

TEST_F(CameraLinkTest, AsksAQuietCameraEveryTenSeconds) {
  connect();
  for (int i = 0; i < 3; ++i) {
    pass(10s);
    EXPECT_THAT(asked(), ElementsAre("check"));
    on(Alive{});
  }
}

TEST_F(CameraLinkTest, AskingIsPutOffBySignsOfLife) {
  connect();
  for (int i = 0; i < 10; ++i) {
    pass(9s);
    on(Alive{});
  }
  EXPECT_TRUE(asked().empty());
}

TEST_F(CameraLinkTest, ACameraThatDoesNotAnswerIsLostAfterFiveSeconds) {
  connect();
  pass(15s);
  EXPECT_THAT(asked(), ElementsAre("check", "forget_check", "silent"));
  EXPECT_TRUE(machine.is("backing_off"_s));
}

TEST_F(CameraLinkTest, ACheckThatFailsLosesTheCamera) {
  connect();
  pass(10s);
  on(Lost{});
  EXPECT_THAT(asked(), ElementsAre("check", "forget_check", "lost"));
}

TEST_F(CameraLinkTest, AnAttemptThatHangsIsGivenUpAfterTenSeconds) {
  on(Retarget{});
  pass(10s);
  EXPECT_THAT(asked(), ElementsAre("open", "forget_open", "open_timed_out"));
  pass(5s);
  EXPECT_THAT(asked(), ElementsAre("open"));
}

TEST_F(CameraLinkTest, APersonNeedNotWait) {
  connect();
  EXPECT_EQ(on(Retry{}), sml::Verdict::internal);
  on(Lost{});
  on(Retry{});
  EXPECT_TRUE(machine.is("connecting"_s));
  on(Retry{});
  on(OpenFailed{});
  EXPECT_EQ(machine.context().attempt, 2);
}

TEST_F(CameraLinkTest, AnotherAddressIsTriedAtOnceWhateverGoesOn) {
  on(Retarget{});
  on(Retarget{});
  EXPECT_THAT(asked(), ElementsAre("open", "forget_open", "open"));
  on(OpenFailed{});
  on(Retarget{});
  EXPECT_THAT(asked(), ElementsAre("open_failed", "open"));
  on(Opened{});
  on(Retarget{});
  EXPECT_THAT(asked(), ElementsAre("connected", "open"));
  on(Opened{});
  pass(10s);
  on(Retarget{});
  EXPECT_THAT(asked(), ElementsAre("connected", "check", "forget_check", "open"));
}

TEST_F(CameraLinkTest, LetsGoWhereverItIs) {
  on(Release{});
  on(Retarget{});
  on(Release{});
  EXPECT_THAT(asked(), ElementsAre("open", "forget_open", "released"));
  connect();
  on(Release{});
  EXPECT_THAT(asked(), ElementsAre("released"));
  connect();
  pass(10s);
  on(Release{});
  EXPECT_THAT(asked(), ElementsAre("check", "forget_check", "released"));
  connect();
  on(Lost{});
  on(Release{});
  EXPECT_THAT(asked(), ElementsAre("lost", "released"));
  pass(1h);
  EXPECT_TRUE(asked().empty());
}

TEST_F(CameraLinkTest, NewsThatComeLateChangeNothing) {
  on(Lost{});
  on(Alive{});
  on(Retry{});
  on(Retarget{});
  on(Lost{});
  on(Alive{});
  EXPECT_TRUE(machine.is("connecting"_s));
  on(OpenFailed{});
  on(Alive{});
  on(Lost{});
  EXPECT_TRUE(machine.is("backing_off"_s));
  EXPECT_EQ(machine.context().attempt, 1);
  connect();
  pass(10s);
  on(Retry{});
  EXPECT_TRUE(machine.is("checking"_s));
}

}  // namespace
}  // namespace nightjar::fsm
