#include <gtest/gtest.h>

#include <string>

#include "sim/connection.h"
#include "tests/sim/network_story.h"

namespace nightjar::sim {
namespace {

TEST_F(NetworkStory, AConnectionOpensAfterOneRoundTripAndCarriesBytesBothWays) {
  connect();
  ASSERT_TRUE(comes([&] { return client.stream != nullptr; }));
  EXPECT_EQ(answered_after, 400us);
  client.stream->write("GET /", std::make_shared<const std::string>(" HTTP/1.1"));
  ASSERT_TRUE(comes([&] { return server.heard == "GET / HTTP/1.1"; }));
  server.stream->write("200");
  EXPECT_TRUE(comes([&] { return client.heard == "200"; }));
  EXPECT_EQ(client.stream->remote(), (hal::Endpoint{kCamera, 443}));
  EXPECT_EQ(server.stream->remote(), client.stream->local());
  EXPECT_EQ(server.stream->local(), (hal::Endpoint{kCamera, 443}));
}

TEST_F(NetworkStory, NobodyListeningRefuses) {
  connect(10s, {kCamera, 80});
  ASSERT_TRUE(comes([&] { return failure.has_value(); }));
  EXPECT_TRUE(failed_with(ErrorKind::refused));
  EXPECT_EQ(answered_after, 400us);
}

TEST_F(NetworkStory, AnAddressNobodyHasIsUnreachableAfterThreeSeconds) {
  connect(10s, {kNobody, 443});
  ASSERT_TRUE(comes([&] { return failure.has_value(); }, 20s));
  EXPECT_TRUE(failed_with(ErrorKind::unreachable));
  EXPECT_EQ(answered_after, 3s);
}

TEST_F(NetworkStory, AHostThatHangsLetsTheAttemptTimeOut) {
  world.network().hang(camera);
  connect(7s);
  ASSERT_TRUE(comes([&] { return failure.has_value(); }, 20s));
  EXPECT_TRUE(failed_with(ErrorKind::timed_out));
  EXPECT_EQ(answered_after, 7s);
}

TEST_F(NetworkStory, AHostThatStopsHangingIsFoundByTheNextSyn) {
  world.network().hang(camera);
  world.after(2s, [&] { world.network().hang(camera, false); });
  connect();
  ASSERT_TRUE(comes([&] { return client.stream != nullptr; }, 20s));
  EXPECT_EQ(answered_after, 3s + 400us);   // asked at 0, 1 and 3 s
}

TEST_F(NetworkStory, OwnLinkDownIsUnreachableAtOnce) {
  pi.network().set_up("eth0", false);
  connect();
  ASSERT_TRUE(comes([&] { return failure.has_value(); }));
  EXPECT_TRUE(failed_with(ErrorKind::unreachable));
  EXPECT_EQ(answered_after, 0s);
}

TEST_F(NetworkStory, ADroppedAttemptIsNeverHeardOf) {
  connect();
  world.advance(100us);
  attempt.drop();
  world.advance(30s);
  EXPECT_FALSE(client.stream);
  EXPECT_FALSE(failure);
  EXPECT_FALSE(server.stream);
  EXPECT_EQ(world.network().connections(), 0u);
}

TEST_F(NetworkStory, AReaderThatPausesFillsTheWindowAndThenTheWriter) {
  connected();
  server.stream->pause(true);
  const auto much = std::make_shared<const std::string>(200'000, 'x');
  client.stream->write("", much);
  EXPECT_EQ(client.stream->unsent(), 200'000u - Connection::kWindow);
  world.advance(10s);
  EXPECT_EQ(client.stream->unsent(), 200'000u - Connection::kWindow);
  EXPECT_EQ(server.heard.size(), 0u);
  EXPECT_EQ(client.drained, 0);
  server.stream->pause(false);
  ASSERT_TRUE(comes([&] { return server.heard.size() == 200'000; }));
  EXPECT_EQ(client.stream->unsent(), 0u);
  EXPECT_EQ(client.drained, 1);
}

TEST_F(NetworkStory, WhatIsSentBeforeTheEndArrivesBeforeTheEnd) {
  connected();
  client.stream->write("", std::make_shared<const std::string>(150'000, 'x'));
  client.stream->finish();
  ASSERT_TRUE(comes([&] { return server.ended.has_value(); }));
  EXPECT_EQ(server.heard.size(), 150'000u);
  EXPECT_TRUE(server.ended_with(ErrorKind::closed));
  ASSERT_TRUE(comes([&] { return client.ended.has_value(); }));
  EXPECT_TRUE(client.ended_with(ErrorKind::closed));
  client.stream.reset();
  server.stream.reset();
  world.advance(1s);
  EXPECT_EQ(world.network().connections(), 0u);
}

TEST_F(NetworkStory, ATruncatedStreamNeverLooksLikeAFinishedOne) {
  connected();
  client.stream->write("", std::make_shared<const std::string>(150'000, 'x'));
  client.stream.reset();
  ASSERT_TRUE(comes([&] { return server.ended.has_value(); }));
  EXPECT_TRUE(server.ended_with(ErrorKind::reset));
}

TEST_F(NetworkStory, WritingToOneWhoHasLeftEndsTheConnection) {
  connected();
  server.stream->pause(true);   // deaf to the orderly end, so the writer goes on
  client.stream.reset();
  world.advance(1s);
  server.stream->write("still there?");
  world.advance(1s);
  server.stream->pause(false);
  ASSERT_TRUE(comes([&] { return server.ended.has_value(); }));
  EXPECT_EQ(world.network().connections(), 0u) << "without the reset the connection would wait for an acknowledgement";
}

TEST_F(NetworkStory, ALinkThatGoesDownStallsAndGoesOnAfterTcpsOwnDelay) {
  connected();
  world.network().lan().set_up(false);
  client.stream->write("hello");
  world.after(1s, [&] { world.network().lan().set_up(true); });
  const auto sent = world.now();
  ASSERT_TRUE(comes([&] { return server.heard == "hello"; }, 10s));
  EXPECT_EQ(world.now() - sent, 200us + 200ms + 400ms + 800ms);   // the third retransmission is the first after 1 s
}

TEST_F(NetworkStory, AHalfOpenConnectionIsSilentUntilTheWriterGivesUp) {
  connected();
  camera.power_cut();
  world.advance(24h);
  EXPECT_FALSE(client.ended) << "an idle connection cannot know";
  const auto sent = world.now();
  client.stream->write("are you there?");
  ASSERT_TRUE(comes([&] { return client.ended.has_value(); }, 24h));
  EXPECT_TRUE(client.ended_with(ErrorKind::timed_out));
  EXPECT_GE(world.now() - sent, 924s);
  EXPECT_LT(world.now() - sent, 924s + 120s + 120s);
  EXPECT_FALSE(server.ended) << "a program without power hears nothing";
}

TEST_F(NetworkStory, AHostThatRebootedAnswersAnOldConnectionWithAReset) {
  connected();
  camera.power_cut();
  listener.reset();
  camera.power_on();
  client.stream->write("as I was saying");
  ASSERT_TRUE(comes([&] { return client.ended.has_value(); }));
  EXPECT_TRUE(client.ended_with(ErrorKind::reset));
}

TEST_F(NetworkStory, AnAddressThatMovesLeavesTheOldOneDeadAndItsConnectionsSilent) {
  connected();
  const auto moved = IpAddress::v4(192, 168, 4, 77);
  camera.network().set_address("eth0", moved);
  server.stream->write("can you hear me?");
  client.stream->write("can you?");
  world.advance(1min);
  EXPECT_EQ(client.heard, "");
  EXPECT_EQ(server.heard, "");
  EXPECT_FALSE(client.ended);
  client.stream.reset();
  connect();
  ASSERT_TRUE(comes([&] { return failure.has_value(); }, 10s));
  EXPECT_TRUE(failed_with(ErrorKind::unreachable));
  server.stream.reset();
  connect(10s, {moved, 443});
  EXPECT_TRUE(comes([&] { return client.stream && server.stream; }));
}

TEST_F(NetworkStory, AnAddressThatMovesMayBreakItsConnectionsAtItsOwnEnd) {
  connected();
  camera.network().set_address("eth0", IpAddress::v4(192, 168, 4, 77), Established::reset);
  ASSERT_TRUE(comes([&] { return server.ended.has_value(); }));
  EXPECT_TRUE(server.ended_with(ErrorKind::reset));
  EXPECT_FALSE(client.ended);
}

TEST_F(NetworkStory, AnAddressGivenToAnotherHostResetsTheOldConnection) {
  connected();
  camera.network().set_address("eth0", IpAddress::v4(192, 168, 4, 77));
  world.add_host("printer", kCamera);
  client.stream->write("shoot");
  ASSERT_TRUE(comes([&] { return client.ended.has_value(); }));
  EXPECT_TRUE(client.ended_with(ErrorKind::reset));
}

TEST_F(NetworkStory, AResetBreaksBothEnds) {
  connected();
  world.network().reset_connections(camera);
  ASSERT_TRUE(comes([&] { return client.ended && server.ended; }));
  EXPECT_TRUE(client.ended_with(ErrorKind::reset));
  EXPECT_TRUE(server.ended_with(ErrorKind::reset));
}

TEST_F(NetworkStory, APartitionSeparatesTwoAndNobodyElse) {
  auto& phone = world.add_host("phone", IpAddress::v4(192, 168, 4, 3));
  world.network().partition(pi, camera);
  connect(2s);
  Peer other;
  const auto operation = phone.network().connect(
      {kCamera, 443}, 2s, [&](hal::Result<std::unique_ptr<hal::Stream>> stream) { other.take(std::move(stream).value()); });
  world.advance(5s);
  EXPECT_TRUE(failed_with(ErrorKind::timed_out));
  EXPECT_TRUE(other.stream);
}

TEST_F(NetworkStory, SmallSegmentsArriveInPieces) {
  world.network().set_segment_max(1);
  connected();
  client.stream->write("abcdef");
  ASSERT_TRUE(comes([&] { return server.heard == "abcdef"; }));
  EXPECT_EQ(server.pieces, 6);
}

TEST_F(NetworkStory, JitterNeverReordersBytes) {
  world.network().set_latency(1ms, 50ms);
  connected();
  std::string sent;
  for (int i = 0; i < 200; ++i) {
    const auto piece = std::to_string(i) + ",";
    sent += piece;
    client.stream->write(piece);
    world.advance(1ms);
  }
  EXPECT_TRUE(comes([&] { return server.heard == sent; }));
}

TEST_F(NetworkStory, AHandlerMayDestroyItsStreamWithinAnyCallback) {
  connected();
  struct Suicidal final : hal::Stream::Handler {
    std::unique_ptr<hal::Stream>* stream = nullptr;
    int calls = 0;
    void on_data(std::string_view) override {
      ++calls;
      stream->reset();
    }
    void on_closed(const hal::Error&) override { ++calls; }
  } handler;
  handler.stream = &server.stream;
  server.stream->start(handler);
  client.stream->write("a");
  world.advance(1ms);
  EXPECT_TRUE(client.ended_with(ErrorKind::closed));
  EXPECT_EQ(handler.calls, 1);
}

}   // namespace
}   // namespace nightjar::sim
