// What links and hosts do to traffic besides losing it: narrow channels, programs that do not read, hosts on several links.
#include <gtest/gtest.h>

#include <string>

#include "sim/connection.h"
#include "tests/sim/network_story.h"

namespace nightjar::sim {
namespace {

using LinkStory = NetworkStory;

TEST_F(LinkStory, ANarrowChannelTakesItsTimeAndIsSharedByAllOnIt) {
  world.network().set_segment_max(1000);
  connected();
  world.network().lan().set_bandwidth(100'000);
  const auto alone_from = world.now();
  client.stream->write("", std::make_shared<const std::string>(50'000, 'x'));
  ASSERT_TRUE(comes([&] { return server.heard.size() == 50'000; }, 10s));
  const auto alone = world.now() - alone_from;
  EXPECT_EQ(alone, 200us + 520ms);   // 50 segments with 40 bytes of headers each

  server.stream->write("", std::make_shared<const std::string>(50'000, 'y'));
  client.stream->write("", std::make_shared<const std::string>(50'000, 'x'));
  const auto together = world.now();
  ASSERT_TRUE(comes([&] { return server.heard.size() == 100'000 && client.heard.size() == 50'000; }, 10s));
  EXPECT_EQ(world.now() - together, 200us + 1040ms);
}

TEST_F(LinkStory, WhatComesTooFastForANarrowChannelIsLostIfNobodySendsItAgain) {
  world.network().lan().set_bandwidth(10'000);
  std::size_t heard = 0;
  hal::DatagramOptions options;
  options.bind.port = 5000;
  const auto there = camera.network().open_datagram(options, [&](const hal::Datagram&) { ++heard; }).value();
  options.bind.port = 5001;
  const auto here = pi.network().open_datagram(options, [](const hal::Datagram&) {}).value();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(here->send_to({kCamera, 5000}, std::string(960, 'x')).ok());
  world.advance(30s);
  EXPECT_EQ(heard, 6u);   // a tenth of a second each: those that had to wait half a second and less
}

TEST_F(LinkStory, AProgramThatDoesNotReadFillsItsWindowAndLaterGetsEverything) {
  connected();
  world.network().stop_reading(camera);
  client.stream->write("", std::make_shared<const std::string>(200'000, 'x'));
  world.advance(1min);
  EXPECT_EQ(server.heard.size(), 0u);
  EXPECT_EQ(client.stream->unsent(), 200'000u - Connection::kWindow);
  server.stream->write("it may still write");
  EXPECT_TRUE(comes([&] { return client.heard == "it may still write"; }));
  world.network().stop_reading(camera, false);
  EXPECT_TRUE(comes([&] { return server.heard.size() == 200'000; }));
}

TEST_F(LinkStory, AHostOnTwoLinksReachesBothAndDoesNotJoinThem) {
  auto& uplink = world.network().add_link("uplink");
  constexpr auto kServer = IpAddress::v4(10, 0, 0, 9);
  auto& server_host = world.add_host("server");
  server_host.network().join(uplink, "eth0", kServer);
  pi.network().join(uplink, "eth1", IpAddress::v4(10, 0, 0, 1));
  Peer at_server;
  const auto open = server_host.network().listen({IpAddress::any(), 80}, [&](auto stream) { at_server.take(std::move(stream)); });
  connect(10s, {kServer, 80});
  ASSERT_TRUE(comes([&] { return client.stream && at_server.stream; }));
  EXPECT_EQ(at_server.stream->remote().address, IpAddress::v4(10, 0, 0, 1));
  Peer in_vain;
  std::optional<hal::Error> refusal;
  const auto attempt_of_camera = camera.network().connect({kServer, 80}, 10s, [&](auto stream) { refusal = stream.error(); });
  ASSERT_TRUE(comes([&] { return refusal.has_value(); }));
  EXPECT_EQ(refusal->kind, ErrorKind::unreachable);
  uplink.set_up(false);
  client.stream->write("lost?");
  world.advance(10s);
  EXPECT_EQ(at_server.heard, "");
  connected();   // the other link does not mind
}

TEST_F(LinkStory, AnInterfaceMayMoveToAnotherLinkAndBack) {
  connected();
  auto& home = world.network().add_link("home");
  camera.network().set_link("eth0", home);
  client.stream->write("here?");
  world.advance(1s);
  EXPECT_EQ(server.heard, "");
  auto& phone = world.add_host("phone");
  phone.network().join(home, "wlan0", IpAddress::v4(192, 168, 4, 50));
  std::optional<hal::Error> refusal;
  const auto attempt_of_phone = phone.network().connect({kCamera, 80}, 2s, [&](auto stream) { refusal = stream.error(); });
  ASSERT_TRUE(comes([&] { return refusal.has_value(); }, 5s));
  EXPECT_EQ(refusal->kind, ErrorKind::refused) << "it is there, and nobody listens";
  camera.network().set_link("eth0", world.network().lan());
  EXPECT_TRUE(comes([&] { return server.heard == "here?"; }, 10s));
}

}   // namespace
}   // namespace nightjar::sim
