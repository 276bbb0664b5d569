#pragma once
// Accounts and clients of the simulated media server. Internal to sim/media.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/time.h"
#include "sim/media/media_server.h"

namespace nightjar::sim::media {

class People {
 public:
  using User = MediaServer::User;
  using Session = MediaServer::Session;
  static constexpr std::size_t kMost = 1000;   // of each; past it nobody is added, and the id is empty

  explicit People(hal::WallClock& wall_clock) : wall_clock_(wall_clock) {}

  std::string add_user(const std::string& name, bool administrator);
  void remove_user(const std::string& id);
  User* user(std::string_view id);
  User* user_named(std::string_view name);
  std::string user_name(std::string_view id) const;

  /// A client that is connected already by this device keeps its session.
  std::string start_session(const std::string& user_id, const std::string& client, const std::string& device, const std::string& device_id, const std::string& version);
  void end_session(const std::string& id);
  Session* session(std::string_view id);
  Session* session_of_device(std::string_view device_id);
  /// `item` empty: it stops.
  void play(Session& session, const std::string& item);
  /// Whoever plays comes further; false when nobody does.
  bool go_on(hal::Duration by);

  const std::vector<User>& users() const { return users_; }
  const std::vector<Session>& sessions() const { return sessions_; }
  /// 32 hexadecimal digits, never the same again.
  std::string new_id(std::string_view what);

 private:
  hal::WallClock& wall_clock_;
  std::vector<User> users_;
  std::vector<Session> sessions_;
  std::uint64_t ids_ = 0;
};

}   // namespace nightjar::sim::media
