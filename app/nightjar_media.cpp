// Who hears of the media server.
#include "app/messages/media_message.h"
#include "app/nightjar.h"

namespace nightjar::app {
namespace {

using PhotoOn = Settings::MediaServer::PhotoOn;

bool is_wanted(const Settings::MediaServer& wanted, const Playback& playback) {
  if (!wanted.photo_device.empty() && wanted.photo_device != playback.session.device) return false;
  switch (wanted.photo_on) {
    case PhotoOn::never: return false;
    case PhotoOn::start: return playback.kind == Playback::Kind::started;
    case PhotoOn::pause: return playback.kind == Playback::Kind::paused;
    case PhotoOn::stop: return playback.kind == Playback::Kind::stopped;
    case PhotoOn::any: return true;
  }
  return false;
}

}  // namespace

void Nightjar::wire_media() {
  web_.route("GET", "/api/media-server", [this](const WebCall&, hal::HttpReply reply) {
    if (!media_) return reply.answer(error_response(404, "NOT_CONFIGURED", "No media server is set"));
    reply.answer(json_response(200, media_object(*media_, devices_.loop.now(), wall_now())));
  });
  if (!media_) return;
  media_->on_connected = [this] { broadcast(media_connected(wall_now(), media_->server())); };
  media_->on_lost = [this] { broadcast(media_lost(wall_now(), media_->last_error())); };
  media_->on_mode = [this](MediaLink::Mode mode) { broadcast(media_mode_changed(wall_now(), mode)); };
  media_->on_user_changes = [this](const auto& changes) { broadcast(media_users_changed(wall_now(), changes)); };
  media_->on_session_changes = [this](const auto& changes) { broadcast(media_sessions_changed(wall_now(), changes)); };
  media_->on_client_changes = [this](const auto& changes) { broadcast(media_clients_changed(wall_now(), changes)); };
  media_->on_playback = [this](const Playback& playback) {
    broadcast(media_playback(wall_now(), playback));
    if (is_wanted(settings_.media_server, playback)) media_photo();
  };
  media_->on_changed = [this] { tell_changed(); };
}

/// At most one in kMediaPhotoPause: a shutter wears, and a server may say what it likes.
void Nightjar::media_photo() {
  const auto now = devices_.loop.now();
  if (closed_ || now < media_photo_after_) return;
  media_photo_after_ = now + kMediaPhotoPause;
  take_photo({});
}

}  // namespace nightjar::app
