#include "fsm/camera_discovery.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : CameraDiscoveryPort {
  Asked asked;
  void listen() override { asked.emplace_back("listen"); }
  void search() override { asked.emplace_back("search"); }
  void look_at_networks() override { asked.emplace_back("look_at_networks"); }
  void stop_listening() override { asked.emplace_back("stop_listening"); }
};

struct CameraDiscoveryTest : testing::Test, Rig<CameraDiscovery, Port> {
  /// Searches made while `duration` passes.
  long searches_in(sml::Time duration) {
    asked();
    pass(duration);
    const auto all = asked();
    return std::count(all.begin(), all.end(), "search");
  }
};

TEST_F(CameraDiscoveryTest, ARoundAsksThreeTimesASecondApart) {
  on(LookForCameras{});
  EXPECT_THAT(asked(), ElementsAre("listen", "search"));
  pass(1s - 1ms);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1ms);
  EXPECT_THAT(asked(), ElementsAre("search"));
  pass(1s);
  EXPECT_THAT(asked(), ElementsAre("search"));
  pass(1s);
  EXPECT_TRUE(machine.is("resting"_s));
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(CameraDiscoveryTest, RoundsComeAfterFiveTenTwentyFortyAndThenEverySixtySecondsForEver) {
  on(LookForCameras{});
  EXPECT_EQ(searches_in(3s), 2);
  for (const auto rest : {5s, 10s, 20s, 40s, 60s, 60s, 60s}) {
    EXPECT_EQ(searches_in(rest - 1ms), 0) << rest.count();
    EXPECT_EQ(searches_in(1ms), 1) << rest.count();
    EXPECT_EQ(searches_in(3s), 2);
  }
}

TEST_F(CameraDiscoveryTest, APersonNeedNotWaitAndCannotMakeItShout) {
  on(LookForCameras{});
  for (int press = 0; press < 1000; ++press) on(LookForCameras{});
  EXPECT_THAT(asked(), ElementsAre("listen", "search"));
  pass(100s);
  EXPECT_TRUE(machine.is("resting"_s));
  asked();
  on(LookForCameras{});
  EXPECT_THAT(asked(), ElementsAre("listen", "search"));
  pass(3s);
  EXPECT_EQ(searches_in(5s), 1) << "and it hurries again";
}

TEST_F(CameraDiscoveryTest, AnotherNetworkIsSearchedAtOnce) {
  on(LookForCameras{});
  pass(1s);
  asked();
  on(NetworksChanged{});
  EXPECT_THAT(asked(), ElementsAre("listen", "search"));
  pass(200s);
  while (machine.is("searching"_s)) pass(1s);
  asked();
  on(NetworksChanged{});
  EXPECT_THAT(asked(), ElementsAre("listen", "search"));
}

TEST_F(CameraDiscoveryTest, LooksAtItsNetworksWhileItRests) {
  on(LookForCameras{});
  pass(8s);   // the second round begins
  pass(3s);
  asked();
  pass(9s);
  EXPECT_THAT(asked(), ElementsAre("look_at_networks"));
}

TEST_F(CameraDiscoveryTest, HearsNothingOnceStopped) {
  on(StopLooking{});
  on(NetworksChanged{});
  EXPECT_TRUE(machine.is("idle"_s));
  on(LookForCameras{});
  on(StopLooking{});
  EXPECT_THAT(asked(), ElementsAre("listen", "search", "stop_listening"));
  on(LookForCameras{});
  pass(4s);
  asked();
  on(StopLooking{});
  EXPECT_THAT(asked(), ElementsAre("stop_listening"));
  pass(1h);
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace nightjar::fsm
