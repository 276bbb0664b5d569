#define TOML_EXCEPTIONS 0
#include "app/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <functional>
#include <set>

namespace nightjar::app {
namespace {

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

constexpr std::array kSections{"http", "auth", "camera", "session", "button"};

std::string outside(std::int64_t value, std::int64_t low, std::int64_t high) {
  return value < low || value > high ? fmt::format("must be between {} and {}, not {}", low, high, value) : std::string{};
}

const toml::table& table_of(const toml::table& root, std::string_view name) {
  static const toml::table kNone;
  const auto* table = root.get_as<toml::table>(name);
  return table == nullptr ? kNone : *table;
}

}  // namespace

hal::Result<Settings> read_settings(std::string_view text, Settings settings) {
  const auto parsed = toml::parse(text);
  if (!parsed) {
    return hal::Error{hal::ErrorKind::invalid, fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description())};
  }
  const toml::table& root = parsed.table();
  std::optional<std::string> mistake;
  for (const auto* section : kSections) {
    if (const auto* node = root.get(section); node != nullptr && !node->is_table()) mistake = fmt::format("{} must be a section, [{}]", section, section);
  }

  Reader top{root, "", mistake};
  for (const auto* section : kSections) top.knows(section);
  top.refuse_unknown();

  Reader http{table_of(root, "http"), "http", mistake};
  std::int64_t port = settings.listen.port;
  http.read<std::int64_t>("port", port, [](const auto& value) { return outside(value, 0, 65'535); });
  std::string address;
  http.read<std::string>("address", address, [](const auto& value) {
    return hal::IpAddress::parse(value) ? std::string{} : fmt::format("must be an IP address, not \"{}\"", value);
  });
  http.refuse_unknown();
  settings.listen.port = static_cast<std::uint16_t>(port);
  if (!address.empty()) settings.listen.address = *hal::IpAddress::parse(address);

  Reader auth{table_of(root, "auth"), "auth", mistake};
  auth.read<std::string>("token", settings.auth_token, [](const auto& value) {
    return value.size() < 8 ? std::string{"must have at least 8 characters"} : std::string{};
  });
  auth.refuse_unknown();

  Reader camera{table_of(root, "camera"), "camera", mistake};
  std::string user;
  std::string password;
  camera.read<std::string>("url", settings.camera_url);
  camera.read<std::string>("user", user);
  camera.read<std::string>("password", password);
  camera.read<bool>("discover", settings.discover);
  camera.refuse_unknown();
  if (!user.empty()) settings.camera_credentials = hal::Credentials{user, password};

  Reader session{table_of(root, "session"), "session", mistake};
  session.read<bool>("resume", settings.resume);
  auto reports_max = static_cast<std::int64_t>(settings.reports_max);
  session.read<std::int64_t>("reports_max", reports_max, [](const auto& value) { return outside(value, 1, 1'000'000); });
  session.refuse_unknown();
  settings.reports_max = static_cast<std::size_t>(reports_max);

  Reader button{table_of(root, "button"), "button", mistake};
  std::string press = settings.press_starts ? "session" : "photo";
  button.read<std::string>("press", press, [](const auto& value) {
    return value != "photo" && value != "session" ? fmt::format("must be \"photo\" or \"session\", not \"{}\"", value) : std::string{};
  });
  button.refuse_unknown();
  settings.press_starts = press == "session";

  if (mistake) return hal::Error{hal::ErrorKind::invalid, *mistake};
  return settings;
}

}  // namespace nightjar::app
