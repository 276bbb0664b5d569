#pragma once
// How a Jellyfin server writes what it knows. Internal to sim/media.
#include <nlohmann/json.hpp>

#include "sim/media/media_server.h"

namespace nightjar::sim::media {

using Json = nlohmann::ordered_json;

/// Of bytes that need not be UTF-8.
inline std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json public_info(const MediaServerOptions& options, const std::string& server_id, const hal::Endpoint& at);
Json system_info(const MediaServerOptions& options, const std::string& server_id, const hal::Endpoint& at);
Json user_dto(const MediaServer::User& user, const std::string& server_id, hal::WallTime now);
Json session_dto(const MediaServer::Session& session, const std::string& user_name, const std::string& server_id);
/// 7 digits behind the second, as .NET writes a time.
std::string dotnet_time(hal::WallTime time);

}   // namespace nightjar::sim::media
