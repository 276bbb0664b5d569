#pragma once
// What the device says of the media server: on /ws, in every status below links.mediaServer, and at /api/media-server.
#include <optional>
#include <string>
#include <string_view>

#include "app/media_link.h"
#include "app/messages/json_text.h"

namespace nightjar::app {

std::string_view to_string(MediaLink::Mode mode);
std::string_view to_string(Playback::Kind kind);   // "started", ...

/// The links.mediaServer object; null without a media server.
Json media_status(const MediaLink* media, hal::Instant now);
/// The same, and everybody by name.
std::string media_object(const MediaLink& media, hal::Instant now, hal::WallTime at);

// media_event/...: what changed, never the whole lists
std::string media_connected(hal::WallTime at, const hal::MediaServerInfo& server);
std::string media_lost(hal::WallTime at, std::string_view error);
std::string media_mode_changed(hal::WallTime at, MediaLink::Mode mode);
std::string media_users_changed(hal::WallTime at, const MediaChanges<hal::MediaUser>& changes);
std::string media_sessions_changed(hal::WallTime at, const MediaChanges<hal::MediaSession>& changes);
std::string media_clients_changed(hal::WallTime at, const MediaChanges<MediaClient>& changes);
std::string media_playback(hal::WallTime at, const Playback& playback);

}  // namespace nightjar::app
