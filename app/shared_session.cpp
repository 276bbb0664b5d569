#include "app/shared_session.h"

#include <fmt/format.h>

#include "app/iso_time.h"
#include "app/overloaded.h"
#include "app/session_code.h"

namespace nightjar::app {
namespace {

constexpr auto kIdFile = "device-id";
constexpr std::size_t kIdFileMax = 256;
constexpr auto kOrderAhead = std::chrono::seconds{2};   // time for an order to reach every guest, a lost datagram's repetition included

bool is_device_id(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

double in_ms(hal::Duration duration) { return std::chrono::duration<double, std::milli>{duration}.count(); }

Json salvo_json(const Salvo& salvo) {
  auto results = Json::array();
  for (const auto& [id, result] : salvo.results) {
    Json one{{"deviceId", id}, {"fired", result.fired}};
    if (result.fired) one.add("lateMs", in_ms(from_micros(result.at) - salvo.host_time));
    one.add("uncertaintyMs", in_ms(from_micros(result.uncertainty)));
    if (!result.error.empty()) one.add("error", result.error);
    results.push_back(one);
  }
  const auto spread = salvo.spread();
  return {{"shotId", salvo.shot_id}, {"asked", salvo.asked}, {"fired", salvo.fired()}, {"spreadMs", spread ? Json(in_ms(*spread)) : Json()}, {"results", results}};
}

Json members_json(const std::vector<MemberRecord>& members) {
  auto out = Json::array();
  for (const auto& member : members) out.push_back(member_json(member));
  return out;
}

Json found_json(const FoundSession& found) {
  const auto& told = found.seen.advertisement;
  return {{"sessionId", told.session_id}, {"code", show_session_code(told.session_id)}, {"name", told.session_name}, {"hostId", told.host_id},
          {"hostName", told.host_name}, {"address", found.seen.address.text()}, {"port", told.port}, {"memberCount", told.member_count},
          {"maxMembers", told.max_members}, {"discoveryMethod", found.way}, {"lastSeen", iso_utc(found.last_seen)}};
}

}  // namespace

Json member_json(const MemberRecord& member) {
  return {{"id", member.id}, {"name", member.name}, {"role", member.role == MemberRole::host ? "host" : "client"},
          {"connectionStatus", member.connection_status}, {"joinedAt", iso_utc(member.joined_at)}, {"lastSeen", iso_utc(member.last_seen)},
          {"address", member.address}, {"latency", member.latency ? Json(member.latency->count()) : Json()}};
}

SharedSession::SharedSession(const Lent& lent)
    : lent_(lent),
      host_({lent.runtime, lent.servers, lent.storage, lent.wall_clock, lent.random, lent.vicinities, identity_, lent.settings.sharing_port}),
      member_({lent.runtime, lent.sockets, lent.wall_clock, identity_}),
      finder_(lent.runtime, lent.wall_clock, lent.vicinities) {
  wire_host();
  wire_member();
  wire_finder();
}

void SharedSession::start(std::function<void()> done) {
  reading_ = lent_.storage.read(kIdFile, kIdFileMax, [this, done = std::move(done)](const hal::Result<std::string>& text) {
    identity_.id = text.ok() && is_device_id(text.value()) ? text.value() : fmt::format("{:016x}", lent_.random.next());
    identity_.name = lent_.settings.device_name.empty() ? "Nightjar " + identity_.id.substr(0, 4) : lent_.settings.device_name;
    if (!text.ok() || text.value() != identity_.id)
      writing_ = lent_.storage.replace(kIdFile, identity_.id, [this](const hal::Result<void>& written) {
        if (!written.ok()) lent_.runtime.log.write(hal::LogLevel::error, "shared_session", "this device's id is not kept", {{"error", written.error().text()}});
      });
    host_.restore(done);
  });
}

void SharedSession::stop() {
  finder_.stop();
  host_.suspend();
  member_.suspend();
}

void SharedSession::set_shutter(Shutter shutter) {
  host_.shutter = shutter;
  member_.shutter = std::move(shutter);
}

// ---- who hears of what ------------------------------------------------------------------------------------------------

void SharedSession::wire_host() {
  host_.on_hosting = [this] { tell("sessionHosted", {{"sessionId", host_.session()->id}, {"code", show_session_code(host_.session()->id)}, {"name", host_.session()->name}}); };
  host_.on_ended = [this] {
    sharing_grid_ = false;
    tell("sessionEnded", Json::object());
  };
  host_.on_member_joined = [this](const MemberRecord& member) { tell("memberJoined", {{"member", member_json(member)}}); };
  host_.on_member_left = [this](const std::string& id, std::string_view reason) { tell("memberLeft", {{"deviceId", id}, {"reason", reason}}); };
  host_.on_salvo = [this](const Salvo& salvo) {
    if (salvo.results.size() >= salvo.asked) tell("shotFired", salvo_json(salvo));
    changed();
  };
  host_.on_changed = [this] { changed(); };
}

void SharedSession::wire_member() {
  member_.on_look = [this](const std::string& code) {
    finder_.look();
    if (const auto place = finder_.place_of(code); place && !member_.joined() && member_.attempt() == 0) member_.found(*place);
  };
  member_.on_joined = [this] { tell("sessionJoined", {{"sessionId", member_.code()}, {"name", member_.session().session_name}, {"hostName", member_.session().host_name}}); };
  member_.on_over = [this](const std::string& why) { tell("sessionOver", {{"reason", why}}); };
  member_.on_member_joined = [this](const MemberRecord& member) { tell("memberJoined", {{"member", member_json(member)}}); };
  member_.on_member_left = [this](const std::string& id, const std::string& reason) { tell("memberLeft", {{"deviceId", id}, {"reason", reason}}); };
  member_.on_fired = [this](const SayFired& fired) {
    tell("shotFired", {{"shotId", fired.shot_id}, {"fired", fired.fired}, {"error", fired.error.empty() ? Json() : Json(fired.error)}});
  };
  member_.on_changed = [this] { changed(); };
}

void SharedSession::wire_finder() {
  finder_.on_found = [this](const FoundSession& found) {
    if (found.seen.advertisement.session_id == member_.code()) member_.found(found.place());
    tell("sessionFound", found_json(found));
  };
  finder_.on_gone = [this](const std::string& id) { tell("sessionGone", {{"sessionId", id}}); };
  finder_.on_changed = [this] { changed(); };
}

void SharedSession::tell(std::string_view name, const Json& data) {
  if (on_event) on_event(name, data);
}

void SharedSession::changed() {
  if (on_changed) on_changed();
}

// ---- what is asked ----------------------------------------------------------------------------------------------------

void SharedSession::ask(const SharingRequest& request, Answer answer) {
  const auto at_once = [&](hal::Result<void> result) {
    lent_.runtime.queue.post([answer, result = std::move(result)] { answer(result); });
  };
  std::visit(Overloaded{
                 [&](const AskHostSession& wanted) {
                   if (member_.active()) return at_once(hal::Error{hal::ErrorKind::busy, "Leave the other session first"});
                   host_.host(wanted.name, wanted.members_max, answer);
                 },
                 [&](const AskJoinSession& wanted) { join(wanted, answer); },
                 [&](const AskLeaveSession&) { member_.leave(answer); },
                 [&](const AskEndSession&) { host_.end(answer); },
                 [&](const AskDiscoverSessions&) {
                   finder_.look();
                   at_once({});
                 },
                 [&](const AskKickMember& member) { at_once(host_.kick(member.device_id)); },
                 [&](const AskFire& fire) {
                   const auto shot = host_.fire(fire.ahead);
                   at_once(shot.ok() ? hal::Result<void>{} : hal::Result<void>{shot.error()});
                 },
                 [&](const AskShareIntervalometer& share) {
                   if (share.on && !host_.hosting()) return at_once(hal::Error{hal::ErrorKind::invalid, "No session is hosted"});
                   sharing_grid_ = share.on;
                   const auto due = std::exchange(due_, std::nullopt);
                   follow_grid(due);
                   at_once({});
                   changed();
                 },
             },
             request);
}

void SharedSession::join(const AskJoinSession& wanted, Answer answer) {
  if (host_.active()) {
    lent_.runtime.queue.post([answer = std::move(answer)] { answer(hal::Error{hal::ErrorKind::busy, "End the hosted session first"}); });
    return;
  }
  member_.join(wanted.code, wanted.place ? wanted.place : finder_.place_of(wanted.code), std::move(answer));
}

// ---- the intervalometer, shared ---------------------------------------------------------------------------------------

void SharedSession::follow_grid(std::optional<hal::Instant> next) {
  if (next == due_) return;
  due_ = next;
  ordering_.drop();
  const auto now = lent_.runtime.loop.now();
  if (!sharing_grid_ || !due_ || *due_ <= now) return;
  ordering_ = lent_.runtime.loop.at(std::max(now, *due_ - hal::Duration{kOrderAhead}), [this, due = *due_] {
    grid_shot_ = fmt::format("grid-{}", ++grid_shots_);
    host_.fire_at(due, grid_shot_, false);
  });
}

void SharedSession::note_own_shot() {
  if (!sharing_grid_ || grid_shot_.empty()) return;
  host_.note_own(std::exchange(grid_shot_, {}), lent_.runtime.loop.now());
}

// ---- what a page shows ------------------------------------------------------------------------------------------------

Json SharedSession::status() const {
  const bool hosts = host_.active();
  const bool guest = member_.active();
  auto found = Json::array();
  for (const auto& [id, session] : finder_.sessions()) found.push_back(found_json(session));
  auto shots = Json::array();
  for (const auto& salvo : host_.salvos().all()) shots.push_back(salvo_json(salvo));
  const auto& id = hosts && host_.session() ? host_.session()->id : member_.code();
  const auto& name = hosts && host_.session() ? host_.session()->name : member_.session().session_name;
  // The words of session-server.md, "State Synchronization".
  const auto* status = host_.hosting() ? "hosting" : member_.joined() ? "connected" : member_.attempt() > 0 ? "disconnected" : hosts || guest ? "connecting" : "idle";
  Json out{{"status", status},
           {"role", hosts ? Json("host") : guest ? Json("client") : Json()},
           {"state", hosts ? host_.machine().state_name() : member_.machine().state_name()},
           {"sessionId", id.empty() ? Json() : Json(id)},
           {"code", id.empty() ? Json() : Json(show_session_code(id))},
           {"name", name.empty() ? Json() : Json(name)},
           {"deviceId", identity_.id},
           {"deviceName", identity_.name},
           {"members", members_json(hosts ? host_.members() : member_.members())},
           {"advertisedBy", hosts ? Json(host_.told_by()) : Json()},
           {"intervalometerShared", sharing_grid_},
           {"shots", shots},
           {"discovering", finder_.looking()},
           {"discovered", found},
           {"error", member_.last_error().empty() ? Json() : Json(member_.last_error())}};
  Json clock;
  if (const auto& estimate = member_.host_clock().estimate(); estimate && member_.joined())
    clock = {{"leadMs", in_ms(estimate->lead)}, {"driftPpm", estimate->drift * 1e6}, {"uncertaintyMs", in_ms(estimate->uncertainty)},
             {"boundMs", in_ms(estimate->bound)}, {"delayMs", in_ms(estimate->delay)}};
  out.add("hostClock", clock);
  return out;
}

}  // namespace nightjar::app
