#pragma once
// What is said on the uplink. The other end sends JSON objects: {"type":"command","id","command","data"} is a command, any other is metrics.
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/messages/client_message.h"

namespace nightjar::app {

struct UpstreamMetrics {};

/// Something the server would have us do, by the name and with the data that a client of /ws would use.
struct UpstreamCommand {
  std::string id;                                   // given back in the answer; may be empty
  std::string name;
  std::variant<ClientMessage, BadRequest> request;
};

/// Nothing for what is no JSON object or a command without a name. Never throws, whatever the bytes.
std::optional<std::variant<UpstreamMetrics, UpstreamCommand>> parse_upstream_message(std::string_view text);

/// {"type":"command_result","id","command","success","error"?}
std::string command_result(const UpstreamCommand& command, const std::string& error);

}  // namespace nightjar::app
