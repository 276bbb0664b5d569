#pragma once
// The outgoing links as clients see them: what a page needs for the badges.
#include <string>
#include <string_view>

#include "app/messages/json_text.h"
#include "app/uplink.h"

namespace nightjar::app {

/// {"state","attempt","attemptsMax","retryInMs","lastError","error":{"code","message","advice"}|null,"lastDataAgeMs","successRate"}
Json uplink_json(const UplinkView& view);
/// link_event/uplinkStateChanged {"from","to","uplink"}
std::string uplink_changed(hal::WallTime at, std::string_view from, std::string_view to, const UplinkView& view);

}  // namespace nightjar::app
