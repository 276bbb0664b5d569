#pragma once
// The rigs of the parts over the real drivers.
//
// Pins: a gpio-sim chip of the kernel; NIGHTJAR_GPIO_SIM is its folder below /sys/devices/platform (with its gpiochipN in it),
// NIGHTJAR_GPIO_SIM_CHIP its label. Power: files shaped like sysfs.
#include <fcntl.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "drivers/linux/gpio.h"
#include "drivers/linux/load.h"
#include "drivers/linux/log.h"
#include "drivers/linux/loop.h"
#include "drivers/linux/loop_descriptor.h"
#include "drivers/linux/power.h"
#include "drivers/linux/wifi.h"
#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

namespace fs = std::filesystem;

template <class Base>
class RealPartRig : public Base {
 public:
  hal::Loop& loop() override { return loop_; }
  bool run_until(const std::function<bool()>& done) override {
    const auto end = loop_.now() + std::chrono::seconds{30};
    while (!done()) {
      if (loop_.now() >= end) return false;
      loop_.turn(end - loop_.now());
    }
    return true;
  }

 protected:
  os::ConsoleLog log_{hal::LogLevel::error};
  os::AsioLoop loop_;
};

class RealGpioRig final : public RealPartRig<GpioRig> {
 public:
  RealGpioRig(fs::path folder, std::string label) : folder_(std::move(folder)), label_(std::move(label)) {
    while (fs::exists(of_line(lines_))) ++lines_;
    if (lines_ < 8) throw std::runtime_error{folder_.string() + " is no gpio-sim chip of 8 lines"};
  }
  hal::Gpio& gpio() override { return gpio_; }
  std::string chip() override { return label_; }
  unsigned lines() override { return lines_; }
  void wire(unsigned line, bool level) override {
    std::ofstream out{of_line(line) / "pull"};
    out << (level ? "pull-up" : "pull-down") << std::flush;
    if (!out) throw std::runtime_error{"cannot pull " + of_line(line).string()};
  }
  bool level(unsigned line) override {
    int value = -1;
    std::ifstream{of_line(line) / "value"} >> value;
    return value == 1;
  }

 private:
  fs::path of_line(unsigned line) const { return folder_ / ("sim_gpio" + std::to_string(line)); }

  fs::path folder_;
  std::string label_;
  unsigned lines_ = 0;
  os::GpiodGpio gpio_{loop_, log_};
};

class RealPowerRig final : public RealPartRig<PowerRig> {
 public:
  ~RealPowerRig() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  hal::Power& power() override { return power_; }
  void fit(const hal::PowerReading& parts) override {
    fs::remove_all(root_ / "class");
    put("class/power_supply/mains/type", "Mains");
    put("class/power_supply/hidpp_battery_0/type", "Battery");   // a mouse: it feeds nothing of ours
    put("class/power_supply/hidpp_battery_0/scope", "Device");
    put("class/power_supply/hidpp_battery_0/capacity", "3");
    put("class/hwmon/hwmon0/name", "cpu_thermal");
    if (parts.battery || parts.charging) put("class/power_supply/pisugar/type", "Battery");
    if (parts.battery) put("class/power_supply/pisugar/capacity", std::to_string(*parts.battery));
    if (parts.charging) put("class/power_supply/pisugar/status", *parts.charging ? "Charging" : "Discharging");
    if (parts.temperature) put("class/thermal/thermal_zone0/temp", std::to_string(static_cast<int>(*parts.temperature * 1000)));
    if (parts.under_voltage) {
      put("class/hwmon/hwmon1/name", "rpi_volt");
      put("class/hwmon/hwmon1/in0_lcrit_alarm", *parts.under_voltage ? "1" : "0");
    }
  }

 private:
  static fs::path make_root() {
    auto name = (fs::temp_directory_path() / "nightjar-sysfs-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error{"no temporary folder"};
    return name;
  }
  void put(const std::string& file, const std::string& line) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream{root_ / file} << line << '\n';
  }

  fs::path root_ = make_root();
  os::SysfsPower power_{loop_, root_.string()};
};

/// Over files shaped like procfs's, whose clock ticks a thousand times from one setting to the next.
class RealLoadRig final : public RealPartRig<LoadRig> {
 public:
  RealLoadRig() {
    auto name = (fs::temp_directory_path() / "nightjar-procfs-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error{"no temporary folder"};
    root_ = name;
    load_.emplace(loop_, root_.string());
  }
  ~RealLoadRig() override { fs::remove_all(root_); }
  hal::Load& load() override { return *load_; }
  void set(double cpu, std::uint64_t total, std::uint64_t available) override {
    const auto busy = static_cast<unsigned>(cpu * 1000);
    user_ += busy / 2;
    system_ += busy - busy / 2;
    idle_ += (1000 - busy) / 2;
    iowait_ += 1000 - busy - (1000 - busy) / 2;
    std::ofstream{root_ / "stat"} << "cpu  " << user_ << " 0 " << system_ << ' ' << idle_ << ' ' << iowait_ << " 0 0 0 7 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
    std::ofstream{root_ / "meminfo"} << "MemTotal:         " << total / 1024 << " kB\nMemFree:  7 kB\nMemAvailable:    " << available / 1024 << " kB\nHugePages_Total:       0\n";
  }
  void take_away() override {
    fs::remove(root_ / "stat");
    fs::remove(root_ / "meminfo");
  }

 private:
  fs::path root_;
  std::uint64_t user_ = 0, system_ = 0, idle_ = 0, iowait_ = 0;
  std::optional<os::ProcLoad> load_;
};

/// Over the mock of network_manager_mock.py, on the system bus that DBUS_SYSTEM_BUS_ADDRESS names.
class RealWifiRig final : public RealPartRig<WifiRig> {
 public:
  RealWifiRig() {
    if (sd_bus_open_system(&bus_) < 0) throw std::runtime_error{"no system bus"};
    tell("Reset", "b", 1);
  }
  ~RealWifiRig() override {
    sd_bus_flush_close_unref(bus_);
    ::setenv(kBus, address_.c_str(), 1);
  }
  hal::Wifi& wifi() override { return wifi_; }
  void add_network(const std::string& ssid, const std::string& passphrase, int signal) override {
    tell("AddNetwork", "ssyb", ssid.c_str(), passphrase.c_str(), signal, 1);
  }
  void add_deaf_network(const std::string& ssid, const std::string& passphrase, int signal) override {
    tell("AddNetwork", "ssyb", ssid.c_str(), passphrase.c_str(), signal, 0);
  }
  void remove_network(const std::string& ssid) override { tell("RemoveNetwork", "s", ssid.c_str()); }
  hal::Wifi& without_radio() override {
    tell("Reset", "b", 0);
    (void)run_one_status(wifi_);   // its connection to the bus is made before the address is changed
    return wifi_;
  }
  hal::Wifi* without_service() override {
    ::setenv(kBus, std::getenv("NIGHTJAR_EMPTY_BUS"), 1);
    (void)run_one_status(lonely_);
    ::setenv(kBus, address_.c_str(), 1);
    return &lonely_;
  }

 private:
  static constexpr auto kBus = "DBUS_SYSTEM_BUS_ADDRESS";

  bool run_one_status(hal::Wifi& wifi) {
    bool answered = false;
    const auto operation = wifi.status([&](const auto&) { answered = true; });
    return run_until([&] { return answered; });
  }
  template <class... Arguments>
  void tell(const char* method, const char* types, Arguments... arguments) {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    const int called = sd_bus_call_method(bus_, "org.freedesktop.NetworkManager", "/org/freedesktop", "org.freedesktop.DBus.Mock", method,
                                          &error, nullptr, types, arguments...);
    const std::string why = error.message ? error.message : "";
    sd_bus_error_free(&error);
    if (called < 0) throw std::runtime_error{std::string{method} + ": " + why};
  }

  std::string address_ = std::getenv(kBus);
  sd_bus* bus_ = nullptr;
  os::NmWifi wifi_{loop_, patience()};
  os::NmWifi lonely_{loop_, patience()};
  static os::NmWifi::Patience patience() { return {std::chrono::seconds{5}, std::chrono::seconds{5}}; }   // the mock joins in 50 ms
};

/// Into a pipe, read as a person reads it: "23:14:07.123 info    camera_link  connected  address=...".
class RealLogRig final : public LogRig {
 public:
  hal::Log& log() override { return log_; }
  std::vector<Line> lines() override {
    std::string all;
    std::array<char, 65536> chunk{};
    for (ssize_t size = 0; (size = ::read(out_.get(), chunk.data(), chunk.size())) > 0;) all.append(chunk.data(), static_cast<std::size_t>(size));
    std::vector<Line> lines;
    std::istringstream text{all};
    for (std::string each; std::getline(text, each);) {
      std::istringstream words{each};
      std::string time, level;
      Line line{};
      words >> time >> level >> line.component;
      line.level = level == "debug" ? hal::LogLevel::debug : level == "info" ? hal::LogLevel::info : level == "warning" ? hal::LogLevel::warning : hal::LogLevel::error;
      std::getline(words >> std::ws, line.text);
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  static std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error{"no pipe"};
    return ends;
  }

  std::array<int, 2> ends_ = make_pipe();
  os::Descriptor out_{ends_[0]};
  os::Descriptor in_{ends_[1]};
  os::ConsoleLog log_{hal::LogLevel::debug, in_.get()};
};

std::unique_ptr<LoadRig> make_load_rig() { return std::make_unique<RealLoadRig>(); }
std::unique_ptr<LogRig> make_log_rig() { return std::make_unique<RealLogRig>(); }

std::unique_ptr<GpioRig> make_gpio_rig(std::string& why_not) {
  const auto* folder = std::getenv("NIGHTJAR_GPIO_SIM");
  const auto* label = std::getenv("NIGHTJAR_GPIO_SIM_CHIP");
  if (folder && label) return std::make_unique<RealGpioRig>(folder, label);
  why_not = "no gpio-sim chip: NIGHTJAR_GPIO_SIM and NIGHTJAR_GPIO_SIM_CHIP are not set";
  return nullptr;
}

std::unique_ptr<PowerRig> make_power_rig(std::string&) { return std::make_unique<RealPowerRig>(); }

std::unique_ptr<WifiRig> make_wifi_rig(std::string& why_not) {
  if (std::getenv("NIGHTJAR_NETWORK_MANAGER_MOCK")) return std::make_unique<RealWifiRig>();
  why_not = "no mock NetworkManager: run through tests/contracts/with_network_manager_mock.py";
  return nullptr;
}

}   // namespace nightjar::contracts
