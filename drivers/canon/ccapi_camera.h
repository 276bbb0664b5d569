#pragma once
// A Canon camera over CCAPI.
//
// Two connections, for that is what a body allows. A shot goes out at once on whichever is free and last used (so still open), as a
// single POST; everything else (sign of life, status, pictures, settings, news) is an errand: errands wait their turn, one at a time, on the
// connection that has rested longest, which keeps both open. So no errand, however large its answer, is ever in front of a shot.
//
// What happens at the camera is asked for and never waited for. A poll that the camera holds until there is news would take one of the two
// connections for half a minute at a time: then errands would stand in front of shots, or a third connection would be needed, which bodies of
// one to three do not have; and which, half open after a power cut of ours, would be one more of the camera's places that nobody uses. A poll
// that is answered at once costs one round trip on the connection of the errands and leaves nothing behind in the camera. One that holds it
// nevertheless is cut off after kNewsPatience, so the errands behind it come in time.
//
// The paths are those of the capability document, read by open(); the highest version understood wins. Autofocus is never used
// (`af:false`): at night it only fails.
#include <memory>

#include "hal/camera.h"
#include "hal/http.h"
#include "hal/time.h"

namespace nightjar::canon {

constexpr auto kErrandPatience = std::chrono::seconds{8};     // R3: p95 440 ms when idle; some bodies answer late during a card write
constexpr auto kNewsPatience = std::chrono::seconds{2};       // answered at once; well below fsm::kCheckMax, for a check may wait behind it
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
/// - shoot_bulb(): full_press, `exposure`, release. Dropped or destroyed, the button is released at once.
/// - set(): reads the setting, refuses what its ability does not name, writes, reads back: three requests.
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
  hal::Operation shoot_bulb(hal::Duration exposure, hal::Duration patience, std::function<void(hal::Result<hal::Shot>)> done) override;
  void let_go() override;
  hal::Operation last_picture(std::function<void(hal::Result<hal::Picture>)> done) override;
  hal::Operation date_time(std::function<void(hal::Result<hal::CameraTime>)> done) override;
  hal::Operation set_date_time(const hal::CameraTime& time, std::function<void(hal::Result<void>)> done) override;
  hal::Operation settings(std::function<void(hal::Result<std::vector<hal::CameraSetting>>)> done) override;
  hal::Operation setting(std::string name, std::function<void(hal::Result<hal::CameraSetting>)> done) override;
  hal::Operation set(std::string name, std::string value, std::function<void(hal::Result<hal::CameraSetting>)> done) override;
  hal::Operation batteries(std::function<void(hal::Result<std::vector<hal::CameraBattery>>)> done) override;
  hal::Operation cards(std::function<void(hal::Result<std::vector<hal::CameraCard>>)> done) override;
  hal::Operation news(std::function<void(hal::Result<hal::CameraNews>)> done) override;
  hal::Operation start_live_view(std::function<void(hal::Result<void>)> done) override;
  hal::Operation live_view_frame(std::function<void(hal::Result<std::string>)> done) override;
  hal::Operation stop_live_view(std::function<void(hal::Result<void>)> done) override;

 private:
  class Body;
  std::shared_ptr<Body> body_;   // shared only with itself: what is in flight holds it weakly
};

}   // namespace nightjar::canon
