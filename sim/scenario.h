#pragma once
// A night as data: who is there, and what happens when. A TOML file that a person writes or a shrunken run leaves behind.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hal/result.h"
#include "sim/camera/camera_options.h"
#include "sim/happening.h"

namespace nightjar::sim {

struct DeviceSpec {
  std::string name = "pi";
  bool resume = false;
  std::string token;   // empty: open
  bool clock_battery = true;        // its wall clock goes on without power
  bool operator==(const DeviceSpec&) const = default;
};

struct CameraSpec {
  std::string name = "camera";
  std::string device = "pi";
  CameraOptions::Buttons buttons = CameraOptions::Buttons::both;
  std::string exposure = "1/125";   // as the camera writes it
  bool tls = false;
  bool digest = false;              // HTTP digest, with the secrets of kCameraUser and kCameraPassword
  bool ssdp = false;                // announces itself and answers searches
  bool operator==(const CameraSpec&) const = default;
};

struct PhoneSpec {
  std::string name = "phone";
  std::string device = "pi";
  bool operator==(const PhoneSpec&) const = default;
};

/// A server that a device has a link to.
struct ServerSpec {
  enum class Kind : unsigned char { media, metrics };
  std::string name = "server";
  std::string device = "pi";
  Kind kind = Kind::media;
  bool operator==(const ServerSpec&) const = default;
};

inline constexpr auto kCameraUser = "photographer";
inline constexpr auto kCameraPassword = "opensesame-42";   // must never be seen in a log, a trace or a message; nor the two below
inline constexpr auto kMediaKey = "key-of-the-house-7";
inline constexpr auto kMetricsToken = "token-of-the-roof-9";

struct Scenario {
  static constexpr std::size_t kPartsMax = 40;             // devices, cameras, phones, servers: of each
  static constexpr std::size_t kHappeningsMax = 100'000;

  std::string name = "a night";
  std::uint64_t seed = 1;
  hal::Duration lasts = std::chrono::hours{12};   // a time to recover follows; nothing happens in it
  std::vector<DeviceSpec> devices;
  std::vector<CameraSpec> cameras;
  std::vector<PhoneSpec> phones;
  std::vector<ServerSpec> servers;
  std::vector<Happening> happenings;              // by time; those of one moment in their order here
  bool operator==(const Scenario&) const = default;
};

/// Never throws. A mistake is an error that names the line; nothing in the file is ignored.
hal::Result<Scenario> read_scenario(std::string_view toml);
/// Reads back as the same.
std::string to_toml(const Scenario& scenario);

}   // namespace nightjar::sim
