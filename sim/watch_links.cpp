#include "sim/watch_links.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace nightjar::sim {
namespace {

using nlohmann::json;

constexpr auto kDoubled = "users and sessions of the media server come once and go once";

}   // namespace

void WatchLinks::heard(const std::string& phone, const MessageName& name, std::string_view text) {
  if (pi_.media == nullptr) return;
  if (name.type == "welcome") known_.erase(known_.lower_bound(phone + "/"), known_.lower_bound(phone + "0"));
  if (name.type == "welcome" || name.type == "status_update") {
    constexpr std::string_view kKey = R"("mediaServer":{)";
    const auto at = text.find(kKey);
    if (at != std::string_view::npos) shown_ = text.substr(at + kKey.size() - 1);
  }
  if (name.event == "mediaUsersChanged" || name.event == "mediaSessionsChanged") follow(phone, text);
}

void WatchLinks::follow(const std::string& phone, std::string_view text) {
  const auto message = json::parse(text);
  const auto& kind = message.at("eventType").get_ref<const std::string&>();
  auto& known = known_[fmt::format("{}/{}", phone, kind)];
  const auto moves = [&](const char* how, bool there) {
    for (const auto& one : message.at("data").at(how)) {
      const auto [entry, fresh] = known.try_emplace(one.at("id").get<std::string>(), there);
      if (!fresh && entry->second == there) findings_.broken(kDoubled, fmt::format("{} was told twice that {} is {}", phone, entry->first, there ? "there" : "gone"));
      entry->second = there;
    }
  };
  moves("removed", false);
  moves("added", true);
}

void WatchLinks::check_all_is_well(std::string_view uplink) const {
  const auto& name = pi_.device->name();
  if (pi_.metrics != nullptr && uplink != "connected" && uplink != "receiving_data" && uplink != "error")   // from there a person must ask
    findings_.broken(kWell, fmt::format("{} has no uplink: it is {}", name, uplink));
  if (pi_.media == nullptr || pi_.phones.empty()) return;
  const auto& server = pi_.media->server();
  std::size_t end = 0;
  int depth = 0;
  do depth += shown_[end] == '{' ? 1 : shown_[end] == '}' ? -1 : 0;
  while (++end < shown_.size() && depth != 0);
  const auto shown = json::parse(shown_.substr(0, end), nullptr, false);
  if (!shown.is_object() || shown.value("users", 0u) != server.users().size() || shown.value("sessions", 0u) != server.sessions().size() || !shown.value("connected", false))
    findings_.broken(kWell, fmt::format("{} users and {} sessions are at the media server, {} shows {}", server.users().size(), server.sessions().size(), name, shown.dump()));
}

}   // namespace nightjar::sim
