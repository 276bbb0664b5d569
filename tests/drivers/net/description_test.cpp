#include "drivers/net/description.h"

#include <gtest/gtest.h>

namespace nightjar::net {
namespace {

std::string service(const std::string& inside = {}) {
  return "<service><serviceType>urn:schemas-canon-com:service:ICPO-CameraControlAPIService:1</serviceType>" + inside + "</service>";
}
std::string device(const std::string& inside, const std::string& services) {
  return "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>" + inside + "<serviceList>" + services +
         "</serviceList></device></root>";
}
const std::string kUdn = "<UDN>uuid:00000000-0000-0000-0001-7438B7E2735F</UDN>";

TEST(Description, OfACameraIsRead) {
  const auto read = parse_description(device(
      "<friendlyName>R6</friendlyName><modelName> EOS R6 </modelName><serialNumber>012345678901</serialNumber>" + kUdn,
      "<service><serviceType>urn:schemas-upnp-org:service:Other:1</serviceType></service>" +
          service("<ns:X_accessURL xmlns:ns=\"urn:schemas-canon-com:schema-upnp\">https://192.168.4.2:443/ccapi</ns:X_accessURL>"
                  "<ns:X_deviceNickname>Tom &amp; Ann</ns:X_deviceNickname>")));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->uuid, "00000000-0000-0000-0001-7438B7E2735F");
  EXPECT_EQ(read->model, "EOS R6");
  EXPECT_EQ(read->serial, "012345678901");
  EXPECT_EQ(read->nickname, "Tom & Ann");
  ASSERT_TRUE(read->access);
  EXPECT_TRUE(read->access->tls());
  EXPECT_EQ(read->access->port, 443);
}

TEST(Description, PrefixesMayDiffer) {
  const auto read = parse_description("<u:root><u:device><u:UDN>uuid:1</u:UDN><u:serviceList><u:service>"
                                      "<u:serviceType>urn:schemas-canon-com:service:ICPO-CameraControlAPIService:1</u:serviceType>"
                                      "<canon:X_accessURL>http://10.0.0.1:8080/ccapi</canon:X_accessURL></u:service></u:serviceList></u:device></u:root>");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->access->port, 8080);
}

TEST(Description, WithoutAnAccessUrlOrANicknameIsOneToo) {
  const auto read = parse_description(device("<friendlyName>R6</friendlyName>" + kUdn, service("<X_accessURL>ftp://x/</X_accessURL>")));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->access);
  EXPECT_EQ(read->nickname, "R6");
}

TEST(Description, OfSomethingElseIsNone) {
  EXPECT_FALSE(parse_description(""));
  EXPECT_FALSE(parse_description("<html/>"));
  EXPECT_FALSE(parse_description(device("", service()))) << "no UDN";
  EXPECT_FALSE(parse_description(device("<UDN>00000000</UDN>", service()))) << "no uuid:";
  EXPECT_FALSE(parse_description(device(kUdn, "")));
  EXPECT_FALSE(parse_description(device(kUdn, "<service><serviceType>urn:schemas-canon-com:service:ICPO-SmartPhoneEOSSystemService:1</serviceType></service>")));
  EXPECT_FALSE(parse_description(device(kUdn, service()).substr(0, 200))) << "cut";
}

TEST(Description, TextsAreCutAndLoseTheirControlCharacters) {
  std::string long_name;
  for (int i = 0; i < 150; ++i) long_name += "\xc3\xa4";
  const auto read = parse_description(device("<modelName>a\x01\x7f" + long_name + "</modelName>" + kUdn, service()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->model.size(), 199u) << "one byte less: never within a character";
  EXPECT_EQ(read->model.substr(0, 3), "a\xc3\xa4");
}

TEST(Description, IsBounded) {
  EXPECT_FALSE(parse_description(device(kUdn, service()) + std::string(kDescriptionMax, ' ')));
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "<a>";
  EXPECT_FALSE(parse_description(deep));
  EXPECT_FALSE(parse_description("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>" + device("<UDN>uuid:&b;</UDN>", service())))
      << "entities of its own are not expanded";
}

TEST(Description, AUuidIsOfPlainCharacters) {
  EXPECT_EQ(parse_uuid("uuid:1-a-Z"), "1-a-Z");
  EXPECT_FALSE(parse_uuid("uuid:"));
  EXPECT_FALSE(parse_uuid("1-a"));
  EXPECT_FALSE(parse_uuid("uuid:a b"));
  EXPECT_FALSE(parse_uuid("uuid:../x"));
  EXPECT_FALSE(parse_uuid("uuid:" + std::string(65, 'a')));
}

}   // namespace
}   // namespace nightjar::net
