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
    : cameras_(cameras), known_cameras_(known), runtime_(runtime), asks_(runtime.queue), capture_(runtime, *this), link_(runtime, *this), events_(runtime, *this) {
  capture_.start();
  link_.start();
  events_.start();
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
  const auto bulb = is_bulb && is_bulb() ? bulb_ : hal::Duration{0};
  // A camera that is busy is asked again only while the exposure still fits into the slot.
  capture_.dispatch(fsm::Press{(retry_until - bulb).time_since_epoch(), by, bulb});
}

void CameraSlot::let_go() {
  if (ready()) camera_->let_go();
}

void CameraSlot::end_bulb() {
  if (exposing() && capture_.context().press.bulb.count() != 0) capture_.dispatch(fsm::Abandon{});
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
    asking_.drop();
    gone();
    status_ = {};
    room_.reset();
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
    asking_.drop();
    gone();
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

/// Known beforehand, so the camera is left in peace.
std::optional<hal::Error> CameraSlot::cannot_shoot() const {
  if (too_hot()) return hal::Error{hal::ErrorKind::io, "camera too hot"};
  return std::nullopt;
}

void CameraSlot::shoot() {
  if (const auto error = cannot_shoot()) return capture_.dispatch(fsm::Failed{*error, runtime_.now()});
  const auto done = [this](const hal::Result<hal::Shot>& shot) {
    if (shot.ok()) {
      last_shot_ = shot.value();
      if (nothing_recorded_.empty()) capture_.answer(shot_, fsm::Saved{});
      else capture_.answer(shot_, fsm::Failed{{hal::ErrorKind::io, nothing_recorded_}, runtime_.now()});
      events_.dispatch(fsm::ShotTaken{});
      link_.dispatch(fsm::Alive{});
    } else {
      capture_.answer(shot_, fsm::Failed{shot.error(), runtime_.now()});
      if (is_connection_failure(shot.error().kind)) link_.dispatch(fsm::Lost{shot.error()});
    }
  };
  const auto bulb = capture_.context().press.bulb;
  shot_ = bulb.count() == 0 ? camera_->shoot(fsm::kExposureMax, done) : camera_->shoot_bulb(bulb, fsm::kExposureMax, done);
}

void CameraSlot::answer(hal::Result<hal::Shot> result) {
  changed();
  if (!held_ && std::exchange(reopen_wanted_, false)) reopen_now();   // who waits has the shutter next, in this very turn
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
  wrong_ = {};
  opening_ = camera_->open([this](const hal::Result<hal::CameraInfo>& info) {
    if (!info.ok()) return link_.answer(opening_, fsm::OpenFailed{info.error()});
    if (trust_ == Trust::known && !known_cameras_.is_trusted(info.value())) {
      wrong_ = "untrusted";
      return link_.answer(opening_, fsm::OpenFailed{{hal::ErrorKind::tls, "the camera's certificate is not the one it showed before; connect to its address by hand to trust it"}});
    }
    if (!serial_.empty() && info.value().serial != serial_) {
      wrong_ = "another_camera";
      return link_.answer(opening_, fsm::OpenFailed{{hal::ErrorKind::protocol, "another camera answers at this address"}});
    }
    trust_ = Trust::known;
    serial_ = info.value().serial;
    known_cameras_.trust(info.value());
    info_ = info.value();
    link_.answer(opening_, fsm::Opened{});
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
      link_.answer(checking_, fsm::Alive{});
    } else {
      link_.answer(checking_, fsm::Lost{status.error()});
    }
  });
}

void CameraSlot::report_connected() {
  last_error_.clear();
  reason_ = {};
  events_.dispatch(fsm::Linked{});
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
  const auto why = wrong_.empty() ? not_reached(error, origin_->endpoint) : NotReached{wrong_, error.text()};
  last_error_ = why.text;
  reason_ = why.reason;
  runtime_.log.write(hal::LogLevel::warning, "camera_link", "not reached",
                     {{"attempt", std::to_string(attempt())}, {"error", last_error_}});
  if (on_not_reached) on_not_reached(error);
  changed();
}

void CameraSlot::report_lost(const fsm::Lost& loss) { lost(loss.error); }
void CameraSlot::report_silent() { lost({hal::ErrorKind::timed_out, "the camera does not answer"}); }

void CameraSlot::lost(const hal::Error& error) {
  const auto why = not_reached(error, origin_->endpoint);
  last_error_ = why.text;
  reason_ = why.reason;
  gone();
  runtime_.log.write(hal::LogLevel::warning, "camera_link", "lost", {{"error", last_error_}});
  if (on_lost) on_lost(error);
  changed();
}

void CameraSlot::gone() {
  events_.dispatch(fsm::Unlinked{});
  if (on_gone) on_gone();   // before those who asked are told: they may be forgotten then
  asks_.abandon_all();
}

// ---- events -----------------------------------------------------------------------------------------------------

void CameraSlot::ask() {
  asking_ = camera_->news([this](const hal::Result<hal::CameraNews>& answer) {
    if (!answer.ok()) return events_.answer(asking_, fsm::NotTold{answer.error()});
    const auto& news = answer.value();
    const bool less_room = news.shots_left && room_ && *news.shots_left < *room_;
    if (news.shots_left) room_ = status_.shots_left = news.shots_left;
    if (news.battery) status_.battery = *news.battery;
    if (news.temperature) status_.temperature = *news.temperature;
    events_.answer(asking_, fsm::Told{less_room || !news.added.empty()});
    if (on_news) on_news(news);
    if (news.battery || news.temperature || news.shots_left) changed();
  });
}

void CameraSlot::reopen() {
  runtime_.log.write(hal::LogLevel::warning, "camera_events", "the camera takes photos and tells of no file; it is opened anew", {{"camera", info_.model}});
  if (exposing()) reopen_wanted_ = true;
  else reopen_now();
}

void CameraSlot::reopen_now() {
  if (origin_) retarget(*origin_, Trust::known, serial_);
}

void CameraSlot::report_records_nothing() {
  nothing_recorded_ = "the camera says yes to every photo and records none: switch it off and on";
  last_error_ = nothing_recorded_;
  runtime_.log.write(hal::LogLevel::error, "camera_events", nothing_recorded_, {{"camera", info_.model}});
  if (on_recording) on_recording(false);
  changed();
}

void CameraSlot::report_records_again() {
  nothing_recorded_.clear();
  last_error_.clear();
  runtime_.log.write(hal::LogLevel::info, "camera_events", "the camera records again", {{"camera", info_.model}});
  if (on_recording) on_recording(true);
  changed();
}

void CameraSlot::changed() {
  if (on_changed) on_changed();
}

}  // namespace nightjar::app
