// Finding cameras and keeping to them: one story a branch of the seed's diagrams (camera-control-websocket.md), and what the field adds.
#include "drivers/net/ssdp.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kUuidA = "00000000-0000-0000-0001-AAAAAAAAAAAA";
constexpr auto kUuidB = "00000000-0000-0000-0001-BBBBBBBBBBBB";

constexpr hal::IpAddress at(std::uint8_t last) { return hal::IpAddress::v4(192, 168, 4, last); }

/// A camera on a host of its own, switched off.
struct Body {
  Body(sim::World& world, const std::string& name, const hal::IpAddress& address, sim::CameraOptions options)
      : host(world.add_host(name, address)), servers(host.network(), host.loop(), host.random()) {
    host.network().set_mac("eth0", options.mac);
    camera = std::make_unique<sim::Camera>(std::move(options), host.loop(), servers, host.network(), host.random(), host.wall_clock());
  }
  void on() { ASSERT_TRUE(camera->power_on().ok()); }
  /// As DHCP gives it another one: goodbye, and hello from there.
  void move(const hal::IpAddress& address) {
    host.network().set_address("eth0", address, sim::Established::reset);
    ASSERT_TRUE(camera->change_address(address).ok());
  }

  sim::Host& host;
  net::HttpServers servers;
  std::unique_ptr<sim::Camera> camera;
};

struct Discovery : Field {
  Discovery() { camera->power_off(false); }   // the one that announces nothing

  sim::CameraOptions options(const std::string& letter) {
    sim::CameraOptions out;
    const std::string twelve(12, letter.front());
    out.uuid = "00000000-0000-0000-0001-" + twelve;
    out.serial = "0000" + letter;
    out.model = "Canon EOS " + letter;
    for (std::size_t i = 0; i < 17; ++i) out.mac[i] = i % 3 == 2 ? ':' : static_cast<char>(letter.front() - 'A' + 'a');
    out.port = 443;
    const auto certificate = net::make_self_signed("camera " + letter, camera_host.random());
    out.certificate_pem = certificate.cert_pem;
    out.key_pem = certificate.key_pem;
    return out;
  }
  Body& body(const std::string& name, const hal::IpAddress& address, sim::CameraOptions options) {
    return *bodies.emplace_back(std::make_unique<Body>(world, name, address, std::move(options)));
  }
  Body& body(const std::string& letter, std::uint8_t last) { return body("camera " + letter, at(last), options(letter)); }

  /// Everything that was said about cameras, in order: "cameraDiscovered" and so on.
  std::vector<std::string> said(const Phone& phone) const {
    std::vector<std::string> out;
    for (const auto& event : phone.all("discovery_event")) out.push_back(event["eventType"]);
    return out;
  }
  json data_of(const Phone& phone, std::string_view event) const {
    const auto all = phone.all("discovery_event", event);
    return all.empty() ? json() : all.back()["data"];
  }
  json status(Phone& phone) { return phone.ask("get_status", json::object(), "status")["data"]; }
  /// The program, a phone, and camera A as its primary one.
  std::unique_ptr<Phone> with_primary(Body& body) {
    body.on();
    boot(false);
    auto out = phone();
    EXPECT_TRUE(world.run_until([&] { return out->count("discovery_event", "cameraConnected") == 1; }, 20s));
    return out;
  }
  void start(Phone& phone, int shots) {
    ASSERT_EQ(phone.ask("start_intervalometer_with_title", {{"interval", 2}, {"shots", shots}, {"title", "Night"}}, "operation_result")["success"], true);
  }
  void until_the_end(Phone& phone) {
    ASSERT_TRUE(world.run_until([&] { return phone.count("timelapse_event", "sessionCompleted") != 0; }, 1h));
  }
  /// Whether the presses of these cameras are on one grid of 2 s.
  void expect_on_grid(std::initializer_list<const Body*> used) {
    std::vector<hal::Instant> at;
    for (const auto* each : used)
      for (const auto& press : each->camera->presses()) at.push_back(press.at);
    for (const auto press : at) EXPECT_LE((press - at.front() + 5ms) % 2s, 10ms);
  }

  std::vector<std::unique_ptr<Body>> bodies;
};

// ---- UPnP camera discovery ----------------------------------------------------------------------------------------------

TEST_F(Discovery, CameraResponds_TheFirstBecomesPrimary) {
  boot(false);
  const auto phone = this->phone();
  world.advance(100s);   // it rests for a minute by now
  body("A", 21).on();
  ASSERT_FALSE(phone->wait("discovery_event", "cameraConnected", 2s).is_null()) << "it announces itself; nobody waits for the next round";
  EXPECT_THAT(said(*phone), ElementsAre("cameraDiscovered", "primaryCameraChanged", "cameraConnected"));
  EXPECT_EQ(data_of(*phone, "cameraDiscovered"), json({{"uuid", kUuidA}, {"modelName", "Canon EOS A"}, {"ipAddress", "192.168.4.21"}}));
  EXPECT_EQ(data_of(*phone, "primaryCameraChanged"), json({{"uuid", kUuidA}}));
  EXPECT_EQ(data_of(*phone, "cameraConnected"), json({{"ip", "192.168.4.21"}, {"port", "443"}}));

  const auto now = status(*phone);
  EXPECT_EQ(now["camera"]["connected"], true);
  EXPECT_EQ(now["discovery"]["isDiscovering"], true);
  EXPECT_EQ(now["discovery"]["totalCameras"], 1);
  EXPECT_EQ(now["discovery"]["connectedCameras"], 1);
  EXPECT_EQ(now["discovery"]["primaryCamera"], json({{"uuid", kUuidA}, {"modelName", "Canon EOS A"}, {"ipAddress", "192.168.4.21"}}));
  const auto& camera = now["discovery"]["cameras"][kUuidA];
  EXPECT_EQ(camera["info"]["serialNumber"], "0000A");
  EXPECT_EQ(camera["connected"], true);
  EXPECT_EQ(camera["connectionAttempts"], 0);
}

TEST_F(Discovery, ACameraThatIsThereAlreadyAnswersTheSearch) {
  body("A", 21).on();
  world.advance(1s);   // its hello is over, the next is 10 s away
  boot(false);
  const auto phone = this->phone();
  ASSERT_FALSE(phone->wait("discovery_event", "cameraDiscovered", 4s).is_null());
}

TEST_F(Discovery, ASearchThatIsLostIsMadeAgain) {
  body("A", 21).on();
  world.advance(1s);
  world.network().drop_datagrams(0.5);   // as access points do with multicast
  boot(false);
  const auto phone = this->phone();
  EXPECT_FALSE(phone->wait("discovery_event", "cameraDiscovered", 60s).is_null());
}

TEST_F(Discovery, CameraResponds_TheSecondDoesNotBecomePrimary) {
  const auto phone = with_primary(body("A", 21));
  body("B", 22).on();
  ASSERT_FALSE(phone->wait("discovery_event", "cameraDiscovered", 2s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraDiscovered")["uuid"], kUuidB);
  world.advance(60s);
  EXPECT_THAT(phone->all("discovery_event", "primaryCameraChanged"), SizeIs(1));
  const auto now = status(*phone);
  EXPECT_EQ(now["discovery"]["primaryCamera"]["uuid"], kUuidA);
  EXPECT_EQ(now["discovery"]["connectedCameras"], 2);
  EXPECT_EQ(now["camera"]["ip"], "192.168.4.21");
}

TEST_F(Discovery, CameraUnreachable) {
  boot(false);
  const auto phone = this->phone();
  auto& dead = body("A", 21);
  dead.camera->faults().http_502(sim::CameraFault::kForEver, "/ccapi");
  dead.on();
  ASSERT_FALSE(phone->wait("discovery_event", "cameraOffline", 5s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraOffline"), json({{"uuid", kUuidA}}));
  world.advance(60s);   // it goes on announcing itself
  EXPECT_THAT(said(*phone), ElementsAre("cameraOffline")) << "told once";
  const auto camera = status(*phone)["discovery"]["cameras"][kUuidA];
  EXPECT_EQ(camera["connected"], false);
  EXPECT_GE(camera["connectionAttempts"], 5);
  EXPECT_TRUE(camera["lastError"].is_string());

  dead.camera->faults().clear();
  ASSERT_FALSE(phone->wait("discovery_event", "cameraConnected", 15s).is_null());
  EXPECT_THAT(said(*phone), ElementsAre("cameraOffline", "cameraDiscovered", "primaryCameraChanged", "cameraConnected"));
}

// ---- manual camera connection ---------------------------------------------------------------------------------------------

TEST_F(Discovery, ManualConnectionSuccessful) {
  auto silent = options("A");
  silent.ssdp = false;
  body("camera A", at(21), silent).on();
  boot(false);
  const auto phone = this->phone();
  const auto result = phone->ask("connect_to_ip", {{"ip", "192.168.4.21"}, {"port", "443"}}, "operation_result");
  EXPECT_EQ(result["success"], true);
  EXPECT_EQ(data_of(*phone, "cameraConnected"), json({{"ip", "192.168.4.21"}, {"port", "443"}}));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraChanged", 5s).is_null());
  EXPECT_EQ(data_of(*phone, "primaryCameraChanged"), json({{"uuid", kUuidA}})) << "its description tells its UUID";
}

TEST_F(Discovery, AManualCameraThatDescribesItselfNowhereGoesByItsSerialNumberUntilItIsAnnounced) {
  auto silent = options("A");
  silent.ssdp = false;
  silent.description_port = 0;
  auto& mute = body("camera A", at(21), silent);
  mute.on();
  boot(false);
  const auto phone = this->phone();
  phone->ask("connect_to_ip", {{"ip", "192.168.4.21"}, {"port", "443"}}, "operation_result");
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraChanged", 15s).is_null());
  EXPECT_EQ(data_of(*phone, "primaryCameraChanged")["uuid"], "manual-0000A");

  auto loud = silent;   // the same body after a visit to its menu
  loud.ssdp = true;
  loud.description_port = 49152;
  mute.camera.reset();
  mute.camera = std::make_unique<sim::Camera>(loud, mute.host.loop(), mute.servers, mute.host.network(), mute.host.random(), mute.host.wall_clock());
  mute.on();
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraChanged", 15s).is_null());
  EXPECT_EQ(data_of(*phone, "primaryCameraChanged")["uuid"], kUuidA);
  EXPECT_EQ(status(*phone)["discovery"]["totalCameras"], 1);
}

TEST_F(Discovery, ManualConnectionFailed) {
  boot(false);
  const auto phone = this->phone();
  const auto error = phone->ask("connect_to_ip", {{"ip", "192.168.4.99"}, {"port", "443"}}, "error");
  EXPECT_EQ(error["data"]["message"], "Failed to connect to camera at IP");
  EXPECT_THAT(said(*phone), IsEmpty());
  EXPECT_EQ(status(*phone)["discovery"]["totalCameras"], 0);
}

// ---- camera IP change detection -------------------------------------------------------------------------------------------

TEST_F(Discovery, CameraFoundAtNewIp_ASessionRunsOnAlongItsGrid) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  start(*phone, 20);
  world.advance(9s);
  a.move(at(33));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 5s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraIPChanged"), json({{"uuid", kUuidA}, {"oldIP", "192.168.4.21"}, {"newIP", "192.168.4.33"}}));
  EXPECT_EQ(data_of(*phone, "primaryCameraReconnected"), json({{"uuid", kUuidA}, {"newIP", "192.168.4.33"}}));
  EXPECT_THAT(said(*phone), ElementsAre("cameraDiscovered", "primaryCameraChanged", "cameraConnected", "cameraIPChanged", "primaryCameraReconnected"));
  until_the_end(*phone);
  EXPECT_THAT(phone->all("event", "photo_taken"), SizeIs(20));
  EXPECT_GE(a.camera->presses().size(), 19u);
  expect_on_grid({&a});
}

TEST_F(Discovery, CameraFoundAtNewIp_ShotsFailAndAreReportedUntilThen) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  start(*phone, 30);
  world.advance(9s);
  a.host.network().set_up("eth0", false);   // off the air without a word
  world.advance(20s);
  a.host.network().set_up("eth0", true);
  a.move(at(33));
  ASSERT_FALSE(phone->wait("discovery_event", "cameraIPChanged", 5s).is_null());
  until_the_end(*phone);
  const auto shots = phone->all("event", "photo_taken");
  std::size_t failed = 0;
  for (const auto& shot : shots) failed += shot["data"]["success"] == false;
  EXPECT_GE(failed, 5u);
  EXPECT_EQ(shots.back()["data"]["success"], true);
  const auto stats = phone->all("timelapse_event", "sessionCompleted").back()["data"]["stats"];
  EXPECT_EQ(stats["shotsSuccessful"].get<int>() + stats["shotsFailed"].get<int>() + stats["shotsMissed"].get<int>(), 30);
  expect_on_grid({&a});
}

TEST_F(Discovery, CameraFoundAtNewIp_WhereItWasOnceBeforeThoughMulticastIsDropped) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  a.move(at(33));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 5s).is_null());
  world.network().drop_datagrams(1);
  a.move(at(21));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 30s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraIPChanged"), json({{"uuid", kUuidA}, {"oldIP", "192.168.4.33"}, {"newIP", "192.168.4.21"}}));
  EXPECT_THAT(phone->all("discovery_event", "primaryCameraDisconnected"), IsEmpty());
}

TEST_F(Discovery, CameraFoundAtNewIp_AsANeighbourThoughMulticastIsDropped) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  world.network().drop_datagrams(1);
  a.move(at(33));
  bool answered = false;   // whatever it asks us for, its address and MAC are known to our kernel after it
  const auto asking = a.host.network().connect({at(1), 1}, 5s, [&](const auto&) { answered = true; });
  ASSERT_TRUE(world.run_until([&] { return answered; }, 5s));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 30s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraIPChanged")["newIP"], "192.168.4.33");
}

TEST_F(Discovery, CameraNotFound) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  start(*phone, 60);
  world.advance(9s);
  a.camera->power_off(false);
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraDisconnected", 20s).is_null());
  EXPECT_EQ(data_of(*phone, "primaryCameraDisconnected"), json({{"uuid", kUuidA}}));
  const auto now = status(*phone);
  EXPECT_EQ(now["camera"]["connected"], false);
  EXPECT_EQ(now["discovery"]["connectedCameras"], 0);

  world.advance(30s);   // the link tries again in up to a minute
  a.on();
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 2s).is_null()) << "but need not wait once the camera is heard of";
  until_the_end(*phone);
  EXPECT_THAT(phone->all("discovery_event", "primaryCameraDisconnected"), SizeIs(1));
  EXPECT_EQ(phone->all("event", "photo_taken").back()["data"]["success"], true);
  expect_on_grid({&a});
}

TEST_F(Discovery, AWifiChangeIsFollowedByALookForTheCamera) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  auto& hotspot = world.network().add_link("hotspot");
  const auto there = hal::IpAddress::v4(10, 0, 0, 7);
  a.host.network().set_up("eth0", false);
  a.host.network().join(hotspot, "wlan0", there);
  ASSERT_TRUE(a.camera->change_address(there).ok());
  world.advance(30s);
  ASSERT_THAT(phone->all("discovery_event", "primaryCameraDisconnected"), SizeIs(1)) << "we are not on that network";
  pi.network().join(hotspot, "wlan0", hal::IpAddress::v4(10, 0, 0, 1));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 20s).is_null());
  EXPECT_EQ(data_of(*phone, "cameraIPChanged"), json({{"uuid", kUuidA}, {"oldIP", "192.168.4.21"}, {"newIP", "10.0.0.7"}}));
}

// ---- goodbyes -------------------------------------------------------------------------------------------------------------

TEST_F(Discovery, AGoodbyeOfThePrimaryCameraIsNoticedBeforeTheHealthCheck) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  a.camera->power_off(true);
  EXPECT_FALSE(phone->wait("discovery_event", "primaryCameraDisconnected", 6s).is_null());
  EXPECT_EQ(status(*phone)["camera"]["connected"], false);
}

TEST_F(Discovery, AGoodbyeOfAnotherCameraTakesItOffline) {
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

/// Somebody on the network who says what he likes.
struct Rogue {
  Rogue(sim::World& world, std::uint8_t last) : host(world.add_host("rogue", at(last))) {
    hal::DatagramOptions options;
    options.interface = at(last);
    auto opened = host.network().open_datagram(options, [](const hal::Datagram&) {});
    EXPECT_TRUE(opened.ok());
    socket = std::move(opened).value();
  }
  void say(const net::SsdpNotify& notify) { say(net::format_ssdp_notify(notify)); }
  void say(const std::string& bytes) { EXPECT_TRUE(socket->send_to(net::ssdp_group(), bytes).ok()); }

  sim::Host& host;
  std::unique_ptr<hal::DatagramSocket> socket;
};

net::SsdpNotify notify(net::SsdpNotify::Kind kind, const std::string& uuid, const std::string& location) {
  return {kind, std::string{net::kCcapiService}, "uuid:" + uuid + "::" + std::string{net::kCcapiService}, location, "Camera OS/1.0", 1800};
}

TEST_F(Discovery, AGoodbyeInTheCamerasNameByAnotherIsNotHeard) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  Rogue rogue{world, 66};
  world.advance(1s);
  const auto requests = a.camera->log().size();
  for (int i = 0; i < 100; ++i) rogue.say(notify(net::SsdpNotify::Kind::byebye, kUuidA, {}));
  world.advance(5s);
  EXPECT_EQ(a.camera->log().size(), requests);
  EXPECT_THAT(phone->all("discovery_event", "primaryCameraDisconnected"), IsEmpty());
  EXPECT_EQ(status(*phone)["camera"]["connected"], true);
}

// ---- liars ----------------------------------------------------------------------------------------------------------------

TEST_F(Discovery, AnotherCameraAtTheOldAddressGetsNoShot) {
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

TEST_F(Discovery, AnotherPlainCameraAtTheOldAddressIsNotTakenForOurs) {
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

struct Liar : Discovery, testing::WithParamInterface<const char*> {};
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
  EXPECT_GT(liar.camera->connections_seen() + (kind == "serial" ? 1 : 0), 0u) << "it was asked, and not believed";
  EXPECT_THAT(liar.camera->presses(), IsEmpty());
  EXPECT_THAT(a.camera->presses(), SizeIs(20));
  EXPECT_THAT(said(*phone), ElementsAre("cameraDiscovered", "primaryCameraChanged", "cameraConnected"));
  EXPECT_EQ(status(*phone)["camera"]["ip"], "192.168.4.21");

  a.camera->power_off(false);   // nor when ours is away
  world.advance(2min);
  EXPECT_EQ(status(*phone)["camera"]["connected"], false);
  EXPECT_THAT(phone->all("discovery_event", "cameraIPChanged"), IsEmpty());
}

TEST_F(Discovery, TwoCamerasThatSwapTheirAddressesAreToldApart) {
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

TEST_F(Discovery, RubbishDisturbsNobody) {
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
  EXPECT_GE(program->discovery.dropped(), 15'000u);
  EXPECT_THAT(a.camera->presses(), SizeIs(10));
  expect_on_grid({&a});
  EXPECT_EQ(status(*phone)["discovery"]["totalCameras"], 1);
  EXPECT_THAT(said(*phone), ElementsAre("cameraDiscovered", "primaryCameraChanged", "cameraConnected"));
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

TEST_F(Discovery, AThousandPretendedCamerasFillNothingAndKeepNoRealOneOut) {
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
  const auto saved = json::parse(*pi.storage().peek("camera-registry.json"));
  EXPECT_THAT(saved["cameras"], SizeIs(2)) << "what never answered is not kept";
}

// ---- the registry ---------------------------------------------------------------------------------------------------------

TEST_F(Discovery, AfterAPowerCutThePrimaryCameraIsReachedWhereItWasThoughMulticastIsDropped) {
  auto& a = body("A", 21);
  with_primary(a);
  world.advance(1s);
  pull_the_plug();
  world.network().drop_datagrams(1);
  world.advance(5s);
  pi.power_on();
  boot(false);
  const auto again = phone("again", 51);
  ASSERT_TRUE(world.run_until([&] { return status(*again)["camera"]["connected"] == true; }, 10s));
  EXPECT_EQ(status(*again)["discovery"]["primaryCamera"]["uuid"], kUuidA);
}

TEST_F(Discovery, APersonChoosesNamesAndForgetsCameras) {
  auto& a = body("A", 21);
  const auto phone = with_primary(a);
  auto& b = body("B", 22);
  b.on();
  phone->wait("discovery_event", "cameraDiscovered", 5s);

  EXPECT_EQ(phone->ask("set_primary_camera", {{"uuid", kUuidB}}, "operation_result")["success"], true);
  EXPECT_EQ(data_of(*phone, "primaryCameraChanged"), json({{"uuid", kUuidB}}));
  phone->wait("discovery_event", "cameraConnected", 5s);
  phone->ask("take_photo", json::object(), "operation_result");
  EXPECT_THAT(b.camera->presses(), SizeIs(1));
  EXPECT_THAT(a.camera->presses(), IsEmpty());

  phone->ask("rename_camera", {{"uuid", kUuidB}, {"name", "North ridge"}}, "operation_result");
  auto cameras = phone->ask("get_cameras", json::object(), "cameras")["data"];
  EXPECT_EQ(cameras["cameras"][kUuidB]["info"]["name"], "North ridge");
  EXPECT_EQ(cameras["primaryCamera"]["uuid"], kUuidB);

  EXPECT_EQ(phone->ask("set_primary_camera", {{"uuid", "nobody"}}, "error")["error"]["message"], "There is no such camera");
  EXPECT_EQ(phone->ask("forget_camera", json::object(), "error")["error"]["message"], "uuid is required");

  start(*phone, 100);
  EXPECT_EQ(phone->ask("forget_camera", {{"uuid", kUuidB}}, "error")["error"]["message"], "A session is running with this camera");
  phone->ask("stop_intervalometer", json::object(), "timelapse_event", "sessionStopped");
  b.camera->power_off(false);
  a.camera->power_off(false);
  phone->wait("discovery_event", "primaryCameraDisconnected", 30s);
  phone->ask("forget_camera", {{"uuid", kUuidB}}, "operation_result");
  EXPECT_EQ(data_of(*phone, "primaryCameraChanged"), json({{"uuid", nullptr}}));
  cameras = phone->ask("get_cameras", json::object(), "cameras")["data"];
  EXPECT_EQ(cameras["totalCameras"], 1);
  EXPECT_TRUE(cameras["primaryCamera"].is_null());
  EXPECT_EQ(status(*phone)["camera"]["error"], "No camera available");
}

TEST_F(Discovery, WhereItIsSwitchedOffNobodyIsAskedAndNobodyHeard) {
  settings.discover = false;
  auto& a = body("A", 21);
  boot(false);
  const auto phone = this->phone();
  a.on();
  world.advance(2min);
  EXPECT_THAT(said(*phone), IsEmpty());
  EXPECT_EQ(status(*phone)["discovery"]["isDiscovering"], false);
  EXPECT_THAT(a.camera->log(), IsEmpty());
}

}  // namespace
}  // namespace nightjar::scenarios
