#include "drivers/linux/wifi.h"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <utility>

#include "drivers/linux/wifi_join.h"

namespace nightjar::os {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

bool same(const std::optional<hal::WifiStatus>& a, const std::optional<hal::WifiStatus>& b) {
  if (!a || !b) return !a && !b;
  return a->enabled == b->enabled && a->ssid == b->ssid && a->address == b->address && a->signal == b->signal;
}

/// On a network of somebody else?
bool on_network(const NmDevice& device) {
  return device.state == kNmActivated && !device.is_access_point && !device.active_access_point.empty() &&
         device.active_access_point != "/";
}

}   // namespace

struct NmWifi::Watch final : hal::Operation::Shared {
  std::function<void()> changed;
  void dropped() noexcept override { changed = nullptr; }
};

NmWifi::NmWifi(AsioLoop& loop, Patience patience) : loop_(loop), patience_(patience), manager_(loop) {
  manager_.on_signal([this](const Bus::Signal& signal) { on_signal(signal); });
}

NmWifi::~NmWifi() = default;

hal::Operation NmWifi::refuse(Done done, Error error) {
  const Answer answer{std::move(done)};
  loop_.post([answer, error = std::move(error)] { answer(error); });
  return answer.operation();
}

void NmWifi::ask_status(std::function<void(Status)> then) {
  manager_.device([this, then = std::move(then)](const Result<NmDevice>& device) {
    if (!device.ok()) return then(device.error());
    manager_.wireless_enabled([this, then, device = device.value()](const Result<bool>& enabled) {
      if (!enabled.ok()) return then(enabled.error());
      hal::WifiStatus status;
      status.enabled = enabled.value();
      manager_.address(device, [this, then, device, status](const Result<std::optional<hal::IpAddress>>& address) mutable {
        if (address.ok() && device.state == kNmActivated) status.address = address.value();
        if (!on_network(device)) return then(status);
        manager_.access_point(device.active_access_point, [then, status](const Result<NmAccessPoint>& point) mutable {
          if (point.ok()) {   // else it has just gone
            status.ssid = point.value().network.ssid;
            status.signal = point.value().network.signal;
          }
          then(status);
        });
      });
    });
  });
}

hal::Operation NmWifi::status(std::function<void(Status)> done) {
  const hal::Completion<Status> answer{std::move(done)};
  ask_status([answer](Status status) { answer(std::move(status)); });
  return answer.operation();
}

hal::Operation NmWifi::scan(bool refresh, std::function<void(Result<std::vector<hal::WifiNetwork>>)> done) {
  const hal::Completion<Result<std::vector<hal::WifiNetwork>>> answer{std::move(done)};
  const auto list = [this, answer](const NmDevice& device) {
    manager_.access_points(device, [answer, device](const Result<std::vector<NmAccessPoint>>& points) {
      if (!points.ok()) return answer(points.error());
      std::vector<hal::WifiNetwork> out;
      for (const auto& point : points.value()) {
        out.push_back(point.network);
        out.back().in_use = on_network(device) && point.path == device.active_access_point;
      }
      answer(std::move(out));
    });
  };
  manager_.device([this, answer, refresh, list](const Result<NmDevice>& device) {
    if (!device.ok()) return answer(device.error());
    if (!refresh) return list(device.value());
    rescan(device.value(), [list, device = device.value()] { list(device); });
  });
  return answer.operation();
}

/// Has the device look around; `then` comes when it has, or was not allowed to (it has just done so), or takes too long.
void NmWifi::rescan(const NmDevice& device, std::function<void()> then) {
  const auto scan = std::make_shared<Scan>();
  scan->device = device.path;
  scan->then = std::move(then);
  const auto over = [this, weak = std::weak_ptr{scan}] {
    const auto ended = weak.lock();
    if (!ended) return;
    std::erase(scans_, ended);
    ended->patience.drop();
    if (auto next = std::exchange(ended->then, nullptr)) next();
  };
  scan->patience = loop_.at(loop_.now() + patience_.scan, over);
  scans_.push_back(scan);
  manager_.request_scan(device, [over](const Result<BusMessage>& asked) {
    if (!asked.ok()) over();
  });
}

hal::Operation NmWifi::disconnect(Done done) {
  const Answer answer{std::move(done)};
  manager_.device([this, answer](const Result<NmDevice>& device) {
    if (!device.ok()) return answer(device.error());
    if (device.value().active_connection.empty() || device.value().active_connection == "/") return answer({});
    manager_.disconnect(device.value(), [answer](const Result<BusMessage>& reply) {
      if (reply.ok())
        answer({});
      else
        answer(reply.error());
    });
  });
  return answer.operation();
}

hal::Operation NmWifi::saved(std::function<void(Result<std::vector<std::string>>)> done) {
  const hal::Completion<Result<std::vector<std::string>>> answer{std::move(done)};
  manager_.device([this, answer](const Result<NmDevice>& device) {
    if (!device.ok()) return answer(device.error());
    manager_.profiles([answer](const Result<std::vector<NmProfile>>& profiles) {
      if (!profiles.ok()) return answer(profiles.error());
      std::vector<std::string> out;
      for (const auto& profile : profiles.value())
        if (out.empty() || out.back() != profile.ssid) out.push_back(profile.ssid);
      answer(std::move(out));
    });
  });
  return answer.operation();
}

hal::Operation NmWifi::forget(const std::string& ssid, Done done) {
  const Answer answer{std::move(done)};
  manager_.device([this, answer, ssid](const Result<NmDevice>& device) {
    if (!device.ok()) return answer(device.error());
    manager_.profiles([this, answer, ssid](const Result<std::vector<NmProfile>>& profiles) {
      if (!profiles.ok()) return answer(profiles.error());
      const auto gone = std::make_shared<std::vector<std::string>>();
      for (const auto& profile : profiles.value())
        if (profile.ssid == ssid) gone->push_back(profile.path);
      if (gone->empty()) return answer(Error{ErrorKind::not_found, "not a saved network"});
      remove_all(gone, [answer] { answer({}); });
    });
  });
  return answer.operation();
}

/// One after the other; one that is not there any more is removed as well.
void NmWifi::remove_all(std::shared_ptr<std::vector<std::string>> profiles, std::function<void()> then) {
  if (profiles->empty()) return then();
  const auto path = std::move(profiles->back());
  profiles->pop_back();
  manager_.remove_profile(
      path, [this, profiles, then = std::move(then)](const Result<BusMessage>&) mutable { remove_all(profiles, std::move(then)); });
}

hal::Operation NmWifi::stop_access_point(Done done) {
  const Answer answer{std::move(done)};
  manager_.device([this, answer](const Result<NmDevice>& device) {
    if (!device.ok()) return answer(device.error());
    const auto& active = device.value().active_connection;
    if (!device.value().is_access_point || active.empty() || active == "/") return answer({});
    manager_.deactivate(active, [answer](const Result<BusMessage>& reply) {
      if (reply.ok())
        answer({});
      else
        answer(reply.error());
    });
  });
  return answer.operation();
}

// ---- signals

void NmWifi::on_signal(const Bus::Signal& signal) {
  const std::weak_ptr<bool> alive = alive_;   // an answer may be the end of us
  if (signal.member == "StateChanged" && signal.interface == "org.freedesktop.NetworkManager.Device") {
    std::uint32_t state = 0;
    std::uint32_t old = 0;
    std::uint32_t reason = 0;
    const bool read = sd_bus_message_read(signal.message, "uuu", &state, &old, &reason) >= 0;
    if (read && joining_ && joining_->device.path == signal.path) device_changed(state, reason);
  }
  if (alive.expired()) return;
  if (signal.member == "PropertiesChanged" && !scans_.empty()) {
    const char* interface = nullptr;
    BusDict changed;
    const bool read = sd_bus_message_read(signal.message, "s", &interface) >= 0 && read_dict(signal.message, changed);
    if (read && changed.values.contains("LastScan")) scanned(signal.path);
  }
  if (!alive.expired()) look_for_changes();
}

void NmWifi::scanned(const std::string& device) {
  const std::weak_ptr<bool> alive = alive_;
  std::vector<std::shared_ptr<Scan>> over;
  for (const auto& scan : scans_)
    if (scan->device == device) over.push_back(scan);
  for (const auto& scan : over) {
    if (alive.expired()) return;
    std::erase(scans_, scan);
    scan->patience.drop();
    if (auto then = std::exchange(scan->then, nullptr)) then();
  }
}

hal::Operation NmWifi::watch(std::function<void()> changed) {
  const auto watch = std::make_shared<Watch>();
  watch->changed = std::move(changed);
  watches_.push_back(watch);
  if (!baseline_) look_for_changes();
  return hal::Operation{watch};
}

/// NetworkManager tells of much that does not concern us: what status() answers is compared. Signals that come meanwhile
/// make for one more look.
void NmWifi::look_for_changes() {
  std::erase_if(watches_, [](const auto& watch) { return watch.expired(); });
  if (watches_.empty()) {
    baseline_ = false;
    return;
  }
  if (std::exchange(looking_, true)) {
    look_again_ = true;
    return;
  }
  ask_status([this](Status status) {
    looking_ = false;
    auto now = status.ok() ? std::optional{std::move(status).value()} : std::nullopt;
    const bool differs = std::exchange(baseline_, true) && !same(now, told_);
    told_ = std::move(now);
    const std::weak_ptr<bool> alive = alive_;
    if (differs) {
      const auto watches = watches_;
      for (const auto& weak : watches) {
        const auto watch = weak.lock();
        if (!watch || !watch->changed) continue;
        const auto changed = watch->changed;   // it may drop its own handle, and us
        changed();
        if (alive.expired()) return;
      }
    }
    if (std::exchange(look_again_, false)) look_for_changes();
  });
}

}   // namespace nightjar::os
