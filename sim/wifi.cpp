#include "sim/wifi.h"

#include <algorithm>

namespace nightjar::sim {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

Error no_radio() { return {ErrorKind::missing, "no Wi-Fi radio"}; }

bool sound_passphrase(const std::string& passphrase) { return passphrase.empty() || (passphrase.size() >= 8 && passphrase.size() <= 63); }
bool sound_ssid(const std::string& ssid) { return !ssid.empty() && ssid.size() <= 32; }

}   // namespace

struct Wifi::Watch final : hal::Operation::Shared {
  std::function<void()> changed;
  void dropped() noexcept override { changed = nullptr; }
};

/// Answers with what `work()` gives after the time it takes.
template <class T, class Work>
hal::Operation Wifi::ask(hal::Duration takes, std::function<void(T)> done, Work work) {
  const hal::Completion<T> answer{std::move(done)};
  const auto timer = std::make_shared<hal::Operation>();
  *timer = loop_.at(loop_.now() + (fitted_ ? takes : hal::Duration{0}), [this, answer, work, alive = std::weak_ptr{alive_}] {
    if (alive.expired() || !answer.wanted()) return;
    if (fitted_)
      answer(work());
    else
      answer(no_radio());
  });
  answer.on_dropped([timer] { timer->drop(); });
  return answer.operation();
}

hal::Operation Wifi::status(std::function<void(Result<hal::WifiStatus>)> done) {
  return ask<Result<hal::WifiStatus>>({}, std::move(done), [this]() -> Result<hal::WifiStatus> {
    hal::WifiStatus status;
    status.enabled = enabled_;
    if (current_) {
      status.ssid = current_->ssid;
      status.address = current_->address;
      status.signal = current_->signal;
    } else if (access_point_) {
      status.address = kAccessPointAddress;
    }
    return status;
  });
}

hal::Operation Wifi::scan(bool refresh, std::function<void(Result<std::vector<hal::WifiNetwork>>)> done) {
  return ask<Result<std::vector<hal::WifiNetwork>>>(
      refresh ? kScanTime : hal::Duration{0}, std::move(done), [this, refresh]() -> Result<std::vector<hal::WifiNetwork>> {
        if (!enabled_) return std::vector<hal::WifiNetwork>{};
        if (refresh) {
          known_.clear();
          for (const auto& network : air_)
            if (strongest(network.ssid) == &network)
              known_.push_back({network.ssid, network.signal, network.passphrase.empty() ? "Open" : "WPA2", network.channel, false});
          std::stable_sort(known_.begin(), known_.end(), [](const auto& a, const auto& b) { return a.signal > b.signal; });
        }
        auto out = known_;
        for (auto& network : out) network.in_use = current_ && current_->ssid == network.ssid;
        return out;
      });
}

bool Wifi::joining() const {
  const auto attempt = joining_.lock();
  return attempt && *attempt;
}

const AirNetwork* Wifi::strongest(const std::string& ssid) const {
  const AirNetwork* best = nullptr;
  for (const auto& network : air_)
    if (network.ssid == ssid && (!best || network.signal > best->signal)) best = &network;
  return best;
}

hal::Operation Wifi::connect(const std::string& ssid, const std::string& passphrase, Done done) {
  if (joining()) return ask<Result<void>>({}, std::move(done), [] { return Result<void>{Error{ErrorKind::busy, "joining already"}}; });
  if (!sound_ssid(ssid) || !sound_passphrase(passphrase))
    return ask<Result<void>>({}, std::move(done), [] {
      return Result<void>{Error{ErrorKind::invalid, "SSID or passphrase out of range"}};
    });
  const auto* network = strongest(ssid);
  if (!network || !enabled_ || !fitted_)
    return ask<Result<void>>(kScanTime, std::move(done), [] { return Result<void>{Error{ErrorKind::not_found, "no such network"}}; });
  access_point_.reset();
  set_current(std::nullopt);
  const auto takes = network->deaf ? kJoinPatience : kJoinTime;
  const auto joining = std::make_shared<bool>(true);   // gone with the attempt, however it ends
  joining_ = joining;
  return ask<Result<void>>(takes, std::move(done), [this, ssid, passphrase, joining]() -> Result<void> {
    *joining = false;
    const auto* there = strongest(ssid);
    if (!there) return Error{ErrorKind::not_found, "the network is gone"};
    if (there->deaf) return Error{ErrorKind::timed_out, "the network does not answer"};
    const auto kept = saved_.find(ssid);
    const auto& given = passphrase.empty() && kept != saved_.end() ? kept->second : passphrase;
    if (given != there->passphrase) return Error{ErrorKind::denied, "wrong passphrase"};
    saved_[ssid] = given;
    set_current(*there);
    return {};
  });
}

hal::Operation Wifi::disconnect(Done done) {
  return ask<Result<void>>({}, std::move(done), [this]() -> Result<void> {
    set_current(std::nullopt);
    return {};
  });
}

hal::Operation Wifi::saved(std::function<void(Result<std::vector<std::string>>)> done) {
  return ask<Result<std::vector<std::string>>>({}, std::move(done), [this]() -> Result<std::vector<std::string>> {
    std::vector<std::string> out;
    for (const auto& [ssid, passphrase] : saved_) out.push_back(ssid);
    return out;
  });
}

hal::Operation Wifi::forget(const std::string& ssid, Done done) {
  return ask<Result<void>>({}, std::move(done), [this, ssid]() -> Result<void> {
    if (saved_.erase(ssid) == 0) return Error{ErrorKind::not_found, "not a saved network"};
    if (current_ && current_->ssid == ssid) set_current(std::nullopt);
    return {};
  });
}

hal::Operation Wifi::start_access_point(const hal::AccessPointOptions& options, Done done) {
  if (!sound_ssid(options.ssid) || !sound_passphrase(options.passphrase))
    return ask<Result<void>>({}, std::move(done), [] {
      return Result<void>{Error{ErrorKind::invalid, "SSID or passphrase out of range"}};
    });
  if (joining()) return ask<Result<void>>({}, std::move(done), [] { return Result<void>{Error{ErrorKind::busy, "joining already"}}; });
  return ask<Result<void>>(kAccessPointTime, std::move(done), [this, options]() -> Result<void> {
    current_.reset();
    access_point_ = options;
    move(kAccessPointAddress, own_);
    notify();
    return {};
  });
}

hal::Operation Wifi::stop_access_point(Done done) {
  return ask<Result<void>>({}, std::move(done), [this]() -> Result<void> {
    if (!access_point_) return {};
    access_point_.reset();
    move(std::nullopt, nullptr);
    notify();
    return {};
  });
}

hal::Operation Wifi::watch(std::function<void()> changed) {
  const auto watch = std::make_shared<Watch>();
  watch->changed = std::move(changed);
  std::erase_if(watches_, [](const auto& old) { return old.expired(); });
  watches_.push_back(watch);
  return hal::Operation{watch};
}

void Wifi::notify() {
  for (const auto& weak : watches_) {
    if (weak.expired()) continue;
    loop_.post([weak] {
      const auto watch = weak.lock();
      if (!watch || !watch->changed) return;
      const auto changed = watch->changed;   // it may drop its own handle
      changed();
    });
  }
}

void Wifi::set_current(std::optional<AirNetwork> network) {
  if (!network && !current_) return;
  current_ = std::move(network);
  if (current_) access_point_.reset();
  if (current_)
    move(current_->address, current_->cell);
  else
    move(std::nullopt, nullptr);
  notify();
}

void Wifi::attach(Stack& stack, const std::string& interface, Link& own) {
  stack_ = &stack;
  interface_ = interface;
  own_ = &own;
  stack.set_up(interface, false);
}

void Wifi::move(std::optional<hal::IpAddress> address, Link* cell) {
  if (stack_ && address && cell) {
    stack_->set_link(interface_, *cell);
    stack_->set_address(interface_, *address);
  }
  if (stack_) stack_->set_up(interface_, address && cell);
  if (on_address) on_address(address);
}

void Wifi::remove_network(const std::string& ssid) {
  std::erase_if(air_, [&](const auto& network) { return network.ssid == ssid; });
  if (current_ && current_->ssid == ssid) set_current(std::nullopt);
}

void Wifi::set_enabled(bool enabled) {
  if (enabled_ == enabled) return;
  enabled_ = enabled;
  if (!enabled) {
    access_point_.reset();
    set_current(std::nullopt);
  }
  notify();
}

}   // namespace nightjar::sim
