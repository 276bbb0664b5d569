#include "drivers/jellyfin/jellyfin_messages.h"

#include <gmock/gmock.h>

namespace nightjar::jellyfin {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;
using Kind = SocketMessage::Kind;

TEST(SystemInfo, TellsWhoTheServerIs) {
  const auto info = parse_system_info(R"({"LocalAddress":"http://10.0.0.2:8096","ServerName":"attic","Version":"10.10.7","ProductName":"Jellyfin Server","Id":"6b1e"})");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->id, "6b1e");
  EXPECT_EQ(info->name, "attic");
  EXPECT_EQ(info->version, "10.10.7");
}

TEST(SystemInfo, AnotherProductIsNone) {
  for (const auto* text : {"", "{}", "[]", "null", "<html>", "{\"Version\":7}", R"({"ServerName":"x"})", R"({"Version":"4.8","ProductName":"Emby Server"})", "\xff"})
    EXPECT_FALSE(parse_system_info(text)) << text;
}

TEST(Users, AreTakenWithWhatTheyMay) {
  const auto users = parse_users(R"([{"Name":"ada","Id":"1","Policy":{"IsAdministrator":true,"IsDisabled":false}},
                                     {"Name":"bob","Id":"2","Policy":{"IsDisabled":true}},{"Name":null,"Id":"3"}])");
  ASSERT_TRUE(users);
  EXPECT_FALSE(users->cut);
  EXPECT_EQ(users->entries, (std::vector<hal::MediaUser>{{"1", "ada", true, false}, {"2", "bob", false, true}, {"3", "", false, false}}));
}

TEST(Users, WithoutAnIdOrWithOneThatWasThereAreLeftOut) {
  const auto users = parse_users(R"([{"Name":"ada","Id":"1"},{"Name":"eve"},{"Name":"mal","Id":7},3,null,{"Name":"ada again","Id":"1"},{"Id":"a\u0001b"}])");
  ASSERT_TRUE(users);
  ASSERT_THAT(users->entries, SizeIs(1));
  EXPECT_EQ(users->entries[0].name, "ada");
}

TEST(Users, ThereIsABound) {
  std::string many = "[";
  for (int i = 0; i < 1000; ++i) many += R"({"Id":"u)" + std::to_string(i) + R"("},)";
  many += R"({"Id":"last"}])";
  const auto users = parse_users(many);
  ASSERT_TRUE(users);
  EXPECT_THAT(users->entries, SizeIs(kUsersMax));
  EXPECT_TRUE(users->cut);
}

constexpr auto kSession =
    R"({"Id":"s1","UserId":"u1","UserName":"ada","Client":"Jellyfin Web","DeviceName":"Firefox","DeviceId":"d1","ApplicationVersion":"10.10.7",)"
    R"("SupportsRemoteControl":true,"NowPlayingItem":{"Id":"i1","Name":"Alien","Type":"Movie","MediaStreams":[{"Codec":"h264"}]},)"
    R"("PlayState":{"IsPaused":true,"PositionTicks":600000000}})";

TEST(Sessions, AreTakenWithWhatIsPlayed) {
  const auto sessions = parse_sessions("[" + std::string{kSession} + R"(,{"Id":"s2","DeviceId":"d2","PlayState":{"IsPaused":true}}])", "");
  ASSERT_TRUE(sessions);
  ASSERT_THAT(sessions->entries, SizeIs(2));
  const auto& one = sessions->entries[0];
  EXPECT_EQ(one.user, "ada");
  EXPECT_EQ(one.device, "Firefox");
  EXPECT_TRUE(one.controllable);
  ASSERT_TRUE(one.playing);
  EXPECT_EQ(*one.playing, (hal::MediaItem{"i1", "Alien", "Movie"}));
  EXPECT_TRUE(one.paused);
  EXPECT_EQ(one.position, 60s);
  EXPECT_FALSE(sessions->entries[1].playing);
  EXPECT_FALSE(sessions->entries[1].paused) << "who plays nothing pauses nothing";
}

TEST(Sessions, OurOwnIsNoClient) {
  const auto sessions = parse_sessions("[" + std::string{kSession} + "]", "d1");
  ASSERT_TRUE(sessions);
  EXPECT_THAT(sessions->entries, SizeIs(0));
}

TEST(Sessions, NumbersOutOfSenseAreNone) {
  for (const auto* ticks : {"-1", "18446744073709551615", "1e30", "\"7\"", "null"}) {
    const auto sessions = parse_sessions(R"([{"Id":"s","NowPlayingItem":{"Id":"i"},"PlayState":{"PositionTicks":)" + std::string{ticks} + "}}]", "");
    ASSERT_TRUE(sessions) << ticks;
    EXPECT_EQ(sessions->entries[0].position, 0s) << ticks;
  }
  const auto far = parse_sessions(R"([{"Id":"s","NowPlayingItem":{"Id":"i"},"PlayState":{"PositionTicks":9223372036854775807}}])", "");
  ASSERT_TRUE(far);
  EXPECT_EQ(far->entries[0].position, 1000h);
}

TEST(Sessions, TextsAreCutAndHaveNoControlCharacters) {
  const auto sessions = parse_sessions(R"([{"Id":"s","DeviceName":"a\u0000b\nc","UserName":")" + std::string(199, 'x') + "\xc3\xa4" + R"("}])", "");
  ASSERT_TRUE(sessions);
  EXPECT_EQ(sessions->entries[0].device, "a b c");
  EXPECT_EQ(sessions->entries[0].user, std::string(199, 'x')) << "not half a letter";
}

TEST(Lists, AnythingElseIsNone) {
  for (const auto* text : {"", "{}", "null", "7", "\"x\"", "<html>502</html>", "[{]", "\xff\xfe"}) {
    EXPECT_FALSE(parse_users(text)) << text;
    EXPECT_FALSE(parse_sessions(text, "")) << text;
  }
  EXPECT_FALSE(parse_users(std::string(100'000, '[')));
  EXPECT_FALSE(parse_users("[]" + std::string(kJsonMax, ' ')));
}

TEST(SocketMessages, AreToldApart) {
  const auto sessions = parse_socket_message(R"({"MessageType":"Sessions","MessageId":"x","Data":[)" + std::string{kSession} + "]}", "");
  ASSERT_TRUE(sessions);
  EXPECT_EQ(sessions->kind, Kind::sessions);
  EXPECT_THAT(sessions->sessions.entries, SizeIs(1));
  for (const auto* type : {"UserUpdated", "UserDeleted"})
    EXPECT_EQ(parse_socket_message(R"({"MessageType":")" + std::string{type} + R"(","Data":"u1"})", "")->kind, Kind::users_changed);
  const auto keep = parse_socket_message(R"({"MessageType":"ForceKeepAlive","Data":60})", "");
  ASSERT_TRUE(keep);
  EXPECT_EQ(keep->kind, Kind::force_keep_alive);
  EXPECT_EQ(keep->keep_alive_within, 60s);
  for (const auto* type : {"KeepAlive", "LibraryChanged", "SomethingNew"})
    EXPECT_EQ(parse_socket_message(R"({"MessageType":")" + std::string{type} + R"("})", "")->kind, Kind::other);
}

TEST(SocketMessages, AServerCannotAskForASignOfLifeWithoutEnd) {
  EXPECT_EQ(parse_socket_message(R"({"MessageType":"ForceKeepAlive","Data":0})", "")->keep_alive_within, 1s);
  EXPECT_EQ(parse_socket_message(R"({"MessageType":"ForceKeepAlive","Data":99999999999})", "")->keep_alive_within, 1h);
}

TEST(SocketMessages, AnythingElseIsNone) {
  for (const auto* text : {"", "[]", "{}", R"({"MessageType":7})", R"({"MessageType":""})", R"({"MessageType":"Sessions"})", R"({"MessageType":"Sessions","Data":{}})",
                           R"({"MessageType":"ForceKeepAlive"})", R"({"MessageType":"ForceKeepAlive","Data":-1})", "<html>"})
    EXPECT_FALSE(parse_socket_message(text, "")) << text;
}

TEST(Headers, AreWrittenAsTheSdkWritesThem) {
  const Identity identity{"Nightjar", "0.1.0", "Ada's Pi, \"field\"", "nightjar-pi"};
  EXPECT_EQ(authorization(identity, "k\xc3\xa4y"),
            R"(MediaBrowser Client="Nightjar", Device="Ada%27s%20Pi%2C%20%22field%22", DeviceId="nightjar-pi", Version="0.1.0", Token="k%C3%A4y")");
  EXPECT_EQ(socket_target("/jellyfin", "a&b", "nightjar pi"), "/jellyfin/socket?ApiKey=a%26b&deviceId=nightjar%20pi");
}

}  // namespace
}  // namespace nightjar::jellyfin
