#pragma once
// A camera at one place. Every call is one attempt; retrying is the caller's policy.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hal/http.h"
#include "hal/time.h"

namespace nightjar::hal {

struct CameraInfo {
  std::string manufacturer;
  std::string model;
  std::string serial;
  std::string firmware;
  std::string mac;
  std::string shutter_path;      // the resource the shutter is fired through
  std::string certificate;       // SHA-256 shown by the camera, lower-case hex; empty without TLS
};

struct CameraStatus {
  std::string battery;                       // the camera's word: full, high, half, quarter, low, ...
  std::string temperature;                   // normal, warning, disablerelease, ...
  std::optional<std::int64_t> shots_left;    // pictures the card still takes
};

/// What a camera's clock shows, and how it means that.
struct CameraTime {
  WallTime utc{};                      // to the second
  std::chrono::minutes zone{};         // of its standard time, ahead of UTC
  bool daylight_saving = false;        // what it shows is an hour ahead of its zone
  bool operator==(const CameraTime&) const = default;
};

/// A picture the camera has taken.
struct Shot {
  Instant sent;                  // when the shutter request left
  Instant answered;              // when the camera had answered it
};

struct Picture {
  std::string path;              // on the camera
  std::string jpeg;
};

/// One camera at one origin. Answers arrive on the loop thread, later than the call, exactly once.
///
/// Errors: `busy` (503 of the passing kind: nothing was taken, may be tried again in the same slot), `denied` (401/403), `not_supported`
/// (no such resource on this body), `invalid` (400), `io` (the camera says it cannot: card, focus, heat; the detail is its own sentence),
/// `protocol` (502, or an answer that is no CCAPI), and what the network says.
class Camera {
 public:
  virtual ~Camera() = default;

  /// Reads what the camera can do and who it is; the other calls answer `protocol` before it has succeeded once.
  virtual Operation open(std::function<void(Result<CameraInfo>)> done) = 0;
  /// The cheapest sign of life.
  virtual Operation check(std::function<void(Result<void>)> done) = 0;
  virtual Operation status(std::function<void(Result<CameraStatus>)> done) = 0;
  /// Takes one picture: press and, where the body wants it, release. Answers when the camera says the exposure is over (up to `patience`).
  /// A press is always followed by a release, whatever happens between, dropping included.
  virtual Operation shoot(Duration patience, std::function<void(Result<Shot>)> done) = 0;
  /// The newest picture's small JPEG (the camera's thumbnail or display size).
  virtual Operation last_picture(std::function<void(Result<Picture>)> done) = 0;

  /// Its clock, as it was when it answered.
  virtual Operation date_time(std::function<void(Result<CameraTime>)> done) = 0;
  /// Sets it, to the second. `busy` while it exposes.
  virtual Operation set_date_time(const CameraTime& time, std::function<void(Result<void>)> done) = 0;
};

/// Makes a Camera for an address; `https` and port as the camera's description says.
class Cameras {
 public:
  virtual ~Cameras() = default;
  virtual std::unique_ptr<Camera> camera(const HttpOrigin& origin) = 0;
};

}  // namespace nightjar::hal
