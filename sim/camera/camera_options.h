#pragma once
// What kind of camera it is, what state it is in, and what goes wrong with it: plain values, set at will while it runs.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/address.h"
#include "hal/http.h"
#include "hal/time.h"

namespace nightjar::sim {

/// What leaves the factory: fixed for the life of a camera.
struct CameraOptions {
  std::string model = "Canon EOS R50";
  std::string nickname = "Nightjar's R50";
  std::string serial = "042031000123";
  std::string guid = "5a1f2c3d4e5f60718293a4b5c6d7e8f9";
  std::string mac = "74:38:b7:e2:73:5f";
  std::string uuid = "00000000-0000-0000-0001-7438B7E2735F";   // ends in the MAC address
  std::string firmware = "1.1.0";

  enum class Buttons : unsigned char { both, simple, manual };
  Buttons buttons = Buttons::both;
  bool old_firmware = false;    // ver100 only, absolute "url" in place of "path"
  std::string card = "card1";   // "sd" on single-slot and older bodies
  bool raw = false;             // two files a shot: CR3 and JPEG
  std::string tv = "1/125";     // exposure time at power-on, as the camera writes it
  std::string iso = "1600";
  std::string shooting_mode = "m";

  hal::Duration shutter_lag = std::chrono::milliseconds{60};   // from the request to the open shutter
  hal::Duration answer_lag = std::chrono::milliseconds{40};    // from the end of the exposure to the 200
  hal::Duration write_time = std::chrono::milliseconds{500};   // from the end of the exposure to the file on the card
  hal::Duration poll_short = std::chrono::seconds{10};         // hold times of event/polling
  hal::Duration poll_long = std::chrono::seconds{30};
  hal::Duration poll_linger = std::chrono::milliseconds{100};   // a new poll this soon after one ended is "Already started"

  hal::IpAddress listen;         // any() = all interfaces
  hal::IpAddress announce;       // the address in Location and X_accessURL; any() = the first interface that is not loopback
  std::uint16_t port = 8080;     // 443 with HTTPS; 0 = any free one
  std::string certificate_pem;   // HTTPS when set
  std::string key_pem;
  std::optional<hal::Credentials> digest;
  bool digest_sha256 = false;   // else MD5, as most clients do
  std::size_t connections_max = 4;
  bool sleeps = false;                         // leaves the network when nobody has asked anything for as long as autopoweroff says
  hal::Duration live_view_warm_up = std::chrono::milliseconds{500};   // from the answer to the start to the first frame

  bool ssdp = true;
  std::uint16_t description_port = 49152;   // 0 = no description server (and so no SSDP)
  hal::Duration notify_every = std::chrono::seconds{10};
  std::optional<hal::Endpoint> control;   // where /sim/... answers; nothing = nowhere

  std::uint64_t seed = 1;            // stars, meteors, noise
  std::size_t pictures_max = 2000;   // kept on the card; older ones are gone
};

/// What a person or the weather changes. Set through Camera::change(), which tells the pollers.
struct CameraCondition {
  std::string battery = "full";         // full high half quarter low charge ...
  std::string temperature = "normal";   // normal warning disablerelease ...
  enum class Card : unsigned char { fits, full, removed, locked };
  Card card = Card::fits;
  bool lens = true;
  bool focus_fails = false;   // with af:true
  bool records = true;        // false: 200 to the shutter, and no file until it is power-cycled
  bool first_poll_full = true;
  bool holds_polls = false;   // every poll for poll_long, whatever it asks for
  bool trailing_event = true;             // a storage/recordable event follows the one with addedcontents
  std::chrono::seconds clock_offset{0};   // the camera's clock is ahead of the world's by this
  int zone_minutes = 0;                   // of its clock, standard time
  bool daylight_saving = false;
  hal::Duration latency{0};   // added to every answer
  hal::Duration jitter{0};    // and up to this much more, at random

  bool operator==(const CameraCondition&) const = default;
};

/// One kind of fault that strikes the next requests whose path contains `where`.
struct CameraFault {
  enum class Kind : unsigned char {
    busy,          // 503 with `message`
    bad_gateway,   // 502 and no CCAPI
    hang,          // never an answer; after a minute, longer than a client waits, the connection breaks
    reset,         // the connection breaks before the answer
    cut,           // ... within the answer
    garbage,       // 200 with something that is not JSON
  };
  static constexpr int kForEver = -1;   // until the camera is power-cycled or the faults are cleared

  Kind kind = Kind::busy;
  int times = 1;
  std::string message{};
  std::string where{};
};

/// What goes wrong next. Faults strike in the order they were given; at most kMax wait, the next one replaces the oldest.
class CameraFaults {
 public:
  static constexpr std::size_t kMax = 64;
  static constexpr std::string_view kShutter = "/shutterbutton";

  void add(CameraFault fault) {
    if (fault.times == 0) return;
    if (faults_.size() == kMax) faults_.erase(faults_.begin());
    faults_.push_back(std::move(fault));
  }
  void busy_next(int times, std::string message = "Device busy", std::string_view where = kShutter) {
    add({CameraFault::Kind::busy, times, std::move(message), std::string{where}});
  }
  void http_502(int times, std::string_view where = {}) { add({CameraFault::Kind::bad_gateway, times, {}, std::string{where}}); }
  void hang_next(int times = 1, std::string_view where = {}) { add({CameraFault::Kind::hang, times, {}, std::string{where}}); }
  void reset_next(int times = 1, std::string_view where = {}) { add({CameraFault::Kind::reset, times, {}, std::string{where}}); }
  void cut_next(int times = 1, std::string_view where = {}) { add({CameraFault::Kind::cut, times, {}, std::string{where}}); }
  void garbage_next(int times = 1, std::string_view where = {}) { add({CameraFault::Kind::garbage, times, {}, std::string{where}}); }
  /// The next `times` shots answer 200 and leave no file.
  void no_file_next(int times) { no_file_ = times; }
  void clear() {
    faults_.clear();
    no_file_ = 0;
  }

  /// The fault that strikes a request for `path` now, used up by one.
  std::optional<CameraFault> strike(std::string_view path);
  bool strike_file() {
    if (no_file_ == 0) return false;
    if (no_file_ > 0) --no_file_;
    return true;
  }
  std::size_t waiting() const { return faults_.size(); }

 private:
  std::vector<CameraFault> faults_;
  int no_file_ = 0;
};

inline std::optional<CameraFault> CameraFaults::strike(std::string_view path) {
  for (auto at = faults_.begin(); at != faults_.end(); ++at) {
    if (path.find(at->where) == std::string_view::npos) continue;
    auto fault = *at;
    if (at->times != CameraFault::kForEver && --at->times == 0) faults_.erase(at);
    return fault;
  }
  return std::nullopt;
}

}   // namespace nightjar::sim
