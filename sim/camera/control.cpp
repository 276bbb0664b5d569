#include "sim/camera/control.h"

#include <algorithm>
#include <array>
#include <utility>

namespace nightjar::sim::camera {
namespace {

constexpr std::array<std::string_view, 6> kFaults{"busy", "bad_gateway", "hang", "reset", "cut", "garbage"};
constexpr std::array<std::string_view, 4> kCards{"fits", "full", "removed", "locked"};

template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<std::string_view, N>& names, const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), value.get_ref<const std::string&>());
  return at == names.end() ? std::nullopt : std::optional{static_cast<std::size_t>(at - names.begin())};
}

/// Takes `name` when it is there and of the right type; false when it is there and is not.
template <class T>
bool take(const Json& body, const char* name, T& into) {
  if (!body.contains(name)) return true;
  const auto& value = body[name];
  bool fits = false;
  if constexpr (std::is_same_v<T, bool>)
    fits = value.is_boolean();
  else if constexpr (std::is_same_v<T, std::string>)
    fits = value.is_string();
  else if constexpr (std::is_integral_v<T>)
    fits = value.is_number_integer();
  else
    fits = value.is_number();
  if (fits) into = value.get<T>();
  return fits;
}

constexpr auto kWrongType = "a member has the wrong type";

}   // namespace

void Control::on_request(const hal::HttpRequest& request, hal::HttpReply reply) {
  const auto path = request.path();
  if (request.method == "GET" && path == "/sim/state") return reply.answer(json_response(200, state()));
  if (request.method == "GET" && path == "/sim/shots") return reply.answer(json_response(200, shots()));
  if (request.method == "GET" && path == "/sim/log") return reply.answer(json_response(200, log()));
  if (request.method != "POST") return reply.answer(json_response(404, {{"message", "see sim/camera/control.h"}}));
  const auto body = from_text(request.body);
  if (!body.is_object()) return reply.answer(json_response(400, {{"message", "the body is not a JSON object"}}));
  const auto wrong = command(path, body);
  reply.answer(wrong ? json_response(400, {{"message", *wrong}}) : json_response(200, Json::object()));
}

std::optional<std::string> Control::command(std::string_view path, const Json& body) {
  if (path == "/sim/power") return power(body);
  if (path == "/sim/network") return network(body);
  if (path == "/sim/faults") return faults(body);
  if (path == "/sim/condition") return condition(body);
  if (path == "/sim/settings") {
    std::string name;
    if (!take(body, "name", name) || !body.contains("value")) return "name and value are needed";
    if (!camera_.set(name, to_text(body["value"]))) return "the camera refuses this value";
    return std::nullopt;
  }
  if (path == "/sim/dial") {
    std::string mode;
    constexpr std::array<std::string_view, 5> kModes{"m", "av", "tv", "p", "bulb"};
    if (!take(body, "mode", mode) || std::find(kModes.begin(), kModes.end(), mode) == kModes.end()) return "mode is m, av, tv, p or bulb";
    camera_.turn_dial(mode);
    return std::nullopt;
  }
  return "no such command";
}

std::optional<std::string> Control::power(const Json& body) {
  bool on = true, goodbye = true;
  if (!body.contains("on") || !take(body, "on", on) || !take(body, "goodbye", goodbye)) return "on is needed, true or false";
  if (!on) {
    camera_.power_off(goodbye);
    return std::nullopt;
  }
  const auto result = camera_.power_on();
  return result.ok() ? std::nullopt : std::optional{result.error().text()};
}

std::optional<std::string> Control::network(const Json& body) {
  std::string address;
  double away = 0;
  if (!take(body, "address", address) || !take(body, "away_s", away)) return kWrongType;
  if (!address.empty()) {
    const auto parsed = hal::IpAddress::parse(address);
    if (!parsed) return "no IP address";
    const auto result = camera_.change_address(*parsed);
    return result.ok() ? std::nullopt : std::optional{result.error().text()};
  }
  if (away <= 0 || away > 86'400) return "away_s is from 0 to 86400";
  camera_.leave_network(std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>(away)));
  return std::nullopt;
}

std::optional<std::string> Control::faults(const Json& body) {
  bool clear = false;
  if (!take(body, "clear", clear)) return kWrongType;
  if (clear) camera_.faults().clear();
  if (body.contains("no_file")) {
    int times = 0;
    if (!take(body, "no_file", times)) return kWrongType;
    camera_.faults().no_file_next(times);
  }
  if (!body.contains("kind")) return std::nullopt;
  const auto kind = index_of(kFaults, body["kind"]);
  if (!kind) return "no such kind of fault";
  CameraFault fault{static_cast<CameraFault::Kind>(*kind), 1, "Device busy", {}};
  if (fault.kind == CameraFault::Kind::busy) fault.where = CameraFaults::kShutter;
  if (!take(body, "times", fault.times) || !take(body, "message", fault.message) || !take(body, "where", fault.where)) return kWrongType;
  camera_.faults().add(std::move(fault));
  return std::nullopt;
}

std::optional<std::string> Control::condition(const Json& body) {
  auto wanted = camera_.condition();
  std::int64_t offset = wanted.clock_offset.count();
  double latency = 0, jitter = 0;
  const bool good = take(body, "battery", wanted.battery) && take(body, "temperature", wanted.temperature) &&
                    take(body, "lens", wanted.lens) && take(body, "focus_fails", wanted.focus_fails) &&
                    take(body, "records", wanted.records) && take(body, "first_poll_full", wanted.first_poll_full) &&
                    take(body, "trailing_event", wanted.trailing_event) && take(body, "holds_polls", wanted.holds_polls) && take(body, "clock_offset_s", offset) &&
                    take(body, "latency_ms", latency) && take(body, "jitter_ms", jitter);
  const bool in_range =
      latency >= 0 && latency <= 60'000 && jitter >= 0 && jitter <= 60'000 && offset > -4'000'000'000 && offset < 4'000'000'000;
  if (!good || !in_range) return kWrongType;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  wanted.clock_offset = std::chrono::seconds{offset};
  if (body.contains("latency_ms")) wanted.latency = std::chrono::duration_cast<hal::Duration>(Milliseconds{latency});
  if (body.contains("jitter_ms")) wanted.jitter = std::chrono::duration_cast<hal::Duration>(Milliseconds{jitter});
  if (body.contains("card")) {
    const auto card = index_of(kCards, body["card"]);
    if (!card) return "card is fits, full, removed or locked";
    wanted.card = static_cast<CameraCondition::Card>(*card);
  }
  camera_.change([&](CameraCondition& condition) { condition = wanted; });
  return std::nullopt;
}

Json Control::state() const {
  const auto& condition = camera_.condition();
  return {{"on", camera_.on()},
          {"access_url", camera_.access_url()},
          {"exposing", camera_.exposing()},
          {"button_held", camera_.button_held()},
          {"presses", camera_.presses().size()},
          {"exposures", camera_.exposures().size()},
          {"connections_seen", camera_.connections_seen()},
          {"faults_waiting", camera_.faults().waiting()},
          {"battery", condition.battery},
          {"temperature", condition.temperature},
          {"card", kCards[static_cast<std::size_t>(condition.card)]},
          {"clock_offset_s", condition.clock_offset.count()}};
}

Json Control::shots() const {
  auto presses = Json::array(), exposures = Json::array();
  for (const auto& press : camera_.presses())
    presses.push_back({{"monotonic_ns", press.at.time_since_epoch().count()},
                       {"wall_ms", press.wall.time_since_epoch().count()},
                       {"connection", press.connection},
                       {"remote", press.remote.text()},
                       {"status", press.status}});
  for (const auto& exposure : camera_.exposures())
    exposures.push_back(
        {{"opened_ns", since_start(exposure.opened)}, {"closed_ns", since_start(exposure.closed)}, {"file", exposure.file}});
  return {{"started_wall_ms", started_wall_.time_since_epoch().count()}, {"shots", presses}, {"exposures", exposures}};
}

Json Control::log() const {
  auto requests = Json::array();
  for (const auto& request : camera_.log())
    requests.push_back({{"at_ns", since_start(request.at)},
                        {"method", request.method},
                        {"target", request.target},
                        {"connection", request.connection},
                        {"remote", request.remote.text()},
                        {"status", request.status}});
  return {{"requests", requests}};
}

}   // namespace nightjar::sim::camera
