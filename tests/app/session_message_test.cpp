#include "app/messages/session_message.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "app/messages/sharing_request.h"
#include "app/session_code.h"

namespace nightjar::app {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr hal::WallTime kAt{milliseconds{1'781'553'600'123}};

template <class Message, class Variant>
Message said(const std::optional<Variant>& message) {
  EXPECT_TRUE(message && std::holds_alternative<Message>(*message));
  return message && std::holds_alternative<Message>(*message) ? std::get<Message>(*message) : Message{};
}

TEST(SessionMessage, EveryMessageIsTypeTimestampAndPayload) {
  const auto joined = json::parse(join_message(kAt, {"A1B2C3", "device-456", "Android", "1.0.0", ""}));
  EXPECT_EQ(joined, (json{{"type", "JOIN"},
                          {"timestamp", 1'781'553'600'123},
                          {"payload", {{"sessionId", "A1B2C3"}, {"deviceId", "device-456"}, {"deviceName", "Android"}, {"version", "1.0.0"}}}}));
  EXPECT_EQ(json::parse(session_closed_message(kAt, "Host closed session"))["payload"], (json{{"reason", "Host closed session"}}));
  EXPECT_EQ(json::parse(fire_at_message(kAt, {123'456, "s-1"}))["payload"], (json{{"hostTime", 123'456}, {"shotId", "s-1"}}));
  EXPECT_EQ(json::parse(session_error_message(kAt, "SESSION_FULL", "Session is full (8/8)"))["payload"],
            (json{{"code", "SESSION_FULL"}, {"message", "Session is full (8/8)"}}));
}

TEST(SessionMessage, WhatAGuestSaysIsReadAsItWasSaid) {
  const auto join = said<SayJoin>(parse_guest_message(join_message(kAt, {"A1B2C3", "device-456", "Zoë", "1.0.0", "secret"})));
  EXPECT_EQ(join.device_name, "Zoë");
  EXPECT_EQ(join.place, "secret");
  const auto beat = said<SayHeartbeat>(parse_guest_message(heartbeat_message(kAt, {77, milliseconds{45}})));
  EXPECT_EQ(beat.sent, 77);
  EXPECT_EQ(beat.latency, milliseconds{45});
  const auto fired = said<SayFired>(parse_guest_message(fired_message(kAt, {"s-1", true, 5, 6, ""})));
  EXPECT_TRUE(fired.fired);
  EXPECT_EQ(fired.at, 5);
  const auto failed = said<SayFired>(parse_guest_message(fired_message(kAt, {"s-1", false, 0, 6, "Camera not available"})));
  EXPECT_EQ(failed.error, "Camera not available");
}

TEST(SessionMessage, WhatAHostSaysIsReadAsItWasSaid) {
  const auto welcome = said<SayWelcome>(parse_host_message(welcome_message(kAt, {"A1B2C3", "Ridge", "h", "Host", "me", "place", "clock"})));
  EXPECT_EQ(welcome.session_name, "Ridge");
  EXPECT_EQ(welcome.place, "place");
  const MemberRecord member{"id", "name", MemberRole::host, "connected", kAt, kAt, "192.168.4.1", milliseconds{12}};
  EXPECT_EQ(said<SayMemberList>(parse_host_message(member_list_message(kAt, {member, member}))).members, (std::vector{member, member}));
  EXPECT_EQ(said<SayMemberJoined>(parse_host_message(member_joined_message(kAt, member))).member, member);
  EXPECT_EQ(said<SayMemberLeft>(parse_host_message(member_left_message(kAt, "id", "Connection closed"))).reason, "Connection closed");
  EXPECT_EQ(said<SayKicked>(parse_host_message(kicked_message(kAt, "why"))).reason, "why");
  EXPECT_EQ(said<SayError>(parse_host_message(session_error_message(kAt, "SESSION_FULL", "full"))).code, "SESSION_FULL");
  const auto ack = said<SayHeartbeatAck>(parse_host_message(heartbeat_ack_message(kAt, {1, 2, 3})));
  EXPECT_EQ(ack.sent + ack.received * 10 + ack.answered * 100, 321);
  EXPECT_EQ(said<SayFireAt>(parse_host_message(fire_at_message(kAt, {9, "s"}))).host_time, 9);
}

TEST(SessionMessage, AnythingElseIsNoMessage) {
  const auto join = [](const char* payload) { return parse_guest_message(std::string{R"({"type":"JOIN","timestamp":1,"payload":)"} + payload + "}"); };
  EXPECT_TRUE(join(R"({"sessionId":"A1B2C3","deviceId":"d"})"));
  for (const auto* payload : {"{}", "[]", "null", "7", R"({"sessionId":"A1B2C3"})", R"({"sessionId":7,"deviceId":"d"})",
                              R"({"sessionId":"A1B2C3","deviceId":""})", R"({"sessionId":"A1B2C3","deviceId":"a b"})"})
    EXPECT_FALSE(join(payload)) << payload;
  EXPECT_FALSE(join((R"({"sessionId":"A1B2C3","deviceId":")" + std::string(65, 'x') + "\"}").c_str()));
  for (const auto* text : {"", "{", "[]", "null", "{}", R"({"type":"JOIN"})", R"({"type":7,"payload":{}})", R"({"type":"WELCOME","payload":{}})",
                           R"({"type":"HEARTBEAT","payload":{"sent":1e400}})", R"({"type":"HEARTBEAT","payload":{"sent":18446744073709551615}})",
                           R"({"type":"HEARTBEAT","payload":{"sent":1,"latency":-1}})"})
    EXPECT_FALSE(parse_guest_message(text)) << text;
  EXPECT_FALSE(parse_guest_message(std::string(100'000, '[')));
  EXPECT_FALSE(parse_host_message(R"({"type":"MEMBER_LIST","payload":{"members":[7]}})"));
}

TEST(SessionMessage, LongNamesAreCutWithinTheirBoundsAndLoseTheirControlCharacters) {
  std::string name = "a\n\t";
  for (int i = 0; i < 40; ++i) name += "é";
  const auto join = said<SayJoin>(parse_guest_message(join_message(kAt, {"A1B2C3", "d", name, "1", ""})));
  EXPECT_LE(join.device_name.size(), kMemberNameMax);
  EXPECT_EQ(join.device_name.substr(0, 3), "aé");
  EXPECT_EQ(json(join.device_name).dump().find("\\ufffd"), std::string::npos);
}

TEST(SessionCode, IsTypedInManyWays) {
  EXPECT_EQ(parse_session_code("A1B-2C3"), "A1B2C3");
  EXPECT_EQ(parse_session_code(" a1b 2c3\n"), "A1B2C3");
  EXPECT_EQ(parse_session_code("A1B2C"), std::nullopt);
  EXPECT_EQ(parse_session_code("A1B2C34"), std::nullopt);
  EXPECT_EQ(parse_session_code("é1B2C3"), std::nullopt);
  EXPECT_EQ(parse_session_code(""), std::nullopt);
  EXPECT_EQ(show_session_code("A1B2C3"), "A1B-2C3");
}

TEST(SharingRequest, ReadsWhatAPageAsks) {
  const auto host = parse_sharing_request("host_session", R"({"name":"Ridge","maxMembers":3})");
  ASSERT_TRUE(host.ok());
  EXPECT_EQ(std::get<AskHostSession>(host.value()).members_max, 3);
  EXPECT_EQ(std::get<AskHostSession>(parse_sharing_request("host_session", "").value()).members_max, 8);
  const auto join = parse_sharing_request("join_session", R"({"code":"a1b-2c3","address":"10.0.0.7"})");
  ASSERT_TRUE(join.ok());
  EXPECT_EQ(std::get<AskJoinSession>(join.value()).code, "A1B2C3");
  EXPECT_EQ(std::get<AskJoinSession>(join.value()).place, (hal::Endpoint{hal::IpAddress::v4(10, 0, 0, 7), 8080}));
  EXPECT_EQ(std::get<AskFire>(parse_sharing_request("fire", "{}").value()).ahead, milliseconds{1000});
}

TEST(SharingRequest, RefusesWithASentence) {
  for (const auto& [type, data] : std::initializer_list<std::pair<const char*, const char*>>{{"host_session", R"({"maxMembers":1})"},
                                                                                             {"host_session", R"({"maxMembers":65})"},
                                                                                             {"host_session", "[]"},
                                                                                             {"join_session", R"({"code":"A1"})"},
                                                                                             {"join_session", R"({"code":"A1B2C3","address":"here"})"},
                                                                                             {"join_session", R"({"code":"A1B2C3","port":0})"},
                                                                                             {"kick_member", "{}"},
                                                                                             {"fire", R"({"aheadMs":0})"},
                                                                                             {"share_intervalometer", "{}"},
                                                                                             {"sing", "{}"}}) {
    const auto request = parse_sharing_request(type, data);
    ASSERT_FALSE(request.ok()) << type << data;
    EXPECT_FALSE(request.error().detail.empty());
  }
}

}  // namespace
}  // namespace nightjar::app
