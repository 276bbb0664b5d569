#include "fsm/shutter_button.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : ShutterButtonPort {
  Asked asked;
  void report_press() override { asked.emplace_back("press"); }
  void report_hold() override { asked.emplace_back("hold"); }
};

struct ShutterButtonTest : testing::Test, Rig<ShutterButton, Port> {};

TEST_F(ShutterButtonTest, AShortPressIsToldWhenTheFingerLifts) {
  on(Pushed{});
  pass(kHold - 1ms);
  EXPECT_THAT(asked(), IsEmpty());
  on(LetGo{});
  EXPECT_THAT(asked(), ElementsAre("press"));
  pass(1min);
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(ShutterButtonTest, AHoldIsToldOnceAndAtOnceAndIsNoPressToo) {
  on(Pushed{});
  pass(kHold);
  EXPECT_THAT(asked(), ElementsAre("hold"));
  pass(1min);
  on(LetGo{});
  EXPECT_THAT(asked(), IsEmpty());
  on(Pushed{});
  on(LetGo{});
  EXPECT_THAT(asked(), ElementsAre("press"));
}

TEST_F(ShutterButtonTest, AButtonThatIsDownAtTheStartAsksNothingUntilItHasBeenLetGo) {
  on(FoundPushed{});
  pass(1min);
  on(LetGo{});
  EXPECT_THAT(asked(), IsEmpty());
  on(Pushed{});
  on(LetGo{});
  EXPECT_THAT(asked(), ElementsAre("press"));
}

TEST_F(ShutterButtonTest, AnEdgeThatRepeatsChangesNothing) {
  on(LetGo{});
  on(Pushed{});
  pass(kHold / 2);
  on(Pushed{});   // its clock runs on
  pass(kHold / 2);
  on(Pushed{});
  EXPECT_THAT(asked(), ElementsAre("hold"));
}

}  // namespace
}  // namespace nightjar::fsm
