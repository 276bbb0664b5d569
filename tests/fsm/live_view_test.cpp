#include "fsm/live_view.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : LiveViewPort {
  Asked asked;
  void start_view() override { asked.emplace_back("start"); }
  void fetch_frame() override { asked.emplace_back("fetch"); }
  void stop_view() override { asked.emplace_back("stop"); }
  void forget_view() override { asked.emplace_back("forget"); }
  void give() override { asked.emplace_back("give"); }
  void give_refusal() override { asked.emplace_back("refusal"); }
  void give_lost() override { asked.emplace_back("lost"); }
  void give_ended() override { asked.emplace_back("ended"); }
};

const ViewRefused kNotStarted{{hal::ErrorKind::io, "Live view not started"}};
const ViewRefused kNoAnswer{{hal::ErrorKind::timed_out, ""}};

struct LiveViewTest : testing::Test, Rig<LiveView, Port> {
  void start() {
    on(Look{});
    on(ViewStarted{});
  }
  void show() {
    start();
    on(FrameCame{});
    asked();
  }
};

TEST_F(LiveViewTest, ShowsAFrameToAllWhoAskAndStopsWhenNobodyDoesAnyMore) {
  on(Look{});
  on(Look{});
  on(ViewStarted{});
  on(Look{});
  on(FrameCame{});
  EXPECT_THAT(asked(), ElementsAre("start", "fetch", "give"));
  pass(kLookMax - 1ms);
  on(Look{});
  on(FrameCame{});
  EXPECT_THAT(asked(), ElementsAre("fetch", "give"));
  pass(kLookMax);
  on(ViewStopped{});
  EXPECT_THAT(asked(), ElementsAre("stop"));
  EXPECT_TRUE(machine.is("off"_s));
}

TEST_F(LiveViewTest, ABodyThatHasNotWarmedUpIsAskedAgainForThreeSeconds) {
  start();
  asked();
  on(kNotStarted);
  on(Look{});
  pass(kFramePause);
  on(FrameCame{});
  EXPECT_THAT(asked(), ElementsAre("fetch", "give"));
  on(Look{});
  for (int i = 1; i < kFramesMax; ++i) {
    on(kNotStarted);
    pass(kFramePause);
  }
  asked();
  on(kNotStarted);
  EXPECT_THAT(asked(), ElementsAre("refusal", "stop"));
}

TEST_F(LiveViewTest, AStartThatIsRefusedIsToldAndOneWithoutAnAnswerIsStopped) {
  on(Look{});
  on(ViewRefused{{hal::ErrorKind::not_supported, ""}});
  EXPECT_THAT(asked(), ElementsAre("start", "refusal"));
  EXPECT_TRUE(machine.is("off"_s));
  on(Look{});
  on(kNoAnswer);
  EXPECT_THAT(asked(), ElementsAre("start", "refusal", "stop"));
}

TEST_F(LiveViewTest, ASessionEndsIt) {
  on(LookAway{});
  EXPECT_THAT(asked(), IsEmpty());
  on(Look{});
  on(LookAway{});
  EXPECT_THAT(asked(), ElementsAre("start", "ended", "forget", "stop"));
  on(ViewStopped{});
  start();
  on(LookAway{});
  EXPECT_THAT(asked(), ElementsAre("start", "fetch", "ended", "forget", "stop"));
  on(ViewStopped{});
  start();
  on(kNotStarted);
  on(LookAway{});
  EXPECT_THAT(asked(), ElementsAre("start", "fetch", "ended", "stop"));
  on(ViewStopped{});
  show();
  on(LookAway{});
  on(LookAway{});
  EXPECT_THAT(asked(), ElementsAre("stop"));
}

TEST_F(LiveViewTest, WhoAsksWhileItIsStoppedIsShownAFrameOfTheNext) {
  show();
  pass(kLookMax);
  on(Look{});
  on(ViewStopped{});
  EXPECT_THAT(asked(), ElementsAre("stop", "start"));
  on(ViewStarted{});
  on(FrameCame{});
  pass(kLookMax);
  on(Look{});
  asked();
  on(kNotStarted);
  EXPECT_THAT(asked(), ElementsAre("fetch")) << "it has not stopped: so be it";
  on(FrameCame{});
  pass(kLookMax);
  on(Look{});
  asked();
  on(LookAway{});
  on(ViewStopped{});
  EXPECT_THAT(asked(), ElementsAre("ended"));
}

TEST_F(LiveViewTest, ABodyThatDoesNotStopIsAskedAgainForHalfAMinute) {
  show();
  pass(kLookMax);
  for (int i = 1; i < kStopsMax; ++i) {
    on(kNotStarted);
    on(LookAway{});
    pass(kStopAgain);
  }
  EXPECT_EQ(asked().size(), static_cast<std::size_t>(kStopsMax));
  on(kNotStarted);
  EXPECT_TRUE(machine.is("off"_s));
  show();
  pass(kLookMax);
  on(kNotStarted);
  on(Look{});
  EXPECT_THAT(asked(), ElementsAre("stop", "fetch"));
}

TEST_F(LiveViewTest, ACameraThatGoesIsToldToAllWhoWait) {
  on(ViewLost{});
  on(Look{});
  on(ViewLost{});
  EXPECT_THAT(asked(), ElementsAre("start", "lost", "forget"));
  start();
  on(ViewLost{});
  EXPECT_THAT(asked(), ElementsAre("start", "fetch", "lost", "forget"));
  start();
  on(kNotStarted);
  on(ViewLost{});
  EXPECT_THAT(asked(), ElementsAre("start", "fetch", "lost"));
  show();
  on(ViewLost{});
  EXPECT_THAT(asked(), IsEmpty());
  show();
  pass(kLookMax);
  on(Look{});
  on(ViewLost{});
  EXPECT_THAT(asked(), ElementsAre("stop", "lost", "forget"));
  show();
  pass(kLookMax);
  on(kNotStarted);
  on(ViewLost{});
  EXPECT_TRUE(machine.is("off"_s));
  EXPECT_FALSE(machine.context().wanted);
}

}  // namespace
}  // namespace nightjar::fsm
