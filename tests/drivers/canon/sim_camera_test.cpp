// The simulated camera as any client finds it: raw HTTP, no driver of ours in between.
#include "sim/camera/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "drivers/net/ssdp.h"
#include "tests/drivers/canon/rig.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;
using canon::kCameraAddress;
using canon::Rig;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Json = nlohmann::json;

/// One connection of somebody's.
struct Client {
  explicit Client(Rig& the_rig, std::uint16_t port = 8080)
      : rig(the_rig),
        http(rig.clients.client(
            {.tls = false, .endpoint = {kCameraAddress, port}, .host = {}, .credentials = {}, .pinned_certificate = {}})) {}

  struct Pending {
    std::shared_ptr<canon::Answer<hal::HttpResponse>> answer = std::make_shared<canon::Answer<hal::HttpResponse>>();
    hal::Operation operation;
    bool came() const { return answer->came(); }
    int status() const { return answer->ok() ? answer->result().value().status : -1; }
    const std::string& body() const { return answer->result().value().body; }
    Json json() const { return Json::parse(body(), nullptr, false); }
    std::string message() const { return json().value("message", ""); }
  };
  Pending send(const std::string& method, const std::string& target, const std::string& body = {}, const hal::Headers& headers = {}) {
    Pending out;
    out.operation =
        http->request({.method = method, .target = target, .headers = headers, .body = body, .remote = {}}, 2min, out.answer->taker());
    return out;
  }
  Pending ask(const std::string& method, const std::string& target, const std::string& body = {}, const hal::Headers& headers = {}) {
    auto out = send(method, target, body, headers);
    EXPECT_TRUE(rig.world.run_until([&] { return out.came(); }, 2min)) << method << " " << target;
    return out;
  }
  Pending get(const std::string& target, const hal::Headers& headers = {}) { return ask("GET", target, {}, headers); }
  Pending shoot() { return ask("POST", "/ccapi/ver100/shooting/control/shutterbutton", R"({"af":false})"); }

  Rig& rig;
  std::unique_ptr<hal::HttpClient> http;
};

const std::string kFolder = "/ccapi/ver130/contents/card1/100CANON";

TEST(SimCamera, WhatItsDocumentListsItAnswers) {
  for (const bool old_firmware : {false, true}) {
    CameraOptions options;
    options.old_firmware = old_firmware;
    Rig rig{options};
    Client client{rig};
    for (const auto* entry : {"/ccapi", "/ccapi/"}) EXPECT_EQ(client.get(entry).status(), 200);
    const auto document = client.get("/ccapi").json();
    EXPECT_EQ(document.contains("ver110"), !old_firmware);
    int asked = 0;
    for (const auto& [version, resources] : document.items()) {
      for (const auto& resource : resources) {
        const auto address = resource[old_firmware ? "url" : "path"].get<std::string>();
        const auto path = address.substr(address.find("/ccapi"));
        EXPECT_EQ(address.starts_with("http://192.168.4.2:8080/ccapi/"), old_firmware);
        if (path.ends_with("monitoring")) continue;   // never ends
        const auto answer = client.get(path);
        if (resource["get"].get<bool>())
          EXPECT_TRUE(answer.status() == 200 || answer.status() == 503) << path << " " << answer.status();
        else
          EXPECT_EQ(answer.status(), 405) << path;
        ++asked;
      }
    }
    EXPECT_GT(asked, 30);
    EXPECT_EQ(client.get("/ccapi/ver100/nothing").status(), 404);
  }
}

TEST(SimCamera, TwoExposuresAreNeverOneUponTheOther) {
  CameraOptions options;
  options.tv = "2\"";
  Rig rig{options};
  Client one{rig}, other{rig};
  const auto shutter = "/ccapi/ver100/shooting/control/shutterbutton";
  const auto first = one.send("POST", shutter, R"({"af":false})");
  rig.world.advance(1s);
  EXPECT_EQ(other.shoot().message(), "During shooting or recording");
  EXPECT_EQ(other.ask("PUT", "/ccapi/ver100/shooting/settings/iso", R"({"value":"100"})").message(), "During shooting or recording");
  rig.world.run_until([&] { return first.came(); }, 5s);
  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(other.shoot().message(), "During shooting or recording") << "the card is still being written";
  rig.world.advance(500ms);
  EXPECT_EQ(other.shoot().status(), 200);
  rig.world.advance(1s);
  const auto& exposures = rig.camera->exposures();
  ASSERT_THAT(exposures, SizeIs(2));
  EXPECT_LE(exposures[0].closed, exposures[1].opened);
}

TEST(SimCamera, EveryReasonNotToShootHasItsSentence) {
  Rig rig;
  Client client{rig};
  rig.camera->change([](CameraCondition& condition) { condition.temperature = "disablerelease"; });
  EXPECT_EQ(client.shoot().message(), "Mode not supported");
  rig.camera->change([](CameraCondition& condition) { condition.temperature = "normal", condition.card = CameraCondition::Card::removed; });
  EXPECT_EQ(client.shoot().message(), "Can not write to card");
  rig.camera->change([](CameraCondition& condition) { condition.card = CameraCondition::Card::fits, condition.focus_fails = true; });
  EXPECT_EQ(client.ask("POST", "/ccapi/ver100/shooting/control/shutterbutton", R"({"af":true})").message(), "Out of focus");
  EXPECT_EQ(client.shoot().status(), 200) << "without autofocus there is nothing to fail";
  rig.world.advance(1s);
  ASSERT_TRUE(rig.camera->set("tv", "\"bulb\""));
  EXPECT_EQ(client.shoot().message(), "Mode not supported");
  EXPECT_EQ(client.ask("POST", "/ccapi/ver100/shooting/control/shutterbutton", "{").status(), 400);
}

TEST(SimCamera, BulbLastsFromThePressToTheRelease) {
  CameraOptions options;
  options.tv = "bulb";
  Rig rig{options};
  Client client{rig};
  const auto manual = "/ccapi/ver100/shooting/control/shutterbutton/manual";
  EXPECT_EQ(client.ask("POST", manual, R"({"action":"release","af":false})").status(), 200) << "without a press";
  EXPECT_EQ(client.ask("POST", manual, R"({"action":"full_press","af":false})").status(), 200);
  rig.world.advance(90s);
  EXPECT_EQ(client.ask("POST", manual, R"({"action":"release","af":false})").status(), 200);
  rig.world.advance(1s);
  ASSERT_THAT(rig.camera->exposures(), SizeIs(1));
  EXPECT_NEAR(std::chrono::duration<double>(rig.camera->exposures()[0].closed - rig.camera->exposures()[0].opened).count(), 90.0, 0.01);
}

TEST(SimCamera, AShotWithoutAFileIsAnsweredLikeAnyOther) {
  Rig rig;
  Client client{rig};
  rig.camera->faults().no_file_next(1);
  EXPECT_EQ(client.shoot().status(), 200);
  rig.world.advance(1s);
  EXPECT_EQ(client.get(kFolder + "?kind=number").json()["contentsnumber"], 0);
  EXPECT_EQ(client.shoot().status(), 200);
  rig.world.advance(1s);
  EXPECT_EQ(client.get(kFolder + "?kind=number").json()["contentsnumber"], 1);
}

TEST(SimCameraEvents, TheFirstPollTellsEverythingAndTheNextOnlyWhatIsNew) {
  Rig rig;
  Client client{rig};
  const auto poll = "/ccapi/ver110/event/polling?timeout=immediately";
  const auto first = client.get(poll).json();
  for (const auto* field : {"battery", "temperature", "storage", "recordable", "tv", "av", "iso"})
    EXPECT_TRUE(first.contains(field)) << field;
  rig.world.advance(1s);
  EXPECT_EQ(client.get(poll).json(), Json::object());
  EXPECT_EQ(client.shoot().status(), 200);
  rig.world.advance(1s);
  const auto after = client.get(poll).json();
  EXPECT_THAT(after["addedcontents"], ElementsAre(kFolder + "/IMG_0001.JPG"));
  EXPECT_TRUE(after.contains("recordable"));
  EXPECT_FALSE(after.contains("iso"));
  rig.world.advance(1s);
  EXPECT_EQ(client.get(poll).json(), Json::object()) << "told once";
  rig.camera->change([](CameraCondition& condition) { condition.first_poll_full = false; });
  EXPECT_EQ(client.ask("POST", "/ccapi/ver100/functions/networkconnection", R"({"action":"disconnect"})").status(), 200);
  rig.world.advance(1s);
  EXPECT_EQ(client.get(poll).json(), Json::object()) << "a new session, on a body that tells no first state";
}

TEST(SimCameraEvents, AHeldPollIsAnsweredByWhatHappensOrByItsTime) {
  CameraOptions options;
  options.raw = true;
  Rig rig{options};
  Client commands{rig}, events{rig};
  EXPECT_EQ(events.get("/ccapi/ver110/event/polling").status(), 200);
  rig.world.advance(1s);
  const auto asked = rig.world.now();
  EXPECT_EQ(events.get("/ccapi/ver110/event/polling?timeout=short").json(), Json::object());
  EXPECT_NEAR(std::chrono::duration<double>(rig.world.now() - asked).count(), 10.0, 0.01);
  rig.world.advance(1s);
  const auto held = events.send("GET", "/ccapi/ver110/event/polling?timeout=long");
  rig.world.advance(1s);
  EXPECT_EQ(commands.get("/ccapi/ver110/event/polling?timeout=long").message(), "Already started");
  EXPECT_FALSE(held.came());
  EXPECT_EQ(commands.shoot().status(), 200);
  rig.world.advance(1s);
  ASSERT_TRUE(held.came());
  EXPECT_THAT(held.json()["addedcontents"], ElementsAre(kFolder + "/IMG_0001.CR3", kFolder + "/IMG_0001.JPG"));
  EXPECT_FALSE(held.json().contains("storage")) << "that comes in an event of its own";
  EXPECT_TRUE(events.get("/ccapi/ver110/event/polling?timeout=long").json().contains("storage"));
}

TEST(SimCameraEvents, EachLevelKnowsItsOwnFormAndDeleteEndsAPoll) {
  Rig rig;
  Client commands{rig}, events{rig};
  EXPECT_EQ(events.get("/ccapi/ver100/event/polling?timeout=short").status(), 400);
  EXPECT_EQ(events.get("/ccapi/ver110/event/polling?continue=on").status(), 400);
  EXPECT_EQ(events.get("/ccapi/ver100/event/polling?continue=on").status(), 200);
  const auto held = events.send("GET", "/ccapi/ver100/event/polling?continue=on");
  rig.world.advance(100s);   // longer than any poll of the newer level
  EXPECT_FALSE(held.came());
  EXPECT_EQ(commands.ask("DELETE", "/ccapi/ver100/event/polling").status(), 200);
  rig.world.advance(1ms);
  EXPECT_EQ(held.json(), Json::object());
  EXPECT_EQ(events.get("/ccapi/ver100/event/polling").message(), "Already started") << "the one before still lingers";
  rig.world.advance(100ms);
  EXPECT_EQ(events.get("/ccapi/ver100/event/polling").status(), 200);
}

TEST(SimCameraEvents, MonitoringIsAStreamOfUnitsUntilItIsDeleted) {
  Rig rig;
  Client commands{rig}, events{rig};
  const auto stream = events.send("GET", "/ccapi/ver100/event/monitoring");
  rig.world.advance(500ms);
  EXPECT_EQ(commands.shoot().status(), 200);
  rig.world.advance(3s);
  EXPECT_EQ(commands.ask("DELETE", "/ccapi/ver100/event/monitoring").status(), 200);
  rig.world.advance(1s);
  ASSERT_EQ(stream.status(), 200);
  std::string_view bytes = stream.body();
  int units = 0;
  bool told = false;
  while (bytes.size() >= 9) {
    ASSERT_EQ(bytes.substr(0, 3), std::string_view("\xff\x00\x02", 3));
    std::size_t size = 0;
    for (std::size_t i = 3; i < 7; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
    ASSERT_GE(bytes.size(), size + 9);
    const auto json = Json::parse(bytes.substr(7, size));
    told = told || json.contains("addedcontents");
    ASSERT_EQ(bytes.substr(7 + size, 2), "\xff\xff");
    bytes.remove_prefix(size + 9);
    ++units;
  }
  EXPECT_TRUE(bytes.empty());
  EXPECT_TRUE(told);
  EXPECT_GE(units, 5);
}

TEST(SimCameraSettings, OnlyWhatTheAbilityNamesIsTaken) {
  Rig rig;
  Client client{rig};
  const auto put = [&](const std::string& name, const std::string& value) {
    return client.ask("PUT", "/ccapi/ver110/shooting/settings/" + name, "{\"value\":" + value + "}").status();
  };
  EXPECT_EQ(put("tv", R"("30\"")"), 200);
  EXPECT_EQ(client.get("/ccapi/ver110/shooting/settings/tv").json()["value"], "30\"");
  EXPECT_EQ(put("tv", R"("31\"")"), 400);
  EXPECT_EQ(put("tv", "30"), 400);
  EXPECT_EQ(put("colortemperature", "5600"), 200);
  EXPECT_EQ(put("colortemperature", "5650"), 400) << "between two steps";
  EXPECT_EQ(put("colortemperature", "10100"), 400);
  EXPECT_EQ(put("stillimagequality", R"({"raw":"raw","jpeg":"large_fine"})"), 200);
  EXPECT_EQ(put("stillimagequality", R"({"raw":"off"})"), 400);
  EXPECT_EQ(put("wbshift", R"({"ba":-3,"mg":2})"), 200);
  EXPECT_EQ(put("shootingmodedial", R"("av")"), 400) << "an empty ability: the dial decides";
  EXPECT_EQ(client.ask("PUT", "/ccapi/ver100/functions/autopoweroff", R"({"value":"disable"})").status(), 200);
  EXPECT_EQ(client.ask("PUT", "/ccapi/ver100/functions/beep", "not json").status(), 400);
}

TEST(SimCameraSettings, TheClockIsReadAndSetWithTheStandardZoneAndSummerTimeInTheDigits) {
  Rig rig;
  Client client{rig};
  rig.device.wall_clock().jump_to(hal::WallTime{std::chrono::sys_days{std::chrono::year{2026} / 7 / 1} + 12h});
  const auto resource = "/ccapi/ver100/functions/datetime";
  EXPECT_EQ(client.get(resource).json()["datetime"], "Wed, 01 Jul 2026 12:00:00 +0000");
  EXPECT_EQ(client.ask("PUT", resource, R"({"datetime":"Wed, 01 Jul 2026 05:00:10 -0800","dst":true})").json(), Json::object());
  EXPECT_EQ(rig.camera->condition().clock_offset, 10s) << "05:00:10 by the wall in Los Angeles is 12:00:10 UTC";
  const auto read = client.get(resource).json();
  EXPECT_EQ(read["datetime"], "Wed, 01 Jul 2026 05:00:10 -0800");
  EXPECT_EQ(read["dst"], true);
  for (const auto* bad : {R"({"datetime":"Wed, 01 Jul 2026 05:00:10 -0800"})", R"({"datetime":"yesterday","dst":false})",
                          R"({"datetime":"Wed, 31 Feb 2026 05:00:10 -0800","dst":false})", "[]"})
    EXPECT_EQ(client.ask("PUT", resource, bad).status(), 400) << bad;
}

TEST(SimCameraContents, AreListedByPagesReadInKindsAndRangesAndDeleted) {
  CameraOptions options;
  options.pictures_max = 120;
  options.write_time = 10ms;
  Rig rig{options};
  Client client{rig};
  for (int shot = 0; shot < 125; ++shot) {
    ASSERT_EQ(client.shoot().status(), 200);
    rig.world.advance(100ms);
  }
  EXPECT_THAT(client.get("/ccapi/ver130/contents").json()["path"], ElementsAre("/ccapi/ver130/contents/card1"));
  EXPECT_THAT(client.get("/ccapi/ver130/contents/card1").json()["path"], ElementsAre(kFolder));
  const auto number = client.get(kFolder + "?kind=number").json();
  EXPECT_EQ(number["contentsnumber"], 120);
  EXPECT_EQ(number["pagenumber"], 2);
  EXPECT_EQ(client.get(kFolder + "?kind=list&page=1").json()["path"].size(), 100u);
  const auto last_page = client.get(kFolder + "?kind=list&page=2").json()["path"];
  EXPECT_EQ(last_page.size(), 20u);
  EXPECT_EQ(last_page.back(), kFolder + "/IMG_0125.JPG");
  EXPECT_EQ(client.get(kFolder + "?kind=list&page=3").status(), 400);
  const auto gone = client.get(kFolder + "/IMG_0005.JPG");
  EXPECT_EQ(gone.status(), 404);
  EXPECT_THAT(gone.message(), HasSubstr("keeps the newest 120"));
  EXPECT_EQ(client.get(kFolder + "/IMG_0126.JPG").status(), 404);

  const auto newest = kFolder + "/IMG_0125.JPG";
  const auto whole = client.get(newest + "?kind=thumbnail");
  ASSERT_EQ(whole.status(), 200);
  EXPECT_TRUE(whole.body().starts_with("\xff\xd8\xff"));
  EXPECT_LT(whole.body().size(), 20'000u);
  const auto part = client.get(newest + "?kind=thumbnail", {{"Range", "bytes=2-9"}});
  EXPECT_EQ(part.status(), 206);
  EXPECT_EQ(part.body(), whole.body().substr(2, 8));
  EXPECT_EQ(part.answer->result().value().headers.find("Content-Range"), "bytes 2-9/" + std::to_string(whole.body().size()));
  EXPECT_EQ(client.get(newest + "?kind=thumbnail", {{"Range", "bytes=-3"}}).body(), whole.body().substr(whole.body().size() - 3));
  EXPECT_EQ(client.get(newest + "?kind=thumbnail", {{"Range", "bytes=99999999-"}}).status(), 416);
  EXPECT_EQ(client.get(newest + "?kind=info").json()["filename"], "100CANON/IMG_0125.JPG");
  EXPECT_EQ(client.get(newest + "?kind=painting").status(), 400);

  rig.camera->change([](CameraCondition& condition) { condition.card = CameraCondition::Card::locked; });
  EXPECT_EQ(client.ask("DELETE", newest).message(), "Card protected");
  rig.camera->change([](CameraCondition& condition) { condition.card = CameraCondition::Card::fits; });
  EXPECT_EQ(client.ask("DELETE", newest).status(), 200);
  EXPECT_EQ(client.get(newest).status(), 404);
  EXPECT_EQ(client.ask("DELETE", newest).status(), 404);
  rig.camera->change([](CameraCondition& condition) { condition.card = CameraCondition::Card::removed; });
  EXPECT_EQ(client.get("/ccapi/ver110/devicestatus/storage").json()["storagelist"].size(), 0u);
  EXPECT_EQ(client.get(kFolder + "/IMG_0124.JPG").message(), "Card not available");
}

TEST(SimCamera, LiveViewIsStartedBeforeItShows) {
  Rig rig;
  Client client{rig};
  EXPECT_EQ(client.get("/ccapi/ver100/shooting/liveview/flip").message(), "Live view not started");
  const auto before = rig.world.now();
  EXPECT_EQ(client.ask("POST", "/ccapi/ver100/shooting/liveview", R"({"liveviewsize":"small","cameradisplay":"keep"})").status(), 200);
  EXPECT_GE(rig.world.now() - before, 1600ms);
  EXPECT_EQ(client.get("/ccapi/ver100/shooting/liveview/flip").message(), "Live view not started") << "not yet";
  rig.world.advance(500ms);
  EXPECT_TRUE(client.get("/ccapi/ver100/shooting/liveview/flip").body().starts_with("\xff\xd8\xff"));
}

TEST(SimCamera, ServesOnlySoManyConnections) {
  CameraOptions options;
  options.connections_max = 2;
  Rig rig{options};
  Client one{rig}, two{rig}, three{rig};
  EXPECT_EQ(one.get("/ccapi").status(), 200);
  EXPECT_EQ(two.get("/ccapi").status(), 200);
  EXPECT_NE(three.get("/ccapi").status(), 200);
  EXPECT_EQ(rig.camera->connections_seen(), 2u);
}

TEST(SimCamera, TheReasonsOfALinkThatIsSlow) {
  Rig rig;
  Client client{rig};
  rig.camera->change([](CameraCondition& condition) { condition.latency = 300ms, condition.jitter = 100ms; });
  for (int i = 0; i < 10; ++i) {
    const auto before = rig.world.now();
    EXPECT_EQ(client.get("/ccapi/ver100/deviceinformation").status(), 200);
    EXPECT_GE(rig.world.now() - before, 300ms);
    EXPECT_LE(rig.world.now() - before, 405ms);
  }
}

TEST(SimCamera, ARebootTakesItAwayAndBringsItBack) {
  Rig rig;
  Client client{rig};
  EXPECT_EQ(client.ask("POST", "/ccapi/ver100/functions/networkconnection", R"({"action":"reboot"})").status(), 200);
  rig.world.advance(1s);
  EXPECT_FALSE(rig.camera->on());
  rig.world.advance(10s);
  EXPECT_TRUE(rig.camera->on());
  EXPECT_EQ(client.get("/ccapi").status(), 200);
}

/// Who listens to the group, as the Pi does.
struct Ear {
  explicit Ear(Rig& rig) {
    hal::DatagramOptions options;
    options.bind.port = 1900;
    options.share_port = true;
    options.join = net::ssdp_group().address;
    options.interface = rig.pi.address();
    socket = rig.pi.network()
                 .open_datagram(options,
                                [this](const hal::Datagram& datagram) {
                                  if (auto notify = net::parse_ssdp_notify(datagram.bytes)) notifies.push_back(*notify);
                                  if (auto response = net::parse_ssdp_response(datagram.bytes)) responses.push_back(*response);
                                })
                 .value();
  }
  std::vector<net::SsdpNotify> notifies;
  std::vector<net::SsdpResponse> responses;
  std::unique_ptr<hal::DatagramSocket> socket;
};

TEST(SimCameraDiscovery, ItAnnouncesItselfAnswersASearchAndDescribesWhereItIs) {
  Rig rig;
  Ear ear{rig};
  rig.world.advance(11s);
  ASSERT_EQ(ear.notifies.size(), 6u) << "one for each type at power-on and 10 s later";
  for (const auto& notify : ear.notifies) EXPECT_EQ(notify.uuid(), "uuid:00000000-0000-0000-0001-7438B7E2735F");
  EXPECT_EQ(ear.notifies[2].location, "http://192.168.4.2:49152/upnp/CameraDevDesc.xml");
  ASSERT_TRUE(ear.socket->send_to(net::ssdp_group(), net::format_msearch({std::string{net::kCcapiService}, 2})).ok());
  ASSERT_TRUE(ear.socket->send_to(net::ssdp_group(), net::format_msearch({"urn:somebody:else:1", 2})).ok());
  rig.world.advance(3s);
  ASSERT_EQ(ear.responses.size(), 1u);
  EXPECT_TRUE(net::is_ccapi(ear.responses[0].type, ear.responses[0].usn));
  Client description{rig, 49152};
  const auto xml = description.get("/upnp/CameraDevDesc.xml").body();
  EXPECT_THAT(xml,
              AllOf(HasSubstr("<serialNumber>042031000123</serialNumber>"), HasSubstr(">http://192.168.4.2:8080/ccapi</ns:X_accessURL>"),
                    HasSubstr(">0</ns:X_onService>"), HasSubstr("<UDN>uuid:00000000-0000-0000-0001-7438B7E2735F</UDN>")));
  Client controller{rig};
  EXPECT_EQ(controller.get("/ccapi").status(), 200);
  EXPECT_THAT(description.get("/upnp/CameraDevDesc.xml").body(), HasSubstr(">1</ns:X_onService>"));
}

TEST(SimCameraDiscovery, ItSaysGoodbyeAndReturnsAtAnotherAddress) {
  Rig rig;
  Ear ear{rig};
  rig.world.advance(1s);
  ear.notifies.clear();
  const auto elsewhere = hal::IpAddress::v4(192, 168, 4, 77);
  rig.device.network().set_address("eth0", elsewhere);
  ASSERT_TRUE(rig.camera->change_address(elsewhere).ok());
  rig.world.advance(1s);
  ASSERT_EQ(ear.notifies.size(), 6u);
  EXPECT_EQ(ear.notifies[0].kind, net::SsdpNotify::Kind::byebye);
  EXPECT_EQ(ear.notifies[5].kind, net::SsdpNotify::Kind::alive);
  EXPECT_EQ(ear.notifies[5].location, "http://192.168.4.77:49152/upnp/CameraDevDesc.xml");
  EXPECT_EQ(rig.camera->access_url(), "http://192.168.4.77:8080/ccapi");
  ear.notifies.clear();
  rig.camera->power_off();
  rig.world.advance(30s);
  EXPECT_EQ(ear.notifies.size(), 3u) << "goodbye, then silence";
}

TEST(SimCameraControl, FaultsPowerAndConditionAreSwitchedFromOutside) {
  CameraOptions options;
  options.control = hal::Endpoint{hal::IpAddress::any(), 9000};
  Rig rig{options};
  Client client{rig}, person{rig, 9000};
  EXPECT_EQ(person.get("/sim/state").json()["on"], true);
  EXPECT_EQ(person.ask("POST", "/sim/faults", R"({"kind":"busy","times":2,"message":"Taken in preparation"})").status(), 200);
  EXPECT_EQ(client.shoot().message(), "Taken in preparation");
  EXPECT_EQ(client.shoot().message(), "Taken in preparation");
  EXPECT_EQ(client.shoot().status(), 200);
  EXPECT_EQ(person.ask("POST", "/sim/faults", R"({"kind":"bad_gateway","times":-1})").status(), 200);
  EXPECT_EQ(client.get("/ccapi").status(), 502);
  EXPECT_EQ(person.ask("POST", "/sim/faults", R"({"clear":true})").status(), 200);
  EXPECT_EQ(client.get("/ccapi").status(), 200);
  EXPECT_EQ(person.ask("POST", "/sim/condition", R"({"battery":"low","card":"full","latency_ms":5})").status(), 200);
  EXPECT_EQ(client.get("/ccapi/ver100/devicestatus/battery").json()["level"], "low");
  rig.world.advance(1s);
  const auto shots = person.get("/sim/shots").json();
  ASSERT_EQ(shots["shots"].size(), 3u);
  EXPECT_EQ(shots["shots"][0]["status"], 503);
  EXPECT_EQ(shots["shots"][2]["status"], 200);
  EXPECT_EQ(shots["shots"][2]["connection"], 1);
  EXPECT_EQ(shots["exposures"].size(), 1u);
  EXPECT_EQ(person.ask("POST", "/sim/power", R"({"on":false})").status(), 200);
  EXPECT_EQ(client.get("/ccapi").status(), -1);
  EXPECT_EQ(person.get("/sim/state").json()["on"], false);
  EXPECT_EQ(person.ask("POST", "/sim/power", R"({"on":true})").status(), 200);
  EXPECT_EQ(client.get("/ccapi").status(), 200);
  EXPECT_EQ(person.ask("POST", "/sim/network", R"({"away_s":30})").status(), 200);
  EXPECT_EQ(client.get("/ccapi").status(), -1);
  rig.world.advance(31s);
  EXPECT_EQ(client.get("/ccapi").status(), 200);
  EXPECT_EQ(person.ask("POST", "/sim/settings", R"({"name":"iso","value":"3200"})").status(), 200);
  EXPECT_EQ(client.get("/ccapi/ver110/shooting/settings/iso").json()["value"], "3200");
}

TEST(SimCameraControl, NonsenseFromOutsideIsRefused) {
  CameraOptions options;
  options.control = hal::Endpoint{hal::IpAddress::any(), 9000};
  Rig rig{options};
  Client person{rig, 9000};
  const auto status = [&](const std::string& path, const std::string& body) { return person.ask("POST", path, body).status(); };
  EXPECT_EQ(status("/sim/faults", "nonsense"), 400);
  EXPECT_EQ(status("/sim/faults", R"({"kind":"earthquake"})"), 400);
  EXPECT_EQ(status("/sim/faults", R"({"kind":"busy","times":"many"})"), 400);
  EXPECT_EQ(status("/sim/power", "{}"), 400);
  EXPECT_EQ(status("/sim/network", R"({"address":"moon"})"), 400);
  EXPECT_EQ(status("/sim/condition", R"({"latency_ms":-5})"), 400);
  EXPECT_EQ(status("/sim/settings", R"({"name":"tv","value":"soon"})"), 400);
  EXPECT_EQ(status("/sim/else", "{}"), 400);
  EXPECT_EQ(person.get("/else").status(), 404);
}

}   // namespace
}   // namespace nightjar::sim
