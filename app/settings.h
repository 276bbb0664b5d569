#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "hal/address.h"
#include "hal/http.h"
#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::app {

/// What a person may set, in a TOML file; every value has a default that works.
struct Settings {
  hal::Endpoint listen{hal::IpAddress::any_v6(), 3000};
  hal::HttpServerOptions http{};           // its limits
  std::string auth_token;                  // empty = open, as on the device's own access point

  // [camera]: where it is, when it cannot announce itself
  std::string camera_url;                  // "https://192.168.4.2:443"
  std::optional<hal::Credentials> camera_credentials;
  hal::Duration bulb{};                    // how long the shutter is held open when the camera is set to bulb
  bool discover = true;                    // look for cameras that announce themselves

  // [session]
  bool resume = false;                     // go on by itself after a power cut
  std::size_t reports_max = 10'000;        // past it saving is refused until some are deleted

  // [button]
  bool press_starts = false;               // a short press starts and stops the intervalometer; else it takes a photo
};

/// Reads a TOML text over `base`. An unknown key, a wrong type or a value out of range is an error that names the line, so that a
/// typing mistake is never taken for a default.
hal::Result<Settings> read_settings(std::string_view toml, Settings base = {});

}  // namespace nightjar::app
