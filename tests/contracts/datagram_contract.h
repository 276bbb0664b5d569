#pragma once
// hal::Network's UDP.
#include <algorithm>

#include "tests/contracts/network_tools.h"

namespace nightjar::contracts {

/// A socket that writes down what it hears.
struct Ear {
  struct Heard {
    hal::Endpoint from;
    std::string bytes;
  };
  std::vector<Heard> heard;
  std::function<void()> then;
  std::unique_ptr<hal::DatagramSocket> socket;

  Ear() = default;
  Ear(Rig& rig, const hal::DatagramOptions& options) { open(rig, options); }
  Ear(const Ear&) = delete;
  Ear& operator=(const Ear&) = delete;

  void open(Rig& rig, const hal::DatagramOptions& options) {
    auto opened = rig.network().open_datagram(options, [this](const hal::Datagram& datagram) {
      heard.push_back({datagram.from, std::string{datagram.bytes}});
      if (then) then();
    });
    ASSERT_TRUE(opened.ok()) << opened.error().text();
    socket = std::move(opened).value();
  }
};

inline hal::DatagramOptions at_host(Rig& rig) {
  hal::DatagramOptions options;
  options.bind = {rig.host(), 0};
  return options;
}

/// A socket on `port` (0: any) that has joined `group` and hears what this host sends there.
inline hal::DatagramOptions in_group(Rig& rig, const hal::IpAddress& group, std::uint16_t port) {
  hal::DatagramOptions options;
  options.bind = {hal::IpAddress::any(), port};
  options.share_port = true;
  options.join = group;
  options.interface = rig.host();
  options.multicast_loopback = true;
  return options;
}

constexpr auto kGroup = hal::IpAddress::v4(239, 255, 77, 1);   // administratively scoped, RFC 2365
constexpr auto kOtherGroup = hal::IpAddress::v4(239, 255, 77, 2);

TEST(DatagramContract, ADatagramArrivesWholeWithItsSender) {
  const auto rig = make_rig();
  Ear near{*rig, at_host(*rig)};
  Ear far{*rig, at_host(*rig)};
  EXPECT_NE(near.socket->local().port, 0);
  EXPECT_NE(near.socket->local(), far.socket->local());
  ASSERT_TRUE(near.socket->send_to(far.socket->local(), "hello").ok());
  EXPECT_TRUE(far.heard.empty()) << "later than the call";
  ASSERT_TRUE(rig->run_until([&] { return !far.heard.empty(); }));
  EXPECT_EQ(far.heard[0].bytes, "hello");
  EXPECT_EQ(far.heard[0].from, near.socket->local());
  let_pass(*rig, 10ms);
  EXPECT_EQ(far.heard.size(), 1u);
  EXPECT_TRUE(near.heard.empty());
}

TEST(DatagramContract, DatagramsOfAllSizesKeepTheirBoundaries) {
  const auto rig = make_rig();
  Ear near{*rig, at_host(*rig)};
  Ear far{*rig, at_host(*rig)};
  const auto bytes = pattern(60'000);
  for (const std::size_t size : {0u, 1u, 512u, 1472u, 9000u, 60'000u}) {
    far.heard.clear();
    ASSERT_TRUE(near.socket->send_to(far.socket->local(), std::string_view{bytes}.substr(0, size)).ok()) << size;
    ASSERT_TRUE(rig->run_until([&] { return !far.heard.empty(); })) << size;
    EXPECT_TRUE(far.heard[0].bytes == bytes.substr(0, size)) << size;
  }
}

TEST(DatagramContract, WhatNoDatagramHoldsIsTooLarge) {
  const auto rig = make_rig();
  Ear near{*rig, at_host(*rig)};
  const auto sent = near.socket->send_to(near.socket->local(), std::string(70'000, 'x'));
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().kind, hal::ErrorKind::too_large);
}

TEST(DatagramContract, ASocketThatIsDestroyedHearsNothing) {
  const auto rig = make_rig();
  Ear near{*rig, at_host(*rig)};
  Ear far{*rig, at_host(*rig)};
  const auto at = far.socket->local();
  ASSERT_TRUE(near.socket->send_to(at, "too late").ok());
  far.socket.reset();
  (void)near.socket->send_to(at, "nobody there");   // whether that is told is the system's choice
  let_pass(*rig, 20ms);
  EXPECT_TRUE(far.heard.empty());
}

TEST(DatagramContract, SendingWhereNobodyListensDoesNotDeafenTheSender) {
  const auto rig = make_rig();
  Ear near{*rig, at_host(*rig)};
  Ear far{*rig, at_host(*rig)};
  const auto at = far.socket->local();
  far.socket.reset();
  for (int i = 0; i < 3; ++i) {
    (void)near.socket->send_to(at, "nobody there");
    let_pass(*rig, 2ms);
  }
  ASSERT_TRUE(near.socket->send_to(near.socket->local(), "to myself").ok());
  ASSERT_TRUE(rig->run_until([&] { return !near.heard.empty(); }));
  EXPECT_EQ(near.heard[0].bytes, "to myself");
}

TEST(DatagramContract, ASocketMayBeDestroyedByWhatItHears) {
  const auto rig = make_rig();
  Ear near{*rig, at_host(*rig)};
  Ear far{*rig, at_host(*rig)};
  far.then = [&] { far.socket.reset(); };
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(near.socket->send_to(far.socket->local(), "datagram").ok());
  ASSERT_TRUE(rig->run_until([&] { return !far.socket; }));
  let_pass(*rig, 10ms);
  EXPECT_EQ(far.heard.size(), 1u);
}

TEST(DatagramContract, APortIsBoundOnceUnlessItIsShared) {
  const auto rig = make_rig();
  Ear first{*rig, at_host(*rig)};
  auto options = at_host(*rig);
  options.bind.port = first.socket->local().port;
  const auto second = rig->network().open_datagram(options, [](const hal::Datagram&) {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, hal::ErrorKind::in_use);
  EXPECT_NE(second.error().detail.find(options.bind.text()), std::string::npos) << second.error().detail;
}

TEST(DatagramContract, AGroupIsHeardByAllWhoJoinedItOnASharedPortAndByNobodyElse) {
  const auto rig = make_rig();
  Ear first{*rig, in_group(*rig, kGroup, 0)};
  const auto port = first.socket->local().port;
  Ear second{*rig, in_group(*rig, kGroup, port)};
  Ear elsewhere{*rig, in_group(*rig, kOtherGroup, port)};
  Ear outside;
  auto not_joined = in_group(*rig, hal::IpAddress::any(), port);
  outside.open(*rig, not_joined);

  auto sending = at_host(*rig);
  sending.interface = rig->host();
  sending.multicast_loopback = true;
  Ear sender{*rig, sending};
  ASSERT_TRUE(sender.socket->send_to({kGroup, port}, "NOTIFY").ok());
  ASSERT_TRUE(rig->run_until([&] { return !first.heard.empty() && !second.heard.empty(); }));
  let_pass(*rig, 20ms);
  EXPECT_EQ(first.heard.size(), 1u);
  EXPECT_EQ(first.heard[0].bytes, "NOTIFY");
  EXPECT_EQ(first.heard[0].from, sender.socket->local());
  EXPECT_EQ(second.heard.size(), 1u);
  EXPECT_TRUE(elsewhere.heard.empty());
  EXPECT_TRUE(outside.heard.empty());
}

TEST(DatagramContract, WithoutLoopbackThisHostDoesNotHearWhatItSends) {
  const auto rig = make_rig();
  const auto interfaces = rig->network().interfaces();   // what is sent on the loopback interface always comes back
  const auto wire =
      std::find_if(interfaces.begin(), interfaces.end(), [](const auto& one) { return !one.loopback && !one.address.is_v6(); });
  if (wire == interfaces.end()) GTEST_SKIP() << "this host has the loopback interface only";
  auto listening = in_group(*rig, kGroup, 0);
  listening.interface = wire->address;
  Ear listener{*rig, listening};
  hal::DatagramOptions sending;
  sending.bind = {wire->address, 0};
  sending.interface = wire->address;
  sending.multicast_ttl = 0;   // for this host's ears only
  Ear silent{*rig, sending};
  sending.multicast_loopback = true;
  Ear loud{*rig, sending};
  ASSERT_TRUE(silent.socket->send_to({kGroup, listener.socket->local().port}, "unheard").ok());
  ASSERT_TRUE(loud.socket->send_to({kGroup, listener.socket->local().port}, "heard").ok());
  ASSERT_TRUE(rig->run_until([&] { return !listener.heard.empty(); }));
  let_pass(*rig, 20ms);
  ASSERT_EQ(listener.heard.size(), 1u);
  EXPECT_EQ(listener.heard[0].bytes, "heard");
}

TEST(DatagramContract, WhoHasLeftAGroupByClosingHearsItNoMore) {
  const auto rig = make_rig();
  Ear leaving{*rig, in_group(*rig, kGroup, 0)};
  const auto port = leaving.socket->local().port;
  Ear staying{*rig, in_group(*rig, kGroup, port)};
  leaving.socket.reset();
  ASSERT_TRUE(staying.socket->send_to({kGroup, port}, "still here?").ok());
  ASSERT_TRUE(rig->run_until([&] { return !staying.heard.empty(); }));
  EXPECT_TRUE(leaving.heard.empty());
}

TEST(DatagramContract, BroadcastWithoutLeaveIsDenied) {
  const auto rig = make_rig();
  Ear ear{*rig, at_host(*rig)};
  const auto sent = ear.socket->send_to({hal::IpAddress::v4(255, 255, 255, 255), 9}, "all");
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().kind, hal::ErrorKind::denied);
}

}   // namespace nightjar::contracts
