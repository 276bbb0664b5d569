// What a status says.
#include "app/messages/server_message.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nightjar::app {
namespace {

TEST(ServerMessage, OfAnInterfaceWithSeveralAddressesTheOneThatPeopleTypeIsShown) {
  const auto address = [](const char* text) { return *hal::IpAddress::parse(text); };
  const std::vector<hal::Interface> all{
      {"lo", address("127.0.0.1"), 8, true},       {"eth0", address("169.254.7.1"), 16},   {"eth0", address("192.168.4.20"), 24},
      {"eth0", address("fd00::2"), 64},            {"eth0", address("fe80::fc:1"), 64},    {"wlan0", address("fe80::fc:2"), 64},
      {"wlan0", address("2001:db8::2"), 64},       {"usb0", address("fe80::fc:3"), 64},
  };
  for (const bool backwards : {false, true}) {
    StatusView view;
    view.interfaces = all;
    if (backwards) std::ranges::reverse(view.interfaces);
    const auto shown = nlohmann::json::parse(status_update(view)).at("network").at("interfaces");
    EXPECT_EQ(shown.at("eth0").at("ip"), "192.168.4.20");
    EXPECT_EQ(shown.at("eth0").at("ipAddress"), "192.168.4.20/24");
    EXPECT_EQ(shown.at("wlan0").at("ip"), "2001:db8::2");
    EXPECT_EQ(shown.at("usb0").at("ip"), "fe80::fc:3") << "better than none";
    EXPECT_FALSE(shown.contains("lo"));
  }
}

}  // namespace
}  // namespace nightjar::app
