#pragma once
// A Jellyfin server in the world: accounts, clients that play, its REST API and its WebSocket, and whatever may go wrong with it.
//
// It is written against hal/ alone, so it listens in the virtual world or as a program of its own (nightjar-sim-media-server). What it
// says is written here, by the server's OpenAPI document and its public source, and shares no code with the driver. Its official SDK
// talks to it in tests/jellyfin/. What matters of its manner:
// - Sessions are pushed when something happens, at once; while something plays its client reports every ten seconds, which is pushed
//   when `SessionsStart`'s interval has passed. A server where nothing happens pushes nothing, not even at the beginning.
// - A client gets ForceKeepAlive with 60 s when it connects and after 45 s without a KeepAlive; after 60 s its connection is dropped.
// - UserUpdated and UserDeleted go to the sessions of that user alone.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hal/http.h"
#include "hal/time.h"

namespace nightjar::sim {

struct MediaServerOptions {
  hal::Endpoint listen{hal::IpAddress::any(), 8096};
  std::string api_key = "sim-api-key";
  std::string name = "Attic";
  std::string version = "10.10.7";
  std::string password = "secret";          // everybody's
};

/// What is wrong with it now.
struct MediaServerFaults {
  hal::Duration slow{0};                    // before each answer
  int status = 0;                           // every request and handshake is answered so: 401, 503, ...
  bool garbage = false;                     // answers and pushes are no JSON
  bool refuse_socket = false;               // handshakes are answered 502, as by a proxy that knows no WebSocket
  bool mute_socket = false;                 // it stands and answers KeepAlive, and pushes nothing (as 10.10 to API keys)
  bool half_open = false;                   // takes connections and requests, and says nothing more to anybody
};

struct MediaServerCounts {
  std::uint64_t info = 0;
  std::uint64_t users = 0;
  std::uint64_t sessions = 0;
  std::uint64_t unauthorized = 0;
  std::uint64_t sockets = 0;                // accepted
  std::uint64_t pushes = 0;
  std::size_t sockets_open = 0;
  std::size_t sockets_max = 0;              // at a time
  std::size_t requests_max = 0;             // of one client, being answered at a time
};

class MediaServer {
 public:
  struct User {
    std::string id, name;
    bool administrator = false, disabled = false;
    bool operator==(const User&) const = default;
  };
  struct Session {
    std::string id, user_id, client, device, device_id, version;
    std::string item_id, item;              // empty: plays nothing
    bool paused = false;
    std::int64_t ticks = 0;
    hal::WallTime active{};
    bool operator==(const Session&) const = default;
  };

  /// What is lent outlives it.
  MediaServer(MediaServerOptions options, hal::Loop& loop, hal::HttpServers& servers, hal::WallClock& wall_clock);
  ~MediaServer();
  MediaServer(const MediaServer&) = delete;

  hal::Result<void> power_on();
  /// At once: the port is closed, connections break.
  void power_off();
  bool on() const;
  hal::Endpoint endpoint() const;           // port 0 while it is off

  /// Changes what `edit` changes. What was being kept waiting is broken off when the server says nothing no longer.
  void change(const std::function<void(MediaServerFaults&)>& edit);
  const MediaServerFaults& faults() const;
  /// Breaks every WebSocket, without a closing handshake.
  void drop_sockets();

  // people; each gives the id that names it from then on
  std::string add_user(const std::string& name, bool administrator = false);
  void rename_user(const std::string& id, const std::string& name);
  void remove_user(const std::string& id);  // and its sessions
  std::string start_session(const std::string& user_id, const std::string& client, const std::string& device);
  void end_session(const std::string& id);
  void play(const std::string& session, const std::string& item);
  void pause(const std::string& session, bool paused);
  void stop(const std::string& session);

  const std::vector<User>& users() const;
  const std::vector<Session>& sessions() const;
  const MediaServerCounts& counts() const;
  /// Users or sessions are not what they were; may be empty.
  std::function<void()> on_changed;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}   // namespace nightjar::sim
