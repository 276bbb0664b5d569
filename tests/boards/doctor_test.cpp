#include "boards/doctor.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "drivers/linux/log.h"
#include "drivers/linux/loop.h"
#include "drivers/linux/network.h"
#include "tests/drivers/linux/scratch_folder.h"

namespace nightjar::boards {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A machine as files: what the doctor reads below its root. No bus is there, whatever runs beside the test.
struct DoctorRig {
  DoctorRig() {
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + folder.path() + "/no-bus").c_str(), 1);
    options.root = folder.path();
    options.state = folder.path() + "/state";
    options.port = 0;
  }
  ~DoctorRig() { ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }

  void put(const std::string& path, std::string_view text) const {
    const auto file = std::filesystem::path{folder.path() + path};
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
  }
  /// What it finds of one part; it fails the test when that part is not looked at.
  Finding of(const std::string& part) const {
    const auto findings = examine(options);
    const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.part == part; });
    if (at != findings.end()) return *at;
    ADD_FAILURE() << "nothing is said of " << part;
    return {};
  }

  os::ScratchFolder folder;
  DoctorOptions options;
};

auto is(Health health, const std::string& says, const std::string& remedy) {
  return AllOf(Field("health", &Finding::health, health), Field("says", &Finding::says, HasSubstr(says)), Field("remedy", &Finding::remedy, HasSubstr(remedy)));
}

TEST(Doctor, NamesTheBoardByItsDeviceTree) {
  DoctorRig rig;
  rig.put("/proc/device-tree/model", std::string_view{"Raspberry Pi 4 Model B Rev 1.4\0", 31});
  EXPECT_THAT(rig.of("board"), is(Health::works, "pi-4, Raspberry Pi 4 with a button and a light; this is a Raspberry Pi 4 Model B Rev 1.4", ""));
  rig.options.board = "generic";
  EXPECT_THAT(rig.of("board"), is(Health::works, "generic, ", ""));
  rig.options.board = "nosuch";
  EXPECT_THAT(rig.of("board"), is(Health::fails, "there is no board \"nosuch\"", "--help"));
}

TEST(Doctor, APartThatTheBoardNamesAndTheMachineLacksFails) {
  DoctorRig rig;
  rig.put("/etc/nightjar/board.toml", "[button]\nchip = \"no-such-chip\"\nline = 17\n[led]\nchip = \"no-such-chip\"\nline = 27\n");
  EXPECT_THAT(rig.of("button"), is(Health::fails, "no-such-chip", "gpiodetect"));
  EXPECT_THAT(rig.of("light"), is(Health::fails, "no-such-chip", "gpiodetect"));
  EXPECT_FALSE(is_well(examine(rig.options)));
}

TEST(Doctor, ABoardWithoutPinsTellsHowManyChipsThereAre) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("pins"), is(Health::works, "has 0 GPIO chips", ""));
  rig.put("/sys/bus/gpio/devices/gpiochip0/dev", "254:0");
  EXPECT_THAT(rig.of("pins"), is(Health::works, "has 1 GPIO chip", ""));
}

TEST(Doctor, ReadsTheInstalledServicesSettingsAndNamesAMistakeByItsLine) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("settings"), is(Health::works, "none are given", ""));
  rig.put("/etc/nightjar/nightjar.toml", "[http]\nport = 3000\n");
  EXPECT_THAT(rig.of("settings"), is(Health::works, "/etc/nightjar/nightjar.toml can be read", ""));
  rig.put("/etc/nightjar/nightjar.toml", "[http]\nprot = 3000\n");
  EXPECT_THAT(rig.of("settings"), is(Health::fails, "line 2: http.prot is not a setting", "correct that line"));
  rig.options.config = rig.folder.path() + "/missing.toml";
  EXPECT_THAT(rig.of("settings"), is(Health::fails, "cannot read", "sudo nightjar doctor"));
}

TEST(Doctor, TheStateFolderIsTriedAndLeftAsItWas) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("state folder"), is(Health::works, "/state can be made", ""));
  EXPECT_FALSE(std::filesystem::exists(rig.options.state));
  std::filesystem::create_directory(rig.options.state);
  EXPECT_THAT(rig.of("state folder"), is(Health::works, "/state can be written", ""));
  EXPECT_TRUE(std::filesystem::is_empty(rig.options.state));
  rig.put("/file", "");
  rig.options.state = rig.folder.path() + "/file/state";
  EXPECT_THAT(rig.of("state folder"), is(Health::fails, "/file is no folder", "--state"));
}

TEST(Doctor, AStateFolderThatNobodyMayWriteFails) {
  DoctorRig rig;
  rig.options.state = "/proc/nightjar";   // not even root may
  EXPECT_THAT(rig.of("state folder"), is(Health::fails, "/proc cannot be written", "sudo nightjar doctor"));
}

TEST(Doctor, APortThatAnotherProgramHasFails) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("port 0"), is(Health::works, "is free", ""));
  os::AsioLoop loop;
  os::ConsoleLog log{hal::LogLevel::error};
  os::AsioNetwork network{loop, log};
  const auto taken = network.listen({hal::IpAddress::any_v6(), 0}, [](auto) {});   // it accepts nobody: the loop does not turn
  ASSERT_TRUE(taken.ok());
  rig.options.port = taken.value()->local().port;
  EXPECT_THAT(rig.of("port " + std::to_string(*rig.options.port)), is(Health::fails, "is taken by another program", "http.port"));
}

TEST(Doctor, ABoardThatSetsTheClockNeedsTheCapability) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("clock setting"), is(Health::works, "is left to this system", ""));
  rig.put("/etc/nightjar/board.toml", "sets_clock = true\n");
  rig.put("/proc/self/status", "Name:\tnightjar\nCapEff:\t0000000002000000\n");   // bit 25
  EXPECT_THAT(rig.of("clock setting"), is(Health::works, "phones may set", ""));
  rig.put("/proc/self/status", "Name:\tnightjar\nCapEff:\t000001fffdffffff\n");
  EXPECT_THAT(rig.of("clock setting"), is(Health::fails, "CAP_SYS_TIME", "systemctl start nightjar"));
}

TEST(Doctor, WhatNightjarDoesWithoutIsLimitedAndSaysHowToGetIt) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("Wi-Fi"), is(Health::limited, "NetworkManager does not run", "apt install network-manager"));
  EXPECT_THAT(rig.of("Avahi"), is(Health::limited, "does not run", "apt install avahi-daemon"));
  EXPECT_TRUE(is_well(examine(rig.options)));
}

TEST(Doctor, ACameraIsLookedForWhereTheSettingsSay) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("camera"), is(Health::works, "announce themselves", ""));
  rig.put("/etc/nightjar/nightjar.toml", "[camera]\ndiscover = false\n");
  EXPECT_THAT(rig.of("camera"), is(Health::limited, "none is looked for", "camera.url"));
  rig.put("/etc/nightjar/nightjar.toml", "[camera]\nurl = \"http://camera\"\n");
  EXPECT_THAT(rig.of("camera"), is(Health::fails, "must be like", "correct"));
  rig.put("/etc/nightjar/nightjar.toml", "[camera]\nurl = \"http://127.0.0.1:1\"\n");
  EXPECT_THAT(rig.of("camera"), is(Health::limited, "nothing answers at 127.0.0.1:1", "CCAPI"));
}

TEST(Doctor, TellsOfALowSupplyAndOfHeat) {
  DoctorRig rig;
  EXPECT_THAT(rig.of("power"), is(Health::works, "does not measure", ""));
  rig.put("/sys/class/hwmon/hwmon0/name", "rpi_volt\n");
  rig.put("/sys/class/hwmon/hwmon0/in0_lcrit_alarm", "0\n");
  EXPECT_THAT(rig.of("power"), is(Health::works, "voltage is good", ""));
  rig.put("/sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n");
  EXPECT_THAT(rig.of("power"), is(Health::limited, "voltage is too low", "supply"));
  rig.put("/sys/class/thermal/thermal_zone0/temp", "85000\n");
  EXPECT_THAT(rig.of("temperature"), is(Health::limited, "85 degrees", "heat sink"));
}

TEST(Doctor, NamesThePackagesThatAreNotInstalled) {
  DoctorRig rig;
  rig.put("/usr/sbin/avahi-daemon", "");
  EXPECT_THAT(rig.of("packages"), is(Health::limited, "not installed: network-manager, polkitd", "sudo apt install network-manager polkitd"));
  rig.put("/usr/sbin/NetworkManager", "");
  rig.put("/usr/lib/polkit-1/polkitd", "");
  EXPECT_THAT(rig.of("packages"), is(Health::works, "installed", ""));
}

TEST(Doctor, EveryRemedyIsThereAndNoneWhereAllIsWell) {
  DoctorRig rig;
  rig.options.board = "nosuch";
  for (const auto& finding : examine(rig.options)) {
    EXPECT_THAT(finding.says, Not(IsEmpty())) << finding.part;
    EXPECT_EQ(finding.remedy.empty(), finding.health == Health::works) << finding.part;
    EXPECT_THAT(finding.says + finding.remedy, Not(HasSubstr("\n"))) << finding.part;
  }
}

}  // namespace
}  // namespace nightjar::boards
