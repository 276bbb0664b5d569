#pragma once
// One camera as the device sees it: its link, its shutter, what is known of it. Everything that goes to the camera goes through here.
#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "app/camera_asks.h"
#include "app/hosted.h"
#include "app/known_cameras.h"
#include "app/not_reached.h"
#include "fsm/camera_events.h"
#include "fsm/camera_link.h"
#include "fsm/capture.h"
#include "hal/camera.h"

namespace nightjar::app {

class CameraSlot final : private fsm::CapturePort, private fsm::CameraLinkPort, private fsm::CameraEventsPort {
 public:
  CameraSlot(hal::Cameras& cameras, KnownCameras& known, Runtime& runtime);

  using Shot = std::function<void(hal::Result<hal::Shot>)>;
  /// Takes one photo; answered once, never from within the call. A busy camera is asked again until `retry_until`, and so long it
  /// waits for a photo of the other asker. Without a camera: `unreachable`, "Camera not available". While the same asker's photo is
  /// being taken, or when it waited too long: `busy`.
  void shoot(fsm::Asker by, hal::Instant retry_until, Shot done);
  /// How long the shutter is held open when the camera is set to bulb; zero: not at all, and it refuses to shoot. At most fsm::kBulbMax.
  void set_bulb(hal::Duration exposure) { bulb_ = std::min<hal::Duration>(exposure, fsm::kBulbMax); }
  hal::Duration bulb() const { return bulb_; }
  /// Releases a shutter that a life before this one may have left open; nothing while a photo is being taken.
  void let_go();
  /// The device stops: a shutter that is held open is let go.
  void end_bulb();
  /// Asks the camera something else: `call` is given the camera and makes its call. Answered once, never from within this call; without a
  /// camera, or when it is changed meanwhile: `unreachable`, "Camera not available".
  template <class T>
  void ask(std::function<hal::Operation(hal::Camera&, std::function<void(hal::Result<T>)>)> call, std::function<void(hal::Result<T>)> done) {
    asks_.add<T>(camera_ && ready() ? camera_.get() : nullptr, call, std::move(done));
  }
  /// The newest picture's JPEG.
  hal::Operation last_picture(std::function<void(hal::Result<hal::Picture>)> done);
  /// Its clock; `unreachable` without a camera.
  hal::Operation date_time(std::function<void(hal::Result<hal::CameraTime>)> done);
  hal::Operation set_date_time(const hal::CameraTime& time, std::function<void(hal::Result<void>)> done);

  enum class Trust : unsigned char { known, anew };
  /// From now on the camera is at `origin`; the old one is let go. `anew`: a person named it, so whatever certificate it shows is taken.
  /// With a serial number only the camera that has it will do; without one, the camera that answers first is the one from then on.
  void retarget(hal::HttpOrigin origin, Trust trust, std::string serial = {});
  /// It was seen at its place: an attempt that is put off is made now.
  void retry() { link_.dispatch(fsm::Retry{}); }
  /// A person named its place again: an attempt that is put off is made now, and whatever camera answers is taken.
  void retry_anew();
  /// It was found not to be at its place any more.
  void not_there(hal::Error error) { link_.dispatch(fsm::Lost{std::move(error)}); }
  /// Lets go of it; there is no camera from now on.
  void release();

  bool ready() const;
  bool exposing() const;
  /// It said so, and takes no photo until it says otherwise (CCAPI: `disablerelease`).
  bool too_hot() const { return status_.temperature.find("disablerelease") != std::string::npos; }
  const std::optional<hal::HttpOrigin>& origin() const { return origin_; }
  const hal::CameraInfo& info() const { return info_; }
  const hal::CameraStatus& status() const { return status_; }
  const std::string& last_error() const { return last_error_; }
  /// Why it is not there, in one word for programs: see not_reached.h. Empty while it is, and where there is none.
  std::string_view reason() const { return reason_; }
  /// Attempts since the camera was lost, and when the next one is due.
  int attempt() const { return link_.context().attempt; }
  std::optional<hal::Instant> next_attempt() const;
  std::string_view link_state() const { return link_.state_name(); }

  // What happened; the wiring decides who hears.
  std::function<void()> on_connected;                    // for the first time, or at another address
  std::function<void()> on_reconnected;                  // the same camera again
  std::function<void(const hal::Error&)> on_not_reached;
  std::function<void(const hal::Error&)> on_lost;
  std::function<void()> on_gone;                         // lost, let go of, or changed for another
  std::function<void(const hal::CameraNews&)> on_news;
  std::function<void(bool)> on_recording;                // false: it says yes to every shot and records none; true: it does again
  std::function<bool()> is_bulb;                         // asked, not told: the camera is set to bulb
  std::function<void()> on_changed;                      // anything a status shows

  const Hosted<fsm::Capture>& capture() const { return capture_; }
  const Hosted<fsm::CameraLink>& link() const { return link_; }
  const Hosted<fsm::CameraEvents>& events() const { return events_; }

 private:
  // capture
  void take_order() override;
  void hold_order() override;
  void take_held() override;
  void shoot() override;
  void forget_shot() override { shot_.drop(); }
  void report_saved() override;
  void report_failed(const fsm::Failed& failed) override;
  void report_timed_out() override;
  void report_abandoned() override;
  void report_busy() override;
  void report_held_too_long() override;
  void report_held_abandoned() override;
  // link
  void open() override;
  void forget_open() override { opening_.drop(); }
  void check() override;
  void forget_check() override { checking_.drop(); }
  void report_connected() override;
  void report_open_failed(const fsm::OpenFailed& failed) override;
  void report_open_timed_out() override;
  void report_lost(const fsm::Lost& lost) override;
  void report_silent() override;
  void report_released() override { changed(); }
  // events
  void ask() override;
  void forget_ask() override { asking_.drop(); }
  void reopen() override;
  void report_records_nothing() override;
  void report_records_again() override;

  template <class T>
  hal::Operation no_camera(std::function<void(hal::Result<T>)> done);
  Shot next_order();
  void answer(hal::Result<hal::Shot> result);
  void lost(const hal::Error& error);
  void failed_to_open(const hal::Error& error);
  void gone();
  std::optional<hal::Error> cannot_shoot() const;
  void reopen_now();
  void changed();

  hal::Cameras& cameras_;
  KnownCameras& known_cameras_;
  Runtime& runtime_;
  std::unique_ptr<hal::Camera> camera_;
  std::optional<hal::HttpOrigin> origin_;
  hal::CameraInfo info_;
  hal::CameraStatus status_;
  std::string last_error_;
  std::string_view reason_;
  std::string_view wrong_;              // why what was opened is not taken, in a word; empty when the camera itself said no
  std::optional<std::int64_t> room_;    // pictures its card takes, as the last news had it
  std::string nothing_recorded_;        // what is told while it records nothing; empty else
  bool reopen_wanted_ = false;          // when the photo that is being taken is done
  bool connected_before_ = false;       // at this origin
  Trust trust_ = Trust::known;
  std::string serial_;                  // of the camera that must be there; empty = any
  hal::Duration bulb_{};
  hal::Shot last_shot_;
  std::deque<Shot> orders_;             // presses on their way through the queue
  Shot order_;                          // who waits for the photo being taken
  Shot held_;                           // and who for the one after it
  hal::Operation shot_;
  hal::Operation opening_;
  hal::Operation checking_;
  hal::Operation describing_;
  hal::Operation asking_;
  CameraAsks asks_;
  Hosted<fsm::Capture> capture_;
  Hosted<fsm::CameraLink> link_;
  Hosted<fsm::CameraEvents> events_;
};

}  // namespace nightjar::app
