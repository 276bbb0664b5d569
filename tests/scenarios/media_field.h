#pragma once
// The field with a media server in the house, and a phone that keeps a view of it from what it is told.
#include <map>
#include <optional>
#include <tuple>

#include "drivers/net/http_client.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {

constexpr auto kKey = "a-key-nobody-may-see";

/// What a page knows: a snapshot, and since then every event.
struct MediaView {
  using SessionView = std::tuple<std::string, std::string, bool>;   // user, item, paused
  std::map<std::string, std::string> users;                         // names
  std::map<std::string, SessionView> sessions;
  bool operator==(const MediaView&) const = default;

  static std::string text(const json& value) { return value.is_string() ? value.get<std::string>() : std::string{}; }
  static SessionView shown(const json& session) {
    return {text(session["userId"]), session["playing"].is_object() ? text(session["playing"]["id"]) : "", session["paused"].get<bool>()};
  }
  static MediaView of(const sim::MediaServer& server) {
    MediaView out;
    for (const auto& user : server.users()) out.users[user.id] = user.name;
    for (const auto& session : server.sessions()) out.sessions[session.id] = {session.user_id, session.item_id, session.paused};
    return out;
  }
};

/// A phone with the page open.
class MediaPhone {
 public:
  MediaPhone(sim::World& world, const std::string& name, const hal::IpAddress& address)
      : host_(world.add_host(name, address)), phone_(host_), clients_(host_.network(), host_.loop(), host_.random()), world_(world) {
    phone_.on_text = [this](const sim::MessageName&, std::string_view text) { hear(json::parse(text)); };
  }

  /// Opens the page: the stream of events, then the snapshot.
  void open(const hal::Endpoint& device) {
    phone_.call(device, "/ws", {}, false);
    ASSERT_TRUE(world_.run_until([&] { return phone_.connected(); }, 10s));
    const auto all = get(device, "/api/media-server");
    for (const auto& user : all["users"]) view.users[user["id"]] = user["name"];
    for (const auto& session : all["sessions"]) view.sessions[session["id"]] = MediaView::shown(session);
    opened_ = true;
  }
  json get(const hal::Endpoint& device, std::string target) {
    const auto client = clients_.client({false, device, {}, {}, {}});
    std::optional<json> answer;
    const auto asking = client->request({"GET", std::move(target), {}, {}, {}}, 5s, [&](const hal::Result<hal::HttpResponse>& response) {
      answer = response.ok() ? json::parse(response.value().body) : json(response.error().text());
    });
    world_.run_until([&] { return answer.has_value(); }, 10s);
    return answer.value_or(json());
  }
  json media_status() const { return status["links"]["mediaServer"]; }
  std::size_t count(std::string_view event) const { return phone_.count("media_event", event); }

  MediaView view;
  bool connected = false;
  std::string mode;                   // none: what it shows is of before, and it says so
  json status;                        // the last welcome or update
  std::vector<json> events;           // media events
  int doubled = 0;                    // added what was there, removed or changed what was not

 private:
  template <class Map, class Shown>
  void apply(Map& map, const json& changes, Shown shown) {
    for (const auto& one : changes["added"]) doubled += map.emplace(one["id"], shown(one)).second ? 0 : 1;
    for (const auto& one : changes["removed"]) doubled += map.erase(one["id"]) == 1 ? 0 : 1;
    for (const auto& one : changes["changed"]) {
      const auto found = map.find(one["id"]);
      if (found == map.end()) ++doubled;
      else found->second = shown(one);
    }
  }
  void hear(const json& message) {
    const auto& type = message["type"];
    if (type == "welcome" || type == "status_update") {
      status = message;
      if (media_status().is_object()) {
        connected = media_status()["connected"];
        mode = media_status()["mode"];
      }
    }
    if (type != "media_event") return;
    events.push_back(message);
    const auto& event = message["eventType"];
    if (event == "mediaServerConnected") connected = true;
    if (event == "mediaServerLost") {
      connected = false;
      mode = "none";
    }
    if (event == "mediaModeChanged") mode = message["data"]["mode"];
    if (!opened_) return;
    if (event == "mediaUsersChanged") apply(view.users, message["data"], [](const json& user) { return MediaView::text(user["name"]); });
    if (event == "mediaSessionsChanged") apply(view.sessions, message["data"], MediaView::shown);
  }

  sim::Host& host_;
  sim::Phone phone_;
  net::HttpClients clients_;
  sim::World& world_;
  bool opened_ = false;
};

struct MediaField : Field {
  explicit MediaField(std::uint64_t seed = 1) : Field(seed), house(world.add_host("house", hal::IpAddress::v4(192, 168, 4, 9)), server_options()), server(house.server()) {
    settings.media_server.url = "http://192.168.4.9:8096";
    settings.media_server.api_key = kKey;
    EXPECT_TRUE(server.power_on().ok());
    ada = server.add_user("ada", true);
    bob = server.add_user("bob");
    tv = server.start_session(bob, "Jellyfin Android TV", "Living room");
  }
  static sim::MediaServerOptions server_options() {
    sim::MediaServerOptions out;
    out.api_key = kKey;
    return out;
  }

  std::unique_ptr<MediaPhone> open_page() {
    auto out = std::make_unique<MediaPhone>(world, "page", hal::IpAddress::v4(192, 168, 4, 60));
    out->open(device());
    return out;
  }
  /// Until the phone sees it; false when it does not in `patience`.
  bool sees(MediaPhone& phone, hal::Duration patience = 2s) {
    return world.run_until([&] { return phone.view == MediaView::of(server); }, patience);
  }
  bool goes(MediaPhone& phone, std::string_view mode, hal::Duration patience = 5s) {
    return world.run_until([&] { return phone.connected && phone.mode == mode; }, patience);
  }
  /// A link in realtime, and a page that sees what is there.
  std::unique_ptr<MediaPhone> go_realtime() {
    boot(false);
    world.advance(2s);
    server.play(tv, "Alien");
    world.advance(2s);
    auto phone = open_page();
    EXPECT_TRUE(goes(*phone, "realtime"));
    EXPECT_TRUE(sees(*phone));
    return phone;
  }
  void fault(const std::function<void(sim::MediaServerFaults&)>& edit) { server.change(edit); }
  void mend() {
    server.change([](auto& faults) { faults = {}; });
  }

  sim::MediaUnit house;
  sim::MediaServer& server;
  std::string ada, bob, tv;
};

}  // namespace nightjar::scenarios
