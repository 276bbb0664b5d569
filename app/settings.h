#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hal/address.h"
#include "hal/http.h"
#include "hal/result.h"

namespace nightjar::app {

/// [uplink]
struct UplinkSettings {
  std::string url;                         // "wss://metrics.example.org/api/ws/metrics"; empty = no uplink
  std::string token;                       // a JWT, or whatever the server takes
  std::int64_t jitter = 0;                 // percent by which a delay before an attempt may be shorter
  std::string ca;                          // file of certificates to trust, PEM; empty = the system's
  std::string pin;                         // SHA-256 of the one certificate to trust, hex; the name does not matter then
  std::vector<std::string> commands;       // what the server may have us do
};

/// What a person may set, in a TOML file; every value has a default that works.
struct Settings {
  hal::Endpoint listen{hal::IpAddress::any_v6(), 3000};
  hal::HttpServerOptions http{};           // its limits
  std::string auth_token;                  // empty = open, as on the device's own access point

  // [camera]: where it is, when it cannot announce itself
  std::string camera_url;                  // "https://192.168.4.2:443"
  std::optional<hal::Credentials> camera_credentials;
  bool discover = true;                    // look for cameras that announce themselves

  // [hub]
  std::size_t hub_clients_max = 256;       // past it the handshake is answered 503
  std::size_t hub_queue_max = 1u << 20;    // bytes that may wait for one that reads slowly; past it: 1013

  // [session]
  bool resume = false;                     // go on by itself after a power cut
  std::size_t reports_max = 10'000;        // past it saving is refused until some are deleted

  UplinkSettings uplink;                   // [uplink]
  std::string metrics_secret;              // [metrics]: signs the tokens of readers; empty = nobody may read

  // [media_server]
  struct MediaServer {
    std::string url;                       // "http://192.168.4.9:8096"; empty = none
    std::string api_key;
    std::string certificate;               // SHA-256 to pin, lower-case hex; empty = https is verified by the system's authorities
    std::string device_name;               // how we call ourselves there; empty = the host's name
    enum class PhotoOn : unsigned char { never, start, pause, stop, any };
    PhotoOn photo_on = PhotoOn::never;     // what playback takes a photo
    std::string photo_device;              // only on the device of this name; empty = on all
  };
  MediaServer media_server;

  // [sharing]: sessions of several devices
  std::string device_name;                 // as others see it; empty = "Nightjar" and a part of its id
  std::uint16_t sharing_port = 8080;       // TCP, open while a session is hosted

  // [button]
  bool press_starts = false;               // a short press starts and stops the intervalometer; else it takes a photo
};

/// Reads a TOML text over `base`. An unknown key, a wrong type or a value out of range is an error that names the line, so that a
/// typing mistake is never taken for a default.
hal::Result<Settings> read_settings(std::string_view toml, Settings base = {});

}  // namespace nightjar::app
