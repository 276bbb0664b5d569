#include "sim/media/media_json.h"

#include <fmt/format.h>

namespace nightjar::sim::media {

std::string dotnet_time(hal::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}0000Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Json public_info(const MediaServerOptions& options, const std::string& server_id, const hal::Endpoint& at) {
  return {{"LocalAddress", "http://" + at.text()}, {"ServerName", options.name}, {"Version", options.version}, {"ProductName", "Jellyfin Server"},
          {"OperatingSystem", ""}, {"Id", server_id}, {"StartupWizardCompleted", true}};
}

Json system_info(const MediaServerOptions& options, const std::string& server_id, const hal::Endpoint& at) {
  auto out = public_info(options, server_id, at);
  out.update({{"OperatingSystemDisplayName", ""},
              {"PackageName", "docker"},
              {"HasPendingRestart", false},
              {"IsShuttingDown", false},
              {"SupportsLibraryMonitor", true},
              {"WebSocketPortNumber", at.port},
              {"CompletedInstallations", Json::array()},
              {"CanSelfRestart", true},
              {"CanLaunchWebBrowser", false},
              {"ProgramDataPath", "/config"},
              {"WebPath", "/jellyfin/jellyfin-web"},
              {"ItemsByNamePath", "/config/metadata"},
              {"CachePath", "/cache"},
              {"LogPath", "/config/log"},
              {"InternalMetadataPath", "/config/metadata"},
              {"TranscodingTempPath", "/cache/transcodes"},
              {"CastReceiverApplications", Json::array({{{"Id", "F007D354"}, {"Name", "Stable"}}})},
              {"HasUpdateAvailable", false},
              {"EncoderLocation", "System"},
              {"SystemArchitecture", "X64"}});
  return out;
}

Json user_dto(const MediaServer::User& user, const std::string& server_id, hal::WallTime now) {
  const Json configuration{{"PlayDefaultAudioTrack", true}, {"SubtitleLanguagePreference", ""}, {"DisplayMissingEpisodes", false},
                           {"GroupedFolders", Json::array()}, {"SubtitleMode", "Default"}, {"DisplayCollectionsView", false},
                           {"EnableLocalPassword", false}, {"OrderedViews", Json::array()}, {"LatestItemsExcludes", Json::array()},
                           {"MyMediaExcludes", Json::array()}, {"HidePlayedInLatest", true}, {"RememberAudioSelections", true},
                           {"RememberSubtitleSelections", true}, {"EnableNextEpisodeAutoPlay", true}, {"CastReceiverId", "F007D354"}};
  const Json policy{{"IsAdministrator", user.administrator}, {"IsHidden", true}, {"EnableCollectionManagement", false},
                    {"EnableSubtitleManagement", false}, {"IsDisabled", user.disabled}, {"BlockedTags", Json::array()},
                    {"EnableUserPreferenceAccess", true}, {"AccessSchedules", Json::array()}, {"BlockUnratedItems", Json::array()},
                    {"EnableRemoteControlOfOtherUsers", user.administrator}, {"EnableSharedDeviceControl", true}, {"EnableRemoteAccess", true},
                    {"EnableMediaPlayback", true}, {"EnableContentDeletion", user.administrator}, {"EnableAllDevices", true},
                    {"EnableAllChannels", true}, {"EnableAllFolders", true}, {"InvalidLoginAttemptCount", 0}, {"LoginAttemptsBeforeLockout", -1},
                    {"MaxActiveSessions", 0}, {"RemoteClientBitrateLimit", 0},
                    {"AuthenticationProviderId", "Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider"},
                    {"PasswordResetProviderId", "Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider"},
                    {"SyncPlayAccess", "CreateAndJoinGroups"}};
  return {{"Name", user.name}, {"ServerId", server_id}, {"Id", user.id}, {"HasPassword", true}, {"HasConfiguredPassword", true},
          {"HasConfiguredEasyPassword", false}, {"EnableAutoLogin", false}, {"LastLoginDate", dotnet_time(now)},
          {"LastActivityDate", dotnet_time(now)}, {"Configuration", configuration}, {"Policy", policy}};
}

Json session_dto(const MediaServer::Session& session, const std::string& user_name, const std::string& server_id) {
  const bool plays = !session.item.empty();
  Json state{{"CanSeek", plays}, {"IsPaused", session.paused}, {"IsMuted", false}, {"RepeatMode", "RepeatNone"}, {"PlaybackOrder", "Default"}};
  if (plays) state["PositionTicks"] = session.ticks;
  if (plays) state["PlayMethod"] = "DirectPlay";
  Json out{{"PlayState", state},
           {"AdditionalUsers", Json::array()},
           {"Capabilities", {{"PlayableMediaTypes", {"Audio", "Video"}}, {"SupportedCommands", {"DisplayMessage"}}, {"SupportsMediaControl", true}, {"SupportsPersistentIdentifier", false}}},
           {"RemoteEndPoint", "192.168.4.200"},
           {"PlayableMediaTypes", {"Audio", "Video"}},
           {"Id", session.id},
           {"UserId", session.user_id},
           {"UserName", user_name},
           {"Client", session.client},
           {"LastActivityDate", dotnet_time(session.active)},
           {"LastPlaybackCheckIn", dotnet_time(session.active)},
           {"DeviceName", session.device},
           {"DeviceId", session.device_id},
           {"ApplicationVersion", session.version},
           {"IsActive", true},
           {"SupportsMediaControl", true},
           {"SupportsRemoteControl", true},
           {"NowPlayingQueue", Json::array()},
           {"HasCustomDeviceName", false},
           {"ServerId", server_id},
           {"SupportedCommands", {"DisplayMessage"}}};
  if (plays)
    out["NowPlayingItem"] = {{"Name", session.item}, {"ServerId", server_id}, {"Id", session.item_id}, {"RunTimeTicks", 54'000'000'000}, {"IsFolder", false},
                             {"Type", "Movie"}, {"MediaType", "Video"}};
  return out;
}

}   // namespace nightjar::sim::media
