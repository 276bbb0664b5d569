#include <gmock/gmock.h>

#include "drivers/net/session_beacon.h"
#include "sim/world.h"

namespace nightjar::net {
namespace {

using namespace std::chrono_literals;

hal::Advertisement session() { return {"A1B2C3", "Ridge", "host-1", "Pi", 8080, 1, 8}; }

TEST(SessionBeaconCodec, IsReadAsItWasWritten) {
  EXPECT_EQ(std::get<hal::Advertisement>(*parse_beacon(format_beacon(session()))), session());
  EXPECT_EQ(std::get<BeaconGone>(*parse_beacon(format_beacon(BeaconGone{"A1B2C3"}))).session_id, "A1B2C3");
  EXPECT_TRUE(std::holds_alternative<BeaconWho>(*parse_beacon(format_beacon(BeaconWho{}))));
}

TEST(SessionBeaconCodec, TheLongestSessionFitsTheDatagram) {
  auto longest = session();
  longest.session_name = std::string(hal::Advertisement::kNameMax, '"');   // each becomes two bytes
  longest.host_name = longest.session_name;
  longest.host_id = std::string(hal::Advertisement::kIdMax, 'x');
  longest.port = 65'535;
  EXPECT_LE(format_beacon(longest).size(), kBeaconMax);
  EXPECT_TRUE(parse_beacon(format_beacon(longest)));
}

TEST(SessionBeaconCodec, AnythingElseIsNoBeacon) {
  for (const auto* text : {"", "{}", "[]", "nightjar", R"({"nightjar":2,"kind":"who"})", R"({"nightjar":1,"kind":"what"})", R"({"nightjar":1})",
                           R"({"nightjar":1,"kind":"gone","sessionId":"a1b2c3"})", R"({"nightjar":"1","kind":"who"})"})
    EXPECT_FALSE(parse_beacon(text)) << text;
  auto wrong = session();
  wrong.port = 0;
  EXPECT_FALSE(parse_beacon(format_beacon(wrong)));
  wrong = session();
  wrong.session_name = "two\nlines";
  EXPECT_FALSE(parse_beacon(format_beacon(wrong)));
  wrong = session();
  wrong.member_count = 1000;
  EXPECT_FALSE(parse_beacon(format_beacon(wrong)));
  EXPECT_FALSE(parse_beacon(format_beacon(session()) + std::string(kBeaconMax, ' ')));
  EXPECT_FALSE(parse_beacon(std::string(500, '[')));
}

struct Ear final : hal::Vicinity::Handler {
  void on_sighted(const hal::Sighted&) override { ++seen; }
  void on_vanished(const std::string&) override { ++vanished; }
  int seen = 0;
  int vanished = 0;
};

TEST(SessionBeacon, AHostThatLosesItsPowerExpires) {
  sim::World world{1};
  auto& host = world.add_host("host", hal::IpAddress::v4(10, 0, 0, 1));
  auto& guest = world.add_host("guest", hal::IpAddress::v4(10, 0, 0, 2));
  auto telling = std::make_unique<SessionBeacon>(host.network(), host.loop());
  SessionBeacon listening{guest.network(), guest.loop()};
  Ear ear;
  const auto browsing = listening.browse(ear, [](const auto&) {});
  auto told = telling->advertise(session(), hal::Vicinity::Voice::aloud, [](const auto&) {});
  world.advance(5s);
  EXPECT_GT(ear.seen, 1);
  host.power_cut();
  world.advance(SessionBeacon::kHeardFor - 3s);
  EXPECT_EQ(ear.vanished, 0);
  world.advance(SessionBeacon::kTellEvery + 3s);
  EXPECT_EQ(ear.vanished, 1);
}

TEST(SessionBeacon, AnswersABoundedNumberOfQuestions) {
  sim::World world{1};
  auto& host = world.add_host("host", hal::IpAddress::v4(10, 0, 0, 1));
  auto& stranger = world.add_host("stranger", hal::IpAddress::v4(10, 0, 0, 2));
  SessionBeacon telling{host.network(), host.loop()};
  const auto told = telling.advertise(session(), hal::Vicinity::Voice::when_asked, [](const auto&) {});
  int answers = 0;
  auto socket = stranger.network().open_datagram({}, [&](const hal::Datagram&) { ++answers; });
  ASSERT_TRUE(socket.ok());
  world.advance(1s);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(socket.value()->send_to({hal::IpAddress::v4(10, 0, 0, 1), SessionBeacon::kPort}, format_beacon(BeaconWho{})).ok());
  world.advance(500ms);
  EXPECT_EQ(answers, SessionBeacon::kAnswersMax);
}

TEST(SessionBeacon, WithoutANetworkItSaysSo) {
  sim::World world{1};
  auto& host = world.add_host("host");
  SessionBeacon telling{host.network(), host.loop()};
  std::optional<hal::Result<void>> answer;
  const auto told = telling.advertise(session(), hal::Vicinity::Voice::aloud, [&](auto result) { answer = std::move(result); });
  world.advance(1s);
  ASSERT_TRUE(answer);
  const auto loopback = host.network().interfaces();
  EXPECT_EQ(answer->ok(), !loopback.empty());
}

}   // namespace
}   // namespace nightjar::net
