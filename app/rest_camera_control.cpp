#include "app/rest_camera_control.h"

#include "app/messages/camera_message.h"
#include "app/messages/client_message.h"

namespace nightjar::app {
namespace {

hal::HttpResponse refusal(const hal::Error& error) {
  using enum hal::ErrorKind;
  switch (error.kind) {
    case unreachable: return error_response(503, "CAMERA_OFFLINE", error.detail);
    case busy: return error_response(503, "CAMERA_BUSY", error.detail);
    case invalid: return error_response(400, "INVALID_PARAMETER", error.detail);
    case not_supported:
    case not_found: return error_response(404, "NOT_FOUND", error.detail);
    case timed_out: return error_response(504, "CAMERA_TIMEOUT", error.text());
    default: return error_response(502, "CAMERA_ERROR", error.text());
  }
}

/// What a call answers: a value's JSON, or why not.
template <class T, class Write>
std::function<void(hal::Result<T>)> answered(hal::HttpReply reply, Write write) {
  return [shared = std::make_shared<hal::HttpReply>(std::move(reply)), write](const hal::Result<T>& result) {
    shared->answer(result.ok() ? json_response(200, write(result.value())) : refusal(result.error()));
  };
}

hal::HttpResponse no_capture() { return error_response(404, "NOT_FOUND", "There is no such capture"); }

void add_live_view(Web& web, CameraControl& control) {
  using Capture = std::shared_ptr<const LiveCapture>;
  web.route("POST", "/api/camera/liveview/capture", [&control](const WebCall&, hal::HttpReply reply) {
    control.capture(answered<Capture>(std::move(reply), [](const Capture& capture) { return capture_object(*capture); }));
  });
  web.route("GET", "/api/camera/liveview/images", [&control](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, captures_object(control.captures()))); });
  web.route("GET", "/api/camera/liveview/images/{id}", [&control](const WebCall& call, hal::HttpReply reply) {
    const auto capture = control.find_capture(call.values[0]);
    reply.answer(capture ? json_response(200, capture_object(*capture)) : no_capture());
  });
  web.route("GET", "/api/camera/liveview/images/{id}/file", [&control](const WebCall& call, hal::HttpReply reply) {
    const auto capture = control.find_capture(call.values[0]);
    reply.answer(capture ? hal::HttpResponse{200, {{"Content-Type", "image/jpeg"}, {"Cache-Control", "no-store"}}, capture->jpeg} : no_capture());
  });
  web.route("DELETE", "/api/camera/liveview/images/{id}", [&control](const WebCall& call, hal::HttpReply reply) {
    reply.answer(control.remove_capture(call.values[0]) ? json_response(200, R"({"success":true})") : no_capture());
  });
  web.route("DELETE", "/api/camera/liveview/clear", [&control](const WebCall&, hal::HttpReply reply) {
    control.clear_captures();
    reply.answer(json_response(200, R"({"success":true})"));
  });
}

}  // namespace

void add_camera_control_routes(Web& web, CameraControl& control) {
  web.route("GET", "/api/camera/settings", [&control](const WebCall&, hal::HttpReply reply) {
    control.settings(answered<std::vector<hal::CameraSetting>>(std::move(reply), settings_object));
  });
  web.route("PUT", "/api/camera/settings/{name}", [&control](const WebCall& call, hal::HttpReply reply) {
    auto value = parse_setting_value(call.request.body);
    if (!value) return reply.answer(error_response(400, "INVALID_PARAMETER", "Missing value in request body"));
    control.set(call.values[0], *std::move(value), answered<hal::CameraSetting>(std::move(reply), setting_set_object));
  });
  web.route("GET", "/api/camera/battery", [&control](const WebCall&, hal::HttpReply reply) {
    control.batteries(answered<std::vector<hal::CameraBattery>>(std::move(reply), batteries_object));
  });
  web.route("GET", "/api/camera/storage", [&control](const WebCall&, hal::HttpReply reply) {
    control.cards(answered<std::vector<hal::CameraCard>>(std::move(reply), cards_object));
  });
  add_live_view(web, control);
}

}  // namespace nightjar::app
