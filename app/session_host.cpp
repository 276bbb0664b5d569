#include "app/session_host.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/session_code.h"
#include "app/web.h"

namespace nightjar::app {
namespace {

using namespace sml::literals;

constexpr auto kHostedFile = "hosted-session.json";
constexpr std::size_t kHostedFileMax = 256u << 10;
constexpr auto kAheadMin = std::chrono::milliseconds{50};
constexpr auto kAheadMax = std::chrono::minutes{1};

}  // namespace

SessionHost::SessionHost(const Lent& lent)
    : lent_(lent), clock_name_(fmt::format("{:016x}", lent.random.next())), trigger_(lent.runtime.loop), machine_(lent.runtime, *this) {
  trigger_.shutter = [this](auto done) { shutter(std::move(done)); };
  trigger_.on_report = [this](const std::string& shot, const hal::Result<hal::Instant>& at) {
    SayFired fired{shot, at.ok(), at.ok() ? to_micros(at.value().time_since_epoch()) : 0, 0, at.ok() ? "" : at.error().text()};
    note_result(lent_.identity.id, fired);
  };
  machine_.start();
}

SessionHost::~SessionHost() = default;

// ---- what a person asks -----------------------------------------------------------------------------------------------

void SessionHost::host(std::string name, int members_max, Answer answer) {
  lent_.runtime.queue.post([this, answer = std::move(answer), wanted = HostedSession{make_session_code(lent_.random), std::move(name), members_max}]() mutable {
    asking_ = std::move(answer);
    wanted_ = std::move(wanted);
    machine_.process(fsm::HostSession{});
  });
}

void SessionHost::end(Answer answer) {
  lent_.runtime.queue.post([this, answer = std::move(answer)]() mutable {
    ending_ = std::move(answer);
    machine_.process(fsm::EndSession{});
  });
}

hal::Result<void> SessionHost::kick(const std::string& id) {
  for (const auto& guest : guests_)
    if (guest->is_member() && guest->id() == id) return guest->kick("Removed by the host"), hal::Result<void>{};
  return hal::Error{hal::ErrorKind::not_found, "No such member"};
}

hal::Result<std::string> SessionHost::fire(hal::Duration ahead) {
  if (!hosting()) return hal::Error{hal::ErrorKind::invalid, "No session is hosted"};
  if (ahead < kAheadMin || ahead > kAheadMax) return hal::Error{hal::ErrorKind::invalid, "A shot is fired between 50 ms and a minute ahead"};
  const auto shot = fmt::format("{}-{}", clock_name_.substr(0, 6), ++shots_);
  fire_at(lent_.runtime.loop.now() + ahead, shot, true);
  return shot;
}

void SessionHost::fire_at(hal::Instant at, std::string shot_id, bool own_shutter) {
  if (!hosting()) return;
  std::size_t members = 1;   // we
  for (const auto& guest : guests_) members += guest->is_member() ? 1 : 0;
  salvos_.add(shot_id, at.time_since_epoch(), members);
  broadcast(fire_at_message(wall_now(), {to_micros(at.time_since_epoch()), shot_id}));
  if (own_shutter) trigger_.arm(shot_id, at);
}

void SessionHost::restore(std::function<void()> done) {
  reading_ = lent_.storage.read(kHostedFile, kHostedFileMax, [this, done = std::move(done)](const hal::Result<std::string>& text) {
    kept_ = text.ok() && registry_.from_json(text.value(), own_record());
    if (kept_)
      machine_.dispatch(fsm::RehostSession{});
    else if (text.ok() || text.error().kind != hal::ErrorKind::not_found)
      lent_.runtime.log.write(hal::LogLevel::error, "session_host", "the hosted session cannot be read; it is not hosted again");
    done();
  });
}

void SessionHost::suspend() {
  for (const auto& guest : guests_) guest->suspend();
  server_.reset();
  stop_telling();
}

bool SessionHost::hosting() const { return machine_.is("hosting"_s); }
bool SessionHost::active() const { return !machine_.is("idle"_s); }

std::string_view SessionHost::told_by() const {
  return machine_.is("by_mdns"_s) ? "mdns" : machine_.is("by_udp"_s) ? "udp" : machine_.is("in_process"_s) ? "in_process" : "none";
}

// ---- its life ---------------------------------------------------------------------------------------------------------

void SessionHost::keep() {
  hosting_answer_ = std::exchange(asking_, nullptr);
  kept_ = true;
  registry_.open(std::exchange(wanted_, {}), own_record());
  salvos_.clear();
  writing_ = lent_.storage.replace(kHostedFile, registry_.to_json(), [this](const hal::Result<void>& written) {
    if (written.ok()) machine_.answer(writing_, fsm::SessionKept{});
    else machine_.answer(writing_, fsm::SessionNotKept{});
  });
  changed();
}

void SessionHost::save() {
  if (!kept_) return;   // its guests leave because it ends: it is not to come back
  writing_ = lent_.storage.replace(kHostedFile, registry_.to_json(), [this](const hal::Result<void>& written) {
    if (!written.ok()) lent_.runtime.log.write(hal::LogLevel::error, "session_host", "a change of the session is not kept", {{"error", written.error().text()}});
  });
}

void SessionHost::open_port() {
  hal::HttpServerOptions options;
  options.connections_max = kConnectionsMax;
  options.websocket_message_max = kSessionMessageMax;
  auto server = lent_.servers.serve({hal::IpAddress::any_v6(), lent_.port}, options, *this);
  if (!server.ok()) {
    port_error_ = fmt::format("port {}: {}", lent_.port, server.error().text());
    return machine_.dispatch(fsm::PortNotOpened{});
  }
  server_ = std::move(server).value();
  machine_.dispatch(fsm::PortOpened{});
}

void SessionHost::close_port() {
  server_.reset();
  for (const auto& guest : guests_) lent_.runtime.queue.post([gone = guest] {});
  guests_.clear();
}

void SessionHost::dismiss_guests() {
  erase();   // first: the farewell may take seconds, and who loses its power in them has ended the session all the same
  for (const auto& guest : guests_) guest->dismiss();
  if (guests_.empty()) machine_.dispatch(fsm::GuestsGone{});
}

void SessionHost::forget_session() {
  trigger_.disarm_all();
  registry_.close();
  erase();
}

void SessionHost::erase() {
  kept_ = false;
  writing_.drop();
  erasing_ = lent_.storage.remove(kHostedFile, [this](const hal::Result<void>& removed) {
    if (!removed.ok() && removed.error().kind != hal::ErrorKind::not_found)
      lent_.runtime.log.write(hal::LogLevel::error, "session_host", "the session is still on the disk", {{"error", removed.error().text()}});
    if (auto answer = std::exchange(ended_answer_, nullptr)) answer({});
  });
}

void SessionHost::tell_by_mdns() {
  telling_mdns_.drop();
  if (!lent_.vicinities.mdns) return machine_.dispatch(fsm::MdnsFailed{});
  telling_mdns_ = lent_.vicinities.mdns->advertise(advertisement(), hal::Vicinity::Voice::aloud, [this](const hal::Result<void>& told) {
    if (told.ok()) return machine_.answer(telling_mdns_, fsm::MdnsUp{});
    lent_.runtime.log.write(hal::LogLevel::warning, "session_host", "not told by mDNS", {{"error", told.error().text()}});
    machine_.answer(telling_mdns_, fsm::MdnsFailed{});
  });
}

void SessionHost::tell_by_udp() {
  telling_udp_.drop();
  if (!lent_.vicinities.udp) return machine_.dispatch(fsm::UdpFailed{});
  telling_udp_ = lent_.vicinities.udp->advertise(advertisement(), hal::Vicinity::Voice::aloud, [this](const hal::Result<void>& told) {
    if (told.ok()) return machine_.answer(telling_udp_, fsm::UdpUp{});
    lent_.runtime.log.write(hal::LogLevel::warning, "session_host", "not told by UDP", {{"error", told.error().text()}});
    machine_.answer(telling_udp_, fsm::UdpFailed{});
  });
}

void SessionHost::answer_by_udp() {
  telling_udp_.drop();
  telling_here_.drop();
  if (lent_.vicinities.udp) telling_udp_ = lent_.vicinities.udp->advertise(advertisement(), hal::Vicinity::Voice::when_asked, [](const auto&) {});
}

void SessionHost::tell_here() {
  if (lent_.vicinities.here) telling_here_ = lent_.vicinities.here->advertise(advertisement(), hal::Vicinity::Voice::aloud, [](const auto&) {});
}

void SessionHost::stop_telling() {
  telling_mdns_.drop();
  telling_udp_.drop();
  telling_here_.drop();
}

void SessionHost::update_told() {
  for (auto* vicinity : {lent_.vicinities.mdns, lent_.vicinities.udp, lent_.vicinities.here})
    if (vicinity && registry_.session()) vicinity->update(advertisement());
}

hal::Advertisement SessionHost::advertisement() const {
  const auto& session = registry_.session();
  if (!session) return {};
  return {session->id, session->name, lent_.identity.id, lent_.identity.name, lent_.port, static_cast<int>(registry_.count()), session->members_max};
}

void SessionHost::report_hosting() {
  lent_.runtime.log.write(hal::LogLevel::info, "session_host", "hosting", {{"code", show_session_code(session()->id)}, {"told_by", told_by()}});
  // Later: whoever hears of it asks how we are, and we are not yet hosting.
  lent_.runtime.queue.post([this, answer = std::exchange(hosting_answer_, nullptr)] {
    if (answer) answer({});
    if (on_hosting && session()) on_hosting();
    changed();
  });
}

void SessionHost::report_not_kept() {
  lent_.runtime.log.write(hal::LogLevel::error, "session_host", "the session is not on the disk: a restart will not find it again");
}
void SessionHost::report_busy() {
  if (auto answer = std::exchange(asking_, nullptr)) answer(hal::Error{hal::ErrorKind::busy, "A session is hosted already"});
}
void SessionHost::report_port_awaited() {
  lent_.runtime.log.write(hal::LogLevel::warning, "session_host", "its port is taken; tried again", {{"error", port_error_}});
}
void SessionHost::report_not_opened() {
  lent_.runtime.queue.post([this, answer = std::exchange(hosting_answer_, nullptr)] {
    if (answer) answer(hal::Error{hal::ErrorKind::in_use, port_error_});
    changed();
  });
}
void SessionHost::report_ended() {
  ended_answer_ = std::exchange(ending_, nullptr);   // answered when it is off the disk: erase()
  lent_.runtime.queue.post([this, answer = std::exchange(hosting_answer_, nullptr)] {
    if (answer) answer(hal::Error{hal::ErrorKind::closed, "The session was ended"});
    if (on_ended) on_ended();
    changed();
  });
}
void SessionHost::report_none() {
  if (auto answer = std::exchange(ending_, nullptr)) answer(hal::Error{hal::ErrorKind::invalid, "No session is hosted"});
}

// ---- guests -----------------------------------------------------------------------------------------------------------

std::string SessionHost::full_text() {
  const auto most = session() ? session()->members_max : 0;
  return fmt::format("Session is full ({}/{})", registry_.count(), most);
}

void SessionHost::on_admitted(SessionGuest& guest, const SayJoin& join) {
  const auto admission = registry_.admit(join, guest.remote().address.text(), wall_now(), secret());
  if (admission.returned)
    for (const auto& other : guests_)
      if (other.get() != &guest && other->is_member() && other->id() == join.device_id) other->make_way_for_new();
  const auto& session = *registry_.session();
  guest.send(welcome_message(wall_now(), {session.id, session.name, lent_.identity.id, lent_.identity.name, join.device_id, admission.place, clock_name_}));
  guest.send(member_list_message(wall_now(), registry_.members()));
  lent_.runtime.log.write(hal::LogLevel::info, "session_host", admission.returned ? "a guest is back" : "a guest joined",
                          {{"guest", join.device_name}, {"id", join.device_id}, {"from", guest.remote().text()}});
  if (!admission.returned) {
    broadcast(member_joined_message(wall_now(), admission.member), &guest);
    if (on_member_joined) on_member_joined(admission.member);
  }
  update_told();
  save();
  changed();
}

void SessionHost::on_heartbeat(SessionGuest& guest, const SayHeartbeat& beat, hal::Instant at) {
  registry_.note(guest.id(), wall_now(), beat.latency);
  const auto now = lent_.runtime.loop.now();
  guest.send(heartbeat_ack_message(wall_now(), {beat.sent, to_micros(at.time_since_epoch()), to_micros(now.time_since_epoch())}));
}

void SessionHost::on_fired(SessionGuest& guest, const SayFired& fired) { note_result(guest.id(), fired); }

void SessionHost::note_result(const std::string& id, const SayFired& fired) {
  auto* salvo = salvos_.find(fired.shot_id);
  if (!salvo || (!salvo->results.contains(id) && salvo->results.size() >= kMembersMax)) return;
  salvo->results[id] = fired;
  if (on_salvo) on_salvo(*salvo);
}

void SessionHost::on_left(SessionGuest& guest, std::string_view reason) {
  const auto is_its_device = [&guest](const auto& other) { return other.get() != &guest && other->is_member() && other->id() == guest.id(); };
  if (std::ranges::any_of(guests_, is_its_device)) return;   // it is back already, by another connection
  registry_.remove(guest.id(), wall_now());
  lent_.runtime.log.write(hal::LogLevel::info, "session_host", "a guest left", {{"id", guest.id()}, {"reason", reason}});
  broadcast(member_left_message(wall_now(), guest.id(), reason), &guest);
  if (on_member_left) on_member_left(guest.id(), reason);
  update_told();
  save();
  changed();
}

void SessionHost::on_forgotten(SessionGuest& guest) {
  // Later: the guest is on the stack now.
  lent_.runtime.queue.post([this, gone = &guest] {
    std::erase_if(guests_, [gone](const auto& one) { return one.get() == gone; });
    if (guests_.empty()) machine_.dispatch(fsm::GuestsGone{});
  });
}

void SessionHost::broadcast(const std::string& text, const SessionGuest* except) {
  const auto shared = std::make_shared<const std::string>(text);
  for (const auto& guest : guests_)
    if (guest.get() != except && guest->is_member()) guest->send(shared);
}

// ---- the port ---------------------------------------------------------------------------------------------------------

void SessionHost::on_request(const hal::HttpRequest&, hal::HttpReply reply) { reply.answer(error_response(426, "WEBSOCKET_ONLY", "A session is joined by WebSocket")); }

/// Guests are programs; a browser's page may only come from here, and none does.
std::optional<hal::HttpResponse> SessionHost::on_upgrade(const hal::HttpRequest& request) {
  if (request.path() != "/") return error_response(404, "NOT_FOUND", "The session is at /");
  if (request.headers.find("Origin")) return error_response(403, "FOREIGN_ORIGIN", "Pages of other hosts may not use this device");
  if (guests_.size() >= kConnectionsMax) return error_response(503, "TOO_MANY_CLIENTS", "Too many connections");
  return std::nullopt;
}

void SessionHost::on_websocket(const hal::HttpRequest&, std::unique_ptr<hal::WebSocket> socket) {
  auto guest = std::make_shared<SessionGuest>(std::move(socket), static_cast<SessionGuest::Owner&>(*this), lent_.runtime);
  guests_.push_back(guest);
  guest->start();
  if (!hosting()) guest->suspend();
}

MemberRecord SessionHost::own_record() const {
  const auto now = lent_.wall_clock.now();
  return {lent_.identity.id, lent_.identity.name, MemberRole::host, "connected", now, now, {}, std::nullopt};
}

std::string SessionHost::secret() {
  const auto first = lent_.random.next();   // in a call's arguments each compiler has its own order, and a seed would not repeat
  return fmt::format("{:016x}{:016x}", first, lent_.random.next());
}

void SessionHost::changed() {
  if (on_changed) on_changed();
}

}  // namespace nightjar::app
