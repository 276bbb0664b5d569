#pragma once
// What a client may say on /ws: JSON {type, data}. Parsed once, here; past this door there are no strings to interpret.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/messages/sharing_request.h"
#include "fsm/intervalometer.h"
#include "hal/address.h"
#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::app {

struct GetStatus {};
struct Ping {};
struct TakePhoto {};
struct ConnectToIp {
  hal::Endpoint endpoint;
  bool tls = true;
};
struct GetCameras {};
struct DiscoverCameras {};
struct SetPrimaryCamera {
  std::string uuid;
};
struct ForgetCamera {
  std::string uuid;
};
struct RenameCamera {
  std::string uuid;
  std::string name;   // empty = the camera's own again
};
/// "23:05"; nothing when it is no time of a day.
std::optional<std::chrono::minutes> parse_hh_mm(std::string_view text);

/// The checks that need no clock are done; `stop_at` ("HH:MM") is turned into a number of shots by whoever knows the time.
struct StartIntervalometer {
  fsm::SessionRequest request;
  std::optional<std::chrono::minutes> stop_at;   // minutes since local midnight
};
struct StopIntervalometer {};
struct SaveSession {
  std::string session_id;
  std::optional<std::string> title;
};
struct DiscardSession {
  std::string session_id;
};

/// Of sessions of several devices; `type` as it came.
struct Sharing {
  std::string type;
  SharingRequest request;
};

using ClientMessage =
    std::variant<GetStatus, Ping, TakePhoto, ConnectToIp, GetCameras, DiscoverCameras, SetPrimaryCamera, ForgetCamera, RenameCamera,
                 StartIntervalometer, StopIntervalometer, SaveSession, DiscardSession, Sharing>;

/// Why a message was not taken. `malformed` counts against the client (contract.md: ten in ten seconds); a wrong value does not.
struct BadRequest {
  bool malformed = true;
  std::string code;        // INVALID_MESSAGE, UNKNOWN_TYPE, INVALID_PARAMETER
  std::string message;     // for people
  std::string details;     // what was wrong with it, when the message does not say
  std::string operation;   // the type it had, when it had a known one
};

constexpr std::size_t kCameraNameMax = 60;             // bytes
constexpr std::size_t kTitleMax = 200;                 // bytes; it becomes a line in a list
constexpr std::uint32_t kShotsMax = 100'000;           // contract.md, section 1
constexpr auto kIntervalMin = std::chrono::seconds{1};
constexpr auto kIntervalMax = std::chrono::hours{24};

/// Never throws, whatever the bytes.
std::variant<ClientMessage, BadRequest> parse_client_message(std::string_view text);

}  // namespace nightjar::app
