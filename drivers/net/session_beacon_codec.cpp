#include "drivers/net/session_beacon_codec.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nightjar::net {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr int kMembersMax = 64;

bool is_code(const std::string& id) {
  return id.size() == 6 && std::ranges::all_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

bool is_printable(const std::string& text, std::size_t size_max) {
  return text.size() <= size_max && std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string text(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

/// -1 for what is no small number.
int number(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_number_unsigned() && at->get<std::uint64_t>() <= 65'535 ? at->get<int>() : -1;
}

}   // namespace

bool is_sound(const hal::Advertisement& session) {
  return is_code(session.session_id) && is_printable(session.session_name, hal::Advertisement::kNameMax) && !session.host_id.empty() &&
         is_printable(session.host_id, hal::Advertisement::kIdMax) && is_printable(session.host_name, hal::Advertisement::kNameMax) &&
         session.port != 0 && session.member_count >= 0 && session.member_count <= kMembersMax && session.max_members >= 1 &&
         session.max_members <= kMembersMax;
}

std::optional<Beacon> parse_beacon(std::string_view datagram) {
  if (datagram.size() > kBeaconMax) return std::nullopt;
  // A flat object: what is inside another is not looked at, and is not built either.
  const auto flat = [](int depth, json::parse_event_t, json&) { return depth <= 1; };
  const auto object = json::parse(datagram, flat, false);
  if (!object.is_object() || number(object, "nightjar") != kVersion) return std::nullopt;
  const auto kind = text(object, "kind");
  if (kind == "who") return BeaconWho{};
  const auto id = text(object, "sessionId");
  if (kind == "gone") return is_code(id) ? std::optional<Beacon>{BeaconGone{id}} : std::nullopt;
  if (kind != "session") return std::nullopt;
  const int port = number(object, "port");
  const hal::Advertisement session{id, text(object, "sessionName"), text(object, "hostId"), text(object, "hostName"),
                                   static_cast<std::uint16_t>(std::max(port, 0)), number(object, "memberCount"), number(object, "maxMembers")};
  return is_sound(session) ? std::optional<Beacon>{session} : std::nullopt;
}

std::string format_beacon(const Beacon& beacon) {
  json out{{"nightjar", kVersion}};
  if (std::holds_alternative<BeaconWho>(beacon)) out["kind"] = "who";
  if (const auto* gone = std::get_if<BeaconGone>(&beacon)) out.update({{"kind", "gone"}, {"sessionId", gone->session_id}});
  if (const auto* session = std::get_if<hal::Advertisement>(&beacon))
    out.update({{"kind", "session"},
                {"sessionId", session->session_id},
                {"sessionName", session->session_name},
                {"hostId", session->host_id},
                {"hostName", session->host_name},
                {"port", session->port},
                {"memberCount", session->member_count},
                {"maxMembers", session->max_members}});
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}   // namespace nightjar::net
