// JSON that is text from the start is the JSON a parser understands.
#include "app/messages/json_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace nightjar::app {
namespace {

TEST(JsonText, ValuesAreWrittenAsTheirKind) {
  const Json all{{"null", nullptr},
                 {"yes", true},
                 {"count", std::uint64_t{18'446'744'073'709'551'615u}},
                 {"below", -7},
                 {"half", 0.5},
                 {"text", "plain"},
                 {"maybe", std::optional<int>{}},
                 {"given", std::optional{std::string{"x"}}},
                 {"list", Json::array()},
                 {"none", Json::object()}};
  EXPECT_EQ(all.text(),
            R"({"null":null,"yes":true,"count":18446744073709551615,"below":-7,"half":0.5,"text":"plain","maybe":null,"given":"x","list":[],"none":{}})");
}

TEST(JsonText, ObjectsAndListsGrowInTheOrderGiven) {
  Json list = Json::array();
  list.push_back({{"a", 1}});
  list.push_back("b");
  Json out{{"nested", {{"deep", {{"list", list}}}}}};
  out.add("last", 2);
  EXPECT_EQ(out.text(), R"({"nested":{"deep":{"list":[{"a":1},"b"]}},"last":2})");
}

TEST(JsonText, WhateverBytesAStringHoldsTheTextParsesToIt) {
  for (const std::string text : {"", "a \"quoted\" \\ name", "line\nbreak\ttab\x01", "Milchstra\xc3\x9f" "e \xf0\x9f\x8c\x8c", "\x7f"}) {
    const auto parsed = nlohmann::json::parse(Json{{text, text}}.text());
    EXPECT_EQ(parsed, (nlohmann::json{{text, text}}));
  }
  EXPECT_EQ(nlohmann::json::parse(Json{"bad \xff\xc3 bytes"}.text()), "bad \xef\xbf\xbd\xef\xbf\xbd bytes");
}

TEST(JsonText, NumbersKeepTheirValueAndNoNumberIsNull) {
  for (const double number : {0.0, -0.1, 30.0, 1e300, 1.0 / 3, 123456789.125}) EXPECT_EQ(nlohmann::json::parse(Json{number}.text()), number);
  EXPECT_EQ(Json{std::numeric_limits<double>::infinity()}.text(), "null");
  EXPECT_EQ(Json{std::nan("")}.text(), "null");
}

}  // namespace
}  // namespace nightjar::app
