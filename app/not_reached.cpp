#include "app/not_reached.h"

#include <fmt/format.h>

namespace nightjar::app {

NotReached not_reached(const hal::Error& error, const hal::Endpoint& place) {
  using enum hal::ErrorKind;
  const auto told = [&](std::string_view reason, std::string_view sentence) {
    return NotReached{reason, fmt::format("{} ({})", fmt::format(fmt::runtime(sentence), place.text()), error.text())};
  };
  switch (error.kind) {
    case denied: return told("refused", "The camera at {} refuses this device: check user and password");
    case refused: return told("refused", "The camera at {} does not accept connections: enable CCAPI in its Wi-Fi menu");
    case busy: return told("refused", "The camera at {} is held by another program or still getting ready: close other camera apps");
    case not_supported:
    case protocol: return told("not_activated", "What answers at {} does not speak CCAPI: activate it on the camera, or switch the camera off and on");
    case tls: return told("untrusted", "The camera at {} cannot be trusted");
    default: return told("unreachable", "Nothing answers at {}: the camera is off, asleep, or on another network");
  }
}

}  // namespace nightjar::app
