#pragma once
// Who has an account at the media server, who is connected, which clients there are: as told last, and what is new about it. Values only.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hal/media_server.h"

namespace nightjar::app {

template <class T>
struct MediaChanges {
  std::vector<T> added;
  std::vector<T> removed;
  std::vector<T> changed;
  bool none() const { return added.empty() && removed.empty() && changed.empty(); }
};

/// What somebody did with what is played.
struct Playback {
  enum class Kind : unsigned char { started, stopped, paused, resumed };
  Kind kind = Kind::started;
  hal::MediaSession session;
  hal::MediaItem item;
};

/// A program on a device: one that was seen connected. It stays known when it goes.
struct MediaClient {
  std::string device_id;
  std::string device;
  std::string client;
  std::string version;
  bool controllable = false;
  bool online = false;
  bool operator==(const MediaClient&) const = default;
};

class MediaRoster {
 public:
  /// Past it a client that is offline makes way; when all are online, the new one is not taken.
  static constexpr std::size_t kClientsMax = 64;

  MediaChanges<hal::MediaUser> set_users(hal::MediaUsers users);

  struct SessionChanges {
    MediaChanges<hal::MediaSession> sessions;   // how far a film has come is no change
    std::vector<Playback> playback;
  };
  SessionChanges set_sessions(hal::MediaSessions sessions);

  /// Looks for clients among the sessions: those met for the first time, those that have gone, those that came back or tell something new.
  MediaChanges<MediaClient> discover();

  const std::map<std::string, hal::MediaUser>& users() const { return users_; }
  const std::map<std::string, hal::MediaSession>& sessions() const { return sessions_; }
  const std::map<std::string, MediaClient>& clients() const { return clients_; }
  /// The server listed more than we take.
  bool users_cut() const { return users_cut_; }
  bool sessions_cut() const { return sessions_cut_; }
  std::size_t playing() const;

 private:
  bool make_room();

  std::map<std::string, hal::MediaUser> users_;         // by id, as the others
  std::map<std::string, hal::MediaSession> sessions_;
  std::map<std::string, MediaClient> clients_;          // by the device's id
  bool users_cut_ = false;
  bool sessions_cut_ = false;
};

}  // namespace nightjar::app
