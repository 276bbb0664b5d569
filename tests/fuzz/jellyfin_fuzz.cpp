// Whatever a media server, or something that answers in its place, sends: the parsers return, within their bounds.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "drivers/jellyfin/jellyfin_messages.h"

namespace {

using namespace nightjar;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_shown(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return text.size() <= 200;
}

template <class T>
void check_ids(const hal::MediaList<T>& list, std::size_t most) {
  require(list.entries.size() <= most);
  std::set<std::string_view> ids;
  for (const auto& one : list.entries) require(!one.id.empty() && one.id.size() <= jellyfin::kIdMax && ids.insert(one.id).second);
}

void check(const hal::MediaSessions& sessions) {
  check_ids(sessions, jellyfin::kSessionsMax);
  for (const auto& session : sessions.entries) {
    require(session.device_id != "own");
    require(is_shown(session.user) && is_shown(session.device) && is_shown(session.client) && is_shown(session.version));
    require(session.position.count() >= 0 && (session.playing || (!session.paused && session.position.count() == 0)));
    if (session.playing) require(is_shown(session.playing->name) && is_shown(session.playing->type));
  }
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body{reinterpret_cast<const char*>(data), size};
  if (const auto info = jellyfin::parse_system_info(body)) require(!info->version.empty() && is_shown(info->name));
  if (const auto users = jellyfin::parse_users(body)) {
    check_ids(*users, jellyfin::kUsersMax);
    for (const auto& user : users->entries) require(is_shown(user.name));
  }
  if (const auto sessions = jellyfin::parse_sessions(body, "own")) check(*sessions);
  if (const auto message = jellyfin::parse_socket_message(body, "own")) {
    check(message->sessions);
    if (message->kind == jellyfin::SocketMessage::Kind::force_keep_alive)
      require(message->keep_alive_within >= std::chrono::seconds{1} && message->keep_alive_within <= std::chrono::hours{1});
  }
  for (const char c : jellyfin::percent_encoded(body)) require(c > ' ' && c < 0x7f && c != '"' && c != '&');
  return 0;
}
