// The simulated pins, power and Wi-Fi from the world's side; what the program sees of them is in tests/contracts/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "sim/gpio.h"
#include "sim/power.h"
#include "sim/wifi.h"
#include "sim/world.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

struct GpioStory : ::testing::Test {
  GpioStory() { gpio.add_chip("pinctrl", 28); }
  std::unique_ptr<hal::InputLine> button(hal::Duration debounce) {
    return gpio.open_input(kButton, {true, hal::Bias::pull_up, debounce}, [this](const hal::Edge& edge) { edges.push_back(edge); }).value();
  }
  const hal::LineName kButton{"pinctrl", 5};
  const hal::LineName kShutter{"pinctrl", 6};
  World world{1};
  Host& pi = world.add_host("pi");
  Gpio gpio{pi.loop()};
  std::vector<hal::Edge> edges;
};

TEST_F(GpioStory, APressIsHeardAtItsInstantAndAReleaseToo) {
  const auto line = button(0s);
  world.after(1s, [&] { gpio.press(kButton); });
  world.after(3s, [&] { gpio.release(kButton); });
  world.advance(5s);
  ASSERT_EQ(edges.size(), 2u);
  EXPECT_TRUE(edges[0].active);
  EXPECT_EQ(edges[0].at, hal::Instant{1s});
  EXPECT_FALSE(edges[1].active);
  EXPECT_EQ(edges[1].at, hal::Instant{3s});
}

TEST_F(GpioStory, AWornContactBouncesAndEndsWhereItShould) {
  const auto line = button(0s);
  gpio.bounce(kButton, true, 7, 14ms);
  world.advance(1s);
  ASSERT_EQ(edges.size(), 7u);
  EXPECT_TRUE(edges.back().active);
  EXPECT_EQ(edges.back().at, hal::Instant{12ms});
  gpio.bounce(kButton, false, 4, 8ms);
  world.advance(1s);
  EXPECT_FALSE(edges.back().active);
  EXPECT_FALSE(line->active().value());
}

TEST_F(GpioStory, DebounceMakesOnePressOfABounce) {
  const auto line = button(20ms);
  gpio.bounce(kButton, true, 7, 14ms);
  world.advance(1s);
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_TRUE(edges[0].active);
  EXPECT_EQ(edges[0].at, hal::Instant{32ms}) << "20 ms after the last flip";
}

TEST_F(GpioStory, AButtonHeldWhileTheLineIsOpenedIsSeenAsHeld) {
  gpio.press(kButton);
  const auto line = button(0s);
  EXPECT_TRUE(line->active().value());
  gpio.release(kButton);
  world.advance(1ms);
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_FALSE(edges[0].active);
}

TEST_F(GpioStory, WhatIsDrivenIsSeenUntilThePowerGoes) {
  std::vector<std::string> levels;
  gpio.on_driven = [&](const hal::LineName& line, std::optional<bool> level) {
    levels.push_back(std::to_string(line.line) + (level ? *level ? " high" : " low" : " free"));
  };
  auto shutter = gpio.open_output(kShutter, false).value();
  EXPECT_TRUE(shutter->set(true).ok());
  EXPECT_TRUE(shutter->set(true).ok());
  EXPECT_EQ(gpio.driven(kShutter), true);
  gpio.power_cut();
  EXPECT_EQ(gpio.driven(kShutter), std::nullopt);
  EXPECT_FALSE(shutter->set(false).ok()) << "a program without power drives nothing";
  shutter.reset();
  EXPECT_THAT(levels, ElementsAre("6 low", "6 high", "6 free"));
}

TEST_F(GpioStory, AfterAPowerCutAnOldLineIsDeafAndANewOneHears) {
  auto old = button(20ms);
  gpio.press(kButton);
  pi.power_cut();
  gpio.power_cut();
  pi.power_on();
  gpio.release(kButton);
  world.advance(1s);
  EXPECT_TRUE(edges.empty());
  const auto line = button(0s);
  old.reset();
  gpio.press(kButton);
  world.advance(1s);
  EXPECT_EQ(edges.size(), 1u);
}

struct WifiStory : ::testing::Test {
  WifiStory() {
    AirNetwork home;
    home.ssid = "home";
    home.passphrase = "correct horse";
    wifi.add_network(home);
    wifi.on_address = [this](std::optional<hal::IpAddress> address) { addresses.push_back(address ? address->text() : "none"); };
  }
  std::string join(const std::string& passphrase) {
    std::string said;
    const auto began = world.now();
    const auto operation = wifi.connect(
        "home", passphrase, [&](const auto& result) { said = result.ok() ? "ok" : std::string{to_string(result.error().kind)}; });
    world.run_until([&] { return !said.empty(); }, 5min);
    took = world.now() - began;
    return said;
  }
  World world{1};
  Wifi wifi{world.add_host("pi").loop()};
  std::vector<std::string> addresses;
  hal::Duration took{};
};

TEST_F(WifiStory, JoiningTakesItsTimeAndGivesTheAddressOfTheNetwork) {
  EXPECT_EQ(join("correct horse"), "ok");
  EXPECT_EQ(took, Wifi::kJoinTime);
  EXPECT_THAT(addresses, ElementsAre("192.168.1.50"));
  wifi.remove_network("home");
  EXPECT_THAT(addresses, ElementsAre("192.168.1.50", "none"));
}

TEST_F(WifiStory, ANetworkThatDisappearsDuringTheJoinIsNotFound) {
  world.after(1s, [&] { wifi.remove_network("home"); });
  EXPECT_EQ(join("correct horse"), "not found");
}

TEST_F(WifiStory, TheRadioSwitchedOffLeavesTheNetworkAndFindsNone) {
  ASSERT_EQ(join("correct horse"), "ok");
  wifi.set_enabled(false);
  std::optional<hal::WifiStatus> status;
  const auto asked = wifi.status([&](const auto& result) { status = result.value(); });
  world.advance(1ms);
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->enabled);
  EXPECT_FALSE(status->ssid);
  EXPECT_EQ(join("correct horse"), "not found");
}

TEST_F(WifiStory, AnInterfaceThatIsAttachedGoesWhereTheRadioGoes) {
  auto& home = world.network().add_link("home");
  auto& own = world.network().add_link("own cell");
  auto& pi = world.host("pi");
  AirNetwork other;
  other.ssid = "other";
  other.cell = &home;
  wifi.add_network(other);
  pi.network().join(own, "wlan0", Wifi::kAccessPointAddress);
  wifi.attach(pi.network(), "wlan0", own);
  auto& guest = world.add_host("guest");
  guest.network().join(own, "wlan0", hal::IpAddress::v4(10, 42, 0, 7));
  auto& printer = world.add_host("printer");
  printer.network().join(home, "eth0", hal::IpAddress::v4(192, 168, 1, 9));
  const auto reaches = [&](Host& from, const hal::IpAddress& to) {
    std::optional<hal::ErrorKind> kind;
    const auto attempt = from.network().connect({to, 80}, 2s, [&](const auto& stream) { kind = stream.error().kind; });
    world.run_until([&] { return kind.has_value(); }, 5s);
    return kind == hal::ErrorKind::refused;   // somebody is there, and nobody listens
  };
  EXPECT_FALSE(reaches(guest, Wifi::kAccessPointAddress)) << "the radio is on no network yet";
  const auto ok = [](const auto& result) { EXPECT_TRUE(result.ok()); };
  const auto access_point = wifi.start_access_point({"nightjar", "", 6}, ok);
  world.advance(1min);
  EXPECT_TRUE(reaches(guest, Wifi::kAccessPointAddress));
  const auto joining = wifi.connect("other", "", ok);
  world.advance(1min);
  EXPECT_FALSE(reaches(guest, Wifi::kAccessPointAddress));
  EXPECT_TRUE(reaches(printer, hal::IpAddress::v4(192, 168, 1, 50)));
  EXPECT_EQ(pi.network().interfaces().back().address, hal::IpAddress::v4(192, 168, 1, 50));
  wifi.remove_network("other");
  EXPECT_FALSE(reaches(printer, hal::IpAddress::v4(192, 168, 1, 50)));
}

TEST(SimPower, TheUptimeCountsFromTheLastRestart) {
  World world{1};
  Power power{world.add_host("pi").loop()};
  hal::Duration uptime{};
  hal::Operation asked;
  const auto read = [&] {
    asked = power.read([&](const hal::PowerReading& reading) { uptime = reading.uptime; });
    world.advance(0s);
  };
  world.advance(90s);
  read();
  EXPECT_EQ(uptime, 90s);
  power.restart();
  world.advance(10s);
  read();
  EXPECT_EQ(uptime, 10s);
}

TEST(SimPower, ABatteryRunsDownWarnsAndEndsInAPowerCut) {
  World world{1};
  auto& pi = world.add_host("pi");
  Power power{pi.loop()};
  power.on_empty = [&] { pi.power_cut(); };
  power.run_down(50, 10h);
  hal::PowerReading reading;
  const auto read = [&] {
    const auto operation = power.read([&](const hal::PowerReading& now) { reading = now; });
    world.advance(0s);
  };
  world.advance(3h);
  read();
  EXPECT_EQ(reading.battery, 20);
  EXPECT_EQ(reading.under_voltage, false);
  world.advance(90min);
  read();
  EXPECT_EQ(reading.battery, 5);
  EXPECT_EQ(reading.under_voltage, true);
  world.advance(30min);
  EXPECT_FALSE(pi.powered());
  pi.power_on();
  power.restart();
  read();
  EXPECT_EQ(reading.battery, std::nullopt);
}

}   // namespace
}   // namespace nightjar::sim
