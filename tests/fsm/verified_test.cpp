// What every lifecycle owes: it is proven at compile time, its stories take every row, and it is drawn. Its exploration is beside its stories.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fsm/camera_address.h"
#include "fsm/camera_discovery.h"
#include "fsm/camera_link.h"
#include "fsm/capture.h"
#include "fsm/client_session.h"
#include "fsm/connection.h"
#include "fsm/hub_session.h"
#include "fsm/intervalometer.h"
#include "fsm/metrics_reader.h"
#include "fsm/picture_fetch.h"
#include "fsm/server_link.h"
#include "fsm/session_discovery.h"
#include "fsm/session_guest.h"
#include "fsm/session_host.h"
#include "fsm/session_member.h"
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
static_assert(sml::verified<Connection>);
static_assert(sml::verified<HubSession>);
static_assert(sml::verified<Intervalometer>);
static_assert(sml::verified<MetricsReader>);
static_assert(sml::verified<PictureFetch>);
static_assert(sml::verified<ServerLink>);
static_assert(sml::verified<SessionDiscovery>);
static_assert(sml::verified<SessionGuest>);
static_assert(sml::verified<SessionHost>);
static_assert(sml::verified<SessionMember>);
static_assert(sml::verified<ShutterButton>);
static_assert(sml::verified<StatusLed>);

std::string file(const std::string& path) {
  std::ifstream in{std::string{NIGHTJAR_SOURCE} + "/" + path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

template <class... Tables>
struct List {
  using Types = testing::Types<Tables...>;
  static std::set<std::string> names() { return {std::string{sml::info<Tables>.name}...}; }
  static void each(auto visit) { (visit(Tables{}), ...); }
};
using All = List<CameraAddress,
                 CameraDiscovery,
                 CameraLink,
                 Capture,
                 ClientSession,
                 Connection,
                 HubSession,
                 Intervalometer,
                 MetricsReader,
                 PictureFetch,
                 ServerLink,
                 SessionDiscovery,
                 SessionGuest,
                 SessionHost,
                 SessionMember,
                 ShutterButton,
                 StatusLed>;

template <class Table>
class Lifecycle : public testing::Test {};
TYPED_TEST_SUITE(Lifecycle, All::Types);

TYPED_TEST(Lifecycle, LooksAsItsGoldenDiagram) {
  const auto name = std::string{sml::info<TypeParam>.name};
  EXPECT_EQ(sml::to_mermaid<TypeParam>(), file("tests/golden/" + name + ".mmd"))
      << "when the table changed on purpose: tests/golden/update build/dev/nightjar, and look at it";
}

TYPED_TEST(Lifecycle, IsDrawnInTheReadmeAsItIs) {
  EXPECT_NE(file("README.md").find(sml::to_mermaid<TypeParam>()), std::string::npos) << sml::info<TypeParam>.name;
}

TEST(Lifecycles, AreAllHere) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator{std::string{NIGHTJAR_SOURCE} + "/fsm"})
    if (entry.is_regular_file()) files.insert(entry.path().stem());
  EXPECT_EQ(All::names(), files);
}

/// After the last story. A run that was filtered proves nothing about rows.
struct EveryRowIsTakenByAStory final : testing::Environment {
  void TearDown() override {
    if (GTEST_FLAG_GET(filter) != "*") return;
    All::each([]<class Table>(Table) {
      EXPECT_THAT(rows_without<Table>([](std::uint16_t row) { return rows_taken<Table>().contains(row); }), testing::IsEmpty())
          << sml::info<Table>.name << ": no story takes them";
    });
  }
};
const auto* const every_row_is_taken = testing::AddGlobalTestEnvironment(new EveryRowIsTakenByAStory);

}  // namespace
}  // namespace nightjar::fsm
