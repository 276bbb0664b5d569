#include "app/messages/sharing_request.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "app/messages/session_message.h"
#include "app/session_code.h"

namespace nightjar::app {
namespace {

using nlohmann::json;

constexpr std::uint16_t kDefaultPort = 8080;   // contract.md: sessions, own port

hal::Error refuse(std::string sentence) { return {hal::ErrorKind::invalid, std::move(sentence)}; }

std::optional<std::string> text(const json& data, const char* name) {
  const auto at = data.find(name);
  return at != data.end() && at->is_string() ? std::optional{at->get<std::string>()} : std::nullopt;
}

/// The number, `otherwise` when there is none, nothing when it is something else.
std::optional<std::int64_t> number(const json& data, const char* name, std::int64_t otherwise, std::int64_t low, std::int64_t high) {
  const auto at = data.find(name);
  if (at == data.end() || at->is_null()) return otherwise;
  if (!at->is_number_integer() || *at < low || *at > high) return std::nullopt;
  return at->get<std::int64_t>();
}

std::string clean(std::string name) {
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  auto size = kMemberNameMax;
  if (name.size() <= size) return name;
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xc0) == 0x80) --size;
  name.resize(size);
  return name;
}

hal::Result<SharingRequest> parse_host(const json& data) {
  const auto members = number(data, "maxMembers", 8, 2, kMembersMax);
  if (!members) return refuse("maxMembers must be a whole number between 2 and 64");
  auto name = clean(text(data, "name").value_or(""));
  return SharingRequest{AskHostSession{name.empty() ? "My Session" : name, static_cast<int>(*members)}};
}

hal::Result<SharingRequest> parse_join(const json& data) {
  const auto code = parse_session_code(text(data, "code").value_or(""));
  if (!code) return refuse("Invalid session code: six letters and digits, like A1B-2C3");
  AskJoinSession out{*code, std::nullopt};
  const auto typed = text(data, "address").value_or("");
  const auto port = number(data, "port", kDefaultPort, 1, 65'535);
  if (!port) return refuse("port must be between 1 and 65535");
  if (typed.empty()) return SharingRequest{out};
  const auto address = hal::IpAddress::parse(typed);
  if (!address || address->is_any() || address->is_multicast()) return refuse("Invalid IP address");
  out.place = hal::Endpoint{*address, static_cast<std::uint16_t>(*port)};
  return SharingRequest{out};
}

}  // namespace

hal::Result<SharingRequest> parse_sharing_request(std::string_view type, std::string_view text_of_data) {
  const auto flat = [](int depth, json::parse_event_t, json&) { return depth <= 1; };
  const auto data = text_of_data.empty() ? json::object() : json::parse(text_of_data, flat, false);
  if (!data.is_object()) return refuse("not a JSON object");
  if (type == "host_session") return parse_host(data);
  if (type == "join_session") return parse_join(data);
  if (type == "leave_session") return SharingRequest{AskLeaveSession{}};
  if (type == "end_session") return SharingRequest{AskEndSession{}};
  if (type == "discover_sessions") return SharingRequest{AskDiscoverSessions{}};
  if (type == "kick_member") {
    const auto id = text(data, "deviceId");
    if (!id || id->empty() || id->size() > kMemberIdMax) return refuse("deviceId is required");
    return SharingRequest{AskKickMember{*id}};
  }
  if (type == "fire") {
    const auto ahead = number(data, "aheadMs", 1000, 50, 60'000);
    if (!ahead) return refuse("aheadMs must be between 50 and 60000");
    return SharingRequest{AskFire{std::chrono::milliseconds{*ahead}}};
  }
  if (type == "share_intervalometer") {
    const auto on = data.find("on");
    if (on == data.end() || !on->is_boolean()) return refuse("on must be true or false");
    return SharingRequest{AskShareIntervalometer{on->get<bool>()}};
  }
  return refuse("no such request");
}

}  // namespace nightjar::app
