#include "app/messages/camera_message.h"

#include "app/messages/frame.h"

namespace nightjar::app {
namespace {

Json settings_json(const std::vector<hal::CameraSetting>& settings) {
  auto out = Json::object();
  for (const auto& setting : settings) out.add(setting.name, {{"value", Json::written(setting.value)}, {"ability", Json::written(setting.ability)}});
  return out;
}

Json capture_json(const LiveCapture& capture) {
  return {{"id", capture.id}, {"url", "/api/camera/liveview/images/" + capture.id}, {"timestamp", iso_utc(capture.at)}, {"size", capture.jpeg.size()}};
}

}  // namespace

std::string settings_object(const std::vector<hal::CameraSetting>& settings) { return settings_json(settings).text(); }

std::string setting_set_object(const hal::CameraSetting& setting) {
  return Json{{"success", true},
              {"message", "Setting updated"},
              {"setting", setting.name},
              {"value", Json::written(setting.value)},
              {"ability", Json::written(setting.ability)}}
      .text();
}

std::string batteries_object(const std::vector<hal::CameraBattery>& batteries) {
  auto list = Json::array();
  for (const auto& each : batteries) list.push_back({{"name", each.name}, {"kind", each.kind}, {"level", each.level}, {"quality", each.quality}});
  return Json{{"batterylist", list}}.text();
}

std::string cards_object(const std::vector<hal::CameraCard>& cards) {
  auto list = Json::array();
  for (const auto& each : cards)
    list.push_back({{"name", each.name},
                    {"accesscapability", each.writable ? "readwrite" : "readonly"},
                    {"maxsize", each.size},
                    {"spacesize", each.space},
                    {"contentsnumber", each.contents}});
  return Json{{"storagelist", list}}.text();
}

std::string capture_object(const LiveCapture& capture) { return capture_json(capture).text(); }

std::string captures_object(const std::deque<std::shared_ptr<const LiveCapture>>& captures) {
  auto list = Json::array();
  for (const auto& each : captures) list.push_back(capture_json(*each));
  return Json{{"captures", list}}.text();
}

std::string camera_settings_answer(hal::WallTime at, const std::vector<hal::CameraSetting>& settings) {
  return answer("camera_settings", at, settings_json(settings));
}

std::string liveview_capture_result(hal::WallTime at, const LiveCapture& capture) {
  return answer("liveview_capture_result", at, {{"success", true}, {"capture", capture_json(capture)}});
}

std::string liveview_captured(hal::WallTime at, const LiveCapture& capture) {
  return event("event", "liveview_captured", at, {{"capture", capture_json(capture)}});
}

std::string camera_setting_changed(hal::WallTime at, const hal::CameraSetting& setting) {
  return event("event", "camera_setting_changed", at, {{"setting", setting.name}, {"value", Json::written(setting.value)}, {"timestamp", iso_utc(at)}});
}

std::string camera_error(hal::WallTime at, const std::string& uuid, std::string_view code, std::string_view message) {
  return event("discovery_event", "camera_error", at,
               {{"uuid", uuid.empty() ? Json() : Json(uuid)}, {"code", code}, {"message", message}, {"severity", "error"},
                {"recoveryAction", "power_cycle_camera"}, {"userMessage", message}});
}

}  // namespace nightjar::app
