// A session after a restart: what a power cut left of it on disk, and where on its grid it is now.
#include <algorithm>

#include "app/timelapse.h"

namespace nightjar::app {
namespace {

constexpr auto kDamagedJournal = "sessions/damaged.journal";
constexpr auto kReadAgain = std::chrono::seconds{5};   // a card that answers with errors may come to itself
constexpr auto kHeedEvery = std::chrono::seconds{1};
constexpr auto kPowerLost = "Power was lost";

}  // namespace

void Timelapse::recover(std::function<void()> done) {
  reading_ = parts_.storage.read(JournalFile::kPath, JournalFile::kMax, [this, done = std::move(done)](const hal::Result<std::string>& text) {
    if (!text.ok() && text.error().kind != hal::ErrorKind::not_found) return not_read(text.error(), done);
    unread_ = false;
    if (!text.ok()) return done();
    std::size_t whole = 0;
    auto session = journal::read(text.value(), &whole);
    if (!session) return put_aside(text.value(), [this, done] { journal_.remove([done](const hal::Result<void>&) { done(); }); });
    const auto go_on = [this, done, session = std::move(*session), whole, torn = whole < text.value().size()] {
      journal_.resume(whole, torn);
      look_for_report(session, done);
    };
    // What a power cut has torn goes. More than a torn line is damage: a person may want to see it.
    if (text.value().find('\n', whole) == std::string::npos) go_on();
    else put_aside(text.value(), go_on);
  });
}

/// There may be a session on the disk. Until that is known no other may begin, for it would take the journal's place.
void Timelapse::not_read(const hal::Error& error, const std::function<void()>& done) {
  if (!unread_) parts_.runtime.log.write(hal::LogLevel::error, "timelapse", "the journal cannot be read", {{"error", error.text()}});
  unread_ = error.kind != hal::ErrorKind::too_large;   // that will not change
  if (unread_) reading_again_ = parts_.runtime.loop.at(parts_.runtime.loop.now() + kReadAgain, [this] { recover([this] { changed(); }); });
  done();
}

void Timelapse::put_aside(const std::string& journal, std::function<void()> done) {
  parts_.runtime.log.write(hal::LogLevel::error, "timelapse", "the journal is damaged; it was put aside", {{"file", kDamagedJournal}});
  reading_ = parts_.storage.replace(kDamagedJournal, journal, [done = std::move(done)](const hal::Result<void>&) { done(); });
}

/// A session whose report is there was saved: only its journal was still to go.
void Timelapse::look_for_report(const Session& session, std::function<void()> done) {
  reading_ = parts_.storage.list("reports", [this, session, done = std::move(done)](const hal::Result<std::vector<hal::Storage::Entry>>& reports) {
    if (!reports.ok() && reports.error().kind == hal::ErrorKind::io) return not_read(reports.error(), done);
    const auto name = "session-" + session.id + ".json";
    const bool reported = reports.ok() && std::any_of(reports.value().begin(), reports.value().end(), [&](const auto& entry) { return entry.name == name; });
    if (reported) journal_.remove([](const hal::Result<void>&) {});
    else recovered(session);
    done();
  });
}

void Timelapse::recovered(Session session) {
  const bool was_running = !session.ended;
  session_ = std::move(session);
  told_ = session_->tally();
  clock_base_ = clock_base();
  parts_.runtime.log.write(hal::LogLevel::warning, "timelapse", "a session was found that is not saved",
                           {{"title", session_->title}, {"shots", std::to_string(session_->saved)}});
  if (was_running && parts_.settings.resume && parts_.wall_clock.now() < session_->noted.value_or(session_->started)) {
    parts_.runtime.log.write(hal::LogLevel::warning, "timelapse", "it waits: the clock is before its last shot, so nobody knows what time it is");
    return machine_.dispatch(fsm::Suspended{});
  }
  parts_.runtime.queue.post([this] { place(); });
}

/// Where on its grid a session is that the power cut left. Within a turn of the queue.
void Timelapse::place() {
  const auto now = parts_.wall_clock.now();
  const bool was_running = !session_->ended;
  clock_base_ = clock_base();
  if (was_running && parts_.settings.resume && now >= session_->started) {
    began_ = hal::Instant{parts_.runtime.now()} - (now - session_->started);
    if (session_->stops_at) session_->request.until = parts_.runtime.now() + (*session_->stops_at - now);
    note(SessionChange{SessionChange::What::power_returned, now, session_->slots(), {}, {}, {}, 0, 0});
    const auto origin = began_.time_since_epoch() + session_->grid.origin;
    machine_.process(fsm::Resumed{session_->request, origin, session_->slots(), session_->grid.first, session_->paused});
    return;
  }
  if (was_running) {
    end(kPowerLost);
    keep(journal::end(session_->end_reason, *session_->ended), [this] { changed(); });
  }
  machine_.process(fsm::Recovered{});
}

void Timelapse::clock_was_set() {
  if (running() && hal::Instant{parts_.runtime.now()} - heeded_ >= kHeedEvery) heed_clock();   // else the next shot does
}

void Timelapse::clock_known() {
  parts_.runtime.queue.post([this] {
    if (!suspended()) return;
    machine_.process(fsm::ClockKnown{});
    place();
    changed();
  });
}

/// A clock that only went on since we are here is as wrong as it was.
void Timelapse::look_at_clock() {
  if (std::chrono::abs(clock_base() - clock_base_) >= kClockStep && parts_.wall_clock.now() >= session_->noted.value_or(session_->started)) clock_known();
}

void Timelapse::changed() {
  if (on_changed) on_changed();
}

}  // namespace nightjar::app
