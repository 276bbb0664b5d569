#pragma once
// What a client may say on /ws: JSON {type, data}. Parsed once, here; past this door there are no strings to interpret.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/messages/bad_request.h"
#include "app/messages/network_message.h"
#include "app/messages/sharing_request.h"
#include "app/messages/time_message.h"
#include "app/session.h"
#include "fsm/capture.h"
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
struct GetCameraSettings {};
struct SetCameraSetting {
  std::string name;
  std::string value;   // JSON: a text, a number, or an object of those
};
struct CaptureLiveview {};
struct SetBulb {
  hal::Duration exposure{};   // zero: none
};
/// "23:05"; nothing when it is no time of a day.
std::optional<std::chrono::minutes> parse_hh_mm(std::string_view text);

/// The checks that need no clock are done; `stop_at` ("HH:MM") is turned into a number of shots by whoever knows the time.
struct StartIntervalometer {
  fsm::SessionRequest request;
  std::optional<std::chrono::minutes> stop_at;   // minutes since local midnight
  std::optional<fsm::Late> late;                 // the setting's where it is not said

  fsm::SessionRequest requested(fsm::Late setting) const {
    auto out = request;
    out.late = late.value_or(setting);
    return out;
  }
};
struct StopIntervalometer {};
struct PauseIntervalometer {};
constexpr auto kPausedByPerson = "Paused by user";
struct ResumeIntervalometer {};
struct UpdateIntervalometer {
  PlanChange change;
};
struct SaveSession {
  std::string session_id;
  std::optional<std::string> title;
};
struct DiscardSession {
  std::string session_id;
};

struct GetUnsavedSession {};
/// Newest first.
struct GetReports {
  std::size_t offset = 0;
  std::size_t limit = 100;
};
struct GetReport {
  std::string id;   // of the report or of its session
};
struct RenameReport {
  std::string id;
  std::string title;
};
struct DeleteReport {
  std::string id;
};

/// Of sessions of several devices; `type` as it came.
struct Sharing {
  std::string type;
  SharingRequest request;
};

using ClientMessage =
    std::variant<GetStatus, Ping, TakePhoto, ConnectToIp, GetCameras, DiscoverCameras, SetPrimaryCamera, ForgetCamera, RenameCamera, GetCameraSettings,
                 SetCameraSetting, CaptureLiveview, SetBulb, StartIntervalometer, StopIntervalometer, PauseIntervalometer, ResumeIntervalometer,
                 UpdateIntervalometer, SaveSession, DiscardSession, GetUnsavedSession, GetReports, GetReport, RenameReport, DeleteReport, Sharing, TimeMessage,
                 NetworkMessage>;

/// The value of {"value": ...}, as JSON: a text, a number, true or false, or an object of those. Nothing for all else.
std::optional<std::string> parse_setting_value(std::string_view body);

constexpr std::size_t kSettingNameMax = 64;            // bytes, of a camera's setting
constexpr std::size_t kSettingValueMax = 512;          // bytes
constexpr auto kBulbMax = fsm::kBulbMax;
constexpr std::size_t kCameraNameMax = 60;             // bytes
constexpr std::size_t kTitleMax = 200;                 // bytes; it becomes a line in a list
constexpr std::size_t kReportsMax = 500;               // in one answer: each is about 700 bytes
constexpr std::uint32_t kShotsMax = 100'000;           // contract.md, section 1
constexpr auto kIntervalMin = std::chrono::seconds{1};
constexpr auto kIntervalMax = std::chrono::hours{24};

/// Every type a client may say, for those who describe them.
std::vector<std::string_view> client_message_types();

/// What stands in a path instead of in the data.
struct PathValue {
  const char* key = nullptr;
  std::string value{};
};
/// The same checks for what comes over REST: `data` is the message's, empty for none. Never throws.
std::variant<ClientMessage, BadRequest> parse_client_data(std::string_view type, std::string_view data, const PathValue& in_path = {});

/// Never throws, whatever the bytes.
std::variant<ClientMessage, BadRequest> parse_client_message(std::string_view text);

}  // namespace nightjar::app
