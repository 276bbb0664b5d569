#include "app/rest_camera.h"

#include "app/iso_time.h"
#include "app/rest.h"

namespace nightjar::app {
namespace {

void give(hal::HttpReply& reply, const hal::Result<void>& done, const Json& body) {
  reply.answer(done.ok() ? json_response(200, body.text()) : error_response(done.error()));
}

/// Where the primary camera was last.
Json last_ip(const CameraFinder& finder) {
  const auto* camera = finder.primary();
  return {{"lastIP", camera == nullptr || camera->places.empty() ? Json() : Json(camera->places.front().endpoint.address.text())}};
}

}  // namespace

void add_camera_routes(Web& web, CameraFinder& finder, CameraDesk desk) {
  const auto view = desk.view;
  web.route("GET", "/api/camera/status", [view](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, camera_object(view()).text())); });
  web.route("POST", "/api/camera/photo", [take_photo = desk.take_photo, view](const WebCall&, hal::HttpReply reply) {
    take_photo(answering(std::move(reply), [view] { return Json{{"success", true}, {"timestamp", iso_utc(view().at)}}; }));
  });

  web.route("GET", "/api/discovery/status", [view](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, discovery_object(view()).text())); });
  web.route("GET", "/api/discovery/cameras", [view](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, cameras_object(view()).text())); });
  web.route("GET", "/api/discovery/cameras/{uuid}", [view](const WebCall& call, hal::HttpReply reply) {
    const auto camera = camera_in_registry(view(), call.values[0]);
    reply.answer(camera ? json_response(200, camera->text()) : error_response(404, "NOT_FOUND", "There is no such camera"));
  });
  web.route("GET", "/api/discovery/last-ip", [&finder](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, last_ip(finder).text())); });
  web.route("POST", "/api/discovery/scan", [&finder](const WebCall&, hal::HttpReply reply) {
    finder.look();
    reply.answer(json_response(202, Json{{"success", true}, {"message", "Looking for cameras"}}.text()));
  });
  web.route("POST", "/api/discovery/connect", [connect = desk.connect](const WebCall& call, hal::HttpReply reply) {
    with_message<ConnectToIp>("connect_to_ip", call, std::move(reply), [&](const ConnectToIp& where, hal::HttpReply to) {
      auto answer = answering(std::move(to), [where] {
        return Json{{"success", true}, {"message", "Connected"}, {"ip", where.endpoint.address.text()}, {"port", std::to_string(where.endpoint.port)}};
      });
      connect(where, [answer = std::move(answer)](const hal::Result<void>& done) {
        if (done.ok()) return answer(done);
        answer(hal::Error{done.error().kind, "Failed to connect to camera at IP: " + done.error().text()});
      });
    });
  });
  web.route("POST", "/api/discovery/primary/{uuid}", [&finder](const WebCall& call, hal::HttpReply reply) {
    const auto act = [&](const SetPrimaryCamera& camera, hal::HttpReply to) { give(to, finder.set_primary(camera.uuid), {{"success", true}, {"uuid", camera.uuid}}); };
    with_message<SetPrimaryCamera>("set_primary_camera", call, std::move(reply), act, "uuid");
  });
  web.route("PUT", "/api/discovery/cameras/{uuid}/name", [&finder](const WebCall& call, hal::HttpReply reply) {
    const auto act = [&](const RenameCamera& camera, hal::HttpReply to) {
      give(to, finder.rename(camera.uuid, camera.name), {{"success", true}, {"uuid", camera.uuid}, {"name", camera.name}});
    };
    with_message<RenameCamera>("rename_camera", call, std::move(reply), act, "uuid");
  });
  web.route("DELETE", "/api/discovery/cameras/{uuid}", [forget = desk.forget](const WebCall& call, hal::HttpReply reply) {
    const auto act = [&](const ForgetCamera& camera, hal::HttpReply to) { give(to, forget(camera.uuid), {{"success", true}, {"uuid", camera.uuid}}); };
    with_message<ForgetCamera>("forget_camera", call, std::move(reply), act, "uuid");
  });
}

}  // namespace nightjar::app
