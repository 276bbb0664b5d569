#include "fsm/session_discovery.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : SessionDiscoveryPort {
  Asked asked;
  void browse_mdns() override { asked.emplace_back("browse_mdns"); }
  void forget_mdns() override { asked.emplace_back("forget_mdns"); }
  void browse_udp() override { asked.emplace_back("browse_udp"); }
  void forget_udp() override { asked.emplace_back("forget_udp"); }
  void browse_here() override { asked.emplace_back("browse_here"); }
  void stop_browsing() override { asked.emplace_back("stop_browsing"); }
};

struct SessionDiscoveryTest : testing::Test, Rig<SessionDiscovery, Port> {};

TEST_F(SessionDiscoveryTest, WhatMdnsFindsIsEnough) {
  on(LookForSessions{});
  on(MdnsUp{});
  on(SessionSeen{});
  pass(kWanted - 1s);
  EXPECT_THAT(asked(), ElementsAre("browse_mdns"));
  pass(1s);
  EXPECT_THAT(asked(), ElementsAre("stop_browsing"));
  EXPECT_TRUE(machine.is("idle"_s));
}

TEST_F(SessionDiscoveryTest, WhereMdnsIsNotThereOrHangsUdpIsAskedAndThenThisProcess) {
  on(LookForSessions{});
  on(MdnsFailed{});
  on(UdpFailed{});
  EXPECT_THAT(asked(), ElementsAre("browse_mdns", "browse_udp", "browse_here"));
  Rig<SessionDiscovery, Port> slow;
  slow.on(LookForSessions{});
  slow.pass(kWayMax * 2);
  EXPECT_THAT(slow.asked(), ElementsAre("browse_mdns", "forget_mdns", "browse_udp", "forget_udp", "browse_here"));
}

TEST_F(SessionDiscoveryTest, WhereMdnsIsBlockedUdpIsAskedBesides) {
  on(LookForSessions{});
  on(MdnsUp{});
  pass(kHeardMax);
  EXPECT_THAT(asked(), ElementsAre("browse_mdns", "browse_udp"));
  on(UdpUp{});
  on(SessionSeen{});
  pass(2s);
  on(SessionSeen{});   // while it is heard, it is enough
  pass(2s);
  EXPECT_THAT(asked(), IsEmpty());
  pass(kHeardMax);
  EXPECT_THAT(asked(), ElementsAre("browse_here"));
}

TEST_F(SessionDiscoveryTest, WhoAsksAgainHasNotFoundItsSessionYet) {
  on(LookForSessions{});
  on(MdnsUp{});
  on(SessionSeen{});
  asked();
  on(LookForSessions{});
  on(UdpUp{});
  on(LookForSessions{});
  on(UdpUp{});
  EXPECT_THAT(asked(), ElementsAre("browse_udp", "browse_udp"));
  on(UdpFailed{});
  on(LookForSessions{});
  EXPECT_THAT(asked(), ElementsAre("browse_here", "browse_mdns"));
}

TEST_F(SessionDiscoveryTest, AvahiMayGoAwayAndComeBack) {
  on(LookForSessions{});
  on(MdnsUp{});
  on(MdnsFailed{});
  EXPECT_TRUE(machine.is("asking_udp"_s));
  on(UdpFailed{});
  asked();
  pass(kLookAnew);
  EXPECT_THAT(asked(), ElementsAre("browse_mdns"));
  on(MdnsUp{});
  on(SessionSeen{});
  on(MdnsFailed{});
  EXPECT_THAT(asked(), ElementsAre("browse_udp"));
}

TEST_F(SessionDiscoveryTest, StopsWherever) {
  const auto stopped_after = [](auto... events) {
    Rig<SessionDiscovery, Port> rig;
    (rig.on(events), ...);
    rig.on(StopLookingForSessions{});
    EXPECT_TRUE(rig.machine.is("idle"_s));
    EXPECT_TRUE(rig.machine.is("unwanted"_s));
    return rig.asked().back();
  };
  EXPECT_EQ(stopped_after(LookForSessions{}), "stop_browsing");
  EXPECT_EQ(stopped_after(LookForSessions{}, MdnsUp{}), "stop_browsing");
  EXPECT_EQ(stopped_after(LookForSessions{}, MdnsUp{}, SessionSeen{}), "stop_browsing");
  EXPECT_EQ(stopped_after(LookForSessions{}, MdnsFailed{}), "stop_browsing");
  EXPECT_EQ(stopped_after(LookForSessions{}, MdnsFailed{}, UdpUp{}), "stop_browsing");
  EXPECT_EQ(stopped_after(LookForSessions{}, MdnsFailed{}, UdpFailed{}), "stop_browsing");
}

TEST_F(SessionDiscoveryTest, WhatComesLateChangesNothing) {
  on(SessionSeen{});
  on(MdnsUp{});
  on(MdnsFailed{});
  on(UdpUp{});
  on(UdpFailed{});
  on(StopLookingForSessions{});
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace nightjar::fsm
