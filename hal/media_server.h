#pragma once
// A media server: who has an account there, who is connected, what is being played. Everything is on the loop thread.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/operation.h"
#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::hal {

// Texts are cut at 200 bytes and hold no control characters; any of them may be empty but the ids.

struct MediaServerInfo {
  std::string id;
  std::string name;
  std::string version;
};

struct MediaUser {
  std::string id;
  std::string name;
  bool administrator = false;
  bool disabled = false;
  bool operator==(const MediaUser&) const = default;
};

struct MediaItem {
  std::string id;
  std::string name;
  std::string type;              // "Movie", "Episode", "Audio", ...
  bool operator==(const MediaItem&) const = default;
};

/// One client that is connected, by a user or by nobody in particular.
struct MediaSession {
  std::string id;
  std::string user_id;
  std::string user;
  std::string device_id;         // names the client: stays when it connects again
  std::string device;
  std::string client;            // the program
  std::string version;
  bool controllable = false;     // it takes commands to play and pause
  std::optional<MediaItem> playing;
  bool paused = false;
  Duration position{0};          // in what is played
};

/// What the server listed, in its order; each id once.
template <class T>
struct MediaList {
  std::vector<T> entries;
  bool cut = false;              // it listed more than we take
};
using MediaUsers = MediaList<MediaUser>;
using MediaSessions = MediaList<MediaSession>;

/// What the server tells by itself over one connection. Destroying it ends that.
class MediaFeed {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// Who is connected now: all of them, not what changed. Servers tell it when something happens, so a quiet one tells nothing.
    virtual void on_sessions(MediaSessions sessions) = 0;
    /// An account was changed or removed; which one is told to its owner only, so ask for all.
    virtual void on_users_changed() = 0;
    /// The server wants a sign of life within every `timeout` from now on, and the first one now.
    virtual void on_keep_alive_wanted(Duration timeout) = 0;
    /// Anything at all came, also what means nothing to us: the server lives. Besides the others.
    virtual void on_word() = 0;
    /// The last callback, once.
    virtual void on_closed(const Error& error) = 0;
  };

  virtual ~MediaFeed() = default;
  /// Begins delivery and asks for the sessions. The handler may destroy the feed within any callback.
  virtual void start(Handler& handler) = 0;
  /// A sign of life of ours; a server that lives answers it.
  virtual void keep_alive() = 0;
};

/// One server, one attempt a call. `denied` when it does not take our key, `busy` while it is starting, `protocol` when what answers is
/// no media server, `too_large` past what we read; a look-up of its name comes first, each time in info().
class MediaServer {
 public:
  virtual ~MediaServer() = default;
  virtual Operation info(Duration patience, std::function<void(Result<MediaServerInfo>)> done) = 0;
  /// At the place info() found last; `unreachable` before.
  virtual Operation users(Duration patience, std::function<void(Result<MediaUsers>)> done) = 0;
  virtual Operation sessions(Duration patience, std::function<void(Result<MediaSessions>)> done) = 0;
  virtual Operation listen(Duration patience, std::function<void(Result<std::unique_ptr<MediaFeed>>)> done) = 0;
};

}  // namespace nightjar::hal
