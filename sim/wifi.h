#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/time.h"
#include "hal/wifi.h"
#include "sim/stack.h"

namespace nightjar::sim {

/// A network somebody sends out.
struct AirNetwork {
  std::string ssid;
  std::string passphrase;   // empty: open
  int signal = 70;          // percent
  int channel = 6;
  hal::IpAddress address = hal::IpAddress::v4(192, 168, 1, 50);   // what its DHCP gives us
  bool deaf = false;                                              // answers no join: `timed_out`
  Link* cell = nullptr;                                           // where its members hear each other; none: it leads nowhere
};

/// The radio of a simulated device. On any loop: a world's or the desk's. What it takes to join is time, a network in the air and its
/// passphrase. An empty passphrase means the saved one, if any.
///
/// One join or access point start at a time; a second is answered `busy`. Leaving a network by joining another one, or failing to, ends
/// on no network.
class Wifi final : public hal::Wifi {
 public:
  explicit Wifi(hal::Loop& loop) : loop_(loop), alive_(std::make_shared<bool>(true)) {}

  hal::Operation status(std::function<void(hal::Result<hal::WifiStatus>)> done) override;
  hal::Operation scan(bool refresh, std::function<void(hal::Result<std::vector<hal::WifiNetwork>>)> done) override;
  hal::Operation connect(const std::string& ssid, const std::string& passphrase, Done done) override;
  hal::Operation disconnect(Done done) override;
  hal::Operation saved(std::function<void(hal::Result<std::vector<std::string>>)> done) override;
  hal::Operation forget(const std::string& ssid, Done done) override;
  hal::Operation start_access_point(const hal::AccessPointOptions& options, Done done) override;
  hal::Operation stop_access_point(Done done) override;
  hal::Operation watch(std::function<void()> changed) override;

  // ---- the world's side

  /// Puts a network into the air; several may share an SSID.
  void add_network(AirNetwork network) { air_.push_back(std::move(network)); }
  /// All of that SSID fall silent; who is on it loses it.
  void remove_network(const std::string& ssid);
  /// No radio at all: everything answers `missing`.
  void set_fitted(bool fitted) { fitted_ = fitted; }
  void set_enabled(bool enabled);
  /// What the device sends out itself.
  const std::optional<hal::AccessPointOptions>& access_point() const { return access_point_; }
  /// From now on `interface` of `stack` goes where the radio goes: onto the cell of the network it has joined, or onto `own` while it is an
  /// access point, with the address it has there; down while it is on none.
  void attach(Stack& stack, const std::string& interface, Link& own);
  /// Called when the device's own address changes with what it has joined (nothing: it is on no network); may be empty.
  std::function<void(std::optional<hal::IpAddress>)> on_address;

  static constexpr hal::Duration kScanTime = std::chrono::seconds{3};
  static constexpr hal::Duration kJoinTime = std::chrono::seconds{4};
  static constexpr hal::Duration kJoinPatience = std::chrono::seconds{45};   // NetworkManager's own limit for a join
  static constexpr hal::Duration kAccessPointTime = std::chrono::seconds{2};
  static constexpr auto kAccessPointAddress = hal::IpAddress::v4(10, 42, 0, 1);   // NetworkManager's for a shared network

 private:
  template <class T, class Work>
  hal::Operation ask(hal::Duration takes, std::function<void(T)> done, Work work);
  const AirNetwork* strongest(const std::string& ssid) const;
  bool joining() const;
  void set_current(std::optional<AirNetwork> network);
  void move(std::optional<hal::IpAddress> address, Link* cell);
  void notify();

  hal::Loop& loop_;
  std::shared_ptr<bool> alive_;
  bool fitted_ = true;
  bool enabled_ = true;
  std::weak_ptr<bool> joining_;
  std::deque<AirNetwork> air_;
  std::vector<hal::WifiNetwork> known_;
  std::map<std::string, std::string> saved_;   // SSID -> passphrase
  std::optional<AirNetwork> current_;
  std::optional<hal::AccessPointOptions> access_point_;
  Stack* stack_ = nullptr;
  std::string interface_;
  Link* own_ = nullptr;
  struct Watch;
  std::vector<std::weak_ptr<Watch>> watches_;
};

}   // namespace nightjar::sim
