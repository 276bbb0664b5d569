#include "app/session_registry.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/session_code.h"

namespace nightjar::app {
namespace {

using std::chrono::milliseconds;

std::string text_in(const nlohmann::json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

std::int64_t number(const nlohmann::json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
}

}  // namespace

void SessionRegistry::open(HostedSession session, MemberRecord host) {
  close();
  session_ = std::move(session);
  members_[host.id] = std::move(host);
}

void SessionRegistry::close() {
  session_.reset();
  members_.clear();
  places_.clear();
}

bool SessionRegistry::shows_place(const SayJoin& join) const {
  const auto place = places_.find(join.device_id);
  return !join.place.empty() && place != places_.end() && place->second.secret == join.place;
}

fsm::GuestJoins SessionRegistry::judge(const SayJoin& join) const {
  fsm::GuestJoins out;
  const bool member = members_.contains(join.device_id);
  const bool returns = member && find(join.device_id)->role == MemberRole::client && shows_place(join);
  out.other_session = !session_ || join.session_id != session_->id;
  out.duplicate = member && !returns;
  out.full = session_ && !returns && members_.size() >= static_cast<std::size_t>(session_->members_max);
  return out;
}

SessionRegistry::Admission SessionRegistry::admit(const SayJoin& join, std::string address, hal::WallTime now, const std::string& fresh_secret) {
  Admission out;
  out.returned = members_.contains(join.device_id);
  const bool known = shows_place(join);
  if (!known && places_.size() >= kPlacesMax) {
    auto oldest = places_.end();
    for (auto place = places_.begin(); place != places_.end(); ++place)
      if (!members_.contains(place->first) && (oldest == places_.end() || place->second.left_at < oldest->second.left_at)) oldest = place;
    if (oldest != places_.end()) places_.erase(oldest);
  }
  auto& place = places_[join.device_id];
  if (!known) place = {fresh_secret, now, {}};
  out.place = place.secret;
  out.member = {join.device_id, join.device_name, MemberRole::client, "connected", place.joined_at, now, std::move(address), std::nullopt};
  members_[join.device_id] = out.member;
  return out;
}

void SessionRegistry::note(const std::string& id, hal::WallTime seen, std::optional<milliseconds> latency) {
  const auto member = members_.find(id);
  if (member == members_.end()) return;
  member->second.last_seen = seen;
  if (latency) member->second.latency = latency;
}

void SessionRegistry::remove(const std::string& id, hal::WallTime now) {
  members_.erase(id);
  if (const auto place = places_.find(id); place != places_.end()) place->second.left_at = now;
}

std::vector<MemberRecord> SessionRegistry::members() const {
  std::vector<MemberRecord> out;
  for (const auto& [id, member] : members_) out.push_back(member);
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) {
    if (a.role != b.role) return a.role == MemberRole::host;
    return a.joined_at < b.joined_at;
  });
  return out;
}

const MemberRecord* SessionRegistry::find(const std::string& id) const {
  const auto at = members_.find(id);
  return at == members_.end() ? nullptr : &at->second;
}

std::string SessionRegistry::to_json() const {
  if (!session_) return {};
  nlohmann::json places = nlohmann::json::array();
  for (const auto& [id, place] : places_)
    places.push_back({{"id", id}, {"secret", place.secret}, {"joinedAt", place.joined_at.time_since_epoch().count()}, {"leftAt", place.left_at.time_since_epoch().count()}});
  return nlohmann::json{{"version", 1}, {"sessionId", session_->id}, {"name", session_->name}, {"membersMax", session_->members_max}, {"places", places}}
             .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool SessionRegistry::from_json(std::string_view stored, MemberRecord host) {
  const auto object = nlohmann::json::parse(stored, nullptr, false);
  if (!object.is_object() || number(object, "version") != 1) return false;
  const auto id = text_in(object, "sessionId");
  const auto members_max = number(object, "membersMax");
  if (parse_session_code(id) != id || members_max < 2 || members_max > static_cast<std::int64_t>(kMembersMax)) return false;
  open({id, text_in(object, "name"), static_cast<int>(members_max)}, std::move(host));
  const auto places = object.find("places");
  if (places == object.end() || !places->is_array()) return true;
  for (const auto& place : *places)
    if (place.is_object() && !text_in(place, "id").empty() && places_.size() < kPlacesMax)
      places_[text_in(place, "id")] = {text_in(place, "secret"), hal::WallTime{milliseconds{number(place, "joinedAt")}},
                                    hal::WallTime{milliseconds{number(place, "leftAt")}}};
  return true;
}

}  // namespace nightjar::app
