#include "app/messages/media_message.h"

#include "app/iso_time.h"

namespace nightjar::app {
namespace {

Json milliseconds_or_null(const std::optional<hal::Duration>& duration) {
  return duration ? Json(std::chrono::duration_cast<std::chrono::milliseconds>(*duration).count()) : Json();
}


Json json_of(const hal::MediaUser& user) {
  return {{"id", user.id}, {"name", user.name}, {"administrator", user.administrator}, {"disabled", user.disabled}};
}

Json json_of(const hal::MediaItem& item) { return {{"id", item.id}, {"name", item.name}, {"type", item.type}}; }

Json json_of(const hal::MediaSession& session) {
  return {{"id", session.id},
          {"userId", or_null(session.user_id)},
          {"user", or_null(session.user)},
          {"deviceId", session.device_id},
          {"device", session.device},
          {"client", session.client},
          {"version", session.version},
          {"controllable", session.controllable},
          {"playing", session.playing ? json_of(*session.playing) : Json()},
          {"paused", session.paused}};
}

Json json_of(const MediaClient& client) {
  return {{"deviceId", client.device_id}, {"device", client.device}, {"client", client.client}, {"version", client.version}, {"controllable", client.controllable}, {"online", client.online}};
}

template <class List>
Json array_of(const List& list) {
  auto out = Json::array();
  for (const auto& one : list) out.push_back(json_of(one));
  return out;
}

template <class Map>
Json values_of(const Map& map) {
  auto out = Json::array();
  for (const auto& [id, one] : map) out.push_back(json_of(one));
  return out;
}

std::string event(std::string_view name, hal::WallTime at, const Json& data) {
  return Json{{"type", "media_event"}, {"timestamp", iso_utc(at)}, {"eventType", name}, {"data", data}}.text();
}

template <class T>
Json changes_json(const MediaChanges<T>& changes) {
  return {{"added", array_of(changes.added)}, {"removed", array_of(changes.removed)}, {"changed", array_of(changes.changed)}};
}

/// The older of the two: how old what is shown can be at most.
std::optional<hal::Duration> last_update(const MediaLink& media) {
  const auto users = media.users_age();
  const auto sessions = media.sessions_age();
  return users && sessions ? std::max(users, sessions) : std::nullopt;
}

}  // namespace

std::string_view to_string(MediaLink::Mode mode) {
  return mode == MediaLink::Mode::realtime ? "realtime" : mode == MediaLink::Mode::polling ? "polling" : "none";
}

std::string_view to_string(Playback::Kind kind) {
  switch (kind) {
    case Playback::Kind::started: return "started";
    case Playback::Kind::stopped: return "stopped";
    case Playback::Kind::paused: return "paused";
    case Playback::Kind::resumed: return "resumed";
  }
  return "unknown";
}

Json media_status(const MediaLink* media, hal::Instant now) {
  if (media == nullptr) return {};
  const auto& roster = media->roster();
  const auto& machine = media->machine();
  const auto next = media->connected() ? std::nullopt : machine.next_deadline();
  Json server;
  if (!media->server().version.empty()) server = {{"id", or_null(media->server().id)}, {"name", media->server().name}, {"version", media->server().version}};
  return {{"state", machine.state_name()},
          {"connected", media->connected()},
          {"mode", to_string(media->mode())},
          {"server", server},
          {"lastUpdateMs", milliseconds_or_null(last_update(*media))},
          {"error", or_null(media->last_error())},
          {"attempt", machine.context().attempt},
          {"retryInMs", next ? milliseconds_or_null(*next - now) : Json()},
          {"users", roster.users().size()},
          {"sessions", roster.sessions().size()},
          {"playing", roster.playing()},
          {"clients", roster.clients().size()}};
}

std::string media_object(const MediaLink& media, hal::Instant now, hal::WallTime at) {
  const auto& roster = media.roster();
  auto sessions = Json::array();
  for (const auto& [id, session] : roster.sessions()) {
    auto one = json_of(session);
    one.add("positionMs", session.playing ? milliseconds_or_null(session.position) : Json());
    sessions.push_back(one);
  }
  return Json{{"timestamp", iso_utc(at)},
              {"link", media_status(&media, now)},
              {"users", values_of(roster.users())},
              {"usersCut", roster.users_cut()},
              {"sessions", sessions},
              {"sessionsCut", roster.sessions_cut()},
              {"clients", values_of(roster.clients())}}
      .text();
}

std::string media_connected(hal::WallTime at, const hal::MediaServerInfo& server) {
  return event("mediaServerConnected", at, {{"id", or_null(server.id)}, {"name", server.name}, {"version", server.version}});
}
std::string media_lost(hal::WallTime at, std::string_view error) { return event("mediaServerLost", at, {{"error", error}}); }
std::string media_mode_changed(hal::WallTime at, MediaLink::Mode mode) { return event("mediaModeChanged", at, {{"mode", to_string(mode)}}); }
std::string media_users_changed(hal::WallTime at, const MediaChanges<hal::MediaUser>& changes) {
  return event("mediaUsersChanged", at, changes_json(changes));
}
std::string media_sessions_changed(hal::WallTime at, const MediaChanges<hal::MediaSession>& changes) {
  return event("mediaSessionsChanged", at, changes_json(changes));
}
std::string media_clients_changed(hal::WallTime at, const MediaChanges<MediaClient>& changes) {
  return event("mediaClientsChanged", at, changes_json(changes));
}
std::string media_playback(hal::WallTime at, const Playback& playback) {
  return event("mediaPlayback", at, {{"action", to_string(playback.kind)}, {"item", json_of(playback.item)}, {"session", json_of(playback.session)}});
}

}  // namespace nightjar::app
