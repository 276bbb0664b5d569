// The door into a simulated world. What is real here is a second world, whose time the story holds in its hands; once it is the kernel.
#include "boards/world_server.h"

#include <gtest/gtest.h>

#include <string>

#include "drivers/linux/log.h"
#include "drivers/linux/network.h"
#include "tests/drivers/linux/loop_turning.h"
#include "tests/sim/peer.h"

namespace nightjar::boards {
namespace {

using namespace std::chrono_literals;
using sim::Peer;

constexpr auto kDevice = hal::IpAddress::v4(192, 168, 4, 1);
constexpr auto kVisitor = hal::IpAddress::v4(192, 168, 4, 250);

/// A world with a device that answers on port 3000, and counts its seconds.
struct Inside {
  Inside() {
    listener = pi.network().listen({hal::IpAddress::any(), 3000}, [this](auto stream) { page.take(std::move(stream)); }).value();
    tick();
  }
  void tick() {
    timer = pi.loop().at(pi.loop().now() + every, [this] {
      ++ticks;
      tick();
    });
  }
  hal::Endpoint at() const { return {kDevice, 3000}; }

  sim::World world{1};
  sim::Host& pi = world.add_host("pi", kDevice);
  hal::Duration every = 1s;
  std::uint64_t ticks = 0;
  Peer page;
  std::unique_ptr<hal::Listener> listener;
  hal::Operation timer;
};

struct Door : ::testing::Test {
  void open(int speed, hal::Loop* loop = nullptr) {
    server = std::make_unique<WorldServer>(WorldServer::Lent{inside.world, loop ? *loop : desk.loop(), desk.network(), desk.log()}, inside.at(), kVisitor, speed);
    const auto opened = server->start({hal::IpAddress::any(), 0});
    ASSERT_TRUE(opened.ok());
    door = {desk.address(), opened.value().port};
  }
  void visit() {
    connecting = somebody.network().connect(door, 10s, [this](auto stream) { browser.take(std::move(stream).value()); });
    ASSERT_TRUE(outside.run_until([&] { return browser.stream && inside.page.stream; }, 10s));
  }

  sim::World outside{2};
  sim::Host& desk = outside.add_host("desk", hal::IpAddress::v4(10, 0, 0, 1));
  sim::Host& somebody = outside.add_host("somebody", hal::IpAddress::v4(10, 0, 0, 2));
  Inside inside;
  std::unique_ptr<WorldServer> server;
  hal::Endpoint door;
  Peer browser;
  hal::Operation connecting;
};

TEST_F(Door, WhatIsSaidOutsideIsHeardInsideAndBack) {
  open(1);
  visit();
  EXPECT_EQ(inside.page.stream->remote().address, kVisitor);
  browser.stream->write("GET / HTTP/1.1");
  ASSERT_TRUE(outside.run_until([&] { return inside.page.heard == "GET / HTTP/1.1"; }, 1s));
  inside.page.stream->write("200");
  EXPECT_TRUE(outside.run_until([&] { return browser.heard == "200"; }, 2s));   // the next tick inside wakes the door
}

TEST_F(Door, AnEndIsPassedOnAndLeavesNothingBehind) {
  open(1);
  visit();
  browser.stream->write("that was all");
  browser.stream->finish();
  ASSERT_TRUE(outside.run_until([&] { return inside.page.ended.has_value(); }, 1s));
  EXPECT_EQ(inside.page.heard, "that was all");
  EXPECT_TRUE(inside.page.ended_with(hal::ErrorKind::closed));
  inside.page.stream.reset();
  ASSERT_TRUE(outside.run_until([&] { return browser.ended.has_value(); }, 3s));
  EXPECT_TRUE(browser.ended_with(hal::ErrorKind::closed));
  browser.stream.reset();
  outside.advance(3s);
  EXPECT_EQ(inside.world.network().connections(), 0u);
  EXPECT_EQ(outside.network().connections(), 0u);
}

TEST_F(Door, ADeviceThatDoesNotAnswerClosesTheVisit) {
  inside.listener.reset();
  open(1);
  connecting = somebody.network().connect(door, 10s, [this](auto stream) { browser.take(std::move(stream).value()); });
  EXPECT_TRUE(outside.run_until([&] { return browser.ended.has_value(); }, 3s));
}

TEST_F(Door, TimeInsideIsExactlySoManyTimesAsFast) {
  for (const int speed : {1, 60, 1000}) {
    const auto before = inside.ticks;
    open(speed);
    outside.advance(10s);
    EXPECT_EQ(inside.ticks - before, 10u * static_cast<unsigned>(speed)) << speed;
    server.reset();
  }
}

TEST_F(Door, AVisitorWhoDoesNotReadHoldsBackTheDeviceAndNotTheMemoryBetween) {
  open(1);
  visit();
  browser.stream->pause(true);
  inside.page.stream->write("", std::make_shared<const std::string>(4u << 20, 'x'));
  outside.advance(30s);
  EXPECT_GT(inside.page.stream->unsent(), 3u << 20);
  browser.stream->pause(false);
  EXPECT_TRUE(outside.run_until([&] { return browser.heard.size() == 4u << 20; }, 10min));
}

TEST_F(Door, BeyondItsBoundVisitorsAreTurnedAway) {
  open(1);
  std::vector<std::unique_ptr<Peer>> crowd;
  std::vector<hal::Operation> operations;
  for (std::size_t i = 0; i <= WorldServer::kVisitsMax; ++i) {
    crowd.push_back(std::make_unique<Peer>());
    operations.push_back(somebody.network().connect(door, 10s, [peer = crowd.back().get()](auto stream) { peer->take(std::move(stream).value()); }));
  }
  outside.advance(500ms);
  EXPECT_TRUE(crowd.back()->ended.has_value());
}

/// A machine on which every look at the clock costs a millisecond.
struct SlowLoop final : hal::Loop {
  explicit SlowLoop(hal::Loop& the_loop) : loop(the_loop) {}
  hal::Instant now() const override { return loop.now() + (spent += 1ms); }
  hal::Operation at(hal::Instant when, std::function<void()> expired) override { return loop.at(when - spent, std::move(expired)); }
  void post(std::function<void()> task) override { loop.post(std::move(task)); }
  hal::Loop& loop;
  mutable hal::Duration spent{0};
};

TEST_F(Door, AWorldThatCannotKeepUpSaysSoNowAndThenAndLeavesTheLoopItsTurns) {
  SlowLoop slow{desk.loop()};
  inside.every = 1ms;
  open(1000, &slow);
  int turns = 0;
  for (; slow.spent < 25s; ++turns) ASSERT_TRUE(outside.step());
  EXPECT_GT(turns, 1000) << "each ends after about 20 ms";
  std::size_t warnings = 0;
  for (const auto& line : desk.log().lines()) warnings += line.text.starts_with("the world cannot keep up");
  EXPECT_GE(warnings, 2u);
  EXPECT_LE(warnings, 3u);
  EXPECT_LT(inside.world.now() - hal::Instant{}, 25s * 1000);
}

TEST(RealDoor, ARealConnectionReachesTheDeviceInTheWorld) {
  os::AsioLoop loop;
  os::ConsoleLog log;
  os::AsioNetwork network{loop, log};
  Inside inside;
  WorldServer server{{inside.world, loop, network, log}, inside.at(), kVisitor, 1000};
  const auto opened = server.start({hal::IpAddress::loopback(), 0});
  ASSERT_TRUE(opened.ok());
  Peer browser;
  const auto connecting = network.connect(opened.value(), 10s, [&](auto stream) { browser.take(std::move(stream).value()); });
  ASSERT_TRUE(os::turn_until(loop, [&] { return browser.stream && inside.page.stream; }));
  browser.stream->write("hello");
  ASSERT_TRUE(os::turn_until(loop, [&] { return inside.page.heard == "hello"; }));
  inside.page.stream->write("good evening");
  ASSERT_TRUE(os::turn_until(loop, [&] { return browser.heard == "good evening"; }));
  const auto before = inside.ticks;
  ASSERT_TRUE(os::turn_until(loop, [&] { return inside.ticks > before + 3; }));
  browser.stream.reset();
  EXPECT_TRUE(os::turn_until(loop, [&] { return inside.page.ended.has_value(); }));
}

}  // namespace
}  // namespace nightjar::boards
