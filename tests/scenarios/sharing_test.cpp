// Several devices share a session: found, joined, lost, come back, and shooting as one.
#include <algorithm>

#include "app/nightjar.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

/// A device of the party: its program, and the instants of the world at which its shutter was asked for.
struct Party : testing::Test {
  static constexpr std::uint8_t kDevices = 9;

  struct Member {
    Member(sim::World& world, std::uint8_t number)
        : host(world.add_host("pi-" + std::to_string(number), hal::IpAddress::v4(192, 168, 4, number))), device(host, {}) {}
    sim::Host& host;
    sim::Device device;
    std::vector<hal::Instant> shots;
  };

  explicit Party(std::uint64_t seed = 1) : world(seed) {
    for (std::uint8_t i = 1; i <= kDevices; ++i) members.push_back(std::make_unique<Member>(world, i));
    for (const auto& member : members) member->device.breathe(air);
  }

  Member& at(std::size_t index) { return *members[index]; }
  app::SharedSession& session(std::size_t index) { return at(index).device.nightjar().shared_session(); }
  json status(std::size_t index) { return json::parse(session(index).status().text()); }

  void boot(std::size_t index) {
    auto& member = at(index);
    app::Settings settings;
    settings.listen = {hal::IpAddress::any(), 3000};
    settings.device_name = "Pi " + std::to_string(index);
    member.device.set(settings);
    bool ready = false;
    member.device.boot([&](const auto& where) { ready = where.ok(); });
    ASSERT_TRUE(world.run_until([&] { return ready; }, 20s));
    session(index).set_shutter([this, &member](auto done) {
      member.shots.push_back(world.now());
      member.host.loop().post([done] { done({}); });
    });
  }
  hal::Result<void> ask(std::size_t index, const app::SharingRequest& request, hal::Duration patience = 40s) {
    std::optional<hal::Result<void>> out;
    session(index).ask(request, [&](auto result) { out = std::move(result); });
    world.run_until([&] { return out.has_value(); }, patience);
    return out ? *out : hal::Result<void>{hal::Error{hal::ErrorKind::timed_out, "never answered"}};
  }
  std::string host(std::size_t index = 0) {
    boot(index);
    const auto hosted = ask(index, app::AskHostSession{"Ridge", 8});
    EXPECT_TRUE(hosted.ok()) << hosted.error().text();
    return status(index)["sessionId"];
  }
  hal::Result<void> join(std::size_t index, const std::string& code) {
    if (!at(index).device.running()) boot(index);
    return ask(index, app::AskJoinSession{code, std::nullopt});
  }
  std::size_t count(std::size_t index) { return status(index)["members"].size(); }
  bool wait(const std::function<bool()>& done, hal::Duration patience = 60s) { return world.run_until(done, patience); }

  sim::World world;
  sim::MulticastAir air;
  std::vector<std::unique_ptr<Member>> members;
};

TEST_F(Party, AGuestFindsTheSessionByMdnsAndAllSeeTheSameMembers) {
  const auto code = host();
  EXPECT_EQ(status(0)["advertisedBy"], "mdns");
  ASSERT_TRUE(join(1, code).ok());
  ASSERT_TRUE(join(2, code).ok());
  ASSERT_TRUE(wait([&] { return count(0) == 3 && count(1) == 3 && count(2) == 3; }));
  EXPECT_EQ(status(1)["discovered"][0]["discoveryMethod"], "mdns");
  EXPECT_EQ(status(2)["members"][0]["role"], "host");
  EXPECT_EQ(status(1)["name"], "Ridge");
  ASSERT_TRUE(ask(2, app::AskLeaveSession{}).ok());
  ASSERT_TRUE(wait([&] { return count(0) == 2 && count(1) == 2; }));
  EXPECT_EQ(status(2)["status"], "idle");
}

TEST_F(Party, WhereMulticastIsBlockedItIsFoundByUdp) {
  air.set_blocked(true);
  const auto code = host();
  ASSERT_TRUE(join(1, code).ok());
  EXPECT_EQ(status(1)["discovered"][0]["discoveryMethod"], "udp");
}

TEST_F(Party, WithoutAnMdnsServiceTheHostBroadcasts) {
  boot(0);
  at(0).device.power_cut();
  sim::Device lonely(at(0).host, {});   // breathes no air
  app::Settings settings;
  settings.listen = {hal::IpAddress::any(), 3000};
  lonely.set(settings);
  bool ready = false;
  lonely.boot([&](const auto&) { ready = true; });
  ASSERT_TRUE(wait([&] { return ready; }));
  auto& shared = lonely.nightjar().shared_session();
  bool hosted = false;
  shared.ask(app::AskHostSession{"Ridge", 8}, [&](const auto& result) { hosted = result.ok(); });
  ASSERT_TRUE(wait([&] { return hosted; }));
  EXPECT_EQ(shared.host().told_by(), "udp");
  ASSERT_TRUE(join(1, shared.host().session()->id).ok());
}

TEST_F(Party, TheNinthIsRefusedAndAWrongCodeToo) {
  const auto code = host();
  for (std::size_t i = 1; i < 8; ++i) ASSERT_TRUE(join(i, code).ok()) << i;
  const auto ninth = join(8, code);
  ASSERT_FALSE(ninth.ok());
  EXPECT_EQ(ninth.error().detail, "Session is full (8/8)");
  ASSERT_TRUE(ask(7, app::AskLeaveSession{}).ok());
  const auto wrong = ask(7, app::AskJoinSession{code == "AAAAAA" ? "BBBBBB" : "AAAAAA", hal::Endpoint{at(0).host.address(), 8080}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().detail, "Invalid session code");
}

TEST_F(Party, AGuestThatLosesItsNetworkIsMissedAndComesBackToItsPlace) {
  const auto code = host();
  ASSERT_TRUE(join(1, code).ok());
  const auto joined_at = status(0)["members"][1]["joinedAt"];
  world.advance(5s);
  world.network().partition(at(0).host, at(1).host, true);
  ASSERT_TRUE(wait([&] { return count(0) == 1; }, 25s));
  world.advance(20s);
  world.network().partition(at(0).host, at(1).host, false);
  ASSERT_TRUE(wait([&] { return count(0) == 2 && status(1)["status"] == "connected"; }, 90s));
  EXPECT_EQ(status(0)["members"][1]["joinedAt"], joined_at);
}

TEST_F(Party, AGuestWhoseAddressChangesComesBackToItsPlace) {
  const auto code = host();
  ASSERT_TRUE(join(1, code).ok());
  ASSERT_TRUE(join(2, code).ok());
  at(1).host.network().set_address("eth0", hal::IpAddress::v4(192, 168, 4, 101));   // its old connection dies in silence
  ASSERT_TRUE(wait([&] { return status(0)["members"].size() == 3 && status(0)["members"][1]["address"] == "192.168.4.101"; }, 60s));
  EXPECT_EQ(count(2), 3u);
}

TEST_F(Party, AHostThatLostItsPowerFindsItsSessionAgainAndSoDoItsGuests) {
  const auto code = host();
  ASSERT_TRUE(join(1, code).ok());
  ASSERT_TRUE(join(2, code).ok());
  world.advance(10s);
  at(0).device.power_cut();
  world.advance(40s);
  EXPECT_NE(status(1)["status"], "connected");
  boot(0);
  ASSERT_TRUE(wait([&] { return count(0) == 3 && count(1) == 3 && count(2) == 3; }, 90s));
  EXPECT_EQ(status(0)["sessionId"], code);
  ASSERT_TRUE(ask(0, app::AskEndSession{}).ok());
  ASSERT_TRUE(wait([&] { return status(1)["status"] == "idle" && status(2)["status"] == "idle"; }));
  EXPECT_EQ(status(1)["error"], "Session ended by host");
  at(0).device.power_cut();
  boot(0);
  world.advance(10s);
  EXPECT_EQ(status(0)["status"], "idle");
}

TEST_F(Party, WhoIsKickedIsOutAndTold) {
  const auto code = host();
  ASSERT_TRUE(join(1, code).ok());
  ASSERT_TRUE(ask(0, app::AskKickMember{status(1)["deviceId"]}).ok());
  ASSERT_TRUE(wait([&] { return status(1)["status"] == "idle" && count(0) == 1; }));
  EXPECT_EQ(status(1)["error"], "Removed by the host");
  EXPECT_EQ(ask(0, app::AskKickMember{"nobody"}).error().kind, hal::ErrorKind::not_found);
}

/// The first shot is due at once and nobody can be told ahead; all others are everybody's, on the host's grid.
TEST_F(Party, TheHostsIntervalometerIsEverybodys) {
  const auto code = host();
  ASSERT_TRUE(join(1, code).ok());
  sim::CameraUnit unit(world.add_host("camera", hal::IpAddress::v4(192, 168, 4, 60)), Field::camera_options(), true);
  ASSERT_TRUE(unit.camera().power_on().ok());
  at(0).device.use_camera(unit.origin());
  world.advance(20s);   // its link is ready, and the guest knows our clock
  ASSERT_TRUE(ask(0, app::AskShareIntervalometer{true}).ok());
  Phone phone(world, "phone", hal::IpAddress::v4(192, 168, 4, 50));
  phone.connect(at(0).device.endpoint());
  phone.ask("start_intervalometer_with_title", {{"interval", 10}, {"shots", 5}, {"stopCondition", "stop-after"}}, "timelapse_event", "sessionStarted");
  world.advance(70s);
  const auto& presses = unit.camera().presses();
  ASSERT_EQ(presses.size(), 5u);
  ASSERT_EQ(at(1).shots.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(std::chrono::abs(at(1).shots[i] - presses[i + 1].at), 100ms) << i;
  EXPECT_EQ(status(0)["shots"].back()["fired"], 2) << status(0)["shots"].dump();
}

struct Salvo : Party {
  Salvo() : Party(20261130) {
    world.network().set_latency(20ms, 60ms);
    // Clocks of people hours apart; quartzes within 50 parts in a million.
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto offset = static_cast<std::int64_t>(i) * 25 - 100;
      at(i).host.loop().set_drift(offset * 500);
      at(i).host.wall_clock().step(hal::Duration{1h} * (static_cast<int>(i) * 5 - 20));
    }
  }
  /// Between the first shutter and the last, as the world saw it.
  hal::Duration spread() const {
    std::vector<hal::Instant> shots;
    for (std::size_t i = 0; i < 8; ++i)
      if (!members[i]->shots.empty()) shots.push_back(members[i]->shots.back());
    const auto [first, last] = std::ranges::minmax(shots);
    return last - first;
  }
  std::size_t shots_of_all() const {
    std::size_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out += members[i]->shots.size();
    return out;
  }
};

/// Eight devices, clocks hours apart, quartzes up to 50 ppm off, 20 to 80 ms of Wi-Fi each way.
TEST_F(Salvo, EightDevicesFireWithinTwoMilliseconds) {
  const auto code = host();
  for (std::size_t i = 1; i < 8; ++i) ASSERT_TRUE(join(i, code).ok()) << i;
  world.advance(6min);   // until the clocks are known
  constexpr std::size_t kShots = 100;
  std::size_t wide = 0;
  hal::Duration widest{};
  for (std::size_t shot = 0; shot < kShots; ++shot) {
    const auto before = shots_of_all();
    ASSERT_TRUE(ask(0, app::AskFire{1000ms}).ok());
    world.advance(3s);
    ASSERT_EQ(shots_of_all(), before + 8) << shot;
    const auto told = status(0)["shots"].back();
    ASSERT_EQ(told["fired"], 8) << told.dump();
    widest = std::max(widest, spread());
    wide += spread() > hal::Duration{2ms} ? 1 : 0;
  }
  std::printf("widest spread of %zu shots: %.3f ms; above 2 ms: %zu\n", kShots, std::chrono::duration<double, std::milli>{widest}.count(), wide);
  EXPECT_LE(wide, kShots / 100);
}

TEST_F(Salvo, AnOrderThatComesTooLateIsNotFiredAndSaysSo) {
  const auto code = host();
  ASSERT_TRUE(join(1, code).ok());
  world.advance(20s);
  world.network().set_latency(900ms, 0ms);
  ASSERT_TRUE(ask(0, app::AskFire{50ms}).ok());
  world.advance(5s);
  const auto told = status(0)["shots"].back();
  EXPECT_EQ(told["fired"], 1);
  EXPECT_NE(told.dump().find("too late"), std::string::npos) << told.dump();
  EXPECT_TRUE(at(1).shots.empty());
}

}  // namespace
}  // namespace nightjar::scenarios
