#include "drivers/jellyfin/jellyfin_messages.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace nightjar::jellyfin {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTextMax = 200;
constexpr std::int64_t kTicksMax = 10'000'000LL * 3600 * 1000;   // 1000 h

/// Never throws: what is not JSON, or too large, is a discarded value, which has no members.
Json parse(std::string_view body) {
  if (body.size() > kJsonMax) return Json(Json::value_t::discarded);
  return Json::parse(body, nullptr, false);
}

const Json* member(const Json* object, std::string_view name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto at = object->find(name);
  return at == object->end() ? nullptr : &*at;
}

/// Cut at a whole UTF-8 character, for it goes into messages of ours.
std::string text(const Json* object, std::string_view name) {
  const auto* value = member(object, name);
  if (value == nullptr || !value->is_string()) return {};
  const auto& all = value->get_ref<const std::string&>();
  auto size = std::min(all.size(), kTextMax);
  while (size < all.size() && size > 0 && (static_cast<unsigned char>(all[size]) & 0xc0) == 0x80) --size;
  auto out = all.substr(0, size);
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

/// Empty for none, and for one that is too long or has a control character: an id is never mended.
std::string id(const Json* object, std::string_view name) {
  const auto* value = member(object, name);
  if (value == nullptr || !value->is_string()) return {};
  const auto& out = value->get_ref<const std::string&>();
  const bool sound = out.size() <= kIdMax && std::none_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return sound ? out : std::string{};
}

bool flag(const Json* object, std::string_view name) {
  const auto* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::optional<std::int64_t> whole(const Json* value) {
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  const auto number = value->get<std::int64_t>();   // an unsigned above the range turns negative
  return number < 0 ? std::nullopt : std::optional{number};
}

hal::MediaUser user_of(const Json& entry) {
  const auto* policy = member(&entry, "Policy");
  return {id(&entry, "Id"), text(&entry, "Name"), flag(policy, "IsAdministrator"), flag(policy, "IsDisabled")};
}

hal::MediaSession session_of(const Json& entry) {
  hal::MediaSession out;
  out.id = id(&entry, "Id");
  out.user_id = id(&entry, "UserId");
  out.user = text(&entry, "UserName");
  out.device_id = id(&entry, "DeviceId");
  out.device = text(&entry, "DeviceName");
  out.client = text(&entry, "Client");
  out.version = text(&entry, "ApplicationVersion");
  out.controllable = flag(&entry, "SupportsRemoteControl");
  if (const auto* item = member(&entry, "NowPlayingItem"); item != nullptr && item->is_object())
    out.playing = hal::MediaItem{id(item, "Id"), text(item, "Name"), text(item, "Type")};
  const auto* state = member(&entry, "PlayState");
  out.paused = out.playing && flag(state, "IsPaused");
  if (out.playing) out.position = hal::Duration{std::min(whole(member(state, "PositionTicks")).value_or(0), kTicksMax) * 100};
  return out;
}

/// Each id once, at most `most`; `taken` says whether an entry counts at all.
template <class T, class Make, class Taken>
std::optional<hal::MediaList<T>> list(const Json& array, std::size_t most, Make make, Taken taken) {
  if (!array.is_array()) return std::nullopt;
  hal::MediaList<T> out;
  std::set<std::string> seen;
  for (const auto& entry : array) {
    T one = make(entry);
    if (one.id.empty() || !taken(one) || seen.contains(one.id)) continue;
    if (out.entries.size() >= most) {
      out.cut = true;
      break;
    }
    seen.insert(one.id);
    out.entries.push_back(std::move(one));
  }
  return out;
}

std::optional<hal::MediaSessions> sessions_of(const Json& array, std::string_view own) {
  return list<hal::MediaSession>(array, kSessionsMax, session_of, [own](const auto& one) { return own.empty() || one.device_id != own; });
}

}   // namespace

std::optional<hal::MediaServerInfo> parse_system_info(std::string_view body) {
  const auto json = parse(body);
  hal::MediaServerInfo out{id(&json, "Id"), text(&json, "ServerName"), text(&json, "Version")};
  const auto product = text(&json, "ProductName");
  if (out.version.empty() || (!product.empty() && product != "Jellyfin Server")) return std::nullopt;
  return out;
}

std::optional<hal::MediaUsers> parse_users(std::string_view body) {
  return list<hal::MediaUser>(parse(body), kUsersMax, user_of, [](const auto&) { return true; });
}

std::optional<hal::MediaSessions> parse_sessions(std::string_view body, std::string_view own) { return sessions_of(parse(body), own); }

std::optional<SocketMessage> parse_socket_message(std::string_view body, std::string_view own) {
  const auto json = parse(body);
  const auto type = text(&json, "MessageType");
  const auto* data = member(&json, "Data");
  SocketMessage out;
  if (type.empty()) return std::nullopt;
  if (type == "Sessions") {
    auto sessions = data == nullptr ? std::nullopt : sessions_of(*data, own);
    if (!sessions) return std::nullopt;
    out.kind = SocketMessage::Kind::sessions;
    out.sessions = std::move(*sessions);
  } else if (type == "UserUpdated" || type == "UserDeleted") {
    out.kind = SocketMessage::Kind::users_changed;
  } else if (type == "ForceKeepAlive") {
    const auto seconds = whole(data);
    if (!seconds) return std::nullopt;
    out.kind = SocketMessage::Kind::force_keep_alive;
    out.keep_alive_within = std::chrono::seconds{std::clamp<std::int64_t>(*seconds, 1, 3600)};
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) out += c;
    else out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out;
}

std::string authorization(const Identity& identity, std::string_view token) {
  std::string out = "MediaBrowser";
  const auto add = [&out](std::string_view name, std::string_view value) {
    out.append(out.back() == '"' ? ", " : " ").append(name).append("=\"").append(percent_encoded(value)).append("\"");
  };
  add("Client", identity.client);
  add("Device", identity.device);
  add("DeviceId", identity.device_id);
  add("Version", identity.version);
  add("Token", token);
  return out;
}

std::string socket_target(std::string_view base_path, std::string_view token, std::string_view device_id) {
  std::string out{base_path};
  return out.append("/socket?ApiKey=").append(percent_encoded(token)).append("&deviceId=").append(percent_encoded(device_id));
}

}   // namespace nightjar::jellyfin
