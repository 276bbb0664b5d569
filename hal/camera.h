#pragma once
// A camera at one place. Every call is one attempt; retrying is the caller's policy.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// One setting of the body. Both texts are JSON as the camera writes it, whole and small: a value is `"f8.0"`, 4000 or
/// {"raw":"none","jpeg":"large_fine"}; an ability is a list of values, {"min","max","step"}, or one of those for each part of the value.
struct CameraSetting {
  std::string name;              // "iso"
  std::string value;
  std::string ability;           // an empty list: it cannot be changed just now (the mode, the dial decide)
  bool operator==(const CameraSetting&) const = default;
};

struct CameraBattery {
  std::string name;              // "LP-E17"
  std::string kind;              // battery, ac_adapter, batterygrip, ...
  std::string level;             // the camera's word, or a percentage ("73") where that agrees with the word
  std::string quality;           // good, normal, bad
};

struct CameraCard {
  std::string name;              // card1, card2, sd
  bool writable = true;
  std::int64_t size = 0;         // bytes
  std::int64_t space = 0;        // bytes free
  std::int64_t contents = 0;     // files
};

/// What has changed since the camera was asked last; it tells each thing once, to whoever asks.
struct CameraNews {
  std::optional<std::string> battery;            // as in CameraStatus
  std::optional<std::string> temperature;
  std::optional<std::int64_t> shots_left;
  std::vector<std::string> added;                // paths of new files, oldest first
  std::vector<CameraSetting> settings;
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
  /// As shoot(), on a body that is set to bulb: the button is down for `exposure`, from the answer to the press on. `not_supported` on bodies
  /// whose button cannot be held.
  virtual Operation shoot_bulb(Duration exposure, Duration patience, std::function<void(Result<Shot>)> done) = 0;
  /// Releases a button that a life before ours may have left down in a bulb exposure, without an answer; nothing while a shot is under way.
  virtual void let_go() = 0;
  /// The newest picture's small JPEG (the camera's thumbnail or display size).
  virtual Operation last_picture(std::function<void(Result<Picture>)> done) = 0;

  /// Its clock, as it was when it answered.
  virtual Operation date_time(std::function<void(Result<CameraTime>)> done) = 0;
  /// Sets it, to the second. `busy` while it exposes.
  virtual Operation set_date_time(const CameraTime& time, std::function<void(Result<void>)> done) = 0;

  /// Every shooting setting, with what it may be; at most kSettingsMax, what is beyond is left out.
  virtual Operation settings(std::function<void(Result<std::vector<CameraSetting>>)> done) = 0;
  static constexpr std::size_t kSettingsMax = 128;
  /// One of them; `not_supported` when this body has none of that name.
  virtual Operation setting(std::string name, std::function<void(Result<CameraSetting>)> done) = 0;
  /// Sets one and reads it back: answers what the camera then says it is. `value` is JSON; one that is not within the setting's ability
  /// answers `invalid` and is not sent.
  virtual Operation set(std::string name, std::string value, std::function<void(Result<CameraSetting>)> done) = 0;
  virtual Operation batteries(std::function<void(Result<std::vector<CameraBattery>>)> done) = 0;
  /// An empty list is a camera without a card.
  virtual Operation cards(std::function<void(Result<std::vector<CameraCard>>)> done) = 0;
  /// Answers at once what is new, which may be nothing. The first answer after open() may tell everything.
  virtual Operation news(std::function<void(Result<CameraNews>)> done) = 0;

  /// Live view keeps the body busy and warm: who starts it stops it.
  virtual Operation start_live_view(std::function<void(Result<void>)> done) = 0;
  /// One frame, a JPEG; `io` while live view has not started, which takes the body a second or two beyond its answer.
  virtual Operation live_view_frame(std::function<void(Result<std::string>)> done) = 0;
  virtual Operation stop_live_view(std::function<void(Result<void>)> done) = 0;
};

/// Makes a Camera for an address; `https` and port as the camera's description says.
class Cameras {
 public:
  virtual ~Cameras() = default;
  virtual std::unique_ptr<Camera> camera(const HttpOrigin& origin) = 0;
};

}  // namespace nightjar::hal
