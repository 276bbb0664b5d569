#pragma once
// The datagrams by which sessions are told where mDNS does not reach: one JSON object of at most kBeaconMax bytes,
//   {"nightjar":1,"kind":"session","sessionId":...,"sessionName":...,"hostId":...,"hostName":...,"port":...,"memberCount":...,"maxMembers":...}
//   {"nightjar":1,"kind":"gone","sessionId":...}
//   {"nightjar":1,"kind":"who"}
// The number is the version of this format; datagrams of another are not for us.
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "hal/vicinity.h"

namespace nightjar::net {

constexpr std::size_t kBeaconMax = 512;      // bytes; whole in one frame of any network

struct BeaconWho {};                         // who is there?
struct BeaconGone {
  std::string session_id;
};
using Beacon = std::variant<hal::Advertisement, BeaconGone, BeaconWho>;

/// Nothing for anything else: whatever the network sends, this never throws.
std::optional<Beacon> parse_beacon(std::string_view datagram);
std::string format_beacon(const Beacon& beacon);

/// What any way of telling must hold: the id is a code, texts are within their bounds and printable, numbers make sense.
bool is_sound(const hal::Advertisement& session);

}  // namespace nightjar::net
