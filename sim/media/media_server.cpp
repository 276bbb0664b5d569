#include "sim/media/media_server.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <list>
#include <map>
#include <optional>

#include "sim/media/media_json.h"
#include "sim/media/media_people.h"
#include "sim/media/media_socket.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;
using media::Json;

constexpr auto kProgressEvery = 10s;       // how often clients report how far they are
constexpr std::size_t kKeptWaiting = 256;  // requests that are not answered; past it the oldest is broken off
constexpr std::size_t kTokensMax = 1000;

hal::HttpResponse json_response(const Json& json) { return {200, {{"Content-Type", "application/json; charset=utf-8"}}, media::to_text(json)}; }
/// Members of what a client sent, which may be anything.
std::string text_of(const Json& body, const char* name) {
  return body.is_object() && body.contains(name) && body[name].is_string() ? body[name].get<std::string>() : std::string{};
}
bool flag_of(const Json& body, const char* name) { return body.is_object() && body.contains(name) && body[name].is_boolean() && body[name].get<bool>(); }

hal::HttpResponse empty(int status) { return {status, {}, {}}; }

/// As the server does with headers and queries; a broken escape stays what it is.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      out += static_cast<char>(code);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// What stands behind Token= in `MediaBrowser Client="..", ..., Token=".."`, and so on; values are percent-encoded by the SDK.
std::string authorization_value(std::string_view header, std::string_view name) {
  const auto wanted = std::string{name} + "=";
  const auto space = header.find(' ');
  auto rest = space == std::string_view::npos ? std::string_view{} : header.substr(space + 1);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto item = rest.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    if (item.starts_with(wanted)) {
      item.remove_prefix(wanted.size());
      if (item.size() >= 2 && item.front() == '"' && item.back() == '"') item = item.substr(1, item.size() - 2);
      return percent_decoded(item);
    }
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return {};
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto field = query.substr(0, end);
    if (const auto equals = field.find('='); equals != std::string_view::npos && field.substr(0, equals) == name) return percent_decoded(field.substr(equals + 1));
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  return {};
}

}   // namespace

class MediaServer::Parts final : public hal::HttpHandler, private media::Socket::Owner {
 public:
  Parts(MediaServerOptions options, hal::Loop& loop, hal::HttpServers& servers, hal::WallClock& wall_clock, MediaServer& self)
      : options_(std::move(options)), loop_(loop), servers_(servers), wall_clock_(wall_clock), self_(self), people_(wall_clock), id_(people_.new_id("server")) {}

  hal::Result<void> power_on() {
    if (server_) return {};
    auto server = servers_.serve(options_.listen, {}, *this);
    if (!server.ok()) return server.error();
    server_ = std::move(server).value();
    options_.listen = server_->local();
    report_progress();
    return {};
  }
  void power_off() {
    server_.reset();
    sockets_.clear();
    counts_.sockets_open = 0;
    waiting_.clear();
    delayed_.clear();
    under_way_.clear();
    progress_.drop();
  }
  void change(const std::function<void(MediaServerFaults&)>& edit) {
    edit(faults_);
    if (faults_.half_open) return;
    for (auto& sink : std::exchange(waiting_, {})) sink->abort();
    under_way_.clear();
  }
  void drop_sockets() {
    sockets_.clear();
    counts_.sockets_open = 0;
  }
  /// Somebody does something else: those who asked for sessions are told.
  void changed() {
    for (auto& socket : sockets_) socket->push(true);
    users_changed();
  }
  /// That is told to nobody but the user.
  void users_changed() {
    if (self_.on_changed) self_.on_changed();
  }
  void tell_user(const std::string& user, const std::string& type, const std::string& data) {
    for (auto& socket : sockets_)
      if (socket->user() == user) socket->send(type, data);
  }

  bool on() const { return server_ != nullptr; }
  hal::Endpoint endpoint() const { return server_ ? server_->local() : hal::Endpoint{}; }
  const MediaServerFaults& faults() const override { return faults_; }
  const MediaServerCounts& counts() const { return counts_; }
  media::People& people() { return people_; }
  std::string user_text(const User& user) const { return media::to_text(media::user_dto(user, id_, wall_clock_.now())); }

 private:
  // ---- HTTP

  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override {
    count(request);
    if (faults_.half_open) {
      waiting_.push_back(reply.take());
      if (waiting_.size() > kKeptWaiting) {
        waiting_.front()->abort();
        waiting_.pop_front();
      }
      return;
    }
    auto response = faults_.status != 0 ? empty(faults_.status) : faults_.garbage ? hal::HttpResponse{200, {{"Content-Type", "text/html"}}, "<html>Welcome</html>"} : respond(request);
    if (faults_.slow == hal::Duration{}) return reply.answer(std::move(response));
    const auto key = ++last_delayed_;
    auto& busy = under_way_[request.remote];
    counts_.requests_max = std::max(counts_.requests_max, ++busy);
    auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
    delayed_[key] = loop_.at(loop_.now() + faults_.slow, [this, key, shared, from = request.remote, response = std::move(response)] {
      const auto own = delayed_.extract(key);
      if (--under_way_[from] == 0) under_way_.erase(from);
      shared->answer(response);
    });
  }

  void count(const hal::HttpRequest& request) {
    const auto path = request.path();
    if (path == "/System/Info") ++counts_.info;
    if (path == "/Users") ++counts_.users;
    if (path == "/Sessions") ++counts_.sessions;
  }

  std::string token_of(const hal::HttpRequest& request) const {
    for (const auto* name : {"Authorization", "X-Emby-Authorization"})
      if (const auto header = request.headers.find(name))
        if (auto token = authorization_value(*header, "Token"); !token.empty()) return token;
    for (const auto* name : {"X-Emby-Token", "X-MediaBrowser-Token"})
      if (const auto header = request.headers.find(name)) return std::string{*header};
    const auto newer = query_value(request.query(), "ApiKey");
    return newer.empty() ? query_value(request.query(), "api_key") : newer;
  }

  /// Who it is: an API key may all and is nobody; nothing when it may not.
  struct Caller {
    std::string session;
    std::string user;
  };
  std::optional<Caller> caller(const hal::HttpRequest& request) {
    const auto token = token_of(request);
    if (token == options_.api_key) return Caller{};
    const auto known = tokens_.find(token);
    if (known == tokens_.end()) return std::nullopt;
    const auto* session = people_.session(known->second);
    return session == nullptr ? std::nullopt : std::optional{Caller{session->id, session->user_id}};
  }

  hal::HttpResponse respond(const hal::HttpRequest& request) {
    const auto path = request.path();
    const bool get = request.method == "GET";
    if (path == "/System/Info/Public" && get) return json_response(media::public_info(options_, id_, endpoint()));
    if (path == "/System/Ping") return json_response("Jellyfin Server");
    if (path == "/Users/Public" && get) return json_response(Json::array());   // all are hidden
    if (path == "/Users/AuthenticateByName" && !get) return authenticate(request);
    const auto who = caller(request);
    if (!who) {
      ++counts_.unauthorized;
      return empty(401);
    }
    if (path == "/System/Info" && get) return json_response(media::system_info(options_, id_, endpoint()));
    if (path == "/Users" && get) return json_response(users_json());
    if (path == "/Sessions" && get) return json_response(sessions_json());
    if (path.starts_with("/Users/") && get) {
      const auto* user = people_.user(path == "/Users/Me" ? std::string_view{who->user} : path.substr(7));
      return user == nullptr ? empty(404) : json_response(media::user_dto(*user, id_, wall_clock_.now()));
    }
    if (path.starts_with("/Sessions/") && request.method == "POST") return session_report(path, request, *who);
    return empty(404);
  }

  hal::HttpResponse authenticate(const hal::HttpRequest& request) {
    const auto body = Json::parse(request.body, nullptr, false);
    const auto header = request.headers.find("Authorization").value_or("");
    const auto device_id = authorization_value(header, "DeviceId");
    if (!body.is_object() || device_id.empty()) return empty(400);
    const auto* user = people_.user_named(text_of(body, "Username"));
    if (user == nullptr || text_of(body, "Pw") != options_.password || tokens_.size() >= kTokensMax) return empty(401);
    const auto session = people_.start_session(user->id, authorization_value(header, "Client"), authorization_value(header, "Device"), device_id,
                                               authorization_value(header, "Version"));
    const auto token = people_.new_id("token");
    tokens_[token] = session;
    const Json out{{"User", media::user_dto(*user, id_, wall_clock_.now())}, {"SessionInfo", session_json(*people_.session(session))}, {"AccessToken", token}, {"ServerId", id_}};
    changed();
    return json_response(out);
  }

  /// What a client says that it does. Answered 204, as by the server.
  hal::HttpResponse session_report(std::string_view path, const hal::HttpRequest& request, const Caller& who) {
    auto* session = people_.session(who.session);
    if (session == nullptr) return empty(path.starts_with("/Sessions/Capabilities") ? 204 : 400);
    const auto body = Json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
    if (!body.is_object()) return empty(400);
    session->active = wall_clock_.now();
    if (path == "/Sessions/Playing") {
      const auto item = text_of(body, "ItemId");
      if (item.empty()) return empty(400);
      people_.play(*session, "Item " + item);
      session->item_id = item;
      changed();
    } else if (path == "/Sessions/Playing/Progress") {
      const bool paused = flag_of(body, "IsPaused");
      const bool news = std::exchange(session->paused, paused) != paused;
      if (body.contains("PositionTicks") && body["PositionTicks"].is_number_integer()) session->ticks = body["PositionTicks"].get<std::int64_t>();
      if (news) changed();
      else push_progress();
    } else if (path == "/Sessions/Playing/Stopped") {
      people_.play(*session, {});
      changed();
    } else if (path == "/Sessions/Logout") {
      people_.end_session(who.session);
      tokens_.erase(token_of(request));
      changed();
    } else if (!path.starts_with("/Sessions/Capabilities")) {
      return empty(404);
    }
    return empty(204);
  }

  Json users_json() {
    auto out = Json::array();
    for (const auto& user : people_.users()) out.push_back(media::user_dto(user, id_, wall_clock_.now()));
    return out;
  }
  Json session_json(const Session& session) const { return media::session_dto(session, people_.user_name(session.user_id), id_); }
  Json sessions_json() const {
    auto out = Json::array();
    for (const auto& session : people_.sessions()) out.push_back(session_json(session));
    return out;
  }

  // ---- WebSockets

  std::optional<hal::HttpResponse> on_upgrade(const hal::HttpRequest& request) override {
    if (request.path() != "/socket") return empty(404);
    if (faults_.status != 0) return empty(faults_.status);
    if (faults_.refuse_socket) return empty(502);
    if (!caller(request)) {
      ++counts_.unauthorized;
      return empty(401);
    }
    return std::nullopt;
  }
  void on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) override {
    const auto who = caller(request).value_or(Caller{});
    ++counts_.sockets;
    sockets_.push_back(std::make_unique<media::Socket>(std::move(socket), who.user, static_cast<media::Socket::Owner&>(*this), loop_));
    counts_.sockets_open = sockets_.size();
    counts_.sockets_max = std::max(counts_.sockets_max, sockets_.size());
    sockets_.back()->start();
  }
  std::string sessions_text() const override { return media::to_text(sessions_json()); }
  void gone(media::Socket& socket) override {
    sockets_.remove_if([&](const auto& one) { return one.get() == &socket; });
    counts_.sockets_open = sockets_.size();
  }
  void pushed() override { ++counts_.pushes; }

  void push_progress() {
    for (auto& socket : sockets_) socket->push(false);
  }
  void report_progress() {
    progress_ = loop_.at(loop_.now() + kProgressEvery, [this] {
      if (people_.go_on(kProgressEvery)) push_progress();
      report_progress();
    });
  }

  MediaServerOptions options_;
  hal::Loop& loop_;
  hal::HttpServers& servers_;
  hal::WallClock& wall_clock_;
  MediaServer& self_;
  media::People people_;
  std::string id_;
  MediaServerFaults faults_;
  MediaServerCounts counts_;
  std::map<std::string, std::string> tokens_;            // of users, to their sessions
  std::list<std::unique_ptr<media::Socket>> sockets_;
  std::deque<std::shared_ptr<hal::HttpReply::Sink>> waiting_;
  std::map<std::uint64_t, hal::Operation> delayed_;
  std::map<hal::Endpoint, std::size_t> under_way_;
  std::uint64_t last_delayed_ = 0;
  hal::Operation progress_;
  std::unique_ptr<hal::HttpServer> server_;
};

MediaServer::MediaServer(MediaServerOptions options, hal::Loop& loop, hal::HttpServers& servers, hal::WallClock& wall_clock)
    : parts_(std::make_unique<Parts>(std::move(options), loop, servers, wall_clock, *this)) {}
MediaServer::~MediaServer() = default;

hal::Result<void> MediaServer::power_on() { return parts_->power_on(); }
void MediaServer::power_off() { parts_->power_off(); }
bool MediaServer::on() const { return parts_->on(); }
hal::Endpoint MediaServer::endpoint() const { return parts_->endpoint(); }
void MediaServer::change(const std::function<void(MediaServerFaults&)>& edit) { parts_->change(edit); }
const MediaServerFaults& MediaServer::faults() const { return parts_->faults(); }
void MediaServer::drop_sockets() { parts_->drop_sockets(); }
const std::vector<MediaServer::User>& MediaServer::users() const { return parts_->people().users(); }
const std::vector<MediaServer::Session>& MediaServer::sessions() const { return parts_->people().sessions(); }
const MediaServerCounts& MediaServer::counts() const { return parts_->counts(); }

std::string MediaServer::add_user(const std::string& name, bool administrator) {
  auto id = parts_->people().add_user(name, administrator);
  parts_->users_changed();
  return id;
}

void MediaServer::rename_user(const std::string& id, const std::string& name) {
  auto* user = parts_->people().user(id);
  if (user == nullptr) return;
  user->name = name;
  parts_->tell_user(id, "UserUpdated", parts_->user_text(*user));
  parts_->users_changed();
}

void MediaServer::remove_user(const std::string& id) {
  parts_->tell_user(id, "UserDeleted", "\"" + id + "\"");
  parts_->people().remove_user(id);
  parts_->changed();
}

std::string MediaServer::start_session(const std::string& user_id, const std::string& client, const std::string& device) {
  auto id = parts_->people().start_session(user_id, client, device, "device of " + device, "10.10.7");
  parts_->changed();
  return id;
}

void MediaServer::end_session(const std::string& id) {
  parts_->people().end_session(id);
  parts_->changed();
}

void MediaServer::play(const std::string& session, const std::string& item) {
  if (auto* found = parts_->people().session(session)) parts_->people().play(*found, item);
  parts_->changed();
}

void MediaServer::pause(const std::string& session, bool paused) {
  if (auto* found = parts_->people().session(session)) found->paused = paused && !found->item.empty();
  parts_->changed();
}

void MediaServer::stop(const std::string& session) { play(session, {}); }

}   // namespace nightjar::sim
