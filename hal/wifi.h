#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hal/address.h"
#include "hal/operation.h"
#include "hal/result.h"

namespace nightjar::hal {

struct WifiNetwork {
  std::string ssid;         // as broadcast: any bytes, taken literally
  int signal = 0;           // percent
  std::string security;     // "Open", "WPA2", "WPA3", "WEP"
  int channel = 0;
  bool in_use = false;
};

struct WifiStatus {
  bool enabled = false;                 // the radio is on
  std::optional<std::string> ssid;      // the network we are on
  std::optional<IpAddress> address;
  int signal = 0;                       // percent, when on a network
};

struct AccessPointOptions {
  std::string ssid;                     // 1..32 bytes
  std::string passphrase;               // empty = open; else 8..63 characters
  int channel = 6;                      // cameras like 6 and 11 on 2.4 GHz
};

/// Wi-Fi of the device. One attempt a call; whether to try again is the caller's. A passphrase goes in and never comes out
/// again: not in an error, a log or a list. All of it answers `missing` where there is no radio or no service that runs it.
class Wifi {
 public:
  virtual ~Wifi() = default;
  using Done = std::function<void(Result<void>)>;

  virtual Operation status(std::function<void(Result<WifiStatus>)> done) = 0;
  /// Networks in the air, strongest first, one entry an SSID; `refresh` scans anew (seconds), else what is known already.
  virtual Operation scan(bool refresh, std::function<void(Result<std::vector<WifiNetwork>>)> done) = 0;
  /// Joins. `denied`: wrong passphrase; `not_found`: no such network; `timed_out`; `busy` while another join is under way; `invalid` for
  /// what cannot be an SSID or a passphrase. An empty passphrase takes the saved one, where there is one. A network joined is saved; an
  /// attempt that fails leaves nothing saved and spoils nothing.
  virtual Operation connect(const std::string& ssid, const std::string& passphrase, Done done) = 0;
  virtual Operation disconnect(Done done) = 0;
  virtual Operation saved(std::function<void(Result<std::vector<std::string>>)> done) = 0;
  virtual Operation forget(const std::string& ssid, Done done) = 0;
  virtual Operation start_access_point(const AccessPointOptions& options, Done done) = 0;
  virtual Operation stop_access_point(Done done) = 0;
  /// Calls `changed` whenever status() would answer anew, until the handle is dropped.
  virtual Operation watch(std::function<void()> changed) = 0;
};

}  // namespace nightjar::hal
