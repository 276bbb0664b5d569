#include "drivers/linux/wifi_join.h"

#include <algorithm>
#include <utility>

namespace nightjar::os {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

constexpr std::uint64_t kDisconnected = 30;   // NMDeviceState
constexpr std::uint64_t kPrepare = 40;

/// What the end of an activation means: NMDeviceStateReason.
Error failure(std::uint64_t reason) {
  const auto number = " (NetworkManager's reason " + std::to_string(reason) + ")";
  switch (reason) {
    case 7:    // no secrets
    case 8:    // the supplicant disconnected: four-way handshake failed
    case 9:    // supplicant configuration
    case 10:   // supplicant failed
      return {ErrorKind::denied, "the network refused the passphrase" + number};
    case 53: return {ErrorKind::not_found, "no such network" + number};
    case 11:   // supplicant timed out
    case 5:    // no address
    case 15:
    case 16:
    case 17:   // DHCP
      return {ErrorKind::timed_out, "the network did not let us in in time" + number};
    default: return {ErrorKind::io, "not connected" + number};
  }
}

}   // namespace

NmWifi::Joining NmWifi::begin_join(Done done, hal::Operation& operation) {
  auto join = std::make_shared<Join>();
  join->answer = Answer{std::move(done)};
  join->patience = loop_.at(loop_.now() + patience_.join, [this, weak = std::weak_ptr{join}] {
    if (const auto late = weak.lock()) fail(late, {ErrorKind::timed_out, "not joined in time"});
  });
  join->answer.on_dropped([this, alive = std::weak_ptr{alive_}, weak = std::weak_ptr{join}] {
    const auto dropped = weak.lock();
    if (!alive.expired() && dropped) abandon(dropped);
  });
  joining_ = join;
  operation = join->answer.operation();
  return join;
}

hal::Operation NmWifi::connect(const std::string& ssid, const std::string& passphrase, Done done) {
  if (joining_) return refuse(std::move(done), {ErrorKind::busy, "joining already"});
  if (!wifi_words_valid(ssid, passphrase)) return refuse(std::move(done), {ErrorKind::invalid, "SSID or passphrase out of range"});
  hal::Operation operation;
  const auto join = begin_join(std::move(done), operation);
  join->ssid = ssid;
  join->passphrase = passphrase;
  manager_.device([this, join](Result<NmDevice> device) {
    if (join != joining_) return;
    if (!device.ok()) return end(join, device.error());
    join->device = std::move(device).value();
    manager_.profiles([this, join](Result<std::vector<NmProfile>> profiles) {
      if (join != joining_) return;
      if (!profiles.ok()) return end(join, profiles.error());
      for (const auto& profile : profiles.value())
        if (profile.ssid == join->ssid) join->old_profiles.push_back(profile.path);
      find_target(join, false);
    });
  });
  return operation;
}

hal::Operation NmWifi::start_access_point(const hal::AccessPointOptions& options, Done done) {
  if (joining_) return refuse(std::move(done), {ErrorKind::busy, "joining already"});
  if (!wifi_words_valid(options.ssid, options.passphrase))
    return refuse(std::move(done), {ErrorKind::invalid, "SSID or passphrase out of range"});
  hal::Operation operation;
  const auto join = begin_join(std::move(done), operation);
  manager_.device([this, join, options](Result<NmDevice> device) {
    if (join != joining_) return;
    if (!device.ok()) return end(join, device.error());
    join->device = std::move(device).value();
    join->asked = true;
    manager_.add_access_point(join->device, options,
                              [this, join](const Result<NmManager::Activation>& activation) { activated(join, activation); });
  });
  return operation;
}

/// Looks among what is known, then scans once.
void NmWifi::find_target(const Joining& join, bool scanned) {
  manager_.access_points(join->device, [this, join, scanned](Result<std::vector<NmAccessPoint>> points) {
    if (join != joining_) return;
    if (!points.ok()) return end(join, points.error());
    const auto target = std::ranges::find(points.value(), join->ssid, [](const auto& point) { return point.network.ssid; });
    if (target != points.value().end()) return activate(join, *target);
    if (scanned) return end(join, Error{ErrorKind::not_found, "no such network"});
    rescan(join->device, [this, join] {
      if (join == joining_) find_target(join, true);
    });
  });
}

void NmWifi::activate(const Joining& join, const NmAccessPoint& target) {
  const auto reply = [this, join](const Result<NmManager::Activation>& activation) { activated(join, activation); };
  const auto passphrase = std::exchange(join->passphrase, {});
  join->asked = true;
  if (passphrase.empty() && !join->old_profiles.empty())
    return manager_.activate(join->device, join->old_profiles.front(), target.path, reply);
  join->made_profile = true;
  manager_.add_and_activate(join->device, target, passphrase, reply);
}

void NmWifi::activated(const Joining& join, const Result<NmManager::Activation>& activation) {
  if (!activation.ok()) {
    join->made_profile = false;
    if (join == joining_) end(join, activation.error());
    return;
  }
  join->activation = activation.value();
  if (join->abandoned) return undo(join, [] {});   // dropped while the call was on its way
  if (join == joining_ && join->early_state) device_changed(*join->early_state, join->early_reason);
}

/// The device's state has changed: of interest while somebody waits for it to be up.
void NmWifi::device_changed(std::uint64_t state, std::uint64_t reason) {
  const auto join = joining_;
  if (!join || !join->asked) return;
  if (state >= kPrepare && state < kNmActivated) join->progressed = true;
  const bool over = state == kNmActivated || state == kNmFailed || (state <= kDisconnected && join->progressed);
  if (!over) return;
  if (join->activation.active.empty()) {   // the reply is still to come
    join->early_state = state;
    join->early_reason = reason;
    return;
  }
  if (state == kNmActivated) return succeed(join);
  fail(join, failure(reason));
}

void NmWifi::succeed(const Joining& join) {
  join->patience.drop();
  if (!join->made_profile) return end(join, {});
  remove_all(std::make_shared<std::vector<std::string>>(std::move(join->old_profiles)), [this, join] { end(join, {}); });
}

void NmWifi::fail(const Joining& join, Error error) {
  join->patience.drop();
  if (join->asked && join->activation.active.empty()) {   // no reply to the call itself: whatever it comes to is undone then
    join->abandoned = true;
    return end(join, std::move(error));
  }
  undo(join, [this, join, error = std::move(error)] { end(join, error); });
}

/// Takes back what the attempt has made of it so far.
void NmWifi::undo(const Joining& join, std::function<void()> then) {
  if (join->activation.active.empty()) return then();
  join->asked = false;   // what the device does from here on is our own doing
  manager_.deactivate(join->activation.active, [this, join, then = std::move(then)](const Result<BusMessage>&) {
    const auto made = std::make_shared<std::vector<std::string>>();
    if (join->made_profile) made->push_back(join->activation.profile);
    remove_all(made, then);
  });
}

void NmWifi::abandon(const Joining& join) {
  if (joining_ == join) joining_.reset();
  join->abandoned = true;
  join->patience.drop();
  undo(join, [] {});
}

void NmWifi::end(const Joining& join, Result<void> result) {
  if (joining_ == join) joining_.reset();
  join->patience.drop();
  join->answer(std::move(result));
}

}   // namespace nightjar::os
