// Finding cameras and keeping to them: one story a branch of the seed's diagrams (camera-control-websocket.md), and what the field adds.
#include "tests/scenarios/discovery_field.h"

namespace nightjar::scenarios {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Discovery = DiscoveryField;

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
  const auto& listed = now["discovery"]["cameras"][kUuidA];
  EXPECT_EQ(listed["info"]["serialNumber"], "0000A");
  EXPECT_EQ(listed["connected"], true);
  EXPECT_EQ(listed["connectionAttempts"], 0);
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
  const auto listed = status(*phone)["discovery"]["cameras"][kUuidA];
  EXPECT_EQ(listed["connected"], false);
  EXPECT_GE(listed["connectionAttempts"], 5);
  EXPECT_TRUE(listed["lastError"].is_string());

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
  a.camera->power_off(false);
  world.advance(20s);
  a.move(at(33));
  ASSERT_FALSE(phone->wait("discovery_event", "cameraIPChanged", 5s).is_null());
  until_the_end(*phone);
  const auto shots = phone->all("event", "photo_taken");
  ASSERT_THAT(shots, SizeIs(30));
  for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(shots[i]["data"]["success"], i < 5 || i >= 15) << i;
  expect_on_grid({&a});
}

TEST_F(Discovery, CameraFoundAtNewIp_AfterAPhotoThatNobodyAnswered) {
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
  const auto stats = phone->all("timelapse_event", "sessionCompleted").back()["data"]["stats"];
  EXPECT_GE(stats["shotsFailed"], 1);
  EXPECT_GE(stats["shotsSuccessful"], 18);
  EXPECT_EQ(stats["shotsSuccessful"].get<int>() + stats["shotsFailed"].get<int>() + stats["shotsMissed"].get<int>(), 30);
  expect_on_grid({&a});
}

TEST_F(Discovery, CameraFoundAtNewIp_WhereItWasOnceBeforeThoughMulticastIsDropped) {
  auto& a = body("A", 21);
  a.host.network().set_mac("eth0", "02:00:00:00:00:01");   // not the one it tells, so no neighbour gives it away
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

  world.advance(22s);   // the link's next attempt is several seconds away
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
  world.advance(70s);
  ASSERT_THAT(phone->all("discovery_event", "primaryCameraDisconnected"), SizeIs(1)) << "we are not on that network";
  pi.network().join(hotspot, "wlan0", hal::IpAddress::v4(10, 0, 0, 1));
  ASSERT_FALSE(phone->wait("discovery_event", "primaryCameraReconnected", 12s).is_null()) << "without waiting for the next round";
  EXPECT_EQ(data_of(*phone, "cameraIPChanged"), json({{"uuid", kUuidA}, {"oldIP", "192.168.4.21"}, {"newIP", "10.0.0.7"}}));
}

// ---- the registry ---------------------------------------------------------------------------------------------------------

TEST_F(Discovery, AfterAPowerCutThePrimaryCameraIsReachedWhereItWasThoughMulticastIsDropped) {
  auto& a = body("A", 21);
  with_primary(a);
  world.advance(1s);
  pull_the_plug();
  world.network().drop_datagrams(1);
  a.camera->power_off(false);
  world.advance(5s);
  pi.power_on();
  boot(false);
  const auto again = phone("again", 51);
  world.advance(1min);   // it is slower to come back than we are
  a.on();
  ASSERT_FALSE(again->wait("discovery_event", "cameraConnected", 90s).is_null());
  EXPECT_EQ(status(*again)["camera"]["connected"], true);
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
