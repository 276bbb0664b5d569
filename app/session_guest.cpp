#include "app/session_guest.h"

namespace nightjar::app {
namespace {

using namespace sml::literals;

}  // namespace

SessionGuest::SessionGuest(std::unique_ptr<hal::WebSocket> socket, Owner& owner, Runtime& runtime)
    : remote_(socket->remote()), peer_(std::move(socket), kUnsentMax), owner_(owner), runtime_(runtime), machine_(runtime, *this) {}

void SessionGuest::start() {
  machine_.start();
  peer_.start(*this);
}

bool SessionGuest::is_member() const { return machine_.is("member"_s); }

void SessionGuest::send(hal::Buffer text) {
  if (!peer_.send(hal::MessageKind::text, std::move(text))) machine_.dispatch(fsm::GuestBehind{});
}

void SessionGuest::kick(std::string reason) {
  kick_reason_ = std::move(reason);
  machine_.dispatch(fsm::KickGuest{});
}

void SessionGuest::on_message(hal::MessageKind kind, std::string_view payload) {
  if (!peer_.is_open()) return;
  const auto at = runtime_.loop.now();   // of a heartbeat: before anything else is done
  auto message = kind == hal::MessageKind::text ? parse_guest_message(payload) : std::nullopt;
  if (!message) return machine_.dispatch(fsm::GuestBabbled{});
  if (auto* join = std::get_if<SayJoin>(&*message)) {
    // Judged when its turn comes: of two that want the last place the second is refused.
    return runtime_.queue.post([self = shared_from_this(), join = std::move(*join)]() mutable {
      const auto verdict = self->owner_.judge(join);
      if (!self->is_member()) self->join_ = std::move(join);
      self->machine_.process(verdict);
    });
  }
  if (!is_member()) return machine_.dispatch(fsm::GuestBabbled{});
  if (machine_.context().checks != 0 || machine_.context().babble != 0) machine_.dispatch(fsm::GuestHeard{});   // else it says nothing new
  if (const auto* beat = std::get_if<SayHeartbeat>(&*message)) return owner_.on_heartbeat(*this, *beat, at);
  owner_.on_fired(*this, std::get<SayFired>(*message));
}

void SessionGuest::on_closed(std::uint16_t code, std::string_view) {
  runtime_.log.write(hal::LogLevel::debug, "session_guest", "closed", {{"guest", id_}, {"from", remote_.text()}, {"code", std::to_string(code)}});
  peer_.closed();
  machine_.dispatch(fsm::GuestGone{});
}

void SessionGuest::say_error(std::string_view code, std::string_view message) { send(session_error_message(owner_.wall_now(), code, message)); }

void SessionGuest::refuse(std::string_view code, std::string_view message) {
  runtime_.log.write(hal::LogLevel::info, "session_guest", "refused", {{"from", remote_.text()}, {"code", code}});
  say_error(code, message);
  peer_.close(hal::close_code::normal, code);
}

void SessionGuest::refuse_not_found() { refuse("SESSION_NOT_FOUND", "Session not found"); }
void SessionGuest::refuse_duplicate() { refuse("ALREADY_JOINED", "Already joined"); }
void SessionGuest::refuse_full() { refuse("SESSION_FULL", owner_.full_text()); }
void SessionGuest::refuse_silence() { refuse("INVALID_MESSAGE", "JOIN did not come"); }

void SessionGuest::admit() {
  id_ = join_.device_id;
  owner_.on_admitted(*this, join_);
  join_ = {};   // its place is a secret
}

void SessionGuest::say_invalid() { say_error("INVALID_MESSAGE", "Invalid message format"); }
void SessionGuest::say_joined_already() { say_error("ALREADY_JOINED", "Already joined"); }
void SessionGuest::close_for_rubbish() { peer_.close(hal::close_code::policy, "Too many invalid messages"); }

void SessionGuest::let_go_silent() {
  say_error("HEARTBEAT_TIMEOUT", "No heartbeat for 15 seconds");
  peer_.close(hal::close_code::normal, "Heartbeat timeout");
  owner_.on_left(*this, "Heartbeat timeout");
}

void SessionGuest::let_go_slow() {
  peer_.close(hal::close_code::try_later, "Too slow");
  owner_.on_left(*this, "Too slow");
}

void SessionGuest::let_go_kicked() {
  send(kicked_message(owner_.wall_now(), kick_reason_));
  peer_.close(hal::close_code::normal, "Kicked");
  owner_.on_left(*this, "Kicked");
}

void SessionGuest::say_closed() {
  send(session_closed_message(owner_.wall_now(), "Host closed session"));
  peer_.close(hal::close_code::normal, "Server closing");
}

void SessionGuest::close_going_away() { peer_.close(hal::close_code::going_away, "The host stops"); }
void SessionGuest::make_way() { peer_.close(hal::close_code::normal, "Connected anew"); }

}  // namespace nightjar::app
