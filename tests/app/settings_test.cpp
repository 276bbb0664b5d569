#include "app/settings.h"

#include <gmock/gmock.h>

namespace nightjar::app {
namespace {

using testing::HasSubstr;

TEST(Settings, HaveDefaultsThatWork) {
  const auto settings = read_settings("");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings.value().listen.port, 3000);
  EXPECT_TRUE(settings.value().auth_token.empty());
}

TEST(Settings, AreRead) {
  const auto settings = read_settings(R"(
[http]
port = 8080
address = "127.0.0.1"
connections_max = 9000
message_max = 2048
[auth]
token = "a long secret"
[camera]
url = "https://192.168.4.2:443"
user = "night"
password = "jar"
discover = false
[session]
resume = true
reports_max = 5
[hub]
clients_max = 5000
queue_max = 65536
)");
  ASSERT_TRUE(settings.ok()) << settings.error().detail;
  EXPECT_EQ(settings.value().listen.text(), "127.0.0.1:8080");
  EXPECT_EQ(settings.value().http.connections_max, 9'000u);
  EXPECT_EQ(settings.value().http.websocket_message_max, 2'048u);
  EXPECT_EQ(settings.value().auth_token, "a long secret");
  EXPECT_EQ(settings.value().camera_credentials->user, "night");
  EXPECT_FALSE(settings.value().discover);
  EXPECT_TRUE(settings.value().resume);
  EXPECT_EQ(settings.value().reports_max, 5u);
  EXPECT_EQ(settings.value().hub_clients_max, 5'000u);
  EXPECT_EQ(settings.value().hub_queue_max, 65'536u);
}

TEST(Settings, TheUplinkAndItsCommands) {
  const auto settings = read_settings(R"(
[uplink]
url = "wss://metrics.example.org/api/ws/metrics"
token = "abc"
jitter = 20
ca = "ca.pem"
pin = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
commands = ["take_photo", "stop_intervalometer"]
[metrics]
secret = "0123456789abcdef0123456789abcdef"
)");
  ASSERT_TRUE(settings.ok()) << settings.error().detail;
  EXPECT_EQ(settings.value().uplink.jitter, 20);
  EXPECT_EQ(settings.value().uplink.commands, (std::vector<std::string>{"take_photo", "stop_intervalometer"}));
  EXPECT_TRUE(Settings{}.uplink.commands.empty());
  for (const auto& [text, what] : {std::pair{"[uplink]\njitter = 101", "line 2: uplink.jitter must be between 0 and 100"}, std::pair{"[uplink]\npin = \"AB\"", "64 lower-case"},
                                   std::pair{"[uplink]\ncommands = \"take_photo\"", "must be a list of texts"}, std::pair{"[uplink]\ncommands = [1]", "must be a list of texts"},
                                   std::pair{"[uplink]\ncommands = [\"reboot\"]", "not \"reboot\""}, std::pair{"[metrics]\nsecret = \"short\"", "at least 32 characters"}})
    EXPECT_THAT(read_settings(text).error().detail, HasSubstr(what));
}

TEST(Settings, SayWhichLineIsWrong) {
  const auto wrong = [](const char* text) {
    const auto settings = read_settings(text);
    return settings.ok() ? std::string{"taken"} : settings.error().detail;
  };
  EXPECT_THAT(wrong("[http]\nport = 70000"), HasSubstr("line 2: http.port must be between 0 and 65535"));
  EXPECT_THAT(wrong("[http]\nport = \"80\""), HasSubstr("line 2: http.port must be a whole number"));
  EXPECT_THAT(wrong("[http]\nprot = 80"), HasSubstr("line 2: http.prot is not a setting"));
  EXPECT_THAT(wrong("\n[htpp]\nport = 80"), HasSubstr("htpp is not a setting"));
  EXPECT_THAT(wrong("[auth]\ntoken = \"short\""), HasSubstr("at least 8 characters"));
  EXPECT_THAT(wrong("[http]\naddress = \"here\""), HasSubstr("must be an IP address"));
  EXPECT_THAT(wrong("[session]\nresume = 1"), HasSubstr("true or false"));
  EXPECT_THAT(wrong("[hub]\nclients_max = 0"), HasSubstr("line 2: hub.clients_max must be between 1 and 100000"));
  EXPECT_THAT(wrong("http = 7"), HasSubstr("must be a section"));
  EXPECT_THAT(wrong("[http\nport"), HasSubstr("line 1"));
}

TEST(Settings, OfTheMediaServerAreRead) {
  const auto settings = read_settings("[media_server]\nurl = \"http://attic:8096\"\napi_key = \"k\"\nphoto_on = \"pause\"\nphoto_device = \"TV\"\n");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings.value().media_server.url, "http://attic:8096");
  EXPECT_EQ(settings.value().media_server.photo_on, Settings::MediaServer::PhotoOn::pause);
  EXPECT_EQ(read_settings("").value().media_server.photo_on, Settings::MediaServer::PhotoOn::never);
}

TEST(Settings, OfTheMediaServerSayWhatIsWrong) {
  const auto wrong = [](const char* text) { return read_settings(std::string{"[media_server]\n"} + text).error().detail; };
  EXPECT_THAT(wrong("url = \"http://attic:8096\""), HasSubstr("line 2: media_server.url needs an api_key"));
  EXPECT_THAT(wrong("photo_on = \"sometimes\""), HasSubstr("never, start, pause, stop, any"));
  EXPECT_THAT(wrong("certificate = \"AB\""), HasSubstr("64 lower-case hexadecimal digits"));
}

}  // namespace
}  // namespace nightjar::app
