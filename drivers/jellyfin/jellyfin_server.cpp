#include "drivers/jellyfin/jellyfin_server.h"

#include <algorithm>

namespace nightjar::jellyfin {
namespace {

constexpr std::size_t kUnsentMax = 64u << 10;   // a server that reads so little of so little is gone

hal::Error no_jellyfin(std::string_view what) { return {hal::ErrorKind::protocol, std::string{what} + " is not what a Jellyfin server answers"}; }

/// What an answer that is not 2xx means.
hal::Error error_of(int status) {
  if (status == 401 || status == 403) return {hal::ErrorKind::denied, "the server does not take the API key (" + std::to_string(status) + ")"};
  if (status == 503) return {hal::ErrorKind::busy, "the server is not ready (503)"};
  return {hal::ErrorKind::protocol, "the server answered " + std::to_string(status)};
}

/// IPv4 where there is a choice: that is what servers in a house listen on.
hal::IpAddress best(const std::vector<hal::IpAddress>& addresses) {
  const auto v4 = std::find_if(addresses.begin(), addresses.end(), [](const auto& address) { return !address.is_v6(); });
  return v4 == addresses.end() ? addresses.front() : *v4;
}

class Feed final : public hal::MediaFeed, private hal::WebSocket::Handler {
 public:
  Feed(std::unique_ptr<hal::WebSocket> socket, std::string own) : socket_(std::move(socket)), own_(std::move(own)) {}

  void start(hal::MediaFeed::Handler& handler) override {
    handler_ = &handler;
    socket_->start(*this);
    socket_->send_text(R"({"MessageType":"SessionsStart","Data":"0,1500"})");   // at once, then at most every 1.5 s, as the server's own page asks
  }
  void keep_alive() override {
    if (socket_->unsent() <= kUnsentMax) socket_->send_text(R"({"MessageType":"KeepAlive"})");
  }

 private:
  void on_message(hal::MessageKind kind, std::string_view payload) override {
    auto message = kind == hal::MessageKind::text ? parse_socket_message(payload, own_) : std::nullopt;
    if (!message) return end(no_jellyfin("a message over the WebSocket"));
    const std::weak_ptr<bool> alive = alive_;
    handler_->on_word();
    if (alive.expired()) return;
    switch (message->kind) {
      case SocketMessage::Kind::sessions: return handler_->on_sessions(std::move(message->sessions));
      case SocketMessage::Kind::users_changed: return handler_->on_users_changed();
      case SocketMessage::Kind::force_keep_alive: return handler_->on_keep_alive_wanted(message->keep_alive_within);
      case SocketMessage::Kind::other: return;
    }
  }
  void on_closed(std::uint16_t code, std::string_view) override {
    end({code == hal::close_code::abnormal ? hal::ErrorKind::reset : hal::ErrorKind::closed, "the WebSocket was closed with " + std::to_string(code)});
  }
  void end(const hal::Error& error) {
    if (auto* handler = std::exchange(handler_, nullptr)) {
      const auto socket = std::move(socket_);   // nothing more comes of it; destroyed after the last callback
      handler->on_closed(error);
    }
  }

  std::unique_ptr<hal::WebSocket> socket_;
  std::string own_;
  hal::MediaFeed::Handler* handler_ = nullptr;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// The answer of one who was not asked for info() first.
template <class T>
hal::Operation unasked(hal::Loop& loop, std::function<void(hal::Result<T>)> done) {
  const hal::Completion<hal::Result<T>> answer{std::move(done)};
  loop.post([answer] { answer(hal::Error{hal::ErrorKind::unreachable, "the server has not been found yet"}); });
  return answer.operation();
}

/// A look-up and the request after it; held by the answer's cancel until it is given or the asker drops it.
struct Look {
  hal::Completion<hal::Result<hal::MediaServerInfo>> answer;
  hal::Operation step;
};

}   // namespace

JellyfinServer::JellyfinServer(Place place, std::string api_key, Identity identity, const Lent& lent)
    : place_(std::move(place)), api_key_(std::move(api_key)), identity_(std::move(identity)), lent_(lent) {}

hal::HttpOrigin JellyfinServer::origin(const hal::IpAddress& address) const {
  return {place_.tls, {address, place_.port}, place_.host, {}, place_.pinned_certificate};
}

template <class T, class Parse>
hal::Operation JellyfinServer::get(std::string_view path, hal::Duration patience, Parse parse, std::function<void(hal::Result<T>)> done) {
  hal::HttpRequest request;
  request.target = place_.base_path + std::string{path};
  request.headers = {{"Accept", "application/json"}, {"Authorization", authorization(identity_, api_key_)}};
  return client_->request(std::move(request), patience, [path = std::string{path}, parse, done = std::move(done)](hal::Result<hal::HttpResponse> response) {
    if (!response.ok()) return done(response.error());
    if (response.value().status < 200 || response.value().status >= 300) return done(error_of(response.value().status));
    auto parsed = parse(response.value().body);
    if (!parsed) return done(no_jellyfin("the answer to " + path));
    done(std::move(*parsed));
  });
}

hal::Operation JellyfinServer::info(hal::Duration patience, std::function<void(hal::Result<hal::MediaServerInfo>)> done) {
  const auto look = std::make_shared<Look>();
  look->answer = hal::Completion<hal::Result<hal::MediaServerInfo>>{std::move(done)};
  look->answer.on_dropped([look] { look->step.drop(); });
  const std::weak_ptr<Look> weak = look;
  look->step = lent_.network.resolve(place_.host, [this, weak, patience](hal::Result<std::vector<hal::IpAddress>> found) {
    const auto self = weak.lock();
    if (!self) return;
    const auto answer = self->answer;
    if (!found.ok()) return answer(found.error());
    const auto address = best(found.value());
    if (address_ != address) {
      hal::HttpClientOptions options;
      options.connect_patience = patience;
      options.body_max = kJsonMax;
      client_ = lent_.clients.client(origin(address), options);
      address_ = address;
    }
    self->step = get<hal::MediaServerInfo>("/System/Info", patience, parse_system_info, [answer](auto info) { answer(std::move(info)); });
  });
  return look->answer.operation();
}

hal::Operation JellyfinServer::users(hal::Duration patience, std::function<void(hal::Result<hal::MediaUsers>)> done) {
  if (!client_) return unasked(lent_.loop, std::move(done));
  return get<hal::MediaUsers>("/Users", patience, parse_users, std::move(done));
}

hal::Operation JellyfinServer::sessions(hal::Duration patience, std::function<void(hal::Result<hal::MediaSessions>)> done) {
  if (!client_) return unasked(lent_.loop, std::move(done));
  const auto parse = [own = identity_.device_id](const std::string& body) { return parse_sessions(body, own); };
  return get<hal::MediaSessions>("/Sessions", patience, parse, std::move(done));
}

hal::Operation JellyfinServer::listen(hal::Duration patience, std::function<void(hal::Result<std::unique_ptr<hal::MediaFeed>>)> done) {
  if (!address_) return unasked(lent_.loop, std::move(done));
  hal::WebSocketTarget target{origin(*address_), socket_target(place_.base_path, api_key_, identity_.device_id), {}, kJsonMax};
  target.headers.add("Authorization", authorization(identity_, api_key_));
  return lent_.sockets.connect(target, patience, [own = identity_.device_id, done = std::move(done)](hal::Result<std::unique_ptr<hal::WebSocket>> socket) {
    if (!socket.ok()) return done(socket.error());
    done(std::unique_ptr<hal::MediaFeed>{std::make_unique<Feed>(std::move(socket).value(), own)});
  });
}

}   // namespace nightjar::jellyfin
