#include "drivers/canon/ccapi_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar::canon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

TEST(Capabilities, TheHighestVersionThatIsUnderstoodAndTakesTheMethodWins) {
  const auto found = parse_capabilities(R"({
    "ver100":[{"path":"/ccapi/ver100/shooting/settings","get":true,"put":true},{"path":"/ccapi/ver100/event/polling","get":true,"delete":true}],
    "ver110":[{"path":"/ccapi/ver110/shooting/settings","get":true}],
    "ver999":[{"path":"/ccapi/ver999/shooting/settings","get":true}]})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->find("shooting/settings", Method::get)->path, "/ccapi/ver110/shooting/settings");
  EXPECT_EQ(found->find("shooting/settings", Method::put)->path, "/ccapi/ver100/shooting/settings");
  EXPECT_NE(found->find("event/polling", Method::remove), nullptr);
  EXPECT_EQ(found->find("event/polling", Method::post), nullptr);
  EXPECT_EQ(found->find("polling", Method::get), nullptr);
}

TEST(Capabilities, WholeAddressesOfOldFirmwareBecomePaths) {
  const auto found = parse_capabilities(R"({"ver100":[{"url":"http://192.168.1.2:8080/ccapi/ver100/deviceinformation","get":true}]})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->find("deviceinformation", Method::get)->path, "/ccapi/ver100/deviceinformation");
}

TEST(Capabilities, WhatCannotBeARequestLineIsLeftOut) {
  const auto found = parse_capabilities(R"({"ver100":[{"path":"/ccapi/ver100/good","get":true},{"path":"/ccapi/ver100/a b","get":true},
    {"path":"/ccapi/ver100/x\r\nHost: evil","get":true},{"path":"ccapi/ver100/no","get":true},{"path":7},{"nopath":1},3,null]})");
  ASSERT_TRUE(found);
  EXPECT_THAT(found->resources, SizeIs(1));
}

TEST(Capabilities, ThereIsABoundOnResources) {
  std::string many = R"({"ver100":[)";
  for (int i = 0; i < 2000; ++i) many += R"({"path":"/ccapi/ver100/r)" + std::to_string(i) + R"(","get":true},)";
  many += R"({"path":"/ccapi/ver100/last","get":true}]})";
  const auto found = parse_capabilities(many);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->resources, SizeIs(kResourcesMax));
}

TEST(Capabilities, AnythingElseIsNone) {
  for (const auto* text : {"", "{}", "[]", "null", "{\"ver100\":{}}", "{\"version\":[{\"path\":\"/ccapi/ver100/x\"}]}", "<html>",
                           "{\"ver100\":[", "{\"ver1e1\":[{\"path\":\"/ccapi/ver1e1/x\"}]}", "\xff\xfe"})
    EXPECT_FALSE(parse_capabilities(text)) << text;
  EXPECT_FALSE(parse_capabilities(std::string(100'000, '[')));
  EXPECT_FALSE(parse_capabilities(R"({"ver100":[{"path":"/ccapi/ver100/x","get":true}]})" + std::string(kJsonMax, ' ')));
}

TEST(Messages, IdentityIsTakenWithoutControlCharacters) {
  const auto info =
      parse_device_information(R"({"manufacturer":"Canon.Inc","productname":"Canon\u0007 EOS R50","serialnumber":"1","extra":[1]})");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->model, "Canon  EOS R50");
  EXPECT_EQ(info->firmware, "");
  EXPECT_FALSE(parse_device_information(R"({"productname":5})"));
}

TEST(Messages, ALongSentenceIsCutBetweenCharacters) {
  std::string sentence(199, 'a');
  for (int i = 0; i < 20; ++i) sentence += "\xc3\xa9";   // e with acute accent: byte 200 is in the middle of one
  EXPECT_EQ(parse_error_message("{\"message\":\"" + sentence + "\"}"), std::string(199, 'a'));
}

TEST(Messages, StatusWordsAndCounts) {
  EXPECT_EQ(parse_battery(R"({"name":"LP-E17","kind":"battery","level":"half","quality":"good"})"), "half");
  EXPECT_FALSE(parse_battery(R"({"level":3})"));
  EXPECT_EQ(parse_temperature(R"({"status":"warning"})"), "warning");
  EXPECT_EQ(parse_recordable(R"({"stillimage":1234,"movie":60})"), 1234);
  EXPECT_FALSE(parse_recordable(R"({"stillimage":-1})"));
  EXPECT_FALSE(parse_recordable(R"({"stillimage":18446744073709551615})"));
  EXPECT_FALSE(parse_recordable(R"({"stillimage":1e400})"));
}

TEST(Messages, StorageAndContents) {
  const auto cards =
      parse_storage(R"({"storagelist":[{"name":"card1","path":"/ccapi/ver110/contents/card1","contentsnumber":7,"spacesize":9},
    {"name":"sd","url":"http://c:8080/ccapi/ver100/contents/sd"},{"name":"broken"}]})");
  ASSERT_TRUE(cards);
  ASSERT_THAT(*cards, SizeIs(2));
  EXPECT_EQ((*cards)[0].card.contents, 7);
  EXPECT_EQ((*cards)[1].path, "/ccapi/ver100/contents/sd");
  EXPECT_THAT(*parse_storage(R"({"storagelist":[]})"), SizeIs(0));
  EXPECT_FALSE(parse_storage("{}"));
  EXPECT_THAT(*parse_contents(R"({"path":["/a/IMG_1.JPG",5,"no slash","/b"]})"), ElementsAre("/a/IMG_1.JPG", "/b"));
  EXPECT_THAT(*parse_contents(R"({"url":["http://c:8080/a/IMG_1.JPG"]})"), ElementsAre("/a/IMG_1.JPG"));
  EXPECT_FALSE(parse_contents(R"({"path":"x"})"));
  EXPECT_EQ(parse_contents_number(R"({"contentsnumber":203,"pagenumber":3})")->pages, 3);
  EXPECT_FALSE(parse_contents_number(R"({"contentsnumber":203})"));
}

TEST(Messages, StatusesBecomeTheErrorsOfACamera) {
  using enum hal::ErrorKind;
  struct Case {
    int status;
    const char* message;
    hal::ErrorKind kind;
  };
  for (const auto& each : {Case{503, "Device busy", busy},
                           Case{503, "During shooting or recording", busy},
                           Case{503, "Taken in preparation", busy},
                           Case{503, "Already started", busy},
                           Case{503, "Out of focus", io},
                           Case{503, "Can not write to card", io},
                           Case{503, "Live view not started", io},
                           Case{503, "Not started", io},
                           Case{503, "Mode not supported", not_supported},
                           Case{400, "Invalid parameter", invalid},
                           Case{401, "", denied},
                           Case{403, "", denied},
                           Case{404, "", not_supported},
                           Case{405, "", not_supported},
                           Case{409, "Card protected", io},
                           Case{416, "", invalid},
                           Case{500, "", io},
                           Case{502, "", protocol},
                           Case{418, "", protocol},
                           Case{301, "", protocol}}) {
    const auto error = error_of(each.status, std::string{R"({"message":")"} + each.message + "\"}");
    EXPECT_EQ(error.kind, each.kind) << each.status << " " << each.message;
    EXPECT_FALSE(error.detail.empty());
  }
  EXPECT_EQ(error_of(503, "<html>").kind, busy) << "too many connections: nothing was done";
}

TEST(Tv, IsReadAsCamerasWriteIt) {
  EXPECT_EQ(parse_tv("1/125"), 8ms);
  EXPECT_EQ(parse_tv("1/4000"), 250us);
  EXPECT_EQ(parse_tv("30\""), 30s);
  EXPECT_EQ(parse_tv("1\"3"), 1300ms);
  EXPECT_EQ(parse_tv("0\"5"), 500ms);
  for (const auto* text :
       {"bulb", "", "\"", "30", "1/0", "1/", "/2", "-1\"", "1\"x", "1//2", "99999\"", "1.5", "0\"", "auto", "1 /2", "+1\""})
    EXPECT_FALSE(parse_tv(text)) << text;
}

}   // namespace
}   // namespace nightjar::canon
