// What every lifecycle owes: it is proven at compile time, explored exhaustively, and drawn.
#include <fstream>
#include <sstream>

#include "fsm/camera_address.h"
#include "fsm/camera_discovery.h"
#include "fsm/camera_link.h"
#include "fsm/capture.h"
#include "fsm/client_session.h"
#include "fsm/intervalometer.h"
#include "fsm/picture_fetch.h"
#include "fsm/shutter_button.h"
#include "fsm/sml/print.h"
#include "fsm/status_led.h"
#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

static_assert(sml::verified<CameraAddress>);
static_assert(sml::verified<CameraDiscovery>);
static_assert(sml::verified<CameraLink>);
static_assert(sml::verified<Capture>);
static_assert(sml::verified<ClientSession>);
static_assert(sml::verified<Intervalometer>);
static_assert(sml::verified<PictureFetch>);
static_assert(sml::verified<ShutterButton>);
static_assert(sml::verified<StatusLed>);

std::string file(const std::string& path) {
  std::ifstream in{std::string{NIGHTJAR_SOURCE} + "/" + path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

template <class Table>
class Lifecycle : public testing::Test {};
using All = testing::Types<CameraAddress, CameraDiscovery, CameraLink, Capture, ClientSession, Intervalometer, PictureFetch, ShutterButton, StatusLed>;
TYPED_TEST_SUITE(Lifecycle, All);

TYPED_TEST(Lifecycle, LooksAsItsGoldenDiagram) {
  const auto name = std::string{sml::info<TypeParam>.name};
  EXPECT_EQ(sml::to_mermaid<TypeParam>(), file("tests/golden/" + name + ".mmd"))
      << "when the table changed on purpose: tests/golden/update build/dev/nightjar, and look at it";
}

TYPED_TEST(Lifecycle, IsDrawnInTheReadmeAsItIs) {
  EXPECT_THAT(file("README.md"), testing::HasSubstr(sml::to_mermaid<TypeParam>())) << sml::info<TypeParam>.name;
}

}  // namespace
}  // namespace nightjar::fsm
