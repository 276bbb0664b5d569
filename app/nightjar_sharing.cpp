// Sessions of several devices, wired to the camera, the page and the port.
#include <array>

#include "app/nightjar.h"

namespace nightjar::app {
namespace {

constexpr auto kSharedShotMax = std::chrono::seconds{1};   // a camera that is busy for longer was not in the salvo

struct Action {
  const char* path;
  const char* type;
};
constexpr std::array kActions{Action{"/api/session/host", "host_session"},         Action{"/api/session/join", "join_session"},
                              Action{"/api/session/leave", "leave_session"},       Action{"/api/session/end", "end_session"},
                              Action{"/api/session/discover", "discover_sessions"}, Action{"/api/session/kick", "kick_member"},
                              Action{"/api/session/fire", "fire"},                 Action{"/api/session/share-intervalometer", "share_intervalometer"}};

int status_of(hal::ErrorKind kind) {
  using enum hal::ErrorKind;
  return kind == invalid ? 400 : kind == not_found ? 404 : 409;
}

}  // namespace

void Nightjar::wire_sharing() {
  shared_.set_shutter([this](auto done) { shoot_for_session(std::move(done)); });
  shared_.on_event = [this](std::string_view name, const Json& data) { broadcast(session_event(wall_now(), name, data)); };
  shared_.on_changed = [this] { tell_changed(); };
  add_sharing_routes();
}

/// Whatever shutter the device has.
void Nightjar::shoot_for_session(std::function<void(hal::Result<void>)> done) {
  camera_.shoot(fsm::Asker::session, devices_.loop.now() + kSharedShotMax, [this, done = std::move(done)](const hal::Result<hal::Shot>& shot) {
    if (shot.ok()) {
      picture_.taken();
      broadcast(photo_taken(wall_now(), true, std::nullopt, nullptr, {}));
    }
    done(shot.ok() ? hal::Result<void>{} : hal::Result<void>{shot.error()});
  });
}

void Nightjar::add_sharing_routes() {
  web_.route("GET", "/api/session", [this](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, shared_.status().text())); });
  for (const auto& action : kActions) {
    web_.route("POST", action.path, [this, type = action.type](const WebCall& call, hal::HttpReply reply) {
      const auto request = parse_sharing_request(type, call.request.body);
      if (!request.ok()) return reply.answer(error_response(400, "INVALID_PARAMETER", request.error().detail));
      shared_.ask(request.value(), [this, shared = std::make_shared<hal::HttpReply>(std::move(reply))](const hal::Result<void>& result) {
        shared->answer(result.ok() ? json_response(200, shared_.status().text())
                                   : error_response(status_of(result.error().kind), "NOT_POSSIBLE", result.error().detail));
      });
    });
  }
}

}  // namespace nightjar::app
