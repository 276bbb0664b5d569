#include "app/camera_registry.h"

#include <gmock/gmock.h>

#include "sim/world.h"

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

constexpr CameraPlace place(std::uint8_t last) { return {{hal::IpAddress::v4(192, 168, 4, last), 443}, true}; }

struct CameraRegistryTest : testing::Test {
  CameraRegistryTest() { load(); }
  void load() {
    registry = std::make_unique<CameraRegistry>(host.storage(), host.log());
    bool loaded = false;
    registry->load([&] { loaded = true; });
    ASSERT_TRUE(world.run_until([&] { return loaded; }, 10s));
  }
  void restart() {
    world.advance(1s);
    registry.reset();
    host.power_cut();
    host.power_on();
    load();
  }
  RegisteredCamera* answer(const std::string& uuid, std::uint8_t last = 2) {
    std::string gone;
    auto* camera = registry->add(uuid, gone);
    if (camera != nullptr) registry->note_answer(*camera, place(last), {"Canon", "EOS " + uuid, "serial-" + uuid, "1.0", "74:38:b7:00:00:01", {}, {}}, hal::WallTime{1h});
    return camera;
  }
  void write(std::string text) {
    bool written = false;
    const auto operation = host.storage().replace("camera-registry.json", std::move(text), [&](const auto&) { written = true; });
    ASSERT_TRUE(world.run_until([&] { return written; }, 10s));
  }

  sim::World world{1};
  sim::Host& host = world.add_host("pi");
  std::unique_ptr<CameraRegistry> registry;
};

TEST_F(CameraRegistryTest, RemembersThroughAPowerCutWhatACameraIsAndWhereItWas) {
  answer("a", 2);
  auto* camera = answer("a", 3);
  registry->set_name(*camera, "North \"ridge\"");
  registry->set_primary("a");
  restart();
  EXPECT_EQ(registry->primary(), "a");
  camera = registry->find("a");
  ASSERT_NE(camera, nullptr);
  EXPECT_EQ(camera->name, "North \"ridge\"");
  EXPECT_EQ(camera->model, "EOS a");
  EXPECT_EQ(camera->serial, "serial-a");
  EXPECT_EQ(camera->mac, "74:38:b7:00:00:01");
  EXPECT_THAT(camera->places, ElementsAre(place(3), place(2)));
  EXPECT_EQ(camera->last_seen, hal::WallTime{1h});
  EXPECT_FALSE(camera->online) << "nobody knows yet";
}

TEST_F(CameraRegistryTest, APlaceIsListedOnceAndTheNinthPushesOutTheOldest) {
  for (std::uint8_t last = 2; last < 11; ++last) answer("a", last);
  const auto* camera = answer("a", 10);
  EXPECT_THAT(camera->places, SizeIs(CameraRegistry::kPlacesMax));
  EXPECT_EQ(camera->places.front(), place(10));
  EXPECT_EQ(camera->places.back(), place(3));
  answer("a", 5);
  EXPECT_EQ(camera->places.front(), place(5));
  EXPECT_THAT(camera->places, SizeIs(CameraRegistry::kPlacesMax));
}

TEST_F(CameraRegistryTest, WhatNeverAnsweredIsNotKept) {
  std::string gone;
  registry->add("rumour", gone);
  answer("a");
  restart();
  EXPECT_EQ(registry->find("rumour"), nullptr);
  EXPECT_NE(registry->find("a"), nullptr);
}

TEST_F(CameraRegistryTest, TheThirtyThirdTakesThePlaceOfARumourOrIsRefused) {
  std::string gone;
  for (std::size_t i = 0; i < CameraRegistry::kCamerasMax - 2; ++i) ASSERT_NE(answer("camera " + std::to_string(i)), nullptr);
  registry->add("old rumour", gone)->last_seen = hal::WallTime{1h};
  registry->add("new rumour", gone)->last_seen = hal::WallTime{2h};
  EXPECT_EQ(gone, "");
  ASSERT_NE(answer("one more"), nullptr);
  EXPECT_EQ(registry->find("old rumour"), nullptr);
  ASSERT_NE(answer("and one"), nullptr);
  EXPECT_EQ(registry->find("new rumour"), nullptr);
  EXPECT_EQ(answer("too many"), nullptr);
  EXPECT_TRUE(host.log().contains("is full"));
  EXPECT_THAT(registry->cameras(), SizeIs(CameraRegistry::kCamerasMax));
  registry->forget("one more");
  EXPECT_NE(answer("too many"), nullptr);
}

TEST_F(CameraRegistryTest, AnotherUuidKeepsWhatIsKnown) {
  answer("manual-1");
  registry->set_primary("manual-1");
  auto* camera = registry->rekey("manual-1", "real");
  ASSERT_NE(camera, nullptr);
  EXPECT_EQ(camera->uuid, "real");
  EXPECT_EQ(registry->primary(), "real");
  EXPECT_EQ(registry->find("manual-1"), nullptr);
  restart();
  EXPECT_EQ(registry->primary(), "real");
  EXPECT_EQ(registry->find("real")->serial, "serial-manual-1");
}

TEST_F(CameraRegistryTest, OneThatIsForgottenIsGone) {
  answer("a");
  registry->set_primary("a");
  registry->forget("a");
  registry->forget("nobody");
  restart();
  EXPECT_EQ(registry->primary(), "");
  EXPECT_TRUE(registry->cameras().empty());
}

TEST_F(CameraRegistryTest, ADamagedFileIsAnEmptyRegistryAndSaidSo) {
  for (const auto* text : {"", "{", "[]", "{\"cameras\":7}", "\xff\xfe"}) {
    host.log().clear();
    write(text);
    load();
    EXPECT_TRUE(registry->cameras().empty()) << text;
    EXPECT_TRUE(host.log().contains("damaged")) << text;
  }
  write(R"({"primary":"nobody","cameras":[7,{},{"uuid":"a","places":[{"ip":"x","port":1},{"ip":"10.0.0.1","port":0},{"ip":"10.0.0.1","port":70000},{"ip":"10.0.0.2","port":443}],"lastSeen":"x"},{"uuid":5}]})");
  load();
  EXPECT_EQ(registry->primary(), "");
  ASSERT_THAT(registry->cameras(), SizeIs(1)) << "what can be read is read";
  EXPECT_THAT(registry->find("a")->places, SizeIs(1));
}

TEST_F(CameraRegistryTest, ANewAnswerOfTheSameKindWritesNothing) {
  answer("a");
  world.advance(1s);
  host.storage().fail_with(hal::ErrorKind::no_space);
  answer("a");
  world.advance(1s);
  EXPECT_FALSE(host.log().contains("is not stored")) << "a card is not worn out by cameras that are there";
  answer("a", 9);
  world.advance(1s);
  EXPECT_TRUE(host.log().contains("is not stored"));
}

}  // namespace
}  // namespace nightjar::app
