#include "app/media_roster.h"

#include <algorithm>
#include <tuple>

namespace nightjar::app {
namespace {

bool same(const hal::MediaUser& a, const hal::MediaUser& b) { return a == b; }

auto shown(const hal::MediaSession& session) {
  return std::tie(session.user_id, session.user, session.device_id, session.device, session.client, session.version, session.controllable,
                  session.playing, session.paused);
}
bool same(const hal::MediaSession& a, const hal::MediaSession& b) { return shown(a) == shown(b); }

template <class T>
MediaChanges<T> replace(std::map<std::string, T>& held, std::vector<T> told) {
  MediaChanges<T> out;
  std::map<std::string, T> now;
  for (auto& one : told) {
    const auto before = held.find(one.id);
    if (before == held.end()) out.added.push_back(one);
    else if (!same(before->second, one)) out.changed.push_back(one);
    auto id = one.id;
    now.emplace(std::move(id), std::move(one));
  }
  for (const auto& [id, one] : held)
    if (!now.contains(id)) out.removed.push_back(one);
  held = std::move(now);
  return out;
}

/// From one state of a session to the next; either may be that it is not there, which plays nothing.
void compare(const hal::MediaSession& before, const hal::MediaSession& after, std::vector<Playback>& out) {
  const bool goes_on = before.playing && after.playing && before.playing->id == after.playing->id;
  if (goes_on) {
    if (before.paused != after.paused) out.push_back({after.paused ? Playback::Kind::paused : Playback::Kind::resumed, after, *after.playing});
    return;
  }
  if (before.playing) out.push_back({Playback::Kind::stopped, after.id.empty() ? before : after, *before.playing});
  if (after.playing) out.push_back({Playback::Kind::started, after, *after.playing});
}

}  // namespace

MediaChanges<hal::MediaUser> MediaRoster::set_users(hal::MediaUsers users) {
  users_cut_ = users.cut;
  return replace(users_, std::move(users.entries));
}

MediaRoster::SessionChanges MediaRoster::set_sessions(hal::MediaSessions sessions) {
  sessions_cut_ = sessions.cut;
  const auto before = sessions_;
  SessionChanges out;
  out.sessions = replace(sessions_, std::move(sessions.entries));
  const hal::MediaSession nobody;
  for (const auto& gone : out.sessions.removed) compare(gone, nobody, out.playback);
  for (const auto& [id, session] : sessions_) {
    const auto was = before.find(id);
    compare(was == before.end() ? nobody : was->second, session, out.playback);
  }
  return out;
}

std::size_t MediaRoster::playing() const {
  return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), [](const auto& entry) { return entry.second.playing.has_value(); }));
}

bool MediaRoster::make_room() {
  if (clients_.size() < kClientsMax) return true;
  const auto offline = std::find_if(clients_.begin(), clients_.end(), [](const auto& entry) { return !entry.second.online; });
  if (offline == clients_.end()) return false;
  clients_.erase(offline);
  return true;
}

MediaChanges<MediaClient> MediaRoster::discover() {
  MediaChanges<MediaClient> out;
  std::map<std::string, MediaClient> present;   // a device may have several sessions; the last one speaks for it
  for (const auto& [id, session] : sessions_)
    if (!session.device_id.empty())
      present[session.device_id] = {session.device_id, session.device, session.client, session.version, session.controllable, true};
  for (auto& [id, client] : clients_) {
    if (!client.online || present.contains(id)) continue;
    client.online = false;
    out.removed.push_back(client);
  }
  for (auto& [id, client] : present) {
    const auto known = clients_.find(id);
    if (known != clients_.end()) {
      if (known->second == client) continue;
      known->second = client;
      out.changed.push_back(client);
    } else if (make_room()) {
      clients_.emplace(id, client);
      out.added.push_back(client);
    }
  }
  return out;
}

}  // namespace nightjar::app
