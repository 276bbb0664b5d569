#include "app/session_member.h"

#include <algorithm>

#include "app/session_code.h"
#include "app/version.h"

namespace nightjar::app {
namespace {

using namespace sml::literals;

/// What a person reads, where the host's own sentence is for programs (session-server.md, "Edge cases").
std::string sentence(const SayError& error) { return error.code == "SESSION_NOT_FOUND" ? "Invalid session code" : error.message; }

}  // namespace

SessionMember::SessionMember(const Lent& lent) : lent_(lent), trigger_(lent.runtime.loop), machine_(lent.runtime, *this) {
  trigger_.shutter = [this](auto done) { shutter(std::move(done)); };
  trigger_.on_report = [this](const std::string& shot, const hal::Result<hal::Instant>& at) {
    orders_.erase(std::string{shot});
    SayFired fired{shot, at.ok(), 0, 0, at.ok() ? "" : at.error().text()};
    if (const auto& estimate = clock_.estimate(); estimate && at.ok()) {
      fired.at = to_micros(estimate->host_time(at.value()));
      fired.uncertainty = to_micros(estimate->uncertainty);
    }
    if (socket_ && joined()) socket_->send_text(fired_message(lent_.wall_clock.now(), fired));
    if (on_fired) on_fired(fired);
  };
  machine_.start();
}

SessionMember::~SessionMember() = default;

bool SessionMember::joined() const { return machine_.is("joined"_s); }
bool SessionMember::active() const { return !machine_.is("idle"_s); }

void SessionMember::join(std::string code, std::optional<hal::Endpoint> place, Answer answer) {
  lent_.runtime.queue.post([this, code = std::move(code), place, answer = std::move(answer)]() mutable {
    if (!active()) {
      code_ = std::move(code);
      place_ = place;
      welcome_ = {};
      was_joined_ = false;
      members_.clear();
      clock_.clear();
      last_error_.clear();
      joining_ = std::move(answer);
    } else {
      asking_ = std::move(answer);
    }
    machine_.process(fsm::JoinSession{place.has_value()});
    changed();
  });
}

void SessionMember::leave(Answer answer) {
  lent_.runtime.queue.post([this, answer = std::move(answer)]() mutable {
    leaving_ = std::move(answer);
    machine_.process(fsm::LeaveSession{});
  });
}

void SessionMember::found(const hal::Endpoint& place) {
  place_ = place;
  machine_.dispatch(fsm::HostFound{});
}

void SessionMember::suspend() {
  if (socket_) socket_->close(hal::close_code::going_away, "The device stops");
}

// ---- its life ---------------------------------------------------------------------------------------------------------

void SessionMember::look() {
  if (on_look) on_look(code_);
}

void SessionMember::connect() {
  if (!lent_.sockets || !place_) return machine_.dispatch(fsm::HostNotReached{});
  const hal::WebSocketTarget target{{false, *place_, {}, {}, {}}, "/", {}, kSessionMessageMax};
  connecting_ = lent_.sockets->connect(target, fsm::kReachMax, [this](hal::Result<std::unique_ptr<hal::WebSocket>> socket) {
    if (!socket.ok()) {
      last_error_ = socket.error().text();
      return machine_.answer(connecting_, fsm::HostNotReached{});
    }
    socket_ = std::move(socket).value();
    socket_->start(*this);
    machine_.answer(connecting_, fsm::HostReached{});
  });
  changed();
}

void SessionMember::drop() {
  connecting_.drop();
  // Later: it may be the one that calls.
  if (socket_) lent_.runtime.loop.post([gone = std::shared_ptr<hal::WebSocket>{std::move(socket_)}] {});
  socket_.reset();
}

void SessionMember::say_join() {
  if (!socket_) return;   // it broke meanwhile, and that is told next
  socket_->send_text(join_message(lent_.wall_clock.now(), {code_, lent_.identity.id, lent_.identity.name, kVersion, welcome_.place}));
}

void SessionMember::beat() {
  if (!socket_) return;
  socket_->send_text(heartbeat_message(lent_.wall_clock.now(), {to_micros(lent_.runtime.loop.now().time_since_epoch()), latency_}));
}

void SessionMember::say_goodbye() {
  if (socket_) socket_->close(hal::close_code::normal, "Left");
}

void SessionMember::report_joined() {
  was_joined_ = true;
  last_error_.clear();
  lent_.runtime.log.write(hal::LogLevel::info, "session_member", "joined", {{"session", show_session_code(code_)}, {"host", place_ ? place_->text() : ""}});
  // Later: whoever hears of it asks how we are, and we are not yet joined.
  lent_.runtime.queue.post([this, answer = std::exchange(joining_, nullptr)] {
    if (answer) answer({});
    if (on_joined && joined()) on_joined();
    changed();
  });
}

void SessionMember::report_busy() {
  if (auto answer = std::exchange(asking_, nullptr)) answer(hal::Error{hal::ErrorKind::busy, "Leave the other session first"});
}

void SessionMember::report_lost() {
  lent_.runtime.log.write(hal::LogLevel::warning, "session_member", "the host is lost; tried again", {{"error", last_error_}});
  lent_.runtime.queue.post([this] { changed(); });
}

void SessionMember::report_none() {
  if (auto answer = std::exchange(leaving_, nullptr)) answer(hal::Error{hal::ErrorKind::invalid, "Not in a session"});
}

/// An empty reason: as it was asked.
void SessionMember::over(std::string why) {
  trigger_.disarm_all();
  orders_.clear();
  members_.clear();
  last_error_ = why;
  code_.clear();
  welcome_ = {};
  if (!why.empty()) lent_.runtime.log.write(hal::LogLevel::warning, "session_member", "not in the session", {{"why", why}});
  const bool was_joined = std::exchange(was_joined_, false);
  lent_.runtime.queue.post([this, why = std::move(why), was_joined, joining = std::exchange(joining_, nullptr), leaving = std::exchange(leaving_, nullptr)] {
    if (joining) joining(hal::Error{hal::ErrorKind::refused, why.empty() ? "Left before it was joined" : why});
    if (leaving) leaving({});
    if (was_joined && on_over) on_over(why.empty() ? "Left" : why);
    changed();
  });
}

// ---- what the host says -----------------------------------------------------------------------------------------------

void SessionMember::on_message(hal::MessageKind kind, std::string_view payload) {
  heard_at_ = lent_.runtime.loop.now();
  auto message = kind == hal::MessageKind::text ? parse_host_message(payload) : std::nullopt;
  if (!message) return lent_.runtime.log.write(hal::LogLevel::warning, "session_member", "the host said what is no message");
  if (machine_.context().unheard >= sml::Time{fsm::kDeafMax} / 3) machine_.dispatch(fsm::HostHeard{});   // else it says nothing new
  std::visit([this](auto& said) { hear(std::move(said)); }, *message);
}

void SessionMember::on_closed(std::uint16_t code, std::string_view reason) {
  if (last_error_.empty() && code != hal::close_code::normal) last_error_ = reason.empty() ? "The connection broke" : std::string{reason};
  machine_.dispatch(fsm::HostDropped{});
}

void SessionMember::hear(SayWelcome&& welcome) {
  if (welcome.session_id != code_) return machine_.dispatch(fsm::JoinRefused{});
  if (welcome.clock != welcome_.clock) clock_.clear();   // another host, or it has started anew
  welcome_ = std::move(welcome);
  machine_.dispatch(fsm::Welcomed{});
}

void SessionMember::hear(SayMemberList&& list) {
  members_ = std::move(list.members);
  changed();
}

void SessionMember::hear(SayMemberJoined&& joined) {
  std::erase_if(members_, [&](const auto& member) { return member.id == joined.member.id; });
  if (members_.size() >= kMembersMax) return;
  members_.push_back(joined.member);
  if (on_member_joined) on_member_joined(joined.member);
  changed();
}

void SessionMember::hear(SayMemberLeft&& left) {
  std::erase_if(members_, [&](const auto& member) { return member.id == left.device_id; });
  if (on_member_left) on_member_left(left.device_id, left.reason);
  changed();
}

void SessionMember::hear(SayKicked&& kicked) {
  last_error_ = kicked.reason;
  machine_.dispatch(fsm::KickedOut{});
}

void SessionMember::hear(SaySessionClosed&&) { machine_.dispatch(fsm::SessionEnded{}); }

void SessionMember::hear(SayError&& error) {
  lent_.runtime.log.write(hal::LogLevel::warning, "session_member", "the host refuses", {{"code", error.code}, {"error", error.message}});
  last_error_ = sentence(error);
  const bool for_now = error.code == "ALREADY_JOINED" || error.code == "SESSION_FULL";
  if (!joined()) machine_.dispatch(fsm::JoinRefused{for_now});
}

void SessionMember::hear(SayHeartbeatAck&& ack) {
  const hal::Instant sent{from_micros(ack.sent)};
  const Exchange exchange{sent, from_micros(ack.received), from_micros(ack.answered), heard_at_};
  if (!clock_.add(exchange)) return;
  latency_ = std::chrono::duration_cast<std::chrono::milliseconds>((exchange.heard - exchange.sent) - (exchange.answered - exchange.received));
  const auto orders = orders_;   // a report takes one out
  for (const auto& [shot, host_time] : orders) aim(shot, host_time);   // it is known better now
}

void SessionMember::hear(SayFireAt&& fire) {
  if (!joined() || (!orders_.contains(fire.shot_id) && orders_.size() >= Trigger::kArmedMax)) return;
  orders_[fire.shot_id] = from_micros(fire.host_time);
  aim(fire.shot_id, from_micros(fire.host_time));   // a report takes it out again
}

void SessionMember::aim(const std::string& shot_id, hal::Duration host_time) {
  const auto& estimate = clock_.estimate();
  if (!estimate) return trigger_.on_report(shot_id, hal::Error{hal::ErrorKind::busy, "the host's clock is not known yet"});
  trigger_.arm(shot_id, estimate->our_time(host_time));
}

void SessionMember::changed() {
  if (on_changed) on_changed();
}

}  // namespace nightjar::app
