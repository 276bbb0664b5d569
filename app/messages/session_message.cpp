#include "app/messages/session_message.h"

#include <nlohmann/json.hpp>

namespace nightjar::app {
namespace {

using nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr int kSessionDepthMax = 6;                     // a list of members is three deep; deep nesting costs stack
constexpr std::size_t kTextMax = 200;            // bytes of a reason, a message, an error; longer ones are cut
constexpr std::int64_t kLatencyMax = 60'000;     // ms

/// Refuses what is nested deeper than kSessionDepthMax before the parser builds anything of it.
ordered_json parse_shallow(std::string_view text) {
  bool deep = false;
  const auto shallow = [&deep](int depth, ordered_json::parse_event_t, ordered_json&) {
    deep = deep || depth > kSessionDepthMax;
    return !deep;
  };
  if (text.size() > kSessionMessageMax) return ordered_json::value_t::discarded;
  auto out = ordered_json::parse(text, shallow, false);
  return deep ? ordered_json(ordered_json::value_t::discarded) : out;
}

/// Reads the fields of a payload; remembers whether one that must be there was not, or was something else.
struct Fields {
  const ordered_json& payload;
  bool good = true;

  const ordered_json* find(const char* name) const {
    const auto at = payload.find(name);
    return at == payload.end() || at->is_null() ? nullptr : &*at;
  }
  /// An id: printable ASCII, exact or refused.
  std::string id(const char* name, std::size_t size_max = kMemberIdMax) {
    const auto* value = find(name);
    std::string out = value && value->is_string() ? value->get<std::string>() : std::string{};
    good = good && !out.empty() && out.size() <= size_max;
    for (const char c : out) good = good && c > 0x20 && c < 0x7f;
    return out;
  }
  std::string id_or_none(const char* name) { return find(name) ? id(name) : std::string{}; }
  /// For people: without control characters, cut within the limit, never within a character.
  std::string text(const char* name, std::size_t size_max = kTextMax) const {
    const auto* value = find(name);
    std::string out;
    if (!value || !value->is_string()) return out;
    for (const char c : value->get_ref<const std::string&>())
      if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
    if (out.size() <= size_max) return out;
    while (size_max > 0 && (static_cast<unsigned char>(out[size_max]) & 0xc0) == 0x80) --size_max;
    out.resize(size_max);
    return out;
  }
  /// Within what a clock in nanoseconds can hold.
  std::int64_t micros(const char* name) {
    const auto* value = find(name);
    if (!value || !value->is_number_integer() || (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX)) {
      good = false;
      return 0;
    }
    const auto out = value->get<std::int64_t>();
    good = good && out >= -INT64_MAX / 2000 && out <= INT64_MAX / 2000;
    return good ? out : 0;
  }
  std::optional<milliseconds> latency(const char* name) {
    const auto* value = find(name);
    if (!value) return std::nullopt;
    const auto out = micros(name);
    good = good && out >= 0 && out <= kLatencyMax;
    return milliseconds{out};
  }
  hal::WallTime time(const char* name) {
    const auto* value = find(name);
    return value ? hal::WallTime{milliseconds{micros(name)}} : hal::WallTime{};
  }
  bool flag(const char* name) {
    const auto* value = find(name);
    good = good && value && value->is_boolean();
    return good && value->get<bool>();
  }
};

struct Envelope {
  ordered_json message;
  std::string type;
  const ordered_json* payload = nullptr;
};

bool open(std::string_view text, Envelope& out) {
  out.message = parse_shallow(text);
  if (!out.message.is_object()) return false;
  const auto type = out.message.find("type");
  const auto payload = out.message.find("payload");
  if (type == out.message.end() || !type->is_string() || payload == out.message.end() || !payload->is_object()) return false;
  out.type = type->get<std::string>();
  out.payload = &*payload;
  return true;
}

template <class Message, class Out>
std::optional<Message> if_good(const Fields& fields, Out out) {
  return fields.good ? std::optional<Message>{std::move(out)} : std::nullopt;
}

MemberRecord read_member(Fields& fields) {
  MemberRecord out;
  out.id = fields.id("id");
  out.name = fields.text("name", kMemberNameMax);
  const auto role = fields.text("role");
  fields.good = fields.good && (role == "host" || role == "client");
  out.role = role == "host" ? MemberRole::host : MemberRole::client;
  out.connection_status = fields.text("connectionStatus", 20);
  out.joined_at = fields.time("joinedAt");
  out.last_seen = fields.time("lastSeen");
  out.address = fields.text("address", 64);
  out.latency = fields.latency("latency");
  return out;
}

std::string wrap(hal::WallTime at, std::string_view type, ordered_json payload) {
  return ordered_json{{"type", type}, {"timestamp", at.time_since_epoch().count()}, {"payload", std::move(payload)}}.dump(-1, ' ', false,
                                                                                                                  ordered_json::error_handler_t::replace);
}

ordered_json record_json(const MemberRecord& member) {
  ordered_json out{{"id", member.id},
           {"name", member.name},
           {"role", member.role == MemberRole::host ? "host" : "client"},
           {"connectionStatus", member.connection_status},
           {"joinedAt", member.joined_at.time_since_epoch().count()},
           {"lastSeen", member.last_seen.time_since_epoch().count()},
           {"address", member.address},
           {"latency", nullptr}};
  if (member.latency) out["latency"] = member.latency->count();
  return out;
}

}  // namespace

// ---- a guest says -----------------------------------------------------------------------------------------------------

std::optional<GuestMessage> parse_guest_message(std::string_view text) {
  Envelope envelope;
  if (!open(text, envelope)) return std::nullopt;
  Fields fields{*envelope.payload};
  if (envelope.type == "JOIN") {
    SayJoin out{fields.id("sessionId"), fields.id("deviceId"), fields.text("deviceName", kMemberNameMax), fields.text("version", 20),
                fields.id_or_none("place")};
    return if_good<GuestMessage>(fields, std::move(out));
  }
  if (envelope.type == "HEARTBEAT") {
    const SayHeartbeat out{fields.micros("sent"), fields.latency("latency")};
    return if_good<GuestMessage>(fields, out);
  }
  if (envelope.type == "FIRED") {
    SayFired out{fields.id("shotId"), fields.flag("fired"), 0, 0, fields.text("error")};
    if (out.fired) out.at = fields.micros("at");
    if (fields.find("uncertainty")) out.uncertainty = fields.micros("uncertainty");
    return if_good<GuestMessage>(fields, std::move(out));
  }
  return std::nullopt;
}

std::string join_message(hal::WallTime at, const SayJoin& join) {
  ordered_json payload{{"sessionId", join.session_id}, {"deviceId", join.device_id}, {"deviceName", join.device_name}, {"version", join.version}};
  if (!join.place.empty()) payload["place"] = join.place;
  return wrap(at, "JOIN", std::move(payload));
}

std::string heartbeat_message(hal::WallTime at, const SayHeartbeat& beat) {
  ordered_json payload{{"sent", beat.sent}};
  if (beat.latency) payload["latency"] = beat.latency->count();
  return wrap(at, "HEARTBEAT", std::move(payload));
}

std::string fired_message(hal::WallTime at, const SayFired& fired) {
  ordered_json payload{{"shotId", fired.shot_id}, {"fired", fired.fired}};
  if (fired.fired) payload["at"] = fired.at;
  payload["uncertainty"] = fired.uncertainty;
  if (!fired.error.empty()) payload["error"] = fired.error;
  return wrap(at, "FIRED", std::move(payload));
}

// ---- a host says ------------------------------------------------------------------------------------------------------

std::optional<HostMessage> parse_host_message(std::string_view text) {
  Envelope envelope;
  if (!open(text, envelope)) return std::nullopt;
  Fields fields{*envelope.payload};
  const auto& type = envelope.type;
  if (type == "WELCOME") {
    SayWelcome out{fields.id("sessionId"), fields.text("sessionName", kMemberNameMax), fields.id("hostId"), fields.text("hostName", kMemberNameMax),
                   fields.id("deviceId"), fields.id_or_none("place"), fields.id_or_none("clock")};
    return if_good<HostMessage>(fields, std::move(out));
  }
  if (type == "MEMBER_LIST") {
    const auto* members = fields.find("members");
    if (!members || !members->is_array() || members->size() > kMembersMax) return std::nullopt;
    SayMemberList out;
    for (const auto& member : *members) {
      if (!member.is_object()) return std::nullopt;
      Fields one{member};
      out.members.push_back(read_member(one));
      fields.good = fields.good && one.good;
    }
    return if_good<HostMessage>(fields, std::move(out));
  }
  if (type == "MEMBER_JOINED") {
    const auto* member = fields.find("member");
    if (!member || !member->is_object()) return std::nullopt;
    Fields one{*member};
    SayMemberJoined out{read_member(one)};
    return if_good<HostMessage>(one, std::move(out));
  }
  if (type == "MEMBER_LEFT") {
    SayMemberLeft out{fields.id("deviceId"), fields.text("reason")};
    return if_good<HostMessage>(fields, std::move(out));
  }
  if (type == "KICKED") return HostMessage{SayKicked{fields.text("reason")}};
  if (type == "SESSION_CLOSED") return HostMessage{SaySessionClosed{fields.text("reason")}};
  if (type == "ERROR") {
    SayError out{fields.id("code"), fields.text("message")};
    return if_good<HostMessage>(fields, std::move(out));
  }
  if (type == "HEARTBEAT_ACK") {
    const SayHeartbeatAck out{fields.micros("sent"), fields.micros("received"), fields.micros("answered")};
    return if_good<HostMessage>(fields, out);
  }
  if (type == "FIRE_AT") {
    SayFireAt out{fields.micros("hostTime"), fields.id("shotId")};
    return if_good<HostMessage>(fields, std::move(out));
  }
  return std::nullopt;
}

std::string welcome_message(hal::WallTime at, const SayWelcome& welcome) {
  return wrap(at, "WELCOME", {{"sessionId", welcome.session_id},
                              {"sessionName", welcome.session_name},
                              {"hostId", welcome.host_id},
                              {"hostName", welcome.host_name},
                              {"deviceId", welcome.device_id},
                              {"place", welcome.place},
                              {"clock", welcome.clock}});
}

std::string member_list_message(hal::WallTime at, const std::vector<MemberRecord>& members) {
  auto list = ordered_json::array();
  for (const auto& member : members) list.push_back(record_json(member));
  return wrap(at, "MEMBER_LIST", {{"members", std::move(list)}});
}

std::string member_joined_message(hal::WallTime at, const MemberRecord& member) { return wrap(at, "MEMBER_JOINED", {{"member", record_json(member)}}); }

std::string member_left_message(hal::WallTime at, std::string_view device_id, std::string_view reason) {
  return wrap(at, "MEMBER_LEFT", {{"deviceId", device_id}, {"reason", reason}});
}

std::string kicked_message(hal::WallTime at, std::string_view reason) { return wrap(at, "KICKED", {{"reason", reason}}); }
std::string session_closed_message(hal::WallTime at, std::string_view reason) { return wrap(at, "SESSION_CLOSED", {{"reason", reason}}); }

std::string session_error_message(hal::WallTime at, std::string_view code, std::string_view message) {
  return wrap(at, "ERROR", {{"code", code}, {"message", message}});
}

std::string heartbeat_ack_message(hal::WallTime at, const SayHeartbeatAck& ack) {
  return wrap(at, "HEARTBEAT_ACK", {{"sent", ack.sent}, {"received", ack.received}, {"answered", ack.answered}});
}

std::string fire_at_message(hal::WallTime at, const SayFireAt& fire) {
  return wrap(at, "FIRE_AT", {{"hostTime", fire.host_time}, {"shotId", fire.shot_id}});
}

}  // namespace nightjar::app
