#include "app/camera_slot.h"

namespace nightjar::app {
namespace {

using namespace sml::literals;

constexpr std::size_t kOrdersMax = 16;   // presses within one turn of the loop; past it the finger is faster than sense

/// True when the failure says that the camera is not there, as opposed to that it could not take this photo.
bool is_connection_failure(hal::ErrorKind kind) {
  using enum hal::ErrorKind;
  return kind == timed_out || kind == refused || kind == unreachable || kind == closed || kind == reset || kind == tls;
}

}  // namespace

CameraSlot::CameraSlot(hal::Cameras& cameras, KnownCameras& known, Runtime& runtime)
    : cameras_(cameras), known_cameras_(known), runtime_(runtime), capture_(runtime, *this), link_(runtime, *this) {
  capture_.start();
  link_.start();
}

bool CameraSlot::ready() const { return link_.is("ready"_s) || link_.is("checking"_s); }
bool CameraSlot::exposing() const { return !capture_.is("idle"_s); }

std::optional<hal::Instant> CameraSlot::next_attempt() const {
  return link_.is("backing_off"_s) ? link_.next_deadline() : std::nullopt;
}

void CameraSlot::shoot(fsm::Asker by, hal::Instant retry_until, Shot done) {
  if (!ready() || orders_.size() >= kOrdersMax) {
    const hal::Error error = ready() ? hal::Error{hal::ErrorKind::busy, "too many presses"} : hal::Error{hal::ErrorKind::unreachable, "Camera not available"};
    runtime_.queue.post([done = std::move(done), error] { done(error); });
    return;
  }
  orders_.push_back(std::move(done));
  capture_.dispatch(fsm::Press{retry_until.time_since_epoch(), by});
}

hal::Operation CameraSlot::last_picture(std::function<void(hal::Result<hal::Picture>)> done) {
  return camera_ && ready() ? camera_->last_picture(std::move(done)) : no_camera(std::move(done));
}

hal::Operation CameraSlot::date_time(std::function<void(hal::Result<hal::CameraTime>)> done) {
  return camera_ && ready() ? camera_->date_time(std::move(done)) : no_camera(std::move(done));
}

hal::Operation CameraSlot::set_date_time(const hal::CameraTime& time, std::function<void(hal::Result<void>)> done) {
  return camera_ && ready() ? camera_->set_date_time(time, std::move(done)) : no_camera(std::move(done));
}

template <class T>
hal::Operation CameraSlot::no_camera(std::function<void(hal::Result<T>)> done) {
  const hal::Completion<hal::Result<T>> completion{std::move(done)};
  runtime_.queue.post([completion] { completion(hal::Error{hal::ErrorKind::unreachable, "Camera not available"}); });
  return completion.operation();
}

void CameraSlot::retarget(hal::HttpOrigin origin, Trust trust, std::string serial) {
  capture_.dispatch(fsm::Abandon{});
  runtime_.queue.post([this, trust, origin = std::move(origin), serial = std::move(serial)]() mutable {
    shot_.drop();
    opening_.drop();
    checking_.drop();
    describing_.drop();
    origin_ = std::move(origin);
    connected_before_ = false;
    trust_ = trust;
    serial_ = std::move(serial);
    camera_ = cameras_.camera(*origin_);
  });
  link_.dispatch(fsm::Retarget{});
}

void CameraSlot::retry_anew() {
  trust_ = Trust::anew;
  serial_.clear();
  link_.dispatch(fsm::Retry{});
}

void CameraSlot::release() {
  capture_.dispatch(fsm::Abandon{});
  link_.dispatch(fsm::Release{});
  runtime_.queue.post([this] {
    shot_.drop();
    describing_.drop();
    origin_.reset();   // the driver's camera stays until the next one, for a press may be on its way
    changed();
  });
}

// ---- capture ----------------------------------------------------------------------------------------------------

CameraSlot::Shot CameraSlot::next_order() {
  auto order = std::move(orders_.front());
  orders_.pop_front();
  return order;
}

void CameraSlot::take_order() { order_ = next_order(); }
void CameraSlot::hold_order() { held_ = next_order(); }
void CameraSlot::take_held() { order_ = std::exchange(held_, nullptr); }

void CameraSlot::shoot() {
  shot_ = camera_->shoot(fsm::kExposureMax, [this](const hal::Result<hal::Shot>& shot) {
    if (shot.ok()) {
      last_shot_ = shot.value();
      capture_.dispatch(fsm::Saved{});
      link_.dispatch(fsm::Alive{});
    } else {
      capture_.dispatch(fsm::Failed{shot.error(), runtime_.now()});
      if (is_connection_failure(shot.error().kind)) link_.dispatch(fsm::Lost{shot.error()});
    }
  });
}

void CameraSlot::answer(hal::Result<hal::Shot> result) {
  changed();
  if (auto order = std::exchange(order_, nullptr)) order(std::move(result));
}

void CameraSlot::report_saved() { answer(last_shot_); }
void CameraSlot::report_failed(const fsm::Failed& failed) { answer(failed.error); }
void CameraSlot::report_timed_out() { answer(hal::Error{hal::ErrorKind::timed_out, "the camera did not finish the photo"}); }
void CameraSlot::report_abandoned() { answer(hal::Error{hal::ErrorKind::unreachable, "the camera was changed while it took a photo"}); }

void CameraSlot::report_busy() { next_order()(hal::Error{hal::ErrorKind::busy, "a photo is being taken"}); }
void CameraSlot::report_held_too_long() {
  std::exchange(held_, nullptr)(hal::Error{hal::ErrorKind::busy, "another photo was still being taken when its time was over"});
}
void CameraSlot::report_held_abandoned() {
  std::exchange(held_, nullptr)(hal::Error{hal::ErrorKind::unreachable, "the camera was changed while another photo was being taken"});
}

// ---- link -------------------------------------------------------------------------------------------------------

void CameraSlot::open() {
  opening_ = camera_->open([this](const hal::Result<hal::CameraInfo>& info) {
    if (!info.ok()) return link_.dispatch(fsm::OpenFailed{info.error()});
    if (trust_ == Trust::known && !known_cameras_.is_trusted(info.value()))
      return link_.dispatch(fsm::OpenFailed{{hal::ErrorKind::tls, "the camera's certificate is not the one it showed before; connect to its address by hand to trust it"}});
    if (!serial_.empty() && info.value().serial != serial_)
      return link_.dispatch(fsm::OpenFailed{{hal::ErrorKind::protocol, "another camera answers at this address"}});
    trust_ = Trust::known;
    serial_ = info.value().serial;
    known_cameras_.trust(info.value());
    info_ = info.value();
    link_.dispatch(fsm::Opened{});
  });
  changed();
}

void CameraSlot::check() {
  checking_ = camera_->status([this](const hal::Result<hal::CameraStatus>& status) {
    if (status.ok()) {
      status_ = status.value();
      changed();
    }
    // A camera that says "busy" or "no such resource" is there.
    if (status.ok() || !is_connection_failure(status.error().kind)) {
      link_.dispatch(fsm::Alive{});
    } else {
      link_.dispatch(fsm::Lost{status.error()});
    }
  });
}

void CameraSlot::report_connected() {
  last_error_.clear();
  runtime_.log.write(hal::LogLevel::info, "camera_link", "connected", {{"camera", info_.model}, {"address", origin_->endpoint.text()}});
  describing_ = camera_->status([this](const hal::Result<hal::CameraStatus>& status) {
    if (!status.ok()) return;
    status_ = status.value();
    changed();
  });
  const bool again = std::exchange(connected_before_, true);
  const auto& tell = again ? on_reconnected : on_connected;
  if (tell) tell();
  changed();
}

void CameraSlot::report_open_failed(const fsm::OpenFailed& failed) { failed_to_open(failed.error); }
void CameraSlot::report_open_timed_out() { failed_to_open({hal::ErrorKind::timed_out, "the camera did not say what it can do"}); }

void CameraSlot::failed_to_open(const hal::Error& error) {
  last_error_ = error.text();
  runtime_.log.write(hal::LogLevel::warning, "camera_link", "not reached",
                     {{"attempt", std::to_string(attempt())}, {"error", last_error_}});
  if (on_not_reached) on_not_reached(error);
  changed();
}

void CameraSlot::report_lost(const fsm::Lost& loss) { lost(loss.error); }
void CameraSlot::report_silent() { lost({hal::ErrorKind::timed_out, "the camera does not answer"}); }

void CameraSlot::lost(const hal::Error& error) {
  last_error_ = error.text();
  runtime_.log.write(hal::LogLevel::warning, "camera_link", "lost", {{"error", last_error_}});
  if (on_lost) on_lost(error);
  changed();
}

void CameraSlot::changed() {
  if (on_changed) on_changed();
}

}  // namespace nightjar::app
