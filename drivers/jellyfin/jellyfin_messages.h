#pragma once
// What a Jellyfin server says, as values, and what is said to it. Every parser takes whatever the network sent and answers a value or
// nothing: none throws, none does I/O, each has a bound on what it takes in and ignores what it does not know.
//
// The wire is JSON, names in PascalCase; shapes as in the server's OpenAPI document, from which its SDK (@jellyfin/sdk) is made:
//   SystemInfo      {"ServerName":"attic","Version":"10.10.7","ProductName":"Jellyfin Server","Id":"6b1e..."}
//   UserDto[]       [{"Name":"ada","Id":"8f1c...","Policy":{"IsAdministrator":true,"IsDisabled":false}}]
//   SessionInfoDto[] [{"Id":"..","UserId":"..","UserName":"ada","Client":"Jellyfin Web","DeviceName":"Firefox","DeviceId":"..",
//                    "ApplicationVersion":"..","SupportsRemoteControl":true,"NowPlayingItem":{"Id","Name","Type"},
//                    "PlayState":{"IsPaused":false,"PositionTicks":600000000}}]; a tick is 100 ns
//   WebSocket       {"MessageType":"Sessions","Data":SessionInfoDto[],"MessageId":".."}; ForceKeepAlive's Data is in seconds
#include <optional>
#include <string>
#include <string_view>

#include "hal/media_server.h"

namespace nightjar::jellyfin {

constexpr std::size_t kJsonMax = 2u << 20;     // bytes; a session with all the server knows of its film is near 20 KB
constexpr std::size_t kUsersMax = 256;         // past it the rest is left out, and `cut` is true
constexpr std::size_t kSessionsMax = 256;
constexpr std::size_t kIdMax = 128;            // bytes; the server's own ids have 32, devices choose theirs. A longer one is ignored.

/// Nothing without a version, or when it says to be another product.
std::optional<hal::MediaServerInfo> parse_system_info(std::string_view body);
/// Nothing when it is not an array; entries without an id are left out, and all but the first with the same.
std::optional<hal::MediaUsers> parse_users(std::string_view body);
/// The same; also leaves out the sessions of the device that is called `own`.
std::optional<hal::MediaSessions> parse_sessions(std::string_view body, std::string_view own);

struct SocketMessage {
  enum class Kind : unsigned char { sessions, users_changed, force_keep_alive, other };
  Kind kind = Kind::other;
  hal::MediaSessions sessions;
  hal::Duration keep_alive_within{0};    // of force_keep_alive: 1 s to 1 h
};
/// Nothing when it is not an object with a MessageType, or one of the kinds above without its Data.
std::optional<SocketMessage> parse_socket_message(std::string_view text, std::string_view own);

/// How we introduce ourselves.
struct Identity {
  std::string client = "Nightjar";
  std::string version;
  std::string device;
  std::string device_id;
};
/// `MediaBrowser Client="..", Device="..", DeviceId="..", Version="..", Token=".."`, values percent-encoded, as the SDK has it.
std::string authorization(const Identity& identity, std::string_view token);
/// The WebSocket's path and query; holds the key, as the SDK has it.
std::string socket_target(std::string_view base_path, std::string_view token, std::string_view device_id);

/// All but letters, digits and -_.~ as %XX.
std::string percent_encoded(std::string_view text);

}   // namespace nightjar::jellyfin
