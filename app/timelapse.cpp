#include "app/timelapse.h"

#include <fmt/format.h>

#include "app/iso_time.h"
#include "app/version.h"

namespace nightjar::app {
namespace {

using namespace sml::literals;
using std::chrono::milliseconds;

constexpr std::size_t kStopsMax = 64;            // clients that wait for the same stop
constexpr auto kRetryMargin = milliseconds{500}; // a retry that late in a slot would run into the next one

constexpr auto kStopped = "Manually stopped by user";

hal::Error refusal(const char* sentence) { return {hal::ErrorKind::invalid, sentence}; }

std::int32_t microseconds(hal::Duration duration) {
  const auto value = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX));
}

}  // namespace

Timelapse::Timelapse(const Parts& parts) : parts_(parts), journal_(parts.runtime, parts.storage), machine_(parts.runtime, *this) { machine_.start(); }

bool Timelapse::running() const { return machine_.is("waiting"_s) || machine_.is("shooting"_s) || machine_.is("paused"_s) || stopping(); }
bool Timelapse::paused() const { return machine_.is("paused"_s) || (machine_.is("shooting"_s) && machine_.context().is_halted()); }
bool Timelapse::writing_report() const { return machine_.is("saving"_s) || machine_.is("discarding"_s); }
bool Timelapse::stopping() const { return machine_.is("stopping"_s); }
bool Timelapse::suspended() const { return machine_.is("suspended"_s); }
bool Timelapse::unsaved() const { return machine_.is("unsaved"_s) || machine_.is("deciding"_s); }

std::optional<hal::Instant> Timelapse::next_shot() const {
  if (machine_.is("waiting"_s)) return machine_.next_deadline();
  if (!machine_.is("shooting"_s) || paused()) return std::nullopt;
  return hal::Instant{machine_.context().due(slot_ + 1)};
}

// ---- asked by clients ---------------------------------------------------------------------------------------------

void Timelapse::ask(Answer answer, std::function<void()> event) {
  parts_.runtime.queue.post([this, answer = std::move(answer), event = std::move(event)]() mutable {
    asked_ = std::move(answer);
    event();   // its row answers, or keeps who asked for later
  });
}

void Timelapse::settle(Answer& answer, const hal::Result<void>& result) {
  if (auto waiting = std::exchange(answer, nullptr)) waiting(result);
}

void Timelapse::settle_stops() {
  for (auto& answer : std::exchange(stops_, {})) answer({});
}

/// To the next time the clocks here show it.
hal::Duration Timelapse::time_until(std::chrono::minutes local_time) const {
  const auto now = parts_.wall_clock.now();
  const auto local = now + parts_.wall_clock.utc_offset(now);
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  auto then = midnight + local_time;
  if (then <= local) then += std::chrono::days{1};
  return then - local;
}

void Timelapse::start(fsm::SessionRequest request, std::optional<std::chrono::minutes> stop_at, Answer answer) {
  if (unread_) {
    const hal::Error error{hal::ErrorKind::io, "The device's storage cannot be read; there may be a session on it"};
    return parts_.runtime.queue.post([answer = std::move(answer), error] { answer(error); });
  }
  if (stop_at) request.until = parts_.runtime.now() + time_until(*stop_at);
  ask(std::move(answer), [this, request = std::move(request)] { machine_.process(fsm::Start{request}); });
}

void Timelapse::stop(Answer answer) {
  ask(std::move(answer), [this] {
    machine_.process(fsm::Stop{});
    if (stopping() && asked_ && stops_.size() < kStopsMax) stops_.push_back(std::exchange(asked_, nullptr));
  });
}

void Timelapse::pause(std::string why, Answer answer) {
  ask(std::move(answer), [this, why = std::move(why)] { machine_.process(fsm::Pause{why}); });
}

void Timelapse::go_on(Answer answer) {
  ask(std::move(answer), [this] { machine_.process(fsm::GoOn{}); });
}

void Timelapse::change_plan(PlanChange change, Answer answer) {
  ask(std::move(answer), [this, change = std::move(change)] {
    auto request = machine_.context().request;
    if (change.interval) request.interval = *change.interval;
    if (change.end) {
      request.shots = change.end->shots;
      request.stop_condition = change.end->stop_condition;
      request.stop_time = change.end->stop_time;
      request.until = change.end->stop_at ? parts_.runtime.now() + time_until(*change.end->stop_at) : sml::Time{};
    }
    machine_.process(fsm::Replan{std::move(request)});
  });
}

void Timelapse::save(const std::string& session_id, std::optional<std::string> title, Answer answer) {
  ask(std::move(answer), [this, session_id, title = std::move(title)] {
    if (session_ && session_->id != session_id) return settle(asked_, refusal("Session not found"));
    if (unsaved() && title && !title->empty()) session_->title = *title;
    machine_.process(fsm::Save{});
  });
}

void Timelapse::discard(const std::string& session_id, Answer answer) {
  ask(std::move(answer), [this, session_id] {
    if (session_ && session_->id != session_id) return settle(asked_, refusal("Session not found"));
    machine_.process(fsm::Discard{});
  });
}

void Timelapse::report_no_camera() {
  settle(starting_, hal::Error{hal::ErrorKind::unreachable, "Camera not available"});
  changed();
}

void Timelapse::report_running() { settle(asked_, refusal("Intervalometer is already running")); }

void Timelapse::report_no_session() { settle(asked_, refusal("No active session")); }

void Timelapse::report_not_running() {
  settle(asked_, refusal(paused() ? "The session is paused already" : stopping() ? "The session is being stopped" : "No active session"));
}

void Timelapse::report_not_paused() { settle(asked_, refusal(running() ? "The session is not paused" : "No active session")); }

void Timelapse::report_nothing_unsaved() {
  settle(asked_, refusal(running() || suspended() ? "The session is still running; stop it first" : "There is no session to save or discard"));
}

void Timelapse::report_called_off() {
  settle(starting_, refusal("The start was called off"));
  settle(asked_, {});
}

void Timelapse::report_unsaved() {
  settle(starting_, refusal("Replaced by a newer start"));
  starting_ = std::exchange(asked_, nullptr);
  if (on_unsaved_found) on_unsaved_found(*session_);
}

// ---- the session ------------------------------------------------------------------------------------------------------

std::string Timelapse::new_id() {
  std::array<std::byte, 16> bytes{};
  parts_.random.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};   // RFC 9562 section 5.4: version 4
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02x}", static_cast<unsigned>(bytes[i]));
  }
  return out;
}

void Timelapse::create_session(const fsm::SessionRequest& request) {
  if (asked_) starting_ = std::exchange(asked_, nullptr);   // else it waits since before the decision about the old session
  session_.emplace();
  told_ = {};
  session_->id = new_id();
  session_->request = request;
}

void Timelapse::ask_camera() {
  if (is_camera_ready()) machine_.dispatch(fsm::CameraReady{});
  else machine_.dispatch(fsm::CameraMissing{});
}

void Timelapse::drop_session() { session_.reset(); }

void Timelapse::begin_session(const fsm::SessionRequest& request, const fsm::Grid& grid) {
  began_ = hal::Instant{grid.origin};
  slot_ = 0;
  session_->request = request;
  session_->started = parts_.wall_clock.now();
  clock_base_ = clock_base();
  if (const auto until = session_->request.until; until != sml::Time{})
    session_->stops_at = session_->started + std::chrono::round<milliseconds>(until - grid.origin);
  session_->title = session_->request.title;
  if (session_->title.empty()) session_->title = title_of(session_->started, parts_.wall_clock.utc_offset(session_->started));
  journal_.begin(journal::begin(*session_), [this](const hal::Result<void>&) {
    if (on_started) on_started(*session_);
    settle(starting_, {});
    changed();
  });
}

void Timelapse::take_shot(std::uint32_t slot, sml::Time due) {
  slot_ = slot;
  due_ = hal::Instant{due};
  shot_.reset();
  const auto from = hal::Instant{std::max(due, parts_.runtime.now())};   // one that is caught up with has its patience too
  on_shot_due(slot, from + std::min<hal::Duration>(session_->request.interval - kRetryMargin, fsm::kPatienceMax));
}

void Timelapse::shot_done(std::uint32_t slot, const hal::Result<hal::Shot>& shot) {
  if (slot != slot_ || !running()) return;   // given up before it answered
  shot_ = shot;
  if (shot.ok()) machine_.dispatch(fsm::ShotSaved{});
  else machine_.dispatch(fsm::ShotFailed{});
}

void Timelapse::note_saved() {
  const auto& shot = shot_->value();
  const auto took = std::chrono::duration_cast<milliseconds>(shot.answered - shot.sent).count();
  note({slot_, ShotOutcome::saved, microseconds(shot.sent - due_), static_cast<std::uint32_t>(took), since_start(due_.time_since_epoch())}, {});
}

void Timelapse::note_failed() {
  note({slot_, ShotOutcome::failed, 0, 0, since_start(due_.time_since_epoch())}, shot_ && !shot_->ok() ? shot_->error().text() : "no answer from the camera");
}

void Timelapse::note_missed(std::uint32_t slots) {
  const auto first = session_->slots();
  for (std::uint32_t i = 0; i < slots; ++i) note({first + i, ShotOutcome::missed, 0, 0, since_start(machine_.context().due(first + i))}, {});
}

std::int64_t Timelapse::since_start(sml::Time time) const { return std::chrono::floor<milliseconds>(hal::Instant{time} - began_).count(); }

void Timelapse::note_paused(const fsm::Pause& pause) {
  note(SessionChange{SessionChange::What::paused, parts_.wall_clock.now(), session_->slots(), pause.why, {}, {}, 0, 0});
}

void Timelapse::note_went_on(const fsm::SessionRequest& request, const fsm::Grid& grid) { note_grid(SessionChange::What::went_on, request, grid); }
void Timelapse::note_replanned(const fsm::SessionRequest& request, const fsm::Grid& grid) { note_grid(SessionChange::What::replanned, request, grid); }
void Timelapse::note_shifted(const fsm::SessionRequest& request, const fsm::Grid& grid) { note_grid(SessionChange::What::shifted, request, grid); }

void Timelapse::note_grid(SessionChange::What what, const fsm::SessionRequest& request, const fsm::Grid& grid) {
  SessionChange change{what, parts_.wall_clock.now(), session_->slots(), {}, request, {}, since_start(grid.origin), grid.first};
  if (request.until != sml::Time{}) change.stops_at = session_->started + milliseconds{since_start(request.until)};
  note(std::move(change));
}

void Timelapse::note(SessionChange change) {
  heed_clock();
  session_->note(change);
  auto line = journal::change(change);
  const bool asked = change.what != SessionChange::What::shifted && change.what != SessionChange::What::power_returned;
  keep(std::move(line), [this, change = std::move(change), answer = asked ? std::exchange(asked_, nullptr) : nullptr]() mutable {
    if (on_course_changed) on_course_changed(*session_, change);
    settle(answer, {});
    changed();
  });
}

void Timelapse::note(ShotRecord record, std::string error) {
  heed_clock();
  const auto at = parts_.wall_clock.now();
  session_->note(record, error, at);
  keep(journal::shot(record, error, at), [this, record, error] {
    told_.count(record.outcome);
    if (on_shot && record.outcome != ShotOutcome::missed) on_shot(*session_, record, error);
    changed();
  });
}

void Timelapse::keep(std::string line, std::function<void()> tell) {
  journal_.append(std::move(line), [tell = std::move(tell)](const hal::Result<void>&) { tell(); });
}

/// Shots feel nothing of it; but after a power cut their grid is found by the clock.
void Timelapse::heed_clock() {
  const auto by = std::chrono::round<milliseconds>(clock_base() - clock_base_);
  if (std::chrono::abs(by) < kClockStep) return;
  clock_base_ += by;
  heeded_ = hal::Instant{parts_.runtime.now()};
  session_->move(by);
  keep(journal::clock(by), [] {});
}

void Timelapse::end(std::string reason) {
  heed_clock();
  session_->ended = parts_.wall_clock.now();
  session_->end_reason = std::move(reason);
}

void Timelapse::end_completed() {
  end(session_->request.stop_condition == "stop-at" ? Session::kStopTime : Session::kShotLimit);
  keep(journal::end(session_->end_reason, *session_->ended), [this] {
    if (on_completed) on_completed(*session_);
    settle_stops();
    changed();
  });
}

void Timelapse::end_stopped() {
  end(kStopped);
  if (asked_) stops_.push_back(std::exchange(asked_, nullptr));
  keep(journal::end(session_->end_reason, *session_->ended), [this] {
    if (on_stopped) on_stopped(*session_);
    settle_stops();
    changed();
  });
}

// ---- report and discard -------------------------------------------------------------------------------------------------

void Timelapse::store_report() {
  storing_ = std::exchange(asked_, nullptr);
  const auto camera = camera_info();
  const auto at = parts_.wall_clock.now();
  parts_.reports.save(entry_of(*session_, camera, at, kVersion), report_json(*session_, camera, at, kVersion), [this](const hal::Result<void>& written) {
    if (!written.ok()) return stored(written);
    remove_session();   // the report is there; should the journal stay, the next start of the program removes it
  });
}

void Timelapse::remove_session() {
  if (asked_) storing_ = std::exchange(asked_, nullptr);
  journal_.remove([this](const hal::Result<void>& removed) {
    if (!removed.ok() && removed.error().kind != hal::ErrorKind::not_found) return stored(removed);
    stored({});
  });
}

void Timelapse::stored(const hal::Result<void>& result) {
  if (result.ok()) return machine_.dispatch(fsm::Stored{});
  store_error_ = result.error().text();
  machine_.dispatch(fsm::StoreFailed{});
}

void Timelapse::report_saved() {
  const Session saved = std::move(*session_);
  session_.reset();
  if (on_saved) on_saved(saved, "report-" + saved.id);
  settle(storing_, {});
  changed();
}

void Timelapse::report_discarded() {
  const auto id = session_->id;
  session_.reset();
  if (on_discarded) on_discarded(id);
  settle(storing_, {});
  changed();
}

void Timelapse::report_store_failed() {
  parts_.runtime.log.write(hal::LogLevel::error, "timelapse", "the report is not saved", {{"error", store_error_}});
  const hal::Error error{hal::ErrorKind::io, "The session is kept, but it could not be saved: " + store_error_};
  settle(storing_, error);
  settle(starting_, error);
  changed();
}

}  // namespace nightjar::app
