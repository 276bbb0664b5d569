#include "drivers/net/ssdp.h"

#include <gtest/gtest.h>

namespace nightjar::net {
namespace {

constexpr std::string_view kAlive =
    "NOTIFY * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nCache-Control: max-age=1800\r\n"
    "Location: http://192.168.4.2:49152/upnp/CameraDevDesc.xml\r\nNT: urn:schemas-canon-com:service:ICPO-CameraControlAPIService:1\r\n"
    "NTS: ssdp:alive\r\nServer: Camera OS/1.0 UPnP/1.0 Canon Device Discovery/1.0\r\n"
    "USN: uuid:00000000-0000-0000-0001-7438B7E2735F::urn:schemas-canon-com:service:ICPO-CameraControlAPIService:1\r\n\r\n";

TEST(Ssdp, ACamerasNotifyIsRead) {
  const auto notify = parse_ssdp_notify(kAlive);
  ASSERT_TRUE(notify);
  EXPECT_EQ(notify->kind, SsdpNotify::Kind::alive);
  EXPECT_EQ(notify->uuid(), "uuid:00000000-0000-0000-0001-7438B7E2735F");
  EXPECT_EQ(notify->location, "http://192.168.4.2:49152/upnp/CameraDevDesc.xml");
  EXPECT_EQ(notify->max_age_s, 1800u);
  EXPECT_TRUE(is_ccapi(notify->type, notify->usn));
}

TEST(Ssdp, FieldNamesHaveNoCaseAndLinesMayEndInLfAlone) {
  const auto notify = parse_ssdp_notify("notify * http/1.1\nnt:upnp:rootdevice\nnts:SSDP:byebye\nusn:uuid:x::upnp:rootdevice\n");
  ASSERT_TRUE(notify);
  EXPECT_EQ(notify->kind, SsdpNotify::Kind::byebye);
  EXPECT_EQ(notify->uuid(), "uuid:x");
}

TEST(Ssdp, TheSameBodysOtherServicesAreNotMeant) {
  EXPECT_FALSE(is_ccapi("urn:schemas-canon-com:service:ICPO-SmartPhoneEOSSystemService:1",
                        "uuid:x::urn:schemas-canon-com:service:ICPO-SmartPhoneEOSSystemService:1"));
  EXPECT_FALSE(is_ccapi("urn:schemas-upnp-org:device:Basic:1", "uuid:x"));
  EXPECT_TRUE(is_ccapi("upnp:rootdevice", "uuid:x::urn:schemas-canon-com:device:ICPO-CameraControlAPIService:1"));
}

TEST(Ssdp, WhatIsWrittenIsRead) {
  SsdpNotify notify;
  for (const auto kind : {SsdpNotify::Kind::alive, SsdpNotify::Kind::byebye, SsdpNotify::Kind::update}) {
    notify = {kind, std::string{kCcapiDevice}, "uuid:1::x", kind == SsdpNotify::Kind::byebye ? "" : "http://a/b", "s", 60};
    const auto read = parse_ssdp_notify(format_ssdp_notify(notify));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->kind, notify.kind);
    EXPECT_EQ(read->type, notify.type);
    EXPECT_EQ(read->usn, notify.usn);
    EXPECT_EQ(read->location, notify.location);
  }
  const auto response = parse_ssdp_response(format_ssdp_response({"type", "uuid:1::x", "http://a/b", "s", 99}));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->max_age_s, 99u);
  EXPECT_EQ(response->location, "http://a/b");
  const auto search = parse_msearch(format_msearch({std::string{kCcapiService}, 3}));
  ASSERT_TRUE(search);
  EXPECT_EQ(search->type, kCcapiService);
  EXPECT_EQ(search->wait_s, 3);
}

TEST(Ssdp, ASearchWaitsBetweenOneAndFiveSeconds) {
  const auto search = [](const std::string& mx) {
    return parse_msearch("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n" + mx + "ST: ssdp:all\r\n\r\n")
        ->wait_s;
  };
  EXPECT_EQ(search("MX: 3\r\n"), 3);
  EXPECT_EQ(search("MX: 120\r\n"), 5);
  EXPECT_EQ(search("MX: -4\r\n"), 1);
  EXPECT_EQ(search("MX: 99999999999999999999\r\n"), 1);
  EXPECT_EQ(search(""), 1);
}

TEST(Ssdp, EveryPrefixAndEveryFlippedByteIsSurvived) {
  for (std::size_t size = 0; size < kAlive.size(); ++size) {
    parse_ssdp_notify(kAlive.substr(0, size));
    std::string flipped{kAlive};
    for (const char byte : {'\0', '\r', '\n', ':', ' ', '\xff'}) {
      flipped[size] = byte;
      parse_ssdp_notify(flipped);
      parse_ssdp_response(flipped);
      parse_msearch(flipped);
    }
  }
  EXPECT_FALSE(parse_ssdp_notify(kAlive.substr(0, 60)));
}

TEST(Ssdp, NonsenseIsNothing) {
  std::string many = "NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:byebye\r\nUSN: b\r\n";
  EXPECT_TRUE(parse_ssdp_notify(many));
  for (int i = 0; i < 40; ++i) many += "X: y\r\n";
  EXPECT_FALSE(parse_ssdp_notify(many));
  EXPECT_FALSE(parse_ssdp_notify("NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:byebye\r\nUSN: b\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"));
  EXPECT_FALSE(parse_ssdp_notify("NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:alive\r\nUSN: b\r\n\r\n")) << "alive without a location";
  EXPECT_FALSE(parse_ssdp_notify("NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:else\r\nUSN: b\r\n\r\n"));
  EXPECT_FALSE(parse_ssdp_response("HTTP/1.1 404 Not Found\r\nST: a\r\nUSN: b\r\nLocation: c\r\n\r\n"));
  EXPECT_FALSE(parse_msearch("M-SEARCH * HTTP/1.1\r\nST: a\r\nMAN: ssdp:discover\r\n\r\n")) << "MAN without its quotes";
}

}   // namespace
}   // namespace nightjar::net
