#pragma once
// The UPnP description of a Canon body: device description XML (UPnP Device Architecture 1.1, section 2.3) with Canon's additions
// inside <service>. No I/O; whatever comes, nothing here throws.
#include <optional>
#include <string>
#include <string_view>

#include "drivers/net/url.h"

namespace nightjar::net {

inline constexpr std::size_t kDescriptionMax = 64u << 10;   // a body's own has 2 KiB

struct Description {
  std::string uuid;                // UDN without "uuid:"
  std::string model;               // modelName
  std::string serial;
  std::string nickname;            // X_deviceNickname, else friendlyName
  std::optional<Url> access;       // X_accessURL: where CCAPI answers; older bodies do not tell it
};

/// Nothing for what is no description of a device that speaks CCAPI, or has no usable UDN. Names are matched without their prefix, for
/// Canon's differs. Texts are cut at 200 bytes, never within a character, and lose their control characters.
std::optional<Description> parse_description(std::string_view xml);

/// "uuid:0123-..." to "0123-..."; nothing unless 1 to 64 of [0-9A-Za-z-] remain.
std::optional<std::string> parse_uuid(std::string_view text);

}   // namespace nightjar::net
