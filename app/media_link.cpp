#include "app/media_link.h"

namespace nightjar::app {

using namespace sml::literals;

MediaLink::Mode MediaLink::mode() const { return known() ? source() : Mode::none; }

MediaLink::Mode MediaLink::source() const {
  return machine_.is("realtime"_s) || machine_.is("reading_users"_s) ? Mode::realtime : Mode::polling;
}

bool MediaLink::connected() const { return machine_.is("connected"_s); }

std::optional<hal::Duration> MediaLink::age(const std::optional<hal::Instant>& at) const {
  return at ? std::optional{runtime_.loop.now() - *at} : std::nullopt;
}

void MediaLink::changed() {
  if (on_changed) on_changed();
}

// ---- what is asked ----------------------------------------------------------------------------------------------------

void MediaLink::fetch_info() {
  asking_info_ = server_.info(fsm::kServerAnswerMax, [this](hal::Result<hal::MediaServerInfo> info) {
    if (!info.ok()) return machine_.answer(asking_info_, fsm::InfoFailed{info.error()});
    received_info_ = std::move(info).value();
    machine_.answer(asking_info_, fsm::InfoReceived{});
  });
}

void MediaLink::ask_users() {
  asking_ = server_.users(fsm::kServerAnswerMax, [this](hal::Result<hal::MediaUsers> users) {
    if (!users.ok()) return machine_.answer(asking_, fsm::AskFailed{users.error()});
    received_users_ = std::move(users).value();
    machine_.answer(asking_, fsm::UsersReceived{});
  });
}

void MediaLink::ask_sessions() {
  asking_ = server_.sessions(fsm::kServerAnswerMax, [this](hal::Result<hal::MediaSessions> sessions) {
    if (!sessions.ok()) return machine_.answer(asking_, fsm::AskFailed{sessions.error()});
    received_sessions_ = std::move(sessions).value();
    machine_.answer(asking_, fsm::SessionsReceived{});
  });
}

// ---- the WebSocket ----------------------------------------------------------------------------------------------------

void MediaLink::open_socket() {
  opening_ = server_.listen(fsm::kServerSocketMax, [this](hal::Result<std::unique_ptr<hal::MediaFeed>> feed) {
    if (!feed.ok()) return machine_.answer(opening_, fsm::SocketFailed{feed.error()});
    opened_ = std::move(feed).value();
    machine_.answer(opening_, fsm::SocketOpened{});
  });
}

void MediaLink::subscribe() {
  word_waits_ = push_waits_ = users_changed_waits_ = keep_alive_waits_ = false;   // an event that the queue had no room for waits no more
  feed_ = std::move(opened_);
  feed_->start(*this);
}

void MediaLink::forget_socket() {
  opening_.drop();
  opened_.reset();
  feed_.reset();
}

template <class Event>
void MediaLink::tell(bool& waits, Event event) {
  if (std::exchange(waits, true)) return;
  runtime_.queue.post([this, &waits, event] {
    waits = false;
    machine_.process(event);
  });
}

void MediaLink::on_sessions(hal::MediaSessions sessions) {
  pushed_ = std::move(sessions);
  tell(push_waits_, fsm::SessionsPushed{});
}

void MediaLink::on_word() {
  if (mode() == Mode::realtime) sessions_at_ = runtime_.loop.now();
  tell(word_waits_, fsm::Spoken{});
}

// ---- what is known ----------------------------------------------------------------------------------------------------

void MediaLink::take_users() {
  const bool before = known();
  users_at_ = runtime_.loop.now();
  const auto changes = roster_.set_users(std::move(received_users_));
  if (!changes.none()) {
    changed();
    if (on_user_changes) on_user_changes(changes);
  }
  note_known(before);
}

void MediaLink::take(hal::MediaSessions sessions) {
  const bool before = known();
  const bool first = !sessions_at_;
  sessions_at_ = runtime_.loop.now();
  const auto changes = roster_.set_sessions(std::move(sessions));
  if (!changes.sessions.none()) {
    changed();
    if (on_session_changes) on_session_changes(changes.sessions);
  }
  if (!first && on_playback)
    for (const auto& playback : changes.playback) on_playback(playback);
  note_known(before);
}

void MediaLink::note_known(bool before) {
  if (before || !known()) return;
  changed();
  if (on_mode) on_mode(source());
}

void MediaLink::discover_clients() {
  const auto changes = roster_.discover();
  if (!changes.none() && on_client_changes) on_client_changes(changes);
}

// ---- what is told -----------------------------------------------------------------------------------------------------

void MediaLink::report_connected() {
  info_ = received_info_;
  last_error_.clear();
  runtime_.log.write(hal::LogLevel::info, "server_link", "connected", {{"server", info_.name}, {"version", info_.version}});
}

void MediaLink::report_online() {
  changed();
  if (on_connected) on_connected();
}

void MediaLink::failed_to_reach(const hal::Error& error) {
  last_error_ = error.text();
  const bool first = machine_.context().attempt == 1;
  runtime_.log.write(first ? hal::LogLevel::warning : hal::LogLevel::debug, "server_link", "not reached", {{"error", last_error_}});
  changed();
}

void MediaLink::report_refused() { ended({hal::ErrorKind::denied, "the server does not take the API key: make one in its dashboard, under API Keys"}); }

void MediaLink::ended(const hal::Error& error) {
  const bool again = last_error_ == error.text();   // a key that stays refused is told once
  users_at_.reset();
  sessions_at_.reset();
  last_error_ = error.text();
  changed();
  if (again) return;
  runtime_.log.write(hal::LogLevel::warning, "server_link", "lost", {{"error", last_error_}});
  if (on_lost) on_lost();
}

void MediaLink::report_realtime() {
  runtime_.log.write(hal::LogLevel::info, "server_link", "realtime");
  changed();
  if (known() && on_mode) on_mode(Mode::realtime);
}

void MediaLink::report_fallback(const fsm::SocketFailed& failed) {
  runtime_.log.write(hal::LogLevel::info, "server_link", "polling", {{"error", failed.error.text()}});
  changed();
  if (known() && on_mode) on_mode(Mode::polling);
}

}  // namespace nightjar::app
