#define TOML_EXCEPTIONS 0
#include "app/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace nightjar::app {
namespace {

/// What a server may be allowed to have us do: the app does each without a client that asks.
constexpr std::array<std::string_view, 5> kUpstreamCommands{"take_photo", "start_intervalometer_with_title", "stop_intervalometer",
                                                            "save_session_as_report", "discard_session"};

/// Reads one table's keys; remembers the first mistake and every key it was asked for.
class Reader {
 public:
  Reader(const toml::table& table, std::string name, std::optional<std::string>& mistake)
      : table_(table), name_(std::move(name)), mistake_(mistake) {}

  template <class T>
  void read(const char* key, T& into, const std::function<std::string(const T&)>& wrong = {}) {
    known_.insert(key);
    const auto* node = table_.get(key);
    if (node == nullptr || mistake_) return;
    const auto value = node->value_exact<T>();
    if (!value) {
      const auto* kind = std::is_same_v<T, std::string> ? "a text" : std::is_same_v<T, bool> ? "true or false" : "a whole number";
      say(*node, key, fmt::format("must be {}", kind));
    } else if (const auto complaint = wrong ? wrong(*value) : std::string{}; !complaint.empty()) {
      say(*node, key, complaint);
    } else {
      into = *value;
    }
  }

  void read_texts(const char* key, std::vector<std::string>& into, const std::function<std::string(const std::string&)>& wrong) {
    known_.insert(key);
    const auto* node = table_.get(key);
    if (node == nullptr || mistake_) return;
    const auto* array = node->as_array();
    if (array == nullptr) return say(*node, key, "must be a list of texts");
    for (const auto& each : *array) {
      const auto text = each.value_exact<std::string>();
      if (!text) return say(*node, key, "must be a list of texts");
      if (const auto complaint = wrong(*text); !complaint.empty()) return say(*node, key, complaint);
      into.push_back(*text);
    }
  }

  void refuse_unknown() {
    for (const auto& [key, node] : table_) {
      if (mistake_) return;
      if (!known_.contains(std::string{key.str()})) say(node, key.str(), "is not a setting");
    }
  }
  void knows(const char* key) { known_.insert(key); }

 private:
  void say(const toml::node& node, std::string_view key, std::string_view what) {
    mistake_ = fmt::format("line {}: {}{}{} {}", node.source().begin.line, name_, name_.empty() ? "" : ".", key, what);
  }

  const toml::table& table_;
  std::string name_;
  std::optional<std::string>& mistake_;
  std::set<std::string> known_;
};

std::string outside(std::int64_t value, std::int64_t low, std::int64_t high) {
  return value < low || value > high ? fmt::format("must be between {} and {}, not {}", low, high, value) : std::string{};
}

// ---- one function a section -------------------------------------------------------------------------------------------

void read_http(Reader& http, Settings& settings) {
  std::int64_t port = settings.listen.port;
  http.read<std::int64_t>("port", port, [](const auto& value) { return outside(value, 0, 65'535); });
  settings.listen.port = static_cast<std::uint16_t>(port);
  std::string address;
  http.read<std::string>("address", address, [](const auto& value) {
    return hal::IpAddress::parse(value) ? std::string{} : fmt::format("must be an IP address, not \"{}\"", value);
  });
  if (!address.empty()) settings.listen.address = hal::IpAddress::parse(address).value_or(settings.listen.address);
  auto connections = static_cast<std::int64_t>(settings.http.connections_max);
  http.read<std::int64_t>("connections_max", connections, [](const auto& value) { return outside(value, 1, 100'000); });
  settings.http.connections_max = static_cast<std::size_t>(connections);
  auto message = static_cast<std::int64_t>(settings.http.websocket_message_max);
  http.read<std::int64_t>("message_max", message, [](const auto& value) { return outside(value, 1'024, 64 << 20); });
  settings.http.websocket_message_max = static_cast<std::size_t>(message);
}

void read_auth(Reader& auth, Settings& settings) {
  auth.read<std::string>("token", settings.auth_token, [](const auto& value) {
    return value.size() < 8 ? std::string{"must have at least 8 characters"} : std::string{};
  });
}

void read_camera(Reader& camera, Settings& settings) {
  std::string user;
  std::string password;
  camera.read<std::string>("url", settings.camera_url);
  camera.read<std::string>("user", user);
  camera.read<std::string>("password", password);
  camera.read<bool>("discover", settings.discover);
  if (!user.empty()) settings.camera_credentials = hal::Credentials{user, password};
}

void read_session(Reader& session, Settings& settings) {
  session.read<bool>("resume", settings.resume);
  auto reports_max = static_cast<std::int64_t>(settings.reports_max);
  session.read<std::int64_t>("reports_max", reports_max, [](const auto& value) { return outside(value, 1, 1'000'000); });
  settings.reports_max = static_cast<std::size_t>(reports_max);
}

void read_hub(Reader& hub, Settings& settings) {
  auto clients = static_cast<std::int64_t>(settings.hub_clients_max);
  hub.read<std::int64_t>("clients_max", clients, [](const auto& value) { return outside(value, 1, 100'000); });
  settings.hub_clients_max = static_cast<std::size_t>(clients);
  auto queue = static_cast<std::int64_t>(settings.hub_queue_max);
  hub.read<std::int64_t>("queue_max", queue, [](const auto& value) { return outside(value, 1'024, 64 << 20); });
  settings.hub_queue_max = static_cast<std::size_t>(queue);
}

void read_sharing(Reader& sharing, Settings& settings) {
  sharing.read<std::string>("name", settings.device_name, [](const auto& value) {
    return value.size() > 60 ? std::string{"must have at most 60 bytes"} : std::string{};
  });
  std::int64_t port = settings.sharing_port;
  sharing.read<std::int64_t>("port", port, [](const auto& value) { return outside(value, 1, 65'535); });
  settings.sharing_port = static_cast<std::uint16_t>(port);
}

void read_button(Reader& button, Settings& settings) {
  std::string press = settings.press_starts ? "session" : "photo";
  button.read<std::string>("press", press, [](const auto& value) {
    return value != "photo" && value != "session" ? fmt::format("must be \"photo\" or \"session\", not \"{}\"", value) : std::string{};
  });
  settings.press_starts = press == "session";
}

void read_uplink(Reader& uplink, Settings& settings) {
  auto& out = settings.uplink;
  uplink.read<std::string>("url", out.url);
  uplink.read<std::string>("token", out.token);
  uplink.read<std::int64_t>("jitter", out.jitter, [](const auto& value) { return outside(value, 0, 100); });
  uplink.read<std::string>("ca", out.ca);
  uplink.read<std::string>("pin", out.pin, [](const auto& value) {
    const bool is_hex = value.size() == 64 && value.find_first_not_of("0123456789abcdef") == std::string::npos;
    return is_hex ? std::string{} : std::string{"must be a SHA-256 in 64 lower-case hexadecimal digits"};
  });
  uplink.read_texts("commands", out.commands, [](const auto& value) {
    const bool known = std::find(kUpstreamCommands.begin(), kUpstreamCommands.end(), value) != kUpstreamCommands.end();
    return known ? std::string{} : fmt::format("must name commands among {}, not \"{}\"", fmt::join(kUpstreamCommands, ", "), value);
  });
}

void read_metrics(Reader& metrics, Settings& settings) {
  metrics.read<std::string>("secret", settings.metrics_secret, [](const auto& value) {
    return value.size() < 32 ? std::string{"must have at least 32 characters"} : std::string{};   // RFC 7518 section 3.2
  });
}

void read_media_server(Reader& section, Settings& settings) {
  auto& media = settings.media_server;
  section.read<std::string>("api_key", media.api_key, [](const auto& value) { return value.empty() ? std::string{"must not be empty"} : std::string{}; });
  section.read<std::string>("url", media.url, [&media](const auto& value) {
    return !value.empty() && media.api_key.empty() ? std::string{"needs an api_key: make one in the server's dashboard"} : std::string{};
  });
  section.read<std::string>("certificate", media.certificate, [](const auto& value) {
    const bool sound = value.empty() || (value.size() == 64 && value.find_first_not_of("0123456789abcdef") == std::string::npos);
    return sound ? std::string{} : std::string{"must be a SHA-256 in 64 lower-case hexadecimal digits"};
  });
  section.read<std::string>("device_name", media.device_name);
  section.read<std::string>("photo_device", media.photo_device);
  constexpr std::array kPhotoOn{"never", "start", "pause", "stop", "any"};
  std::string on = kPhotoOn[static_cast<std::size_t>(media.photo_on)];
  section.read<std::string>("photo_on", on, [&](const auto& value) {
    return std::find(kPhotoOn.begin(), kPhotoOn.end(), value) == kPhotoOn.end()
               ? fmt::format("must be one of {}, not \"{}\"", fmt::join(kPhotoOn, ", "), value) : std::string{};
  });
  for (std::size_t i = 0; i < kPhotoOn.size(); ++i)
    if (on == kPhotoOn[i]) media.photo_on = static_cast<Settings::MediaServer::PhotoOn>(i);
}

struct Section {
  const char* name;
  void (*read)(Reader&, Settings&);
};
constexpr std::array kSections{
    Section{"http", read_http},
    Section{"auth", read_auth},
    Section{"camera", read_camera},
    Section{"session", read_session},
    Section{"media_server", read_media_server},
    Section{"button", read_button},
    Section{"uplink", read_uplink},
    Section{"metrics", read_metrics},
    Section{"hub", read_hub},
    Section{"sharing", read_sharing},
};

}  // namespace

hal::Result<Settings> read_settings(std::string_view text, Settings settings) {
  const auto parsed = toml::parse(text);
  if (!parsed) {
    return hal::Error{hal::ErrorKind::invalid, fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description())};
  }
  const toml::table& root = parsed.table();
  std::optional<std::string> mistake;
  Reader top{root, "", mistake};
  for (const auto& section : kSections) top.knows(section.name);
  top.refuse_unknown();
  for (const auto& section : kSections) {
    const auto* node = root.get(section.name);
    if (node == nullptr) continue;
    if (!node->is_table()) {
      mistake = fmt::format("{} must be a section, [{}]", section.name, section.name);
      break;
    }
    Reader reader{*node->as_table(), section.name, mistake};
    section.read(reader, settings);
    reader.refuse_unknown();
  }
  if (mistake) return hal::Error{hal::ErrorKind::invalid, *mistake};
  return settings;
}

}  // namespace nightjar::app
