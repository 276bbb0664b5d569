#include "drivers/canon/ccapi_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar::canon {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::SizeIs;

TEST(SettingMessages, EachMemberWithAValueAndAnAbilityIsASetting) {
  const auto settings = parse_settings(R"({"iso":{"value":"100","ability":["auto","100"]},"colortemperature":{"value":5200,"ability":{"min":2500,"max":10000,"step":100}},
    "exposure":{"value":"","ability":[]},"battery":{"level":"full"},"odd":{"value":1},"tv":"1/125"})");
  ASSERT_TRUE(settings);
  EXPECT_THAT(*settings, ElementsAre(Field(&hal::CameraSetting::name, "colortemperature"), Field(&hal::CameraSetting::name, "exposure"), Field(&hal::CameraSetting::name, "iso")));
  EXPECT_EQ((*settings)[0].value, "5200");
  EXPECT_EQ((*settings)[1].ability, "[]");
  EXPECT_EQ((*settings)[2].value, "\"100\"");
  EXPECT_EQ((*settings)[2].ability, R"(["auto","100"])");
  EXPECT_FALSE(parse_settings("[]"));
  EXPECT_FALSE(parse_settings("{"));
  EXPECT_THAT(*parse_settings("{}"), SizeIs(0));
}

TEST(SettingMessages, WhatIsTooMuchIsLeftOut) {
  std::string many = "{";
  for (int i = 0; i < 300; ++i) many += "\"s" + std::to_string(i) + R"(":{"value":1,"ability":[1]},)";
  many.back() = '}';
  EXPECT_THAT(*parse_settings(many), SizeIs(hal::Camera::kSettingsMax));
  EXPECT_FALSE(parse_setting("iso", R"({"value":")" + std::string(kSettingTextMax, 'x') + R"(","ability":[]})"));
  EXPECT_FALSE(parse_setting(std::string(kSettingNameMax + 1, 'x'), R"({"value":1,"ability":[]})"));
  EXPECT_FALSE(parse_setting("iso", R"({"value":)" + std::string(1000, '[') + std::string(1000, ']') + R"(,"ability":[]})"));
  EXPECT_FALSE(parse_setting("iso", R"({"value":1})"));
}

TEST(SettingMessages, AWishIsHeldAgainstTheAbility) {
  const hal::CameraSetting iso{"iso", "\"100\"", R"(["auto","100","200"])"};
  EXPECT_TRUE(may_be(iso, "\"200\""));
  for (const auto* wrong : {"\"300\"", "200", "", "{", "null", "[\"200\"]"}) EXPECT_FALSE(may_be(iso, wrong)) << wrong;
  const hal::CameraSetting kelvin{"colortemperature", "5200", R"({"min":2500,"max":10000,"step":100})"};
  EXPECT_TRUE(may_be(kelvin, "2500"));
  EXPECT_TRUE(may_be(kelvin, "10000"));
  for (const auto* wrong : {"2400", "10100", "2550", "2500.0", "\"2500\"", "99999999999999999999"}) EXPECT_FALSE(may_be(kelvin, wrong)) << wrong;
  const hal::CameraSetting shift{"wbshift", R"({"ba":0,"mg":0})", R"({"ba":{"min":-9,"max":9,"step":1},"mg":{"min":-9,"max":9,"step":1}})"};
  EXPECT_TRUE(may_be(shift, R"({"ba":-9,"mg":9})"));
  EXPECT_TRUE(may_be(shift, R"({"ba":3})"));
  for (const auto* wrong : {R"({"ba":-10})", R"({"xy":1})", "{}", "3"}) EXPECT_FALSE(may_be(shift, wrong)) << wrong;
  for (const auto* fixed : {"[]", "{}", "\"\"", "nonsense", ""}) EXPECT_FALSE(may_be({"exposure", "\"\"", fixed}, "\"+0.0\"")) << fixed;
  EXPECT_EQ(setting_body("\"f8.0\""), R"({"value":"f8.0"})");
}

TEST(SettingMessages, APercentageCountsWhereItAgreesWithTheWord) {
  const auto list = [](const char* level, const char* word) {
    const auto batteries = parse_batteries(R"({"batterylist":[{"name":"LP-E17","kind":"battery","level":")" + std::string{level} + R"(","quality":"good"}]})", word);
    return batteries && !batteries->empty() ? batteries->front().level : std::string{"none"};
  };
  EXPECT_EQ(list("73", "high"), "73");
  EXPECT_EQ(list("100", "half"), "half") << "as the R50 does";
  EXPECT_EQ(list("100", "full"), "100");
  EXPECT_EQ(list("unknown", "low"), "low");
  EXPECT_EQ(list("55", ""), "55");
  EXPECT_EQ(list("55", "charge"), "55");
  EXPECT_EQ(parse_batteries(R"({"batterylist":[{"level":40},{"level":"20"}]})", "")->at(1).level, "20");
  EXPECT_THAT(*parse_batteries(R"({"batterylist":[1,2,{}]})", ""), SizeIs(0));
  EXPECT_FALSE(parse_batteries("{}", "full"));
  EXPECT_EQ(parse_one_battery(R"({"name":"LP-E17","kind":"battery","level":"half","quality":"good"})")->level, "half");
  EXPECT_FALSE(parse_one_battery("{}"));
}

TEST(SettingMessages, NewsAreWhatHasChanged) {
  const auto news = parse_news(R"({"addedcontents":["/ccapi/ver130/contents/card1/100CANON/IMG_0031.CR3","http://c:8080/a.JPG",7,"no path"],
    "battery":{"level":"half"},"temperature":{"status":"warning"},"recordable":{"stillimage":12,"movie":3},
    "iso":{"value":"200","ability":["100","200"]},"lens":{"mount":true}})");
  ASSERT_TRUE(news);
  EXPECT_THAT(news->added, ElementsAre("/ccapi/ver130/contents/card1/100CANON/IMG_0031.CR3", "/a.JPG"));
  EXPECT_EQ(news->battery, "half");
  EXPECT_EQ(news->temperature, "warning");
  EXPECT_EQ(news->shots_left, 12);
  EXPECT_THAT(news->settings, ElementsAre(hal::CameraSetting{"iso", "\"200\"", R"(["100","200"])"}));
  const auto none = parse_news("{}");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->battery || none->temperature || none->shots_left || !none->added.empty() || !none->settings.empty());
  EXPECT_FALSE(parse_news("[]"));
  EXPECT_FALSE(parse_news("<html>"));
}

}   // namespace
}   // namespace nightjar::canon
