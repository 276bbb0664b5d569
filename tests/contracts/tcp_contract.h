#pragma once
// hal::Network's connect and listen: how connections begin. What they carry: stream_contract.h.
#include "tests/contracts/network_tools.h"

namespace nightjar::contracts {

using Connecting = hal::Result<std::unique_ptr<hal::Stream>>;

TEST(TcpContract, ConnectAnswersLaterAndOnceAndTheListenerGetsTheOtherEnd) {
  const auto rig = make_rig();
  std::vector<std::unique_ptr<hal::Stream>> accepted;
  auto listening =
      rig->network().listen({rig->host(), 0}, [&](std::unique_ptr<hal::Stream> stream) { accepted.push_back(std::move(stream)); });
  ASSERT_TRUE(listening.ok());
  const auto at = listening.value()->local();
  EXPECT_EQ(at.address, rig->host());
  EXPECT_NE(at.port, 0);

  int answers = 0;
  std::unique_ptr<hal::Stream> stream;
  const auto connecting = rig->network().connect(at, kPatience, [&](Connecting result) {
    ++answers;
    ASSERT_TRUE(result.ok()) << result.error().text();
    stream = std::move(result).value();
  });
  EXPECT_EQ(answers, 0);
  ASSERT_TRUE(rig->run_until([&] { return stream && !accepted.empty(); }));
  let_pass(*rig, 10ms);
  EXPECT_EQ(answers, 1);
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(stream->remote(), at);
  EXPECT_EQ(accepted[0]->local(), at);
  EXPECT_EQ(accepted[0]->remote(), stream->local());
  EXPECT_EQ(stream->local().address, rig->host());
  EXPECT_NE(stream->local().port, 0);
}

TEST(TcpContract, EveryConnectionIsAccepted) {
  const auto rig = make_rig();
  std::vector<std::unique_ptr<hal::Stream>> accepted;
  std::vector<std::unique_ptr<hal::Stream>> streams;
  auto listening =
      rig->network().listen({rig->host(), 0}, [&](std::unique_ptr<hal::Stream> stream) { accepted.push_back(std::move(stream)); });
  ASSERT_TRUE(listening.ok());
  std::vector<hal::Operation> connecting;
  for (int i = 0; i < 100; ++i) {
    connecting.push_back(rig->network().connect(listening.value()->local(), kPatience, [&](Connecting result) {
      ASSERT_TRUE(result.ok()) << result.error().text();
      streams.push_back(std::move(result).value());
    }));
  }
  EXPECT_TRUE(rig->run_until([&] { return accepted.size() == 100 && streams.size() == 100; }));
}

TEST(TcpContract, APortNobodyListensOnRefuses) {
  const auto rig = make_rig();
  hal::Endpoint at;
  {
    auto listening = rig->network().listen({rig->host(), 0}, [](std::unique_ptr<hal::Stream>) {});
    ASSERT_TRUE(listening.ok());
    at = listening.value()->local();   // free again from here on
  }
  std::optional<hal::Error> error;
  const auto connecting = rig->network().connect(at, kPatience, [&](const Connecting& result) {
    ASSERT_FALSE(result.ok());
    error = result.error();
  });
  ASSERT_TRUE(rig->run_until([&] { return error.has_value(); }));
  EXPECT_EQ(error->kind, hal::ErrorKind::refused);
  EXPECT_NE(error->detail.find(at.text()), std::string::npos) << error->detail;
}

TEST(TcpContract, SilenceTimesOutAfterThePatienceAndNotBefore) {
  const auto rig = make_rig();
  const auto at = rig->silent_endpoint();
  const auto start = rig->loop().now();
  std::optional<hal::Error> error;
  hal::Instant when;
  const auto connecting = rig->network().connect(at, 50ms, [&](const Connecting& result) {
    ASSERT_FALSE(result.ok());
    error = result.error();
    when = rig->loop().now();
  });
  ASSERT_TRUE(rig->run_until([&] { return error.has_value(); }));
  EXPECT_EQ(error->kind, hal::ErrorKind::timed_out);
  EXPECT_NE(error->detail.find(at.text()), std::string::npos) << error->detail;
  EXPECT_GE(when - start, 50ms);
}

TEST(TcpContract, WhereNoRouteLeadsIsUnreachableAndIsToldLaterThanTheCall) {
  const auto rig = make_rig();
  std::optional<hal::Error> error;
  const auto connecting = rig->network().connect(rig->unreachable_endpoint(), kPatience, [&](const Connecting& result) {
    ASSERT_FALSE(result.ok());
    error = result.error();
  });
  EXPECT_FALSE(error.has_value());
  ASSERT_TRUE(rig->run_until([&] { return error.has_value(); }));
  EXPECT_EQ(error->kind, hal::ErrorKind::unreachable);
}

TEST(TcpContract, ADroppedConnectNeverAnswersWhateverItWouldHaveBeen) {
  const auto rig = make_rig();
  auto listening = rig->network().listen({rig->host(), 0}, [](std::unique_ptr<hal::Stream>) {});
  ASSERT_TRUE(listening.ok());
  bool answered = false;
  const auto answer = [&](const Connecting&) { answered = true; };
  rig->network().connect(listening.value()->local(), 10ms, answer).drop();
  rig->network().connect(rig->silent_endpoint(), 10ms, answer).drop();
  rig->network().connect(rig->unreachable_endpoint(), 10ms, answer).drop();
  let_pass(*rig, 50ms);
  EXPECT_FALSE(answered);
}

TEST(TcpContract, AConnectMayBeDroppedWithinTheAnswerOfAnother) {
  const auto rig = make_rig();
  auto listening = rig->network().listen({rig->host(), 0}, [](std::unique_ptr<hal::Stream>) {});
  ASSERT_TRUE(listening.ok());
  hal::Operation first, second;
  int answers = 0;
  first = rig->network().connect(listening.value()->local(), kPatience, [&](const Connecting&) {
    ++answers;
    second.drop();
  });
  second = rig->network().connect(listening.value()->local(), kPatience, [&](const Connecting&) {
    ++answers;
    first.drop();
  });
  ASSERT_TRUE(rig->run_until([&] { return answers != 0; }));
  let_pass(*rig, 20ms);
  EXPECT_EQ(answers, 1);
}

TEST(TcpContract, APortIsListenedOnOnce) {
  const auto rig = make_rig();
  auto first = rig->network().listen({rig->host(), 0}, [](std::unique_ptr<hal::Stream>) {});
  ASSERT_TRUE(first.ok());
  const auto at = first.value()->local();
  auto second = rig->network().listen(at, [](std::unique_ptr<hal::Stream>) {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, hal::ErrorKind::in_use);
  EXPECT_NE(second.error().detail.find(at.text()), std::string::npos) << second.error().detail;

  first.value().reset();
  EXPECT_TRUE(rig->network().listen(at, [](std::unique_ptr<hal::Stream>) {}).ok());
}

TEST(TcpContract, ListeningOnEveryAddressHearsThisOne) {
  const auto rig = make_rig();
  std::unique_ptr<hal::Stream> accepted;
  auto listening =
      rig->network().listen({hal::IpAddress::any(), 0}, [&](std::unique_ptr<hal::Stream> stream) { accepted = std::move(stream); });
  ASSERT_TRUE(listening.ok());
  std::unique_ptr<hal::Stream> stream;
  const auto connecting = rig->network().connect({rig->host(), listening.value()->local().port}, kPatience, [&](Connecting result) {
    ASSERT_TRUE(result.ok()) << result.error().text();
    stream = std::move(result).value();
  });
  ASSERT_TRUE(rig->run_until([&] { return stream && accepted; }));
  EXPECT_EQ(accepted->local().address, rig->host());
}

TEST(TcpContract, ConnectionsOutliveTheirListener) {
  const auto rig = make_rig();
  Pair pair{*rig};   // whose listener has gone by now
  ASSERT_TRUE(pair.near && pair.far);
  pair.far->start(pair.far_heard);
  pair.near->write("still here");
  EXPECT_TRUE(rig->run_until([&] { return pair.far_heard.received == "still here"; }));
}

TEST(TcpContract, AListenerMayBeDestroyedByWhatItAccepts) {
  const auto rig = make_rig();
  std::unique_ptr<hal::Listener> listener;
  int accepted = 0;
  auto listening = rig->network().listen({rig->host(), 0}, [&](std::unique_ptr<hal::Stream>) {
    ++accepted;
    listener.reset();
  });
  ASSERT_TRUE(listening.ok());
  listener = std::move(listening).value();
  const auto at = listener->local();
  std::vector<hal::Operation> connecting;
  for (int i = 0; i < 5; ++i) connecting.push_back(rig->network().connect(at, kPatience, [](const Connecting&) {}));
  ASSERT_TRUE(rig->run_until([&] { return accepted != 0; }));
  let_pass(*rig, 20ms);
  EXPECT_EQ(accepted, 1);
}

TEST(TcpContract, AStreamNobodyKeepsIsClosed) {
  const auto rig = make_rig();
  auto listening = rig->network().listen({rig->host(), 0}, [](std::unique_ptr<hal::Stream>) {});   // drops what it gets
  ASSERT_TRUE(listening.ok());
  Recorder heard;
  std::unique_ptr<hal::Stream> stream;
  const auto connecting = rig->network().connect(listening.value()->local(), kPatience, [&](Connecting result) {
    ASSERT_TRUE(result.ok()) << result.error().text();
    stream = std::move(result).value();
    stream->start(heard);
  });
  ASSERT_TRUE(rig->run_until([&] { return !heard.closed.empty(); }));
  EXPECT_EQ(heard.closed[0].kind, hal::ErrorKind::closed);
}

}   // namespace nightjar::contracts
