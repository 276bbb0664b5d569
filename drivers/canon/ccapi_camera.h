#pragma once
// A Canon camera over CCAPI.
//
// Two connections, for that is what a body allows. A shot goes out at once on whichever is free and last used (so still open), as a
// single POST; everything else (sign of life, status, pictures) is an errand: errands wait their turn, one at a time, on the
// connection that has rested longest, which keeps both open. So no errand, however large its answer, is ever in front of a shot.
//
// The paths are those of the capability document, read by open(); the highest version understood wins. Autofocus is never used
// (`af:false`): at night it only fails.
#include <memory>

#include "hal/camera.h"
#include "hal/http.h"
#include "hal/time.h"

namespace nightjar::canon {

constexpr auto kErrandPatience = std::chrono::seconds{8};     // R3: p95 440 ms when idle; some bodies answer late during a card write
constexpr auto kPicturePatience = std::chrono::seconds{20};   // display size is below 1 MB; 2 to 5 MB/s, far less on a weak link
constexpr auto kReleasePatience = std::chrono::seconds{40};   // answered after the exposure, which ends at 30 s
constexpr std::size_t kErrandsMax = 8;                        // waiting; the next one is answered `busy`

class ReleaseKeeper;

/// Makes cameras. Outlives them: a shutter button that is down when its camera is destroyed is released from here.
class CcapiCameras final : public hal::Cameras {
 public:
  CcapiCameras(hal::HttpClients& clients, hal::Loop& loop);
  ~CcapiCameras() override;

  /// The origin's `pinned_certificate` holds for both connections; when it is empty, the second connection accepts only the
  /// certificate the first one was shown.
  std::unique_ptr<hal::Camera> camera(const hal::HttpOrigin& origin) override;

 private:
  hal::HttpClients& clients_;
  hal::Loop& loop_;
  std::shared_ptr<ReleaseKeeper> keeper_;
};

/// One camera at one origin; the contract is hal::Camera's. Loop thread only.
///
/// - shoot(): a second one while the first is under way (its release included) answers `busy`. On bodies with only the manual
///   button: full_press, then release; an error of the press is answered after the release. `patience` is for the press.
/// - check(): the device information, and that it still tells the serial open() has read; `protocol` when another camera answers.
/// - status(): battery, temperature, pictures left; a part the body lacks or refuses stays empty, `busy` and network errors end it.
/// - last_picture(): the newest file of the current folder, in display size. `not_found` on an empty card.
/// - date_time(), set_date_time(): see date_time.h for the trap in it.
class CcapiCamera final : public hal::Camera {
 public:
  CcapiCamera(hal::HttpOrigin origin, hal::HttpClients& clients, hal::Loop& loop, std::shared_ptr<ReleaseKeeper> keeper);
  ~CcapiCamera() override;

  hal::Operation open(std::function<void(hal::Result<hal::CameraInfo>)> done) override;
  hal::Operation check(std::function<void(hal::Result<void>)> done) override;
  hal::Operation status(std::function<void(hal::Result<hal::CameraStatus>)> done) override;
  hal::Operation shoot(hal::Duration patience, std::function<void(hal::Result<hal::Shot>)> done) override;
  hal::Operation last_picture(std::function<void(hal::Result<hal::Picture>)> done) override;
  hal::Operation date_time(std::function<void(hal::Result<hal::CameraTime>)> done) override;
  hal::Operation set_date_time(const hal::CameraTime& time, std::function<void(hal::Result<void>)> done) override;

 private:
  class Body;
  std::shared_ptr<Body> body_;   // shared only with itself: what is in flight holds it weakly
};

}   // namespace nightjar::canon
