#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/linux/wifi_manager.h"
#include "hal/log.h"
#include "hal/wifi.h"

namespace nightjar::os {

/// Wi-Fi through NetworkManager, on the first Wi-Fi device it knows. Nothing is cached: every question goes to NetworkManager.
///
/// connect() with an empty passphrase joins a saved network with the passphrase saved. A profile made for an attempt that fails is
/// removed again; one that succeeds replaces older profiles of its SSID. One join or access point start at a time, a second is
/// answered `busy`. The access point's profile is volatile and never among the saved. The loop outlives this.
class NmWifi final : public hal::Wifi {
 public:
  struct Patience {
    hal::Duration join = std::chrono::seconds{45};   // association, keys and DHCP; NetworkManager's own limits end about there
    hal::Duration scan = std::chrono::seconds{15};   // 5 GHz channels with radar take long; after it what is known is answered
  };

  explicit NmWifi(AsioLoop& loop) : NmWifi(loop, Patience{}) {}
  NmWifi(AsioLoop& loop, Patience patience);
  ~NmWifi() override;

  hal::Operation status(std::function<void(hal::Result<hal::WifiStatus>)> done) override;
  hal::Operation scan(bool refresh, std::function<void(hal::Result<std::vector<hal::WifiNetwork>>)> done) override;
  hal::Operation connect(const std::string& ssid, const std::string& passphrase, Done done) override;
  hal::Operation disconnect(Done done) override;
  hal::Operation saved(std::function<void(hal::Result<std::vector<std::string>>)> done) override;
  hal::Operation forget(const std::string& ssid, Done done) override;
  hal::Operation start_access_point(const hal::AccessPointOptions& options, Done done) override;
  hal::Operation stop_access_point(Done done) override;
  hal::Operation watch(std::function<void()> changed) override;

 private:
  using Answer = hal::Completion<hal::Result<void>>;
  using Status = hal::Result<hal::WifiStatus>;
  struct Join;
  struct Scan;
  struct Watch;
  using Joining = std::shared_ptr<Join>;

  hal::Operation refuse(Done done, hal::Error error);
  void ask_status(std::function<void(Status)> then);
  void rescan(const NmDevice& device, std::function<void()> then);
  void remove_all(std::shared_ptr<std::vector<std::string>> profiles, std::function<void()> then);
  void on_signal(const Bus::Signal& signal);
  void scanned(const std::string& device);

  // wifi_join.cpp: one attempt to bring the device up
  Joining begin_join(Done done, hal::Operation& operation);
  void find_target(const Joining& join, bool scanned);
  void activate(const Joining& join, const NmAccessPoint& target);
  void activated(const Joining& join, const hal::Result<NmManager::Activation>& activation);
  void device_changed(std::uint64_t state, std::uint64_t reason);
  void succeed(const Joining& join);
  void fail(const Joining& join, hal::Error error);
  void undo(const Joining& join, std::function<void()> then);
  void abandon(const Joining& join);
  void end(const Joining& join, hal::Result<void> result);

  void look_for_changes();

  AsioLoop& loop_;
  Patience patience_;
  Joining joining_;
  std::vector<std::shared_ptr<Scan>> scans_;
  std::vector<std::weak_ptr<Watch>> watches_;
  std::optional<hal::WifiStatus> told_;   // what the watchers know; nothing: an error
  bool baseline_ = false;                 // told_ has been asked once
  bool looking_ = false;
  bool look_again_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  NmManager manager_;   // last: with it go all replies still to come
};

}   // namespace nightjar::os
