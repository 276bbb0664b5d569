#pragma once
// What a page or the command line asks about sessions shared by several devices: the same by /ws and by REST.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "hal/address.h"
#include "hal/result.h"

namespace nightjar::app {

struct AskHostSession {
  std::string name;
  int members_max = 8;
};
struct AskJoinSession {
  std::string code;                          // six of A-Z and 0-9
  std::optional<hal::Endpoint> place;        // else it is looked for
};
struct AskLeaveSession {};
struct AskEndSession {};
struct AskDiscoverSessions {};
struct AskKickMember {
  std::string device_id;
};
struct AskFire {
  std::chrono::milliseconds ahead{1000};     // time for the order to reach everybody
};
/// From now on the intervalometer's shots are everybody's, or are not.
struct AskShareIntervalometer {
  bool on = true;
};
using SharingRequest = std::variant<AskHostSession, AskJoinSession, AskLeaveSession, AskEndSession, AskDiscoverSessions, AskKickMember, AskFire,
                                    AskShareIntervalometer>;

/// `data` is the JSON object that comes with it, as text; empty = {}. The error's detail is a sentence for a person. Never throws.
hal::Result<SharingRequest> parse_sharing_request(std::string_view type, std::string_view data);

}  // namespace nightjar::app
