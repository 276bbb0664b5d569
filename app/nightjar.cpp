#include "app/nightjar.h"

#include <fmt/format.h>

#include <charconv>

#include "app/machines.h"
#include "app/messages/link_message.h"
#include "app/messages/media_message.h"
#include "app/page_response.h"
#include "app/rest_camera.h"
#include "app/rest_timelapse.h"

namespace nightjar::app {
namespace {

using std::chrono::milliseconds;

constexpr auto kQuietCheck = milliseconds{20};
constexpr std::size_t kHubShown = 8;                        // of the hub's connections, among the machines on the page

}  // namespace

Nightjar::Nightjar(const Devices& devices, Settings settings)
    : devices_(devices),
      settings_(std::move(settings)),
      queue_(devices.loop, devices.log),
      runtime_{devices.loop, queue_, devices.log, {}},
      started_(devices.loop.now()),
      known_cameras_(devices.storage, devices.log),
      camera_(devices.cameras, known_cameras_, runtime_),
      control_(camera_, runtime_, devices.wall_clock),
      finder_({runtime_, settings_.discover ? devices.discovery : nullptr, devices.network, devices.cameras, devices.storage, devices.wall_clock,
               known_cameras_, settings_}),
      reports_({runtime_, devices.storage, settings_}),
      timelapse_({runtime_, devices.storage, reports_, devices.wall_clock, devices.random, settings_}),
      panel_(timelapse_, runtime_, devices.storage, settings_),
      picture_([this](auto done) { return camera_.last_picture(std::move(done)); }, runtime_),
      time_(devices.wall_clock, runtime_),
      camera_time_(devices.wall_clock, runtime_),
      radio_(devices.wifi, runtime_),
      uplink_({runtime_, devices.network, devices.random, settings_}, devices.uplink),
      metrics_feed_({runtime_, devices.wall_clock, devices.tokens}),
      web_(settings_),
      hub_(runtime_, settings_),
      shared_({runtime_, devices.servers, devices.web_sockets, devices.storage, devices.wall_clock, devices.random, devices.vicinities, settings_}) {
  if (devices.media_server != nullptr) media_.emplace(*devices.media_server, runtime_);
  wire_camera();
  wire_camera_control();
  wire_finder();
  wire_timelapse();
  wire_reports();
  wire_panel();
  wire_web();
  wire_time();
  wire_wifi();
  wire_uplink();
  wire_hub();
  wire_media();
  wire_sharing();
}

Nightjar::~Nightjar() = default;

void Nightjar::start(std::function<void(hal::Result<hal::Endpoint>)> ready) {
  refresh_readings();
  radio_.watch();
  reports_.open();
  known_cameras_.load([this, ready = std::move(ready)] {
    timelapse_.recover([this, ready] {
      panel_.open(devices_.gpio, devices_.pins, [this, ready] {
        auto server = devices_.servers.serve(settings_.listen, settings_.http, web_);
        if (!server.ok()) return ready(server.error());
        server_ = std::move(server).value();
        uplink_.connect();
        refresh_load();
        if (media_) media_->start();
        tell_changed();
        finder_.start([this, ready] {
          shared_.start([this, ready] {
            if (server_) ready(server_->local());   // unless it stops already
          });
        });
      });
    });
  });
}

void Nightjar::use_camera(hal::HttpOrigin origin) {
  if (!origin.credentials) origin.credentials = settings_.camera_credentials;
  camera_.retarget(std::move(origin), CameraSlot::Trust::known);
}

// ---- who hears of what ----------------------------------------------------------------------------------------------

void Nightjar::wire_camera() {
  camera_.on_connected = [this] {
    const auto& place = camera_.origin()->endpoint;
    const bool again = !probe_.answer && !linked_serial_.empty() && linked_serial_ == camera_.info().serial;   // at another address
    linked_serial_ = camera_.info().serial;
    broadcast(again ? primary_camera_reconnected(wall_now(), finder_.registry().primary(), place.address) : camera_connected(wall_now(), place));
    if (!probe_.camera) settle_probe({});
    finder_.link_ready(*camera_.origin(), camera_.info());
    compare_camera_clock();
  };
  camera_.on_not_reached = [this](const hal::Error& error) {
    if (!probe_.camera) settle_probe(error);
  };
  camera_.on_reconnected = [this] {
    broadcast(primary_camera_reconnected(wall_now(), finder_.registry().primary(), camera_.origin()->endpoint.address));
    if (probe_.answer && !probe_.camera) {
      broadcast(camera_connected(wall_now(), camera_.origin()->endpoint));   // what connect_to_ip promises
      settle_probe({});
    }
    finder_.link_ready(*camera_.origin(), camera_.info());
    compare_camera_clock();
  };
  camera_.on_lost = [this](const hal::Error&) { finder_.link_lost(); };
  camera_.on_changed = [this] {
    heed_heat();
    tell_changed();
  };
}

void Nightjar::wire_timelapse() {
  timelapse_.is_camera_ready = [this] { return camera_.ready(); };
  timelapse_.camera_info = [this] { return camera_.info(); };
  timelapse_.on_shot_due = [this](std::uint32_t slot, hal::Instant retry_until) {
    if (closed_) return;   // the device stops: the journal says where to go on
    shared_.note_own_shot();
    camera_.shoot(fsm::Asker::session, retry_until, [this, slot](const hal::Result<hal::Shot>& shot) {
      if (shot.ok()) picture_.taken();
      timelapse_.shot_done(slot, shot);
    });
  };
  timelapse_.on_unsaved_found = [this](const Session& session) { broadcast(timelapse_event(wall_now(), "unsavedSessionFound", session)); };
  timelapse_.on_started = [this](const Session& session) {
    control_.session_began();
    panel_.remember(session);
    time_.ask_clients();
    broadcast(timelapse_event(wall_now(), "sessionStarted", session));
  };
  timelapse_.on_shot = [this](const Session& session, const ShotRecord& shot, const std::string& error) {
    broadcast(photo_taken(wall_now(), shot.outcome == ShotOutcome::saved, shot.slot + 1, &session, error));
    if (milliseconds{shot.took_ms} > session.request.interval) broadcast(photo_overtime(wall_now(), session, shot));
  };
  timelapse_.on_completed = [this](const Session& session) { broadcast(timelapse_event(wall_now(), "sessionCompleted", session)); };
  timelapse_.on_stopped = [this](const Session& session) { broadcast(timelapse_event(wall_now(), "sessionStopped", session)); };
  timelapse_.on_saved = [this](const Session& session, const std::string& report) { broadcast(report_saved_event(wall_now(), session, report)); };
  timelapse_.on_discarded = [this](const std::string& id) { broadcast(session_discarded_event(wall_now(), id)); };
  timelapse_.on_changed = [this] {
    shared_.follow_grid(timelapse_.next_shot());
    tell_changed();
  };
  timelapse_.on_course_changed = [this](const Session& session, const SessionChange& change) { broadcast(session_course_event(wall_now(), session, change)); };
}

void Nightjar::wire_web() {
  const auto status = [this](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, status_object(view()))); };
  web_.route("GET", "/health", status, Access::open);
  web_.route("GET", "/api/status", status);
  web_.route("GET", "/api/machines", [this](const WebCall& call, hal::HttpReply reply) {
    std::size_t since = 0;   // ?since=N: the page asks for what it has not seen
    if (const auto asked = query_value(call.request, "since")) std::from_chars(asked->data(), asked->data() + asked->size(), since);
    reply.answer(json_response(200, machines_json(since)));
  });
  web_.route("GET", "/api/machines/tables", [](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, machine_tables_json())); });
  web_.route("GET", "/api/camera/last-picture", [this](const WebCall&, hal::HttpReply reply) { last_picture(std::move(reply)); });
  add_timelapse_routes(web_, timelapse_, settings_, [this] { return view(); });
  add_report_routes(web_, reports_);
  add_camera_routes(web_, finder_, {[this](Answer answer) { take_photo(std::move(answer)); },
                                    [this](const ConnectToIp& where, Answer answer) { connect_to_ip(where, std::move(answer)); },
                                    [this](const std::string& uuid) { return forget_camera(uuid); }, [this] { return view(); }});
  for (const auto* description : {"/api/openapi.json", "/api/asyncapi.json"})
    web_.route("GET", description, [](const WebCall& call, hal::HttpReply reply) { reply.answer(page_response(call.request)); });
  const Web::Door clients{Access::token,
                          [this](const hal::HttpRequest&) {
                            return clients_.size() < kClientsMax ? std::nullopt : std::optional{error_response(503, "TOO_MANY_CLIENTS", "Too many clients are connected")};
                          },
                          [this](const hal::HttpRequest& request, auto socket) { add_client(request, std::move(socket)); }};
  web_.door("/ws", clients);
  web_.door("/", clients);   // where the existing program has it
}

void Nightjar::wire_hub() {
  web_.door("/hub", {Access::token,
                     [this](const hal::HttpRequest&) {
                       return hub_.is_full() ? std::optional{error_response(503, "TOO_MANY_CLIENTS", "Too many clients are connected")} : std::nullopt;
                     },
                     [this](const hal::HttpRequest& request, auto socket) { hub_.add(request.remote, std::move(socket)); }});
}

void Nightjar::wire_panel() {
  panel_.on_photo = [this] { take_photo([](const hal::Result<void>&) {}); };
}

/// What the light says.
const fsm::Pattern& Nightjar::pattern() const {
  if (!server_) return fsm::kBooting;
  if (!camera_.ready()) return fsm::kCameraLost;
  return timelapse_.running() ? fsm::kRunning : fsm::kReady;
}

void Nightjar::wire_finder() {
  finder_.on_discovered = [this](const RegisteredCamera& camera) { broadcast(camera_discovered(wall_now(), camera)); };
  finder_.on_offline = [this](const RegisteredCamera& camera) { broadcast(camera_event(wall_now(), "cameraOffline", camera.uuid)); };
  finder_.on_primary_changed = [this](const std::string& uuid) { broadcast(camera_event(wall_now(), "primaryCameraChanged", uuid)); };
  finder_.on_moved = [this](const RegisteredCamera& camera, const hal::IpAddress& from, const hal::IpAddress& to) {
    broadcast(camera_ip_changed(wall_now(), camera.uuid, from, to));
  };
  finder_.on_primary_missing = [this](const RegisteredCamera& camera) { broadcast(camera_event(wall_now(), "primaryCameraDisconnected", camera.uuid)); };
  finder_.on_primary_left = [this] { camera_.not_there({hal::ErrorKind::unreachable, "the camera is not at its address any more"}); };
  finder_.on_aimed = [this](const hal::HttpOrigin& origin, const std::string& serial) { camera_.retarget(origin, CameraSlot::Trust::known, serial); };
  finder_.on_seen_again = [this] { camera_.retry(); };
  finder_.on_changed = [this] { tell_changed(); };
}

void Nightjar::broadcast(std::string text) {
  const auto shared = std::make_shared<const std::string>(std::move(text));
  for (const auto& client : clients_) client->send(shared);
}

void Nightjar::tell_changed() {
  status_changed_ = true;
  panel_.show(pattern());
  for (const auto& client : clients_) client->tell_changed();
  uplink_.tell_changed();
}

// ---- clients ----------------------------------------------------------------------------------------------------------

void Nightjar::add_client(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) {
  auto client = std::make_shared<Client>(request.remote.text(), std::move(socket), static_cast<Client::Owner&>(*this), runtime_);
  clients_.push_back(client);
  client->start();
  time_.add_client(client);
}

void Nightjar::on_client_gone(Client& client) {
  time_.remove_client(client);
  // Later: the client is on the stack now.
  queue_.post([this, gone = &client] { std::erase_if(clients_, [gone](const auto& one) { return one.get() == gone; }); });
}

// ---- status -----------------------------------------------------------------------------------------------------------

StatusView Nightjar::view() {
  StatusView out;
  out.at = wall_now();
  const auto now = devices_.loop.now();
  out.camera_connected = camera_.ready();
  out.camera_state = camera_.link_state();
  out.camera_origin = camera_.origin();
  out.camera_info = &camera_.info();
  out.camera_status = &camera_.status();
  out.camera_error = camera_.last_error();
  out.camera_reason = camera_.reason();
  out.bulb = camera_.bulb();
  out.cameras = &finder_.registry();
  out.discovering = finder_.looking();
  out.camera_attempt = camera_.attempt();
  if (const auto next = camera_.next_attempt()) out.camera_retry_in = std::chrono::duration_cast<milliseconds>(*next - now);
  if (timelapse_.session()) {
    out.session = &*timelapse_.session();
    out.told = timelapse_.told();
    out.unsaved = timelapse_.unsaved();
    const bool whole = out.session->is_whole();
    out.session_state = timelapse_.stopping() ? "stopping" : timelapse_.paused() || timelapse_.suspended() ? "paused" : timelapse_.running() ? "running" : out.session->ended ? (whole ? "completed" : "stopped") : "created";
    if (const auto next = timelapse_.next_shot()) out.next_shot = out.at + std::chrono::duration_cast<milliseconds>(*next - now);
  }
  out.power = power_;
  out.wifi = radio_.status();
  out.time = time_view();
  out.interfaces = devices_.network.interfaces();
  out.uptime = now - started_;
  out.links.add("mediaServer", media_status(media_ ? &*media_ : nullptr, now));
  out.shared_session = shared_.status();
  out.clients = clients_.size();
  if (uplink_.fitted()) out.links.add("uplink", uplink_json(uplink_.view()));
  refresh_readings();
  return out;
}

/// What the next status shows; asking is slow, showing must not be.
void Nightjar::refresh_readings() {
  if (devices_.power != nullptr) reading_power_ = devices_.power->read([this](const hal::PowerReading& reading) { power_ = reading; });
  radio_.refresh();
}

std::string Nightjar::welcome_text(const std::string& client_id) { return welcome(view(), client_id); }

hal::Buffer Nightjar::status_text() {
  const auto now = wall_now();
  if (!status_text_ || status_changed_ || now - status_at_ >= milliseconds{100} || now < status_at_) {
    status_text_ = std::make_shared<const std::string>(status_update(view()));
    status_at_ = now;
    status_changed_ = false;
  }
  return status_text_;
}

std::string Nightjar::error_text(const BadRequest& bad) { return error_message(wall_now(), bad.code, bad.message, bad.operation, bad.details); }

std::string Nightjar::machines_json(std::size_t since) {
  std::vector<LiveMachine> machines{live(camera_.link()),   live(camera_.capture()), live(camera_.events()), live(control_.live_view()),  live(timelapse_.machine()),
                                    live(reports_.machine()), live(picture_.machine()), live(finder_.machine()), live(time_.machine()), live(camera_time_.machine()),
                                    live(radio_.machine())};
  if (const auto* address = finder_.primary_machine()) machines.push_back(live(*address));
  if (uplink_.fitted()) machines.push_back(live(uplink_.machine()));
  if (media_) machines.push_back(live(media_->machine()));
  if (devices_.pins.button) machines.push_back(live(panel_.button().machine()));
  if (devices_.pins.led) machines.push_back(live(panel_.led().machine()));
  for (const auto* session : hub_.machines(kHubShown)) machines.push_back(live(*session));
  machines.push_back(live(shared_.host().machine()));
  machines.push_back(live(shared_.member().machine()));
  machines.push_back(live(shared_.finder().machine()));
  for (const auto& guest : shared_.host().guests()) machines.push_back(live(guest->machine()));
  return live_machines_json(machines, runtime_.trace, devices_.loop.now(), since);
}

void Nightjar::last_picture(hal::HttpReply reply) {
  auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
  picture_.get([shared](const hal::Result<hal::Picture>& picture) {
    if (picture.ok()) return shared->answer({200, {{"Content-Type", "image/jpeg"}, {"Cache-Control", "no-store"}}, picture.value().jpeg});
    const int status = picture.error().kind == hal::ErrorKind::not_found ? 404 : 503;
    shared->answer({status, {{"Content-Type", "text/plain; charset=utf-8"}}, picture.error().text() + "\n"});
  });
}

// ---- the end ------------------------------------------------------------------------------------------------------------

void Nightjar::shut_down(std::function<void()> done) {
  if (closed_) return;
  closed_ = std::move(done);
  close_by_ = devices_.loop.now() + kShutDownMax;
  server_.reset();
  finder_.stop();
  uplink_.stop();
  metrics_feed_.shut_down();
  shared_.stop();
  camera_.end_bulb();
  close_when_quiet();
}

/// A photo in flight is waited for, then what is known of it is on disk, then the clients are told.
void Nightjar::close_when_quiet() {
  const auto now = devices_.loop.now();
  const bool busy = camera_.exposing() || timelapse_.storing() || reports_.busy();
  if (!busy) {
    for (const auto& client : clients_) client->shut_down();
    hub_.shut_down();
  }
  if ((!busy && clients_.empty() && hub_.empty() && uplink_.is_quiet() && metrics_feed_.is_quiet()) || now >= close_by_) {
    reports_.close();
    queue_.post(std::exchange(closed_, [] {}));
    return;
  }
  closing_ = devices_.loop.at(now + kQuietCheck, [this] { close_when_quiet(); });
}

}  // namespace nightjar::app
