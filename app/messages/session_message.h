#pragma once
// What a session's host and its guests say to one another (session-server.md): JSON {type, timestamp (ms), payload}. Times of a clock
// travel as whole microseconds of the host's or the guest's monotonic clock.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hal/time.h"

namespace nightjar::app {

enum class MemberRole : unsigned char { host, client };

struct MemberRecord {
  std::string id;
  std::string name;
  MemberRole role = MemberRole::client;
  std::string connection_status = "connected";
  hal::WallTime joined_at{};
  hal::WallTime last_seen{};
  std::string address;                              // as its host sees it
  std::optional<std::chrono::milliseconds> latency; // as it says of itself
  bool operator==(const MemberRecord&) const = default;
};

constexpr std::size_t kMemberIdMax = 64;            // bytes; all else is refused
constexpr std::size_t kMemberNameMax = 60;          // bytes; longer names are cut
constexpr std::size_t kMembersMax = 64;             // in a list; a session has at most so many
constexpr std::size_t kSessionMessageMax = 64u << 10;

// ---- a guest says

struct SayJoin {
  std::string session_id;
  std::string device_id;
  std::string device_name;
  std::string version;
  std::string place;                                // what WELCOME gave, from who comes back to its old place; empty = a new guest
};
struct SayHeartbeat {
  std::int64_t sent = 0;                            // t1, us of the guest's clock
  std::optional<std::chrono::milliseconds> latency; // of the heartbeat before
};
/// How a FIRE_AT went there.
struct SayFired {
  std::string shot_id;
  bool fired = false;
  std::int64_t at = 0;                              // us of the host's clock, as the guest knows it: when the shutter was asked
  std::int64_t uncertainty = 0;                     // us, of that
  std::string error;                                // when it was not
};
using GuestMessage = std::variant<SayJoin, SayHeartbeat, SayFired>;

/// Nothing for anything else; never throws, whatever the bytes.
std::optional<GuestMessage> parse_guest_message(std::string_view text);

std::string join_message(hal::WallTime at, const SayJoin& join);
std::string heartbeat_message(hal::WallTime at, const SayHeartbeat& beat);
std::string fired_message(hal::WallTime at, const SayFired& fired);

// ---- a host says

struct SayWelcome {
  std::string session_id;
  std::string session_name;
  std::string host_id;
  std::string host_name;
  std::string device_id;
  std::string place;                                // proves, in the next JOIN, to be the same guest; a secret
  std::string clock;                                // names this run of the host's clock
};
struct SayMemberList {
  std::vector<MemberRecord> members;
};
struct SayMemberJoined {
  MemberRecord member;
};
struct SayMemberLeft {
  std::string device_id;
  std::string reason;
};
struct SayKicked {
  std::string reason;
};
struct SaySessionClosed {
  std::string reason;
};
struct SayError {
  std::string code;                                 // SESSION_NOT_FOUND, ALREADY_JOINED, SESSION_FULL, INVALID_MESSAGE, HEARTBEAT_TIMEOUT
  std::string message;
};
struct SayHeartbeatAck {
  std::int64_t sent = 0;                            // t1, as it came
  std::int64_t received = 0;                        // t2, us of the host's clock
  std::int64_t answered = 0;                        // t3
};
struct SayFireAt {
  std::int64_t host_time = 0;                       // us of the host's clock
  std::string shot_id;
};
using HostMessage = std::variant<SayWelcome, SayMemberList, SayMemberJoined, SayMemberLeft, SayKicked, SaySessionClosed, SayError,
                                 SayHeartbeatAck, SayFireAt>;

std::optional<HostMessage> parse_host_message(std::string_view text);

std::string welcome_message(hal::WallTime at, const SayWelcome& welcome);
std::string member_list_message(hal::WallTime at, const std::vector<MemberRecord>& members);
std::string member_joined_message(hal::WallTime at, const MemberRecord& member);
std::string member_left_message(hal::WallTime at, std::string_view device_id, std::string_view reason);
std::string kicked_message(hal::WallTime at, std::string_view reason);
std::string session_closed_message(hal::WallTime at, std::string_view reason);
std::string session_error_message(hal::WallTime at, std::string_view code, std::string_view message);
std::string heartbeat_ack_message(hal::WallTime at, const SayHeartbeatAck& ack);
std::string fire_at_message(hal::WallTime at, const SayFireAt& fire);

}  // namespace nightjar::app
