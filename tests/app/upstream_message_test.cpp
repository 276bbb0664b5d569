#include "app/messages/upstream_message.h"

#include <gmock/gmock.h>

namespace nightjar::app {
namespace {

TEST(UpstreamMessage, AnyObjectIsMetrics) {
  for (const auto* text : {R"({"cpu":1})", "{}", R"({"type":"metrics","data":{}})", R"({"type":7})"}) {
    const auto message = parse_upstream_message(text);
    ASSERT_TRUE(message) << text;
    EXPECT_TRUE(std::holds_alternative<UpstreamMetrics>(*message)) << text;
  }
}

TEST(UpstreamMessage, ACommandIsReadAsAClientsWouldBe) {
  const auto message = parse_upstream_message(R"({"type":"command","id":"a","command":"stop_intervalometer"})");
  const auto& command = std::get<UpstreamCommand>(message.value());
  EXPECT_EQ(command.name, "stop_intervalometer");
  EXPECT_TRUE(std::holds_alternative<StopIntervalometer>(std::get<ClientMessage>(command.request)));
  EXPECT_EQ(command_result(command, ""), R"({"type":"command_result","id":"a","command":"stop_intervalometer","success":true})");
  const auto wrong = parse_upstream_message(R"({"type":"command","command":"start_intervalometer_with_title","data":{"interval":-1}})");
  EXPECT_TRUE(std::holds_alternative<BadRequest>(std::get<UpstreamCommand>(wrong.value()).request));
}

TEST(UpstreamMessage, WhatIsNoMessageIsNothing) {
  for (const std::string& text : {std::string{}, std::string{"}not json{"}, std::string{"[]"}, std::string{"7"}, std::string{R"({"type":"command"})"}, std::string{R"({"type":"command","command":7})"},
                                  std::string(1000, '['), "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"})
    EXPECT_FALSE(parse_upstream_message(text)) << text.substr(0, 40);
}

}  // namespace
}  // namespace nightjar::app
