// People on one hub: everybody hears everything once and in the same order, and nobody's trouble is another's.
#include <algorithm>

#include "app/nightjar.h"
#include "drivers/net/websocket_dialer.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// One connection to /hub on a host of its own.
class Guest final : private hal::WebSocket::Handler {
 public:
  Guest(sim::World& world, std::uint8_t last)
      : host(world.add_host("guest-" + std::to_string(last), hal::IpAddress::v4(192, 168, 4, last))), dialer_(host.network(), host.loop(), host.random()) {}

  void connect(sim::World& world, const hal::Endpoint& device) {
    hal::WebSocketTarget target;
    target.origin.endpoint = device;
    target.target = "/hub";
    dialing_ = dialer_.connect(target, 10s, [this](auto socket) {
      if (!socket.ok()) return void(refused = socket.error().detail);
      socket_ = std::move(socket).value();
      socket_->start(*this);
    });
    world.run_until([&] { return socket_ || !refused.empty(); }, 10s);
  }
  void say(std::string text) { socket_->send_text(std::move(text)); }
  void say_binary(std::string bytes) { socket_->send(hal::MessageKind::binary, std::make_shared<const std::string>(std::move(bytes))); }
  void say_raw(hal::Buffer frames) { socket_->send_encoded({}, std::move(frames)); }
  void close() { socket_->close(hal::close_code::normal, {}); }
  void drop() { socket_.reset(); }

  sim::Host& host;
  std::vector<std::string> heard;
  std::vector<hal::Instant> heard_at;
  std::uint16_t closed = 0;
  std::string refused;

 private:
  void on_message(hal::MessageKind kind, std::string_view payload) override {
    heard.push_back((kind == hal::MessageKind::text ? "" : "binary ") + std::string{payload});
    heard_at.push_back(host.loop().now());
  }
  void on_closed(std::uint16_t code, std::string_view) override { closed = code; }

  net::WebSocketDialer dialer_;
  hal::Operation dialing_;
  std::unique_ptr<hal::WebSocket> socket_;
};

struct HubField : Field {
  HubField() {
    program.on_step = [this](const sml::Step& step) {
      if (step.machine->name != std::string_view{"hub_session"} || step.to_name() == step.from_name()) return;
      if (step.to_name() != "handshake" && step.to_name() != "registered") moves.emplace_back(std::string{step.to_name()}, world.now());
    };
  }
  Guest& guest() {
    auto& out = *guests.emplace_back(std::make_unique<Guest>(world, static_cast<std::uint8_t>(60 + guests.size())));
    out.connect(world, device());
    return out;
  }
  void three() {
    boot(false);
    for (int i = 0; i < 3; ++i) guest();
  }
  void pass(hal::Duration duration) { world.advance(duration); }

  std::vector<std::unique_ptr<Guest>> guests;
  std::vector<std::pair<std::string, hal::Instant>> moves;   // where sessions of the hub ended
};

TEST_F(HubField, WhatOneSaysIsEchoedAndHeardByAllOthersOnce) {
  three();
  guests[1]->say("grüße");
  guests[1]->say_binary({"\0\xff", 2});
  pass(1s);
  for (const auto& one : guests) EXPECT_THAT(one->heard, ElementsAre("grüße", std::string{"binary \0\xff", 9}));
}

TEST_F(HubField, EverybodyHearsTheSameInTheSameOrder) {
  world.network().set_latency(5ms, 40ms);
  world.network().set_segment_max(50);   // pieces that end anywhere
  three();
  std::vector<std::string> said;
  for (int round = 0; round < 200; ++round) {
    for (std::size_t who = 0; who < guests.size(); ++who) {
      said.push_back(std::to_string(who) + " says " + std::to_string(round));
      guests[who]->say(said.back());
    }
    pass(7ms);
  }
  pass(2s);
  for (const auto& one : guests) EXPECT_EQ(one->heard, guests[0]->heard);
  auto once = guests[0]->heard;
  std::sort(once.begin(), once.end());
  std::sort(said.begin(), said.end());
  EXPECT_EQ(once, said);
  for (std::size_t who = 0; who < guests.size(); ++who) {   // and each speaker's words in the order they were said
    int next = 0;
    for (const auto& text : guests[0]->heard) {
      if (!text.starts_with(std::to_string(who))) continue;
      EXPECT_EQ(text, std::to_string(who) + " says " + std::to_string(next++));
    }
  }
}

TEST_F(HubField, WhoComesLaterHearsNothingThatWasSaidBefore) {
  three();
  guests[0]->say("before");
  pass(1s);
  auto& late = guest();
  guests[0]->say("after");
  pass(1s);
  EXPECT_THAT(late.heard, ElementsAre("after"));
}

TEST_F(HubField, TheLastWordsBeforeACloseAreHeard) {
  three();
  guests[0]->say("last words");
  guests[0]->close();
  pass(1s);
  EXPECT_EQ(guests[0]->closed, hal::close_code::normal);
  EXPECT_THAT(guests[1]->heard, ElementsAre("last words"));
  EXPECT_THAT(guests[2]->heard, ElementsAre("last words"));
}

TEST_F(HubField, ASlowReaderNeverDelaysTheOthersAndIsClosedWith1013) {
  three();
  world.network().stop_reading(guests[2]->host);
  const std::string large(32u << 10, 'x');
  std::size_t said = 0;
  for (; said < 80; ++said) {   // 2.5 MiB: far more than may wait for it
    const auto at = world.now();
    guests[0]->say(large);
    pass(20ms);
    ASSERT_THAT(guests[1]->heard, SizeIs(said + 1));
    EXPECT_LT(guests[1]->heard_at.back() - at, 5ms);
    EXPECT_LT(guests[0]->heard_at.back() - at, 5ms);
  }
  ASSERT_THAT(moves, SizeIs(1));
  EXPECT_EQ(moves[0].first, "closing");
  pass(10s);
  EXPECT_THAT(moves, SizeIs(2)) << "it never answers the close, and is forgotten";
  world.network().stop_reading(guests[2]->host, false);
  pass(5s);
  EXPECT_LE(guests[2]->heard.size(), (1u << 20) / large.size() + 4) << "what may wait, and the kernels' buffers";
  guests[0]->say("still here");
  pass(1s);
  EXPECT_EQ(guests[1]->heard.back(), "still here");
  EXPECT_NE(guests[2]->heard.back(), "still here");
}

TEST_F(HubField, ASlowReaderThatReadsAgainInTimeMissesNothing) {
  three();
  world.network().stop_reading(guests[2]->host);
  const std::string large(32u << 10, 'x');
  for (int i = 0; i < 20; ++i) {
    guests[0]->say(large);
    pass(20ms);
  }
  world.network().stop_reading(guests[2]->host, false);
  pass(2s);
  EXPECT_THAT(guests[2]->heard, SizeIs(20));
  EXPECT_EQ(guests[2]->closed, 0);
}

TEST_F(HubField, AHalfOpenPeerIsRemovedTenSecondsAfterItsLastPong) {
  three();
  pass(1min);
  EXPECT_THAT(moves, IsEmpty()) << "who answers, stays";
  const auto at = world.now();
  world.network().hang(guests[1]->host);
  pass(10s);
  ASSERT_THAT(moves, SizeIs(1));
  EXPECT_EQ(moves[0].first, "closing");
  EXPECT_GE(moves[0].second - at, 5s) << "its last pong may be as old as a ping's distance";
  EXPECT_LE(moves[0].second - at, 10s);
  guests[0]->say("who is there?");
  pass(10s);
  EXPECT_THAT(moves, SizeIs(2)) << "and forgotten";
  EXPECT_THAT(guests[2]->heard, ElementsAre("who is there?"));
}

TEST_F(HubField, AConnectionThatBreaksIsTakenOffAtOnce) {
  three();
  guests[1]->drop();
  pass(1s);
  EXPECT_THAT(moves, SizeIs(1));
  guests[0]->say("who is there?");
  pass(1s);
  EXPECT_THAT(guests[2]->heard, ElementsAre("who is there?"));
}

TEST_F(HubField, AFloodOfPongsIsOneSignOfLife) {
  three();
  std::size_t pongs = 0;
  program.on_step = [&](const sml::Step& step) { pongs += step.machine->name == std::string_view{"hub_session"} && step.event_name() == "Pong"; };
  program.nightjar().watch(program.on_step);
  auto flood = std::make_shared<std::string>();
  for (int i = 0; i < 10'000; ++i) flood->append("\x8a\x80\0\0\0\0", 6);
  guests[0]->say_raw(flood);
  pass(4s);
  EXPECT_LE(pongs, 1u);
}

TEST_F(HubField, AllAreToldWhenTheDeviceStops) {
  three();
  bool stopped = false;
  program.nightjar().shut_down([&] { stopped = true; });
  ASSERT_TRUE(world.run_until([&] { return stopped; }, 4s));
  pass(1s);
  for (const auto& one : guests) EXPECT_EQ(one->closed, hal::close_code::going_away);
}

TEST_F(HubField, PastTheLimitTheHandshakeIsAnswered503UntilOneGoes) {
  settings.hub_clients_max = 3;
  three();
  EXPECT_THAT(guest().refused, testing::HasSubstr("503"));
  guests[0]->close();
  pass(1s);
  EXPECT_THAT(guest().refused, IsEmpty());
}

}  // namespace
}  // namespace nightjar::scenarios
