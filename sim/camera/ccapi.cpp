#include "sim/camera/ccapi.h"

#include <utility>

namespace nightjar::sim::camera {
namespace {

constexpr std::string_view kRoot = "/ccapi";
constexpr auto kLiveViewStart = std::chrono::milliseconds{1600};   // R50

std::string text_in(const Json& body, const char* name) {
  return body.is_object() && body.contains(name) && body[name].is_string() ? body[name].get<std::string>() : std::string{};
}

bool flag_in(const Json& body, const char* name) {
  return body.is_object() && body.contains(name) && body[name].is_boolean() && body[name].get<bool>();
}

}   // namespace

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == name && equals != std::string_view::npos) return pair.substr(equals + 1);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  return {};
}

Ccapi::Ccapi(Body& body) : body_(body) {
  add_status();
  add_functions();
  add_shutter();
  add_settings(100);
  if (!body_.options.old_firmware) add_settings(110);
  add_live_view();
  add_events();
  add_contents();
}

void Ccapi::handle(const hal::HttpRequest& request, AnswerPtr answer) {
  body_.in_session = true;
  const auto path = request.path();
  if (path == kRoot || path == "/ccapi/")
    return request.method == "GET" ? answer->ok(document()) : answer->refuse(405, "Method not allowed");
  std::string_view inside;
  const auto* resource = find(path, inside);
  if (!resource) return answer->refuse(404, "Not found");
  const auto* handler = request.method == "GET"      ? &resource->get
                        : request.method == "POST"   ? &resource->post
                        : request.method == "PUT"    ? &resource->put
                        : request.method == "DELETE" ? &resource->remove
                                                     : nullptr;
  if (!handler || !*handler) return answer->refuse(405, "Method not allowed");
  (*handler)({request, inside, std::move(answer), from_text(request.body)});
}

void Ccapi::add(Resource resource) {
  resource.path = std::string{kRoot} + "/ver" + std::to_string(resource.version) + "/" + resource.name;
  resources_.push_back(std::move(resource));
}

const Ccapi::Resource* Ccapi::find(std::string_view path, std::string_view& inside) const {
  for (const auto& resource : resources_) {
    if (path == resource.path) return &resource;
    if (!resource.has_files || !path.starts_with(resource.path) || path[resource.path.size()] != '/') continue;
    inside = path.substr(resource.path.size() + 1);
    return &resource;
  }
  return nullptr;
}

Json Ccapi::document() const {
  Json out = Json::object();
  for (const auto& resource : resources_) {
    const auto inside = std::string_view{resource.path}.substr(kRoot.size());
    const auto address = (body_.options.old_firmware ? body_.access_url() : std::string{kRoot}).append(inside);
    out["ver" + std::to_string(resource.version)].push_back({{body_.address_key(), address},
                                                             {"get", static_cast<bool>(resource.get)},
                                                             {"post", static_cast<bool>(resource.post)},
                                                             {"put", static_cast<bool>(resource.put)},
                                                             {"delete", static_cast<bool>(resource.remove)}});
  }
  return out;
}

void Ccapi::add_status() {
  const auto& options = body_.options;
  add({.version = 100, .name = "deviceinformation", .get = [&options](const Call& call) {
         call.answer->ok({{"manufacturer", "Canon.Inc"},
                          {"productname", options.model},
                          {"guid", options.guid},
                          {"serialnumber", options.serial},
                          {"macaddress", options.mac},
                          {"firmwareversion", options.firmware}});
       }});
  add({.version = 100, .name = "devicestatus/battery", .get = [this](const Call& call) { call.answer->ok(body_.battery()); }});
  add({.version = 100, .name = "devicestatus/lens", .get = [this](const Call& call) { call.answer->ok(body_.lens()); }});
  add({.version = 100, .name = "devicestatus/temperature", .get = [this](const Call& call) { call.answer->ok(body_.temperature()); }});
  add({.version = body_.newer(), .name = "devicestatus/storage", .get = [this](const Call& call) { call.answer->ok(body_.storage()); }});
  if (options.old_firmware) return;
  add({.version = 110, .name = "devicestatus/batterylist", .get = [this](const Call& call) { call.answer->ok(body_.battery_list()); }});
  const auto current = [this](const std::string& name, const std::string& inside, const Call& call) {
    if (!body_.card_readable()) return call.answer->refuse(409, "Card not available");
    call.answer->ok({{"name", name}, {body_.address_key(), body_.content_address(inside)}});
  };
  add({.version = 110, .name = "devicestatus/currentstorage", .get = [this, current](const Call& call) {
         current(body_.card.name(), body_.card.name(), call);
       }});
  add({.version = 110, .name = "devicestatus/currentdirectory", .get = [this, current](const Call& call) {
         const auto folder = body_.card.current_folder();
         current(folder, body_.card.name() + "/" + folder, call);
       }});
}

void Ccapi::add_functions() {
  add({.version = 100,
       .name = "functions/datetime",
       .get = [this](const Call& call) { call.answer->ok(body_.date_time()); },
       .put =
           [this](const Call& call) {
             if (const auto refused = body_.set_date_time(call.body)) return call.answer->refuse(*refused);
             call.answer->ok();
           }});
  for (const auto& name : body_.settings.functions())
    add({.version = 100,
         .name = "functions/" + name,
         .get = [this, name](const Call& call) { call.answer->ok(body_.settings.get(name)); },
         .put = [this, name](const Call& call) { put_setting(name, call); }});
  add({.version = 100, .name = "functions/networkconnection", .post = [this](const Call& call) {
         const auto action = text_in(call.body, "action");
         if (action != "disconnect" && action != "reboot") return call.answer->refuse(400, "Invalid parameter");
         call.answer->ok();
         body_.end_session();
         if (action == "reboot") body_.reboot();
       }});
}

void Ccapi::add_shutter() {
  using enum CameraOptions::Buttons;
  if (body_.options.buttons != manual)
    add({.version = 100, .name = "shooting/control/shutterbutton", .post = [this](const Call& call) {
           if (!call.body.is_object() || !call.body.contains("af")) return call.answer->refuse(400, "Invalid parameter");
           body_.exposures.press(flag_in(call.body, "af"), call.answer);
         }});
  if (body_.options.buttons != simple)
    add({.version = 100, .name = "shooting/control/shutterbutton/manual", .post = [this](const Call& call) {
           body_.exposures.button(text_in(call.body, "action"), flag_in(call.body, "af"), call.answer);
         }});
  add({.version = 100, .name = "shooting/control/af", .post = [this](const Call& call) {
         const auto action = text_in(call.body, "action");
         if (action != "start" && action != "stop") return call.answer->refuse(400, "Invalid parameter");
         if (action == "start" && body_.condition.focus_fails) return call.answer->refuse(503, "Out of focus");
         call.answer->ok();
       }});
  add({.version = 100, .name = "shooting/information/recordable", .get = [this](const Call& call) {
         call.answer->ok(body_.recordable());
       }});
}

void Ccapi::add_settings(int version) {
  add({.version = version, .name = "shooting/settings", .get = [this](const Call& call) { call.answer->ok(body_.settings.all()); }});
  for (const auto& name : body_.settings.shooting()) {
    const bool came_later = name == "stillimagequality" || name == "shuttermode";
    if (came_later && version < body_.newer()) continue;
    add({.version = version,
         .name = "shooting/settings/" + name,
         .get = [this, name](const Call& call) { call.answer->ok(body_.settings.get(name)); },
         .put = [this, name](const Call& call) { put_setting(name, call); }});
  }
}

void Ccapi::put_setting(const std::string& name, const Call& call) {
  if (body_.exposures.busy()) return call.answer->refuse(503, "During shooting or recording");
  if (const auto refused = body_.settings.put(name, call.body)) return call.answer->refuse(*refused);
  body_.events.changed(name);
  call.answer->ok({{"value", body_.settings.get(name)["value"]}});
}

void Ccapi::add_live_view() {
  add({.version = 100, .name = "shooting/liveview", .post = [this](const Call& call) { start_live_view(call); }});
  add({.version = 100, .name = "shooting/liveview/flip", .get = [this](const Call& call) { live_view_frame(call); }});
}

void Ccapi::start_live_view(const Call& call) {
  const auto size = text_in(call.body, "liveviewsize");
  if (size != "off" && size != "small" && size != "medium") return call.answer->refuse(400, "Invalid parameter");
  if (body_.exposures.busy()) return call.answer->refuse(503, "During shooting or recording");
  const bool starts = body_.live_view == "off" && size != "off";
  body_.live_view = size;
  if (!starts) return call.answer->ok();
  body_.live_view_shows = body_.loop.now() + kLiveViewStart + body_.options.live_view_warm_up;
  body_.live_view_start = body_.loop.at(body_.loop.now() + kLiveViewStart, [answer = call.answer] { answer->ok(); });
}

void Ccapi::live_view_frame(const Call& call) {
  if (body_.live_view == "off" || body_.loop.now() < body_.live_view_shows) return call.answer->refuse(503, "Live view not started");
  if (body_.exposures.busy()) return call.answer->refuse(503, "During shooting or recording");
  const auto size = body_.live_view == "small" ? PictureSize{480, 320} : PictureSize{960, 640};
  const bool taken = body_.darkroom.draw(body_.exposures.view(0), size, [answer = call.answer](const Darkroom::Picture& jpeg) {
    answer->send({200, {{"Content-Type", "image/jpeg"}}, *jpeg});
  });
  if (!taken) call.answer->refuse(503, "Device busy");
}

void Ccapi::add_events() {
  const auto polling = [this](int version) {
    add({.version = version,
         .name = "event/polling",
         .get = [this, version](const Call& call) { body_.events.poll(version, call.request.query(), call.answer); },
         .remove = [this](const Call& call) { body_.events.stop_poll(call.answer); }});
  };
  polling(100);
  if (!body_.options.old_firmware) polling(110);
  add({.version = 100,
       .name = "event/monitoring",
       .get = [this](const Call& call) { body_.events.monitor(call.answer); },
       .remove = [this](const Call& call) { body_.events.stop_monitor(call.answer); }});
}

void Ccapi::add_contents() {
  add({.version = body_.contents_version(),
       .name = "contents",
       .get = [this](const Call& call) { contents(call); },
       .remove = [this](const Call& call) { remove_file(call); },
       .has_files = true});
}

}   // namespace nightjar::sim::camera
