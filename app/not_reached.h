#pragma once
// Why a camera is not reached, for people: each of the three has another remedy (ccapi.md, section 1).
#include <string>
#include <string_view>

#include "hal/address.h"
#include "hal/result.h"

namespace nightjar::app {

struct NotReached {
  std::string_view reason;   // unreachable, not_activated, refused, untrusted: for programs
  std::string text;          // with a remedy, and what was found
};

/// What an attempt to open the camera at `place` came to.
NotReached not_reached(const hal::Error& error, const hal::Endpoint& place);

}  // namespace nightjar::app
