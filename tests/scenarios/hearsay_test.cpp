// What others say of cameras: goodbyes, lies and floods.
#include "app/camera_registry.h"
#include "drivers/net/ssdp_discovery.h"
#include "tests/scenarios/discovery_field.h"

namespace nightjar::scenarios {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Hearsay = DiscoveryField;

// ---- goodbyes -------------------------------------------------------------------------------------------------------------

TEST_F(Hearsay, AGoodbyeOfThePrimaryCameraIsNoticedBeforeTheHealthCheck) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  a.camera->power_off(true);
  EXPECT_FALSE(phone->wait("discovery_event", "primaryCameraDisconnected", 6s).is_null());
  EXPECT_EQ(status(*phone)["camera"]["connected"], false);
}

TEST_F(Hearsay, AGoodbyeOfAnotherCameraTakesItOffline) {
  const auto phone = with_primary(body("A", 21));
  auto& b = body("B", 22);
  b.on();
  phone->wait("discovery_event", "cameraDiscovered", 5s);
  b.camera->power_off(true);
  ASSERT_FALSE(phone->wait("discovery_event", "cameraOffline", 6s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraOffline"), json({{"uuid", kUuidB}}));
  EXPECT_EQ(status(*phone)["camera"]["connected"], true);
  b.on();
  EXPECT_FALSE(phone->wait("discovery_event", "cameraDiscovered", 5s).is_null());
}

TEST_F(Hearsay, AGoodbyeInTheCamerasNameByAnotherIsNotHeard) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  Rogue rogue{world, 66};
  world.advance(1s);
  // It is asked for its news all the time; nothing else may be asked because of what somebody says.
  const auto asked = [&] {
    return std::ranges::count_if(a.camera->log(), [](const auto& each) { return each.target.find("event/polling") == std::string::npos; });
  };
  const auto requests = asked();
  for (int i = 0; i < 100; ++i) rogue.say(notify(net::SsdpNotify::Kind::byebye, kUuidA, {}));
  world.advance(5s);
  EXPECT_EQ(asked(), requests);
  EXPECT_THAT(phone->all("discovery_event", "primaryCameraDisconnected"), IsEmpty());
  EXPECT_EQ(status(*phone)["camera"]["connected"], true);
}

// ---- liars ----------------------------------------------------------------------------------------------------------------

TEST_F(Hearsay, AnotherCameraAtTheOldAddressGetsNoShot) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  auto quiet = options("B");
  quiet.ssdp = false;
  auto& b = body("camera B", at(44), quiet);
  start(*phone, 40);
  world.advance(9s);
  a.host.network().set_address("eth0", at(33), sim::Established::reset);
  a.camera->power_off(false);
  b.host.network().set_address("eth0", at(21));
  b.on();
  world.advance(30s);
  EXPECT_THAT(b.camera->presses(), IsEmpty());
  EXPECT_EQ(status(*phone)["camera"]["connected"], false);
  ASSERT_TRUE(a.camera->change_address(at(33)).ok());
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 5s).is_null());
  until_the_end(*phone);
  EXPECT_THAT(b.camera->presses(), IsEmpty());
  expect_on_grid({&a});
}

TEST_F(Hearsay, AnotherPlainCameraAtTheOldAddressIsNotTakenForOurs) {
  auto ours = options("A");
  ours.certificate_pem.clear();
  ours.port = 8080;
  auto& a = body("camera A", at(21), ours);
  const auto phone = with_primary(a);
  auto quiet = options("B");
  quiet.certificate_pem.clear();
  quiet.port = 8080;
  quiet.ssdp = false;
  auto& b = body("camera B", at(44), quiet);
  a.camera->power_off(false);
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraDisconnected", 30s).is_null());
  a.host.network().set_address("eth0", at(45));
  b.host.network().set_address("eth0", at(21));
  b.on();
  world.advance(2min);
  EXPECT_EQ(status(*phone)["camera"]["connected"], false);
  EXPECT_EQ(status(*phone)["camera"]["lastError"], "protocol error: another camera answers at this address");
}

TEST_F(Hearsay, AnotherThatAnnouncesItselfAtTheCamerasAddressIsNoticedBeforeTheHealthCheck) {
  auto& a = body("A", 21);
  auto& b = body("B", 44);
  const auto phone = with_primary(a);
  a.host.network().set_address("eth0", at(33), sim::Established::reset);
  a.camera->power_off(false);
  b.host.network().set_address("eth0", at(21));
  b.on();
  EXPECT_FALSE(phone->wait("discovery_event", "primaryCameraDisconnected", 8s).is_null());
}

TEST_F(Hearsay, APlainCameraWithOurUuidAndAnotherSerialNumberMovesNothing) {
  auto ours = options("A");
  ours.certificate_pem.clear();
  ours.port = 8080;
  const auto phone = with_primary(body("camera A", at(21), ours));
  auto lie = ours;
  lie.serial = "666";
  body("liar", at(66), lie).on();
  world.advance(2min);
  EXPECT_TRUE(pi.log().contains("not there uuid=" + std::string{kUuidA} + " address=192.168.4.66"));
  EXPECT_THAT(phone->all("discovery_event", "cameraIPChanged"), IsEmpty());
  EXPECT_EQ(status(*phone)["camera"]["ip"], "192.168.4.21");
}

struct Liar : Hearsay, testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Kinds, Liar, testing::Values("serial", "certificate", "plain"));

TEST_P(Liar, WhoClaimsOurUuidMovesNothing) {
  const auto kind = std::string{GetParam()};
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  auto lie = options("A");   // the same UUID, model, serial number; a certificate of its own
  if (kind == "serial") lie.serial = "666";
  if (kind == "plain") {
    lie.certificate_pem.clear();
    lie.port = 8080;
  }
  auto& liar = body("liar", at(66), lie);
  liar.on();
  start(*phone, 20);
  until_the_end(*phone);
  EXPECT_TRUE(pi.log().contains("not there uuid=" + std::string{kUuidA} + " address=192.168.4.66")) << "it was asked, and not believed";
  EXPECT_THAT(liar.camera->presses(), IsEmpty());
  EXPECT_THAT(a.camera->presses(), SizeIs(20));
  EXPECT_THAT(said(*phone), ElementsAre("cameraDiscovered", "primaryCameraChanged", "cameraConnected"));
  EXPECT_EQ(status(*phone)["camera"]["ip"], "192.168.4.21");

  a.camera->power_off(false);   // nor when ours is away
  world.advance(2min);
  EXPECT_EQ(status(*phone)["camera"]["connected"], false);
  EXPECT_THAT(phone->all("discovery_event", "cameraIPChanged"), IsEmpty());
}

TEST_F(Hearsay, TwoCamerasThatSwapTheirAddressesAreToldApart) {
  auto& a = body("A", 21);
  auto& b = body("B", 22);
  const auto phone = with_primary(a);
  b.on();
  phone->wait("discovery_event", "cameraDiscovered", 5s);
  start(*phone, 30);
  world.advance(9s);
  a.host.network().set_address("eth0", at(99), sim::Established::reset);
  b.move(at(21));
  a.move(at(22));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 20s).is_null());
  world.advance(1s);
  const auto moves = phone->all("discovery_event", "cameraIPChanged");
  ASSERT_THAT(moves, SizeIs(2));
  const auto now = status(*phone);
  EXPECT_EQ(now["camera"]["ip"], "192.168.4.22");
  EXPECT_EQ(now["camera"]["serialNumber"], "0000A");
  EXPECT_EQ(now["discovery"]["cameras"][kUuidB]["info"]["ipAddress"], "192.168.4.21");
  until_the_end(*phone);
  EXPECT_THAT(b.camera->presses(), IsEmpty());
  expect_on_grid({&a});
}

// ---- floods ---------------------------------------------------------------------------------------------------------------

TEST_F(Hearsay, RubbishDisturbsNobody) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  start(*phone, 10);
  Rogue rogue{world, 66};
  for (int i = 0; i < 5000; ++i) {
    const auto n = std::to_string(i);
    rogue.say("NOTIFY * HTTP/1.1\r\n" + std::string(static_cast<std::size_t>(i % 3000), 'x'));
    rogue.say(std::string{"\x00\xff\r\n:", 5} + n);
    rogue.say(notify(net::SsdpNotify::Kind::alive, "nobody-" + n, "http://192.168.4.66:1/" + n));
    rogue.say(notify(net::SsdpNotify::Kind::alive, "nobody-" + n, "http://192.168.4.21:443/" + n));   // not its own address
    rogue.say(notify(net::SsdpNotify::Kind::alive, "no/body " + n, "http://192.168.4.66/"));
    if (i % 250 == 0) world.advance(1s);
  }
  until_the_end(*phone);
  EXPECT_GE(program.discovery().dropped(), 15'000u);
  EXPECT_THAT(a.camera->presses(), SizeIs(10));
  expect_on_grid({&a});
  EXPECT_EQ(status(*phone)["discovery"]["totalCameras"], 1);
  EXPECT_THAT(said(*phone), ElementsAre("cameraDiscovered", "primaryCameraChanged", "cameraConnected"));
}

TEST_F(Hearsay, AfterHalfAnHourWithoutAWordACameraIsAskedWhetherItIsThere) {
  const auto phone = with_primary(body("A", 21));
  auto& b = body("B", 22);
  b.on();
  phone->wait("discovery_event", "cameraDiscovered", 5s);
  world.network().drop_datagrams(1);
  b.camera->power_off(false);
  world.advance(29min);
  EXPECT_THAT(phone->all("discovery_event", "cameraOffline"), IsEmpty());
  EXPECT_FALSE(phone->wait("discovery_event", "cameraOffline", 2min).is_null());
}

/// Describes itself as whatever camera it is asked for: "/UUID".
struct Pretender final : hal::HttpHandler {
  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override {
    ++asked;
    const auto uuid = request.target.substr(1);
    reply.answer({200, {},
                  "<root><device><modelName>Nothing</modelName><serialNumber>" + uuid + "</serialNumber><UDN>uuid:" + uuid +
                      "</UDN><serviceList><service><serviceType>" + std::string{net::kCcapiService} +
                      "</serviceType><X_accessURL>http://192.168.4.66:1/ccapi</X_accessURL></service></serviceList></device></root>"});
  }
  std::size_t asked = 0;
};

TEST_F(Hearsay, AThousandPretendedCamerasFillNothingAndKeepNoRealOneOut) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  Rogue rogue{world, 66};
  net::HttpServers servers{rogue.host.network(), rogue.host.loop(), rogue.host.random()};
  Pretender pretender;
  const auto server = servers.serve({at(66), 80}, {}, pretender);
  ASSERT_TRUE(server.ok());
  for (int i = 0; i < 1000; ++i) {
    rogue.say(notify(net::SsdpNotify::Kind::alive, "nobody-" + std::to_string(i), "http://192.168.4.66/nobody-" + std::to_string(i)));
    world.advance(200ms);
  }
  EXPECT_GT(pretender.asked, 50u);
  EXPECT_LE(pretender.asked, 170u) << "eight in ten seconds";
  EXPECT_LE(phone->count("discovery_event", "cameraOffline"), 170u);
  auto now = status(*phone);
  EXPECT_EQ(now["discovery"]["totalCameras"], app::CameraRegistry::kCamerasMax);
  EXPECT_EQ(now["discovery"]["primaryCamera"]["uuid"], kUuidA);
  EXPECT_EQ(now["camera"]["connected"], true);
  body("B", 22).on();
  ASSERT_FALSE(phone->wait("discovery_event", "cameraDiscovered", 30s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraDiscovered")["uuid"], kUuidB);
  world.advance(1s);
  const auto saved = json::parse(*pi.storage().peek("camera-registry.json"));
  EXPECT_THAT(saved["cameras"], SizeIs(2)) << "what never answered is not kept";
}

}  // namespace
}  // namespace nightjar::scenarios
