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
  EXPECT_THAT(wrong("http = 7"), HasSubstr("must be a section"));
  EXPECT_THAT(wrong("[http\nport"), HasSubstr("line 1"));
}

}  // namespace
}  // namespace nightjar::app
