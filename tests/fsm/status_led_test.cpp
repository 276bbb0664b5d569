#include "fsm/status_led.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

/// Writes down when the light goes on and off, in milliseconds since the story began.
struct Port final : StatusLedPort {
  const sml::Time* now = nullptr;
  std::string seen;
  void light() override { write('+'); }
  void darken() override { write('-'); }
  void write(char what) { seen += what + std::to_string((*now - 1h) / 1ms) + " "; }
};

struct StatusLedTest : testing::Test, Rig<StatusLed, Port> {
  StatusLedTest() { port.now = &now; }
  void show(const Pattern& pattern) { on(Show{pattern}); }
  const std::string& seen = port.seen;
};

TEST_F(StatusLedTest, HurriesWhileItBoots) {
  pass(500ms);
  EXPECT_EQ(seen, "+100 -200 +300 -400 +500 ");
}

TEST_F(StatusLedTest, AnotherPatternIsShownAtOnceAndTheSameOneRunsOn) {
  pass(50ms);
  show(kReady);
  pass(1s);
  show(kReady);
  pass(3s);
  EXPECT_EQ(seen, "+50 -80 +3080 -3110 ");
}

TEST_F(StatusLedTest, FlashesAreCountedAndThenItPauses) {
  show(kCameraLost);
  pass(2s);
  EXPECT_EQ(seen, "+0 -100 +300 -400 +600 -700 +1700 -1800 +2000 ");
}

TEST_F(StatusLedTest, APatternMayChangeWhileItIsLit) {
  show(kCameraLost);
  pass(60ms);
  show(kCameraLost);
  show(kRunning);
  pass(1s);
  EXPECT_EQ(seen, "+0 +60 -90 +290 -320 ");
}

}  // namespace
}  // namespace nightjar::fsm
