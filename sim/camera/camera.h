#pragma once
// A Canon camera in the world: CCAPI over HTTP or HTTPS, SSDP, its description, a card full of night sky, and whatever may go wrong with
// it.
//
// It is written against hal/ alone, so it listens in the virtual world, on the desk's loopback, or as a program of its own. What it
// says is written here, by the same public sources as the driver but sharing no code with it, so that neither hides the
// other's mistakes.
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "hal/http.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"
#include "sim/camera/camera_options.h"

namespace nightjar::sim {

/// A request as it came in. `status` is 0 while it is unanswered, -1 when the connection was broken instead.
struct CameraRequest {
  hal::Instant at;
  std::string method;
  std::string target;
  hal::Endpoint remote;           // names the connection
  std::uint64_t connection = 0;   // 1, 2, ... in order of their first request
  int status = 0;
};

/// A POST that presses the shutter button: to shutterbutton, or full_press to shutterbutton/manual.
struct CameraPress {
  hal::Instant at;   // when the request was read
  hal::WallTime wall{};
  hal::Endpoint remote;
  std::uint64_t connection = 0;
  int status = 0;   // as above
};

struct CameraExposure {
  hal::Instant opened;
  hal::Instant closed;
  std::string file;   // "100CANON/IMG_0001.JPG"; empty while it is being written or when nothing was recorded
};

class Camera {
 public:
  /// What is lent outlives it.
  Camera(CameraOptions options, hal::Loop& loop, hal::HttpServers& servers, hal::Network& network, hal::Random& random,
         hal::WallClock& wall_clock);
  ~Camera();
  Camera(const Camera&) = delete;
  Camera& operator=(const Camera&) = delete;

  /// Opens its ports and says so by SSDP. `in_use` and what else the network says when one cannot be had; then it stays off.
  /// Without SSDP (no multicast here) it runs nevertheless.
  hal::Result<void> power_on();
  /// As when the battery is pulled: connections break, an exposure is lost, the card keeps what is written. `says_goodbye`: byebye
  /// first, as when it is switched off in order.
  void power_off(bool says_goodbye = true);
  bool on() const;
  /// Off the network for a while without a word, then there again.
  void leave_network(hal::Duration how_long);
  /// byebye, then alive at the new address, which the host has already.
  hal::Result<void> change_address(const hal::IpAddress& address);

  CameraFaults& faults();
  const CameraCondition& condition() const;
  /// Changes what `edit` changes and tells the pollers.
  void change(const std::function<void(CameraCondition&)>& edit);
  /// {"value":X} as a client would PUT it, JSON; false when the camera refuses it.
  bool set(const std::string& setting, const std::string& json_value);
  /// As the person at the camera does: "m", "av", "tv", "p", "bulb".
  void turn_dial(const std::string& mode);

  /// Where CCAPI answers now; port 0 while it is off.
  hal::Endpoint ccapi() const;
  /// "https://192.168.4.2:443/ccapi"
  std::string access_url() const;
  /// Where /sim answers; port 0 when it does not.
  hal::Endpoint control() const;

  bool exposing() const;
  bool button_held() const;
  /// Remembered: the newest 10 000 of each.
  const std::deque<CameraRequest>& log() const;
  const std::deque<CameraPress>& presses() const;
  const std::deque<CameraExposure>& exposures() const;
  std::uint64_t connections_seen() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}   // namespace nightjar::sim
