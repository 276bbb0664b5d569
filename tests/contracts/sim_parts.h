#pragma once
// The rigs of the parts over the simulated ones.
#include <map>

#include "sim/gpio.h"
#include "sim/load.h"
#include "sim/power.h"
#include "sim/wifi.h"
#include "sim/world.h"
#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

template <class Base>
class SimPartRig : public Base {
 public:
  hal::Loop& loop() override { return host_.loop(); }
  bool run_until(const std::function<bool()>& done) override { return world_.run_until(done, std::chrono::hours{1}); }

 private:
  sim::World world_{20260615};

 protected:
  sim::Host& host_ = world_.add_host("nightjar");
};

class SimGpioRig final : public SimPartRig<GpioRig> {
 public:
  SimGpioRig() { gpio_.add_chip(chip(), lines()); }
  hal::Gpio& gpio() override { return gpio_; }
  std::string chip() override { return "pinctrl-sim"; }
  unsigned lines() override { return 28; }
  void wire(unsigned line, bool level) override {
    wired_[line] = level;
    gpio_.wire({chip(), line}, level);
  }
  bool level(unsigned line) override { return gpio_.driven({chip(), line}).value_or(wired_[line]); }

 private:
  sim::Gpio gpio_{host_.loop()};
  std::map<unsigned, bool> wired_;
};

class SimPowerRig final : public SimPartRig<PowerRig> {
 public:
  hal::Power& power() override { return power_; }
  void fit(const hal::PowerReading& parts) override { power_.fitted = parts; }

 private:
  sim::Power power_{host_.loop()};
};

class SimLoadRig final : public SimPartRig<LoadRig> {
 public:
  hal::Load& load() override { return load_; }
  void set(double cpu, std::uint64_t total, std::uint64_t available) override { load_.now = {cpu, total, available}; }
  void take_away() override { load_.now = {}; }

 private:
  sim::Load load_{host_.loop()};
};

class SimWifiRig final : public SimPartRig<WifiRig> {
 public:
  SimWifiRig() { none_.set_fitted(false); }
  hal::Wifi& wifi() override { return wifi_; }
  void add_network(const std::string& ssid, const std::string& passphrase, int signal) override { add(ssid, passphrase, signal, false); }
  void add_deaf_network(const std::string& ssid, const std::string& passphrase, int signal) override {
    add(ssid, passphrase, signal, true);
  }
  void remove_network(const std::string& ssid) override { wifi_.remove_network(ssid); }
  hal::Wifi& without_radio() override { return none_; }
  hal::Wifi* without_service() override { return nullptr; }

 private:
  void add(const std::string& ssid, const std::string& passphrase, int signal, bool deaf) {
    sim::AirNetwork network;
    network.ssid = ssid;
    network.passphrase = passphrase;
    network.signal = signal;
    network.deaf = deaf;
    wifi_.add_network(std::move(network));
  }
  sim::Wifi wifi_{host_.loop()};
  sim::Wifi none_{host_.loop()};
};

class SimLogRig final : public LogRig {
 public:
  hal::Log& log() override { return host_.log(); }
  std::vector<Line> lines() override {
    std::vector<Line> out;
    for (const auto& line : host_.log().lines()) out.push_back({line.level, line.component, line.text});
    return out;
  }

 private:
  sim::World world_{1};
  sim::Host& host_ = world_.add_host("device");
};

std::unique_ptr<LoadRig> make_load_rig() { return std::make_unique<SimLoadRig>(); }
std::unique_ptr<LogRig> make_log_rig() { return std::make_unique<SimLogRig>(); }
std::unique_ptr<GpioRig> make_gpio_rig(std::string&) { return std::make_unique<SimGpioRig>(); }
std::unique_ptr<PowerRig> make_power_rig(std::string&) { return std::make_unique<SimPowerRig>(); }
std::unique_ptr<WifiRig> make_wifi_rig(std::string&) { return std::make_unique<SimWifiRig>(); }

}   // namespace nightjar::contracts
