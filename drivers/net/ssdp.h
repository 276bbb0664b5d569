#pragma once
// SSDP, the discovery of UPnP (UPnP Device Architecture 1.1, section 1): one datagram, one message. No I/O; whatever the network sends,
// nothing here throws.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hal/address.h"

namespace nightjar::net {

/// 239.255.255.250:1900
hal::Endpoint ssdp_group();

/// What a Canon body announces while its CCAPI can be reached.
inline constexpr std::string_view kCcapiService = "urn:schemas-canon-com:service:ICPO-CameraControlAPIService:1";
inline constexpr std::string_view kCcapiDevice = "urn:schemas-canon-com:device:ICPO-CameraControlAPIService:1";

/// NOTIFY: a device says that it is there, that it has changed, or that it goes.
struct SsdpNotify {
  enum class Kind : unsigned char { alive, byebye, update };
  Kind kind = Kind::alive;
  std::string type;       // NT
  std::string usn;        // "uuid:...::type"
  std::string location;   // URL of the description; empty in a byebye
  std::string server;
  std::uint32_t max_age_s = 1800;   // how long it holds when nothing follows

  /// "uuid:00000000-0000-0000-0001-7438B7E2735F": the part of the USN that names the device.
  std::string_view uuid() const { return std::string_view{usn}.substr(0, usn.find("::")); }
};

/// The answer to an M-SEARCH.
struct SsdpResponse {
  std::string type;   // ST
  std::string usn;
  std::string location;
  std::string server;
  std::uint32_t max_age_s = 1800;

  std::string_view uuid() const { return std::string_view{usn}.substr(0, usn.find("::")); }
};

/// M-SEARCH: who offers this?
struct SsdpSearch {
  std::string type;   // ST: "ssdp:all", "upnp:rootdevice", "uuid:...", "urn:..."
  int wait_s = 1;     // MX: answers are spread over so many seconds, 1..5
};

std::optional<SsdpNotify> parse_ssdp_notify(std::string_view datagram);
std::optional<SsdpResponse> parse_ssdp_response(std::string_view datagram);
std::optional<SsdpSearch> parse_msearch(std::string_view datagram);

// The fields must hold no line breaks: what comes from parse_* never does. Others are written without them.
std::string format_ssdp_notify(const SsdpNotify& notify);
std::string format_ssdp_response(const SsdpResponse& response);
std::string format_msearch(const SsdpSearch& search);

/// True for the CCAPI service or device in NT, ST or USN; the other services of the same body are not meant.
bool is_ccapi(std::string_view type, std::string_view usn);

}   // namespace nightjar::net
