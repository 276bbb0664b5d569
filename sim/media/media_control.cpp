#include "sim/media/media_control.h"

#include <optional>

#include "sim/media/media_json.h"

namespace nightjar::sim {
namespace {

using media::Json;

hal::HttpResponse answer(int status, const Json& json) { return {status, {{"Content-Type", "application/json"}}, media::to_text(json)}; }
hal::HttpResponse wrong(const char* what) { return answer(400, {{"message", what}}); }

std::optional<std::string> text(const Json& body, const char* name) {
  if (!body.contains(name) || !body[name].is_string()) return std::nullopt;
  return body[name].get<std::string>();
}

/// False when it is there and of another type.
template <class T, class Is>
bool take(const Json& body, const char* name, T& into, Is is) {
  if (!body.contains(name)) return true;
  if (!(body[name].*is)()) return false;
  into = body[name].template get<T>();
  return true;
}

hal::HttpResponse faults(MediaServer& server, const Json& body) {
  auto wanted = body.contains("clear") ? MediaServerFaults{} : server.faults();
  double slow = std::chrono::duration<double>{wanted.slow}.count();
  const auto flag = [&body](const char* name, bool& into) { return take(body, name, into, &Json::is_boolean); };
  const bool good = take(body, "slow_s", slow, &Json::is_number) && take(body, "status", wanted.status, &Json::is_number_integer) &&
                    flag("garbage", wanted.garbage) && flag("refuse_socket", wanted.refuse_socket) && flag("mute_socket", wanted.mute_socket) &&
                    flag("half_open", wanted.half_open);
  if (!good || slow < 0 || slow > 3600 || (wanted.status != 0 && (wanted.status < 400 || wanted.status > 599))) return wrong("no such fault");
  wanted.slow = std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>{slow});
  server.change([&](MediaServerFaults& now) { now = wanted; });
  return answer(200, Json::object());
}

hal::HttpResponse users(MediaServer& server, const Json& body) {
  if (const auto name = text(body, "add")) return answer(200, {{"id", server.add_user(*name)}});
  const auto id = text(body, "remove");
  if (!id) return wrong("add or remove whom?");
  server.remove_user(*id);
  return answer(200, Json::object());
}

hal::HttpResponse sessions(MediaServer& server, const Json& body) {
  if (const auto user = text(body, "start"))
    return answer(200, {{"id", server.start_session(*user, text(body, "client").value_or("Jellyfin Web"), text(body, "device").value_or("Firefox"))}});
  if (const auto id = text(body, "play")) server.play(*id, text(body, "item").value_or("A film"));
  else if (const auto pausing = text(body, "pause")) server.pause(*pausing, true);
  else if (const auto resuming = text(body, "resume")) server.pause(*resuming, false);
  else if (const auto stopping = text(body, "stop")) server.stop(*stopping);
  else if (const auto ending = text(body, "end")) server.end_session(*ending);
  else return wrong("start, play, pause, resume, stop or end what?");
  return answer(200, Json::object());
}

hal::HttpResponse power(MediaServer& server, const Json& body) {
  if (!body.contains("on") || !body["on"].is_boolean()) return wrong("on is needed, true or false");
  if (!body["on"].get<bool>()) {
    server.power_off();
    return answer(200, Json::object());
  }
  const auto on = server.power_on();
  return on.ok() ? answer(200, Json::object()) : wrong("the port cannot be had");
}

Json state(const MediaServer& server) {
  const auto& fault = server.faults();
  const auto& count = server.counts();
  auto people = Json::array();
  auto clients = Json::array();
  for (const auto& user : server.users()) people.push_back({{"id", user.id}, {"name", user.name}});
  for (const auto& session : server.sessions())
    clients.push_back({{"id", session.id}, {"user", session.user_id}, {"device", session.device}, {"item", session.item}, {"paused", session.paused}});
  return {{"on", server.on()},
          {"faults", {{"slow_s", std::chrono::duration<double>{fault.slow}.count()}, {"status", fault.status}, {"garbage", fault.garbage},
                      {"refuse_socket", fault.refuse_socket}, {"mute_socket", fault.mute_socket}, {"half_open", fault.half_open}}},
          {"counts", {{"info", count.info}, {"users", count.users}, {"sessions", count.sessions}, {"unauthorized", count.unauthorized},
                      {"sockets", count.sockets}, {"pushes", count.pushes}, {"sockets_open", count.sockets_open}}},
          {"users", people},
          {"sessions", clients}};
}

}   // namespace

void MediaControl::on_request(const hal::HttpRequest& request, hal::HttpReply reply) {
  const auto path = request.path();
  if (request.method == "GET" && path == "/sim/state") return reply.answer(answer(200, state(server_)));
  const auto body = Json::parse(request.body, nullptr, false);
  if (request.method != "POST") return reply.answer(answer(404, {{"message", "see sim/media/media_control.h"}}));
  if (!body.is_object()) return reply.answer(wrong("the body is not a JSON object"));
  if (path == "/sim/faults") return reply.answer(faults(server_, body));
  if (path == "/sim/power") return reply.answer(power(server_, body));
  if (path == "/sim/users") return reply.answer(users(server_, body));
  if (path == "/sim/sessions") return reply.answer(sessions(server_, body));
  if (path != "/sim/sockets") return reply.answer(answer(404, {{"message", "no such command"}}));
  server_.drop_sockets();
  reply.answer(answer(200, Json::object()));
}

}   // namespace nightjar::sim
