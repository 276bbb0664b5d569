#pragma once
// What the device says of its camera's settings, power and live view: on /ws and over REST, in the shapes of existing-program.md.
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/camera_control.h"

namespace nightjar::app {

// REST bodies
/// {"iso":{"value":"100","ability":[...]},...}
std::string settings_object(const std::vector<hal::CameraSetting>& settings);
/// {"success":true,"message","setting","value","ability"}
std::string setting_set_object(const hal::CameraSetting& setting);
/// {"batterylist":[{"name","kind","level","quality"}]}
std::string batteries_object(const std::vector<hal::CameraBattery>& batteries);
/// {"storagelist":[{"name","accesscapability","maxsize","spacesize","contentsnumber"}]}
std::string cards_object(const std::vector<hal::CameraCard>& cards);
/// {"id","url","timestamp","size"}; the JPEG is at url + "/file"
std::string capture_object(const LiveCapture& capture);
/// {"captures":[...]}, oldest first
std::string captures_object(const std::deque<std::shared_ptr<const LiveCapture>>& captures);

// /ws
std::string camera_settings_answer(hal::WallTime at, const std::vector<hal::CameraSetting>& settings);
std::string liveview_capture_result(hal::WallTime at, const LiveCapture& capture);
/// event/liveview_captured
std::string liveview_captured(hal::WallTime at, const LiveCapture& capture);
/// event/camera_setting_changed
std::string camera_setting_changed(hal::WallTime at, const hal::CameraSetting& setting);
/// discovery_event/camera_error: something that only a person at the camera can mend.
std::string camera_error(hal::WallTime at, const std::string& uuid, std::string_view code, std::string_view message);

}  // namespace nightjar::app
