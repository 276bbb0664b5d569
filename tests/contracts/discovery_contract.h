#pragma once
// hal::Discovery, by SSDP over this side's network. Others on the machine may announce cameras too: each test has a UUID of its own.
#include <algorithm>

#include "drivers/net/ssdp.h"
#include "drivers/net/ssdp_discovery.h"
#include "tests/contracts/http_tools.h"

namespace nightjar::contracts {

/// What a discovery tells of one camera.
struct Listener final : hal::Discovery::Handler {
  explicit Listener(std::string the_uuid) : uuid(std::move(the_uuid)) {}
  void on_seen(const hal::Sighting& sighting) override {
    EXPECT_FALSE(calling) << "from within a call";
    if (sighting.uuid == uuid) seen.push_back(sighting);
  }
  void on_goodbye(const std::string& gone, const hal::IpAddress& from) override {
    if (gone == uuid) goodbyes.push_back(from);
  }
  std::string uuid;
  bool calling = false;
  std::vector<hal::Sighting> seen;
  std::vector<hal::IpAddress> goodbyes;
};

struct DiscoveryRig : HttpRig {
  DiscoveryRig() {
    // What it hears itself say, it would answer: only searches that others make.
    hal::DatagramOptions options;
    options.bind.port = net::ssdp_group().port;
    options.share_port = true;
    options.join = net::ssdp_group().address;
    options.interface = rig->host();
    options.multicast_loopback = true;
    auto opened = rig->network().open_datagram(options, [this](const hal::Datagram& datagram) {
      const auto search = net::parse_msearch(datagram.bytes);
      if (search && answers_searches) EXPECT_TRUE(camera->send_to(datagram.from, net::format_ssdp_response({search->type, usn(), location(), "Camera OS/1.0", 1800})).ok());
    });
    EXPECT_TRUE(opened.ok()) << opened.error().text();
    camera = std::move(opened).value();
  }
  ~DiscoveryRig() { discovery.close(); }

  std::string usn() const { return "uuid:" + listener.uuid + "::" + std::string{net::kCcapiService}; }
  std::string location() const { return "http://" + rig->host().text() + ":49152/upnp/CameraDevDesc.xml"; }
  net::SsdpNotify notify(net::SsdpNotify::Kind kind = net::SsdpNotify::Kind::alive) const {
    return {kind, std::string{net::kCcapiService}, usn(), location(), "Camera OS/1.0", 1800};
  }
  void say(const net::SsdpNotify& notify) { EXPECT_TRUE(camera->send_to(net::ssdp_group(), net::format_ssdp_notify(notify)).ok()); }
  bool listen() {
    listener.calling = true;
    const bool changed = discovery.listen(listener);
    listener.calling = false;
    return changed;
  }
  hal::Result<hal::CameraDescription> describe(const std::string& location, hal::Duration patience = kPatience) {
    std::optional<hal::Result<hal::CameraDescription>> out;
    const auto asking = discovery.describe(rig->host(), location, patience, [&](auto result) { out = std::move(result); });
    EXPECT_FALSE(out) << "answered before describe() returned";
    EXPECT_TRUE(run_until([&] { return out.has_value(); }));
    return out ? *out : hal::Result<hal::CameraDescription>{hal::Error{hal::ErrorKind::io, "never answered"}};
  }
  std::string served() const { return "http://" + server->local().text() + "/upnp/CameraDevDesc.xml"; }
  void serve_text(std::string text) {
    service.answer = [text = std::move(text)](const hal::HttpRequest&, hal::HttpReply reply) { reply.answer({200, {}, text}); };
    serve();
  }

  Listener listener{"contract-" + std::to_string(rig->random().next())};
  bool answers_searches = false;
  std::unique_ptr<hal::DatagramSocket> camera;
  net::SsdpDiscovery discovery{rig->network(), clients, rig->loop()};
};

constexpr auto kDescription =
    "<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device><modelName>Canon EOS R10</modelName><serialNumber>012345678901</serialNumber>"
    "<UDN>uuid:00000000-0000-0000-0001-7438B7E2735F</UDN><serviceList><service>"
    "<serviceType>urn:schemas-canon-com:service:ICPO-CameraControlAPIService:1</serviceType>"
    "<c:X_accessURL xmlns:c=\"urn:schemas-canon-com:schema-upnp\">https://10.9.8.7:443/ccapi</c:X_accessURL></service></serviceList></device></root>";

TEST(DiscoveryContract, HearsACameraAnnounceItself) {
  DiscoveryRig rig;
  EXPECT_TRUE(rig.listen());
  rig.say(rig.notify());
  ASSERT_TRUE(rig.run_until([&] { return !rig.listener.seen.empty(); }));
  EXPECT_EQ(rig.listener.seen[0].address, rig.rig->host());
  EXPECT_EQ(rig.listener.seen[0].location, rig.location());
}

TEST(DiscoveryContract, FindsACameraThatAnswersTheSearch) {
  DiscoveryRig rig;
  rig.answers_searches = true;
  rig.listen();
  rig.discovery.search();
  ASSERT_TRUE(rig.run_until([&] { return !rig.listener.seen.empty(); }));
  EXPECT_EQ(rig.listener.seen[0].address, rig.rig->host());
}

TEST(DiscoveryContract, TellsAGoodbyeAndWhoSaidIt) {
  DiscoveryRig rig;
  rig.listen();
  rig.say(rig.notify(net::SsdpNotify::Kind::byebye));
  ASSERT_TRUE(rig.run_until([&] { return !rig.listener.goodbyes.empty(); }));
  EXPECT_EQ(rig.listener.goodbyes[0], rig.rig->host());
}

TEST(DiscoveryContract, DropsWhatIsNoCameraSpeakingForItself) {
  DiscoveryRig rig;
  rig.listen();
  auto foreign = rig.notify();
  foreign.location = "http://192.0.2.7:49152/upnp/CameraDevDesc.xml";   // TEST-NET-1: another's address
  rig.say(foreign);
  foreign.location = "https://" + rig.rig->host().text() + "/";
  rig.say(foreign);
  foreign.location = "http://camera.local/";
  rig.say(foreign);
  auto printer = rig.notify();
  printer.type = "upnp:rootdevice";
  printer.usn = "uuid:" + rig.listener.uuid + "::upnp:rootdevice";
  rig.say(printer);
  auto strange = rig.notify();
  strange.usn = "uuid:" + rig.listener.uuid + "/../x::" + std::string{net::kCcapiService};
  rig.say(strange);
  EXPECT_TRUE(rig.camera->send_to(net::ssdp_group(), std::string_view{"NOTIFY\0\xff", 8}).ok());
  rig.say(rig.notify(net::SsdpNotify::Kind::byebye));   // the last that comes
  ASSERT_TRUE(rig.run_until([&] { return !rig.listener.goodbyes.empty(); }));
  EXPECT_TRUE(rig.listener.seen.empty());
  EXPECT_GE(rig.discovery.dropped(), 6u);
}

TEST(DiscoveryContract, ListeningAgainChangesNothingAndAfterCloseNothingIsHeard) {
  DiscoveryRig rig;
  EXPECT_TRUE(rig.listen());
  EXPECT_FALSE(rig.listen());
  rig.discovery.close();
  rig.say(rig.notify());
  let_pass(*rig.rig, 50ms);
  EXPECT_TRUE(rig.listener.seen.empty());
  EXPECT_TRUE(rig.listen());
  rig.say(rig.notify());
  EXPECT_TRUE(rig.run_until([&] { return !rig.listener.seen.empty(); }));
}

TEST(DiscoveryContract, ReadsADescriptionAndBelievesItsAddressOnlyOfTheOneWhoGaveIt) {
  DiscoveryRig rig;
  rig.serve_text(kDescription);
  const auto described = rig.describe(rig.served());
  ASSERT_TRUE(described.ok()) << described.error().text();
  EXPECT_EQ(described.value().uuid, "00000000-0000-0000-0001-7438B7E2735F");
  EXPECT_EQ(described.value().model, "Canon EOS R10");
  EXPECT_EQ(described.value().serial, "012345678901");
  EXPECT_TRUE(described.value().origin.tls);
  EXPECT_EQ(described.value().origin.endpoint, (hal::Endpoint{rig.rig->host(), 443}));
}

TEST(DiscoveryContract, WhatDescribesNoCameraIsAProtocolError) {
  DiscoveryRig rig;
  rig.serve_text("<html>a printer</html>");
  const auto described = rig.describe(rig.served());
  ASSERT_FALSE(described.ok());
  EXPECT_EQ(described.error().kind, hal::ErrorKind::protocol);
  rig.service.answer = [](const hal::HttpRequest&, hal::HttpReply reply) { reply.answer({404, {}, kDescription}); };
  EXPECT_FALSE(rig.describe(rig.served()).ok());
  EXPECT_FALSE(rig.describe("http://192.0.2.7/elsewhere").ok());
}

TEST(DiscoveryContract, ADescriptionWithoutEndIsTooLarge) {
  DiscoveryRig rig;
  rig.serve_text(std::string(1 << 20, 'x'));
  const auto described = rig.describe(rig.served());
  ASSERT_FALSE(described.ok());
  EXPECT_EQ(described.error().kind, hal::ErrorKind::too_large);
}

TEST(DiscoveryContract, AServerThatDoesNotAnswerIsGivenUpAndOneThatIsNotWantedIsSilent) {
  DiscoveryRig rig;
  const auto silent = rig.rig->silent_endpoint();
  std::optional<hal::Result<hal::CameraDescription>> answer;
  const auto asking = rig.discovery.describe(silent.address, "http://" + silent.text() + "/", 100ms, [&](auto result) { answer = std::move(result); });
  ASSERT_TRUE(rig.run_until([&] { return answer.has_value(); }));
  ASSERT_FALSE(answer->ok());
  EXPECT_EQ(answer->error().kind, hal::ErrorKind::timed_out);

  rig.serve_text(kDescription);
  bool called = false;
  auto unwanted = rig.discovery.describe(rig.rig->host(), rig.served(), kPatience, [&](const auto&) { called = true; });
  unwanted.drop();
  let_pass(*rig.rig, 50ms);
  EXPECT_FALSE(called);
}

}   // namespace nightjar::contracts
