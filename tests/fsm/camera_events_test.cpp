#include "fsm/camera_events.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : CameraEventsPort {
  Asked asked;
  void ask() override { asked.emplace_back("ask"); }
  void forget_ask() override { asked.emplace_back("forget_ask"); }
  void reopen() override { asked.emplace_back("reopen"); }
  void report_records_nothing() override { asked.emplace_back("report_records_nothing"); }
  void report_records_again() override { asked.emplace_back("report_records_again"); }
};

struct CameraEventsTest : testing::Test, Rig<CameraEvents, Port> {
  void shots(int count) {
    for (int i = 0; i < count; ++i) on(ShotTaken{});
  }
  void silence(int answers = kSilentMax) {
    for (int i = 0; i < answers; ++i) next_answer(false);
  }
  /// What the camera answers to the next question.
  void next_answer(bool recorded) {
    pass(kAskEvery);
    on(Told{recorded});
  }
  void link() {
    on(Linked{});
    on(Told{});
    asked();
  }
};

const NotTold kBusy{{hal::ErrorKind::busy, "Already started"}};

TEST_F(CameraEventsTest, AsksAtOnceAndThenEveryFiveSeconds) {
  on(Linked{});
  EXPECT_THAT(asked(), ElementsAre("ask"));
  pass(1min);
  EXPECT_THAT(asked(), IsEmpty()) << "one question at a time";
  on(Told{});
  pass(kAskEvery - 1ms);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("ask"));
}

TEST_F(CameraEventsTest, ACameraThatIsBusyWithItselfIsAskedLessAndLess) {
  on(Linked{});
  asked();
  for (const auto pause : {5s, 10s, 20s, 40s, 60s, 60s}) {
    on(kBusy);
    pass(pause - 1ms);
    EXPECT_THAT(asked(), IsEmpty()) << pause.count();
    pass(1ms);
    EXPECT_THAT(asked(), ElementsAre("ask"));
  }
  on(Told{});
  pass(kAskEvery);
  EXPECT_THAT(asked(), ElementsAre("ask"));
}

TEST_F(CameraEventsTest, AskingEndsWithTheLinkAndBeginsWithTheNext) {
  on(Unlinked{});
  on(Told{});
  on(kBusy);
  on(Linked{});
  on(Unlinked{});
  EXPECT_THAT(asked(), ElementsAre("ask", "forget_ask"));
  pass(1h);
  on(Linked{});
  on(Linked{});   // another camera
  EXPECT_THAT(asked(), ElementsAre("ask", "forget_ask", "ask"));
  on(Told{});
  on(Linked{});
  EXPECT_THAT(asked(), ElementsAre("ask"));
  on(Told{});
  on(kBusy);
  on(Unlinked{});
  pass(1h);
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(CameraEventsTest, ABodyWithoutEventsIsAskedOnceForEachLink) {
  const NotTold lacks{{hal::ErrorKind::not_supported, "this body has no events"}};
  on(Linked{});
  on(lacks);
  on(kBusy);
  asked();
  pass(1h);
  EXPECT_THAT(asked(), IsEmpty());
  on(Linked{});
  EXPECT_THAT(asked(), ElementsAre("ask"));
  on(lacks);
  on(Unlinked{});
  EXPECT_TRUE(machine.is("unlinked"_s));
}

TEST_F(CameraEventsTest, ThreeShotsWithoutAFileOpenItAnewAndThreeMoreAreTold) {
  link();
  shots(3);
  silence(2);
  EXPECT_THAT(asked(), ElementsAre("ask", "ask")) << "the files may still be written";
  silence(1);
  EXPECT_THAT(asked(), ElementsAre("ask", "reopen"));
  on(Unlinked{});
  on(Linked{});
  on(Told{});
  asked();
  shots(2);
  silence(5);
  EXPECT_THAT(asked(), testing::Each("ask")) << "two prove nothing";
  shots(2);
  silence();
  EXPECT_THAT(asked(), ElementsAre("ask", "ask", "ask", "report_records_nothing"));
  shots(5);
  silence();
  EXPECT_THAT(asked(), testing::Each("ask")) << "told once";
  next_answer(true);
  EXPECT_THAT(asked(), ElementsAre("ask", "report_records_again"));
}

TEST_F(CameraEventsTest, AnyFileClearsItOfDoubt) {
  link();
  for (int i = 0; i < 20; ++i) {
    shots(2);
    next_answer(i % 2 == 0);
  }
  EXPECT_TRUE(machine.is("believed"_s));
  shots(3);
  silence();
  EXPECT_TRUE(machine.is("doubted"_s));
  shots(1);
  next_answer(true);
  EXPECT_TRUE(machine.is("believed"_s));
  asked();
  shots(3);
  silence();
  EXPECT_THAT(asked(), ElementsAre("ask", "ask", "ask", "reopen")) << "and doubt begins anew";
}

TEST_F(CameraEventsTest, SwitchedOffAndOnItIsBelievedAgain) {
  link();
  for (int i = 0; i < 2; ++i) {
    shots(3);
    silence();
  }
  asked();
  on(Unlinked{});
  on(Linked{});
  EXPECT_THAT(asked(), testing::UnorderedElementsAre("report_records_again", "ask"));
}

TEST_F(CameraEventsTest, ALinkThatIsLostLeavesNoDoubtBehind) {
  link();
  shots(3);
  silence(2);
  on(Unlinked{});
  on(Linked{});
  on(Told{});
  silence();
  EXPECT_TRUE(machine.is("believed"_s));
}

}  // namespace
}  // namespace nightjar::fsm
