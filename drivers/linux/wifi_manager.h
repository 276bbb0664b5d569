#pragma once
// NetworkManager's D-Bus API, as far as Wi-Fi needs it: one function a question, asynchronous.
// https://networkmanager.dev/docs/api/latest/spec.html
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/linux/wifi_bus.h"
#include "hal/wifi.h"

namespace nightjar::os {

/// The first Wi-Fi device and what it is doing.
struct NmDevice {
  std::string path;
  std::uint64_t state = 0;           // NMDeviceState
  std::string active_connection;     // "/" without one
  std::string active_access_point;   // the same
  std::string ip4_config;
  std::int64_t last_scan = 0;     // ms since the system's start, -1 never
  bool is_access_point = false;   // we are the one who sends out
};

struct NmAccessPoint {
  std::string path;
  hal::WifiNetwork network;
};

/// A saved network.
struct NmProfile {
  std::string path;
  std::string ssid;
};

inline constexpr std::uint64_t kNmActivated = 100;   // NMDeviceState
inline constexpr std::uint64_t kNmFailed = 120;

class NmManager {
 public:
  /// What is asked when the last reply is in; `next` never runs after this is destroyed.
  template <class T>
  using Then = std::function<void(hal::Result<T>)>;

  explicit NmManager(AsioLoop& loop);

  /// `missing` when there is no bus, no NetworkManager or no Wi-Fi device.
  void device(Then<NmDevice> then);
  void wireless_enabled(Then<bool> then);
  /// The first IPv4 address of a device, nothing without one.
  void address(const NmDevice& device, Then<std::optional<hal::IpAddress>> then);
  void access_point(const std::string& path, Then<NmAccessPoint> then);
  /// All that are known, the strongest of each SSID, strongest first; kAccessPointsMax at most are asked for.
  void access_points(const NmDevice& device, Then<std::vector<NmAccessPoint>> then);
  void request_scan(const NmDevice& device, Then<BusMessage> then);
  /// Saved networks, without access points of our own.
  void profiles(Then<std::vector<NmProfile>> then);
  void remove_profile(const std::string& path, Then<BusMessage> then);

  struct Activation {
    std::string profile;   // its path
    std::string active;    // of the active connection
  };
  void add_and_activate(const NmDevice& device, const NmAccessPoint& target, const std::string& passphrase, Then<Activation> then);
  void activate(const NmDevice& device, const std::string& profile, const std::string& access_point, Then<Activation> then);
  void add_access_point(const NmDevice& device, const hal::AccessPointOptions& options, Then<Activation> then);
  void deactivate(const std::string& active, Then<BusMessage> then);
  void disconnect(const NmDevice& device, Then<BusMessage> then);

  /// Every signal of NetworkManager; see Bus.
  void on_signal(std::function<void(const Bus::Signal&)> heard) { bus_.on_signal = std::move(heard); }

  static constexpr std::size_t kAccessPointsMax = 256;

 private:
  void ask(const std::string& path, const char* interface, const char* method, Then<BusMessage> then);
  void send(hal::Result<BusMessage> message, Then<BusMessage> then);
  void properties(const std::string& path, const char* interface, Then<BusDict> then);
  void paths(const std::string& path, const char* interface, const char* method, Then<std::vector<std::string>> then);
  void first_wifi(std::shared_ptr<std::vector<std::string>> left, Then<NmDevice> then);

  AsioLoop& loop_;
  Bus bus_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// NetworkManager's flags of an access point as a word for people.
std::string nm_security(std::uint64_t flags, std::uint64_t wpa_flags, std::uint64_t rsn_flags);
/// The channel of a frequency in MHz; 0 when it has none.
int wifi_channel(std::uint64_t frequency);

}   // namespace nightjar::os
