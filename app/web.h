#pragma once
// The one port: a table of routes for requests, and of doors for WebSockets. It checks who may and what is where; each part of the
// device registers what it answers.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "hal/websocket.h"

namespace nightjar::app {

/// Who may use a route or a door.
enum class Access : unsigned char {
  token,   // pages of our own host only, and with `auth.token` set only who shows it (contract.md, section 7)
  open,    // everybody; a door may still refuse by itself
};

/// A request, and what stood where its route's path says {name}: decoded, in order, never empty.
struct WebCall {
  const hal::HttpRequest& request;
  std::vector<std::string> values;
};

/// Loop thread only. Handlers and doors own, or outlive by their owner, all they touch: they are called until the server is destroyed.
class Web final : public hal::HttpHandler {
 public:
  using Handle = std::function<void(const WebCall&, hal::HttpReply)>;

  /// `path` is exact but for whole segments in braces: "/api/timelapse/reports/{id}/title". The route that was added first wins. GET
  /// answers HEAD as well; a path known with other methods only is answered 405.
  void route(std::string method, std::string path, Handle handle, Access access = Access::token);

  /// WebSockets of one path.
  struct Door {
    Access access = Access::token;
    /// Asked in the handshake; a response refuses it. May be empty.
    std::function<std::optional<hal::HttpResponse>(const hal::HttpRequest&)> refuse{};
    std::function<void(const hal::HttpRequest&, std::unique_ptr<hal::WebSocket>)> enter;
  };
  void door(std::string path, Door door);

  /// "GET /api/status" and so on, in the order they were added: for those who describe the API.
  std::vector<std::string> routes() const;

  explicit Web(const Settings& settings) : settings_(settings) {}

 private:
  struct Route {
    std::string method;
    std::string path;
    Handle handle;
    Access access;
  };

  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;
  std::optional<hal::HttpResponse> on_upgrade(const hal::HttpRequest& request) override;
  void on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) override;

  std::optional<hal::HttpResponse> refusal(const hal::HttpRequest& request, Access access) const;
  const Door* door_at(std::string_view path) const;

  const Settings& settings_;
  std::vector<Route> routes_;
  std::vector<std::pair<std::string, Door>> doors_;
};

hal::HttpResponse json_response(int status, std::string body);
/// {"error":{"message","code","component"}}, as existing-program.md, section 5.
hal::HttpResponse error_response(int status, std::string_view code, std::string_view message);
/// What stands behind `name`= in the query, decoded; nothing when it is not there.
std::optional<std::string> query_value(const hal::HttpRequest& request, std::string_view name);

}  // namespace nightjar::app
