#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/sim/network_story.h"

namespace nightjar::sim {
namespace {

using DatagramStory = NetworkStory;

struct Ear {
  Ear(Host& host, hal::DatagramOptions options) {
    auto opened = host.network().open_datagram(options, [this](const hal::Datagram& datagram) {
      heard.emplace_back(datagram.bytes);
      from = datagram.from;
    });
    EXPECT_TRUE(opened.ok()) << opened.error().text();
    socket = std::move(opened).value();
  }
  std::unique_ptr<hal::DatagramSocket> socket;
  std::vector<std::string> heard;
  hal::Endpoint from;
};

hal::DatagramOptions on_port(std::uint16_t port) {
  hal::DatagramOptions options;
  options.bind.port = port;
  return options;
}

hal::DatagramOptions ssdp() {
  hal::DatagramOptions options;
  options.bind = {IpAddress::any(), 1900};
  options.share_port = true;
  options.join = IpAddress::v4(239, 255, 255, 250);
  return options;
}

TEST_F(DatagramStory, MulticastReachesThoseWhoJoinedOnTheLinkAndNobodyElse) {
  Ear on_pi{pi, ssdp()};
  Ear second{pi, ssdp()};
  auto unjoined = ssdp();
  unjoined.join = IpAddress::any();
  Ear deaf{pi, unjoined};
  Ear on_camera{camera, ssdp()};
  auto& elsewhere = world.add_host("elsewhere");
  elsewhere.network().join(world.network().add_link("other"), "eth0", IpAddress::v4(192, 168, 4, 9));
  Ear far{elsewhere, ssdp()};
  ASSERT_TRUE(on_camera.socket->send_to({IpAddress::v4(239, 255, 255, 250), 1900}, "NOTIFY").ok());
  world.advance(1ms);
  EXPECT_THAT(on_pi.heard, ::testing::ElementsAre("NOTIFY"));
  EXPECT_THAT(second.heard, ::testing::ElementsAre("NOTIFY"));
  EXPECT_THAT(deaf.heard, ::testing::IsEmpty());
  EXPECT_THAT(far.heard, ::testing::IsEmpty());
  EXPECT_THAT(on_camera.heard, ::testing::IsEmpty()) << "multicast_loopback was not asked for";
  EXPECT_EQ(on_pi.from, (hal::Endpoint{kCamera, 1900}));
}

TEST_F(DatagramStory, BroadcastMustBeAskedForAndReachesTheWholeLink) {
  hal::DatagramOptions options;
  options.bind.port = 9000;
  Ear plain{pi, options};
  EXPECT_EQ(plain.socket->send_to({IpAddress::v4(255, 255, 255, 255), 9000}, "x").error().kind, ErrorKind::denied);
  options.bind.port = 9001;
  options.broadcast = true;
  Ear speaker{pi, options};
  options.bind.port = 9000;
  Ear listener_there{camera, options};
  ASSERT_TRUE(speaker.socket->send_to({IpAddress::v4(192, 168, 4, 255), 9000}, "all").ok());
  world.advance(1ms);
  EXPECT_THAT(listener_there.heard, ::testing::ElementsAre("all"));
  EXPECT_THAT(plain.heard, ::testing::ElementsAre("all"));
}

TEST_F(DatagramStory, DatagramsAreLostAndDoubledAtTheRatesAskedFor) {
  Ear there{camera, on_port(5000)};
  Ear here{pi, on_port(5001)};
  const auto send_thousand = [&] {
    there.heard.clear();
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(here.socket->send_to({kCamera, 5000}, "x").ok());
    world.advance(1s);
  };
  world.network().drop_datagrams(0.3);
  send_thousand();
  EXPECT_GT(there.heard.size(), 600u);
  EXPECT_LT(there.heard.size(), 800u);
  world.network().drop_datagrams(0);
  world.network().duplicate_datagrams(0.5);
  send_thousand();
  EXPECT_GT(there.heard.size(), 1400u);
  EXPECT_LT(there.heard.size(), 1600u);
}

TEST_F(DatagramStory, JitterReordersDatagrams) {
  world.network().set_latency(1ms, 10ms);
  Ear there{camera, on_port(5000)};
  Ear here{pi, on_port(5001)};
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(here.socket->send_to({kCamera, 5000}, std::to_string(i)).ok());
  world.advance(1s);
  EXPECT_THAT(there.heard, ::testing::UnorderedElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8"));
  EXPECT_FALSE(std::is_sorted(there.heard.begin(), there.heard.end()));
}

TEST_F(DatagramStory, NeighboursAreThoseWeHaveHeardOf) {
  camera.network().set_mac("eth0", "74:38:b7:e2:73:5f");
  EXPECT_TRUE(pi.network().neighbours().empty());
  connected();
  const auto known = pi.network().neighbours();
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(known[0].address, kCamera);
  EXPECT_EQ(known[0].mac, "74:38:b7:e2:73:5f");
  EXPECT_EQ(known[0].interface, "eth0");
}

TEST_F(DatagramStory, NamesAreWhatTheWorldSaysTheyAre) {
  world.network().set_name("jellyfin.local", {kCamera});
  std::vector<IpAddress> found;
  std::optional<hal::Error> unknown;
  const auto first = pi.network().resolve("jellyfin.local", [&](const auto& answer) { found = answer.value(); });
  const auto second = pi.network().resolve("no.such.name", [&](const auto& answer) { unknown = answer.error(); });
  world.advance(1s);
  EXPECT_THAT(found, ::testing::ElementsAre(kCamera));
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->kind, ErrorKind::unreachable);
}

}   // namespace
}   // namespace nightjar::sim
