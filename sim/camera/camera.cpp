#include "sim/camera/camera.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/camera/announcer.h"
#include "sim/camera/body.h"
#include "sim/camera/ccapi.h"
#include "sim/camera/control.h"
#include "sim/camera/digest_gate.h"

namespace nightjar::sim {

using camera::Answer;
using camera::AnswerPtr;

namespace {

constexpr std::size_t kRemembered = 10'000;   // requests, presses
constexpr auto kHangLasts = std::chrono::seconds{60};   // then the camera breaks the connection: a client that lost power never does
constexpr auto kReboot = std::chrono::seconds{10};

/// A camera's own HTTP service, without CCAPI behind it.
constexpr auto kBrokenPage = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>";

bool presses_shutter(const hal::HttpRequest& request) {
  if (request.method != "POST") return false;
  const auto path = request.path();
  return path.ends_with("/shutterbutton") ||
         (path.ends_with("/shutterbutton/manual") && request.body.find("full_press") != std::string::npos);
}

template <class T>
std::uint64_t remember(std::deque<T>& list, std::uint64_t& total, T entry) {
  list.push_back(std::move(entry));
  if (list.size() > kRemembered) list.pop_front();
  return total++;
}

/// Entry number `index` of all there ever were, if it is still remembered.
template <class T>
T* recall(std::deque<T>& list, std::uint64_t total, std::uint64_t index) {
  const auto forgotten = total - list.size();
  return index >= forgotten && index < total ? &list[static_cast<std::size_t>(index - forgotten)] : nullptr;
}

}   // namespace

class Camera::Parts final : public hal::HttpHandler {
 public:
  Parts(Camera& owner, CameraOptions the_options, hal::Loop& the_loop, hal::HttpServers& the_servers, hal::Network& the_network,
        hal::Random& the_random, hal::WallClock& the_wall_clock)
      : options(std::move(the_options)),
        loop(the_loop),
        servers(the_servers),
        network(the_network),
        random(the_random),
        wall_clock(the_wall_clock),
        body(options, loop, wall_clock),
        ccapi(body),
        announcer(options, loop, servers, network, random),
        control(owner, loop, wall_clock) {
    if (options.digest) gate.emplace(*options.digest, options.digest_sha256, random);
    body.access_url = [this] { return access_url(); };
    body.reboot = [this] { reboot(); };
  }
  ~Parts() override { cut(false); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;

  hal::Result<void> start(bool moved = false);
  hal::Result<void> start_control();
  /// Closes ports and connections; the body goes on.
  void disappear(bool says_goodbye);
  void cut(bool says_goodbye);
  void reboot();
  /// Somebody asked: it stays awake for as long as autopoweroff says.
  void stay_awake();
  hal::IpAddress address() const;
  std::string access_url() const;
  std::uint64_t connection_of(const hal::Endpoint& remote);

  /// The n-th request's answer: notes its status, waits for the latency, and does nothing when the camera was switched off meanwhile.
  class Exchange;
  void deliver(std::shared_ptr<hal::HttpReply::Sink> sink, hal::HttpResponse response);
  /// Does it after `delay`, unless the ports are closed before. As many wait as there are connections.
  void later(hal::Duration delay, std::function<void()> act);
  void note_status(std::uint64_t request, std::optional<std::uint64_t> press, int status);
  void strike(const CameraFault& fault, const std::shared_ptr<Exchange>& exchange);

  CameraOptions options;
  hal::Loop& loop;
  hal::HttpServers& servers;
  hal::Network& network;
  hal::Random& random;
  hal::WallClock& wall_clock;

  camera::Body body;
  camera::Ccapi ccapi;
  camera::Announcer announcer;
  camera::Control control;
  std::optional<camera::DigestGate> gate;

  std::deque<CameraRequest> log;
  std::uint64_t requests = 0;
  std::deque<CameraPress> presses;
  std::uint64_t pressed = 0;
  std::map<hal::Endpoint, std::uint64_t> connections;   // since the ports were opened
  std::uint64_t connections_seen = 0;

  std::shared_ptr<char> alive = std::make_shared<char>();   // of the time since the ports were opened: answers hold it weakly
  std::unordered_map<std::uint64_t, hal::Operation> delayed;
  std::uint64_t last_delayed = 0;
  hal::Operation return_timer;
  hal::Operation sleep_timer;
  std::unique_ptr<hal::HttpServer> server;
  std::unique_ptr<hal::HttpServer> control_server;
};

class Camera::Parts::Exchange final : public Answer {
 public:
  Exchange(Parts& parts, hal::HttpReply reply, std::uint64_t request, std::optional<std::uint64_t> press)
      : parts_(parts), alive_(parts.alive), sink_(reply.take()), request_(request), press_(press) {}
  ~Exchange() override {
    if (sink_ && !alive_.expired()) sink_->abort();   // forgotten by the body: the client learns at least that
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void send(hal::HttpResponse response) override {
    if (!sink_ || alive_.expired()) return;
    parts_.note_status(request_, press_, response.status);
    parts_.deliver(std::exchange(sink_, nullptr), std::move(response));
  }
  std::shared_ptr<hal::HttpReply::Sink> stream() override {
    if (!sink_ || alive_.expired()) return nullptr;
    parts_.note_status(request_, press_, 200);
    return std::exchange(sink_, nullptr);
  }
  /// A head and half a body, or nothing, and then the connection is gone.
  void break_off(bool within_answer) {
    if (!sink_ || alive_.expired()) return;
    parts_.note_status(request_, press_, -1);
    const auto sink = std::exchange(sink_, nullptr);
    if (within_answer && sink->begin({200, {{"Content-Type", "application/json"}}, {}})) sink->chunk("{\"half\":\"an ans");
    sink->abort();
  }

 private:
  Parts& parts_;
  std::weak_ptr<char> alive_;
  std::shared_ptr<hal::HttpReply::Sink> sink_;
  std::uint64_t request_;
  std::optional<std::uint64_t> press_;
};

void Camera::Parts::on_request(const hal::HttpRequest& request, hal::HttpReply reply) {
  stay_awake();
  const auto connection = connection_of(request.remote);
  const auto number = remember(log, requests, CameraRequest{loop.now(), request.method, request.target, request.remote, connection, 0});
  std::optional<std::uint64_t> press;
  if (presses_shutter(request))
    press = remember(presses, pressed, CameraPress{loop.now(), wall_clock.now(), request.remote, connection, 0});
  const auto exchange = std::make_shared<Exchange>(*this, std::move(reply), number, press);
  if (const auto fault = body.faults.strike(request.path())) return strike(*fault, exchange);
  if (gate)
    if (auto refusal = gate->refusal(request)) return exchange->send(std::move(*refusal));
  ccapi.handle(request, exchange);
}

/// The number of the connection from `remote`; with kRemembered of them open at once the count starts anew for some.
std::uint64_t Camera::Parts::connection_of(const hal::Endpoint& remote) {
  if (const auto known = connections.find(remote); known != connections.end()) return known->second;
  if (connections.size() == kRemembered) connections.erase(connections.begin());
  return connections[remote] = ++connections_seen;
}

void Camera::Parts::strike(const CameraFault& fault, const std::shared_ptr<Exchange>& exchange) {
  using enum CameraFault::Kind;
  switch (fault.kind) {
    case busy: return exchange->refuse(503, fault.message);
    case bad_gateway: return exchange->send({502, {{"Content-Type", "text/html"}}, kBrokenPage});
    case garbage: return exchange->send({200, {{"Content-Type", "application/json"}}, "{\"ver100\":[{\"path\":\"/ccapi\xff\xfe"});
    case reset: return exchange->break_off(false);
    case cut: return exchange->break_off(true);
    case hang:
      return later(kHangLasts, [exchange] { exchange->break_off(false); });
  }
}

void Camera::Parts::note_status(std::uint64_t request, std::optional<std::uint64_t> press, int status) {
  if (auto* entry = recall(log, requests, request)) entry->status = status;
  if (!press) return;
  if (auto* entry = recall(presses, pressed, *press)) entry->status = status;
}

void Camera::Parts::deliver(std::shared_ptr<hal::HttpReply::Sink> sink, hal::HttpResponse response) {
  auto delay = body.condition.latency;
  if (body.condition.jitter.count() > 0)
    delay += hal::Duration{static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(body.condition.jitter.count()))};
  if (delay.count() == 0) return sink->answer(std::move(response));
  later(delay, [sink = std::move(sink), response = std::move(response)] { sink->answer(response); });
}

void Camera::Parts::later(hal::Duration delay, std::function<void()> act) {
  const auto id = ++last_delayed;
  delayed[id] = loop.at(loop.now() + delay, [this, id, act = std::move(act)] {
    act();
    delayed.erase(id);
  });
}

hal::IpAddress Camera::Parts::address() const {
  if (!options.announce.is_any()) return options.announce;
  if (!options.listen.is_any()) return options.listen;
  const auto interfaces = network.interfaces();
  const auto found = std::find_if(interfaces.begin(), interfaces.end(),
                                  [](const hal::Interface& each) { return !each.loopback && !each.address.is_v6(); });
  return found == interfaces.end() ? hal::IpAddress::loopback() : found->address;
}

std::string Camera::Parts::access_url() const {
  const auto port = server ? server->local().port : options.port;
  return (options.certificate_pem.empty() ? "http://" : "https://") + hal::Endpoint{address(), port}.text() + "/ccapi";
}

hal::Result<void> Camera::Parts::start_control() {
  if (control_server || !options.control) return {};
  auto opened = servers.serve(*options.control, {.connections_max = 16}, control);
  if (!opened.ok()) return opened.error();
  control_server = std::move(opened).value();
  return {};
}

hal::Result<void> Camera::Parts::start(bool moved) {
  return_timer.drop();
  if (server) return {};
  if (const auto opened = start_control(); !opened.ok()) return opened;
  hal::HttpServerOptions http;
  http.connections_max = options.connections_max;
  http.certificate_pem = options.certificate_pem;
  http.key_pem = options.key_pem;
  auto opened = servers.serve({options.listen, options.port}, std::move(http), *this);
  if (!opened.ok()) return opened.error();
  server = std::move(opened).value();
  options.port = server->local().port;   // one that was free the first time stays the camera's
  const auto announced = announcer.start({address(), access_url(), [this] { return body.in_session; }, moved});
  if (!announced.ok()) disappear(false);
  stay_awake();
  return announced;
}

void Camera::Parts::disappear(bool says_goodbye) {
  announcer.stop(says_goodbye);
  sleep_timer.drop();
  server.reset();
  alive = std::make_shared<char>();   // whatever is still to be answered has nobody to go to
  delayed.clear();
  connections.clear();
}

void Camera::Parts::cut(bool says_goodbye) {
  return_timer.drop();
  disappear(says_goodbye);
  body.power_cut();
}

void Camera::Parts::stay_awake() {
  const auto seconds = std::atoi(body.settings.text("autopoweroff").c_str());   // 0: disabled
  if (!options.sleeps || seconds == 0) return sleep_timer.drop();
  sleep_timer = loop.at(loop.now() + std::chrono::seconds{seconds}, [this] {
    if (body.exposures.busy()) return stay_awake();
    disappear(false);
    body.end_session();
  });
}

void Camera::Parts::reboot() {
  return_timer = loop.at(loop.now(), [this] {   // later: its own request is still being handled
    cut(true);
    return_timer = loop.at(loop.now() + kReboot, [this] { (void)start(); });
  });
}

Camera::Camera(CameraOptions options, hal::Loop& loop, hal::HttpServers& servers, hal::Network& network, hal::Random& random,
               hal::WallClock& wall_clock)
    : parts_(std::make_unique<Parts>(*this, std::move(options), loop, servers, network, random, wall_clock)) {}
Camera::~Camera() = default;

hal::Result<void> Camera::power_on() { return parts_->start(); }
void Camera::power_off(bool says_goodbye) { parts_->cut(says_goodbye); }
bool Camera::on() const { return parts_->server != nullptr; }

void Camera::leave_network(hal::Duration how_long) {
  parts_->disappear(false);
  parts_->return_timer = parts_->loop.at(parts_->loop.now() + how_long, [this] { (void)parts_->start(); });
}

hal::Result<void> Camera::change_address(const hal::IpAddress& address) {
  parts_->disappear(false);
  parts_->options.announce = address;
  if (!parts_->options.listen.is_any()) parts_->options.listen = address;
  return parts_->start(true);
}

CameraFaults& Camera::faults() { return parts_->body.faults; }
const CameraCondition& Camera::condition() const { return parts_->body.condition; }

void Camera::change(const std::function<void(CameraCondition&)>& edit) {
  auto& body = parts_->body;
  const auto before = body.condition;
  edit(body.condition);
  const auto& after = body.condition;
  if (before.battery != after.battery) body.events.changed("battery");
  if (before.temperature != after.temperature) body.events.changed("temperature");
  if (before.lens != after.lens) body.events.changed("lens");
  if (before.clock_offset != after.clock_offset) body.events.changed("datetime");
  if (before.card == after.card) return;
  body.events.changed("storage");
  body.events.changed("recordable");
}

bool Camera::set(const std::string& setting, const std::string& json_value) {
  auto value = camera::from_text(json_value);
  if (value.is_discarded() || parts_->body.settings.put(setting, camera::Json{{"value", std::move(value)}})) return false;
  parts_->body.events.changed(setting);
  return true;
}

void Camera::turn_dial(const std::string& mode) {
  parts_->body.settings.turn_dial(mode);
  for (const auto& name : camera::Settings::ruled_by_dial()) parts_->body.events.changed(name);
}

hal::Endpoint Camera::ccapi() const {
  return parts_->server ? hal::Endpoint{parts_->address(), parts_->server->local().port} : hal::Endpoint{parts_->address(), 0};
}
std::string Camera::access_url() const { return parts_->access_url(); }
hal::Endpoint Camera::control() const { return parts_->control_server ? parts_->control_server->local() : hal::Endpoint{}; }

bool Camera::exposing() const { return parts_->body.exposures.exposing(); }
bool Camera::button_held() const { return parts_->body.exposures.button_held(); }
const std::deque<CameraRequest>& Camera::log() const { return parts_->log; }
const std::deque<CameraPress>& Camera::presses() const { return parts_->presses; }
const std::deque<CameraExposure>& Camera::exposures() const { return parts_->body.exposures.all(); }
std::uint64_t Camera::connections_seen() const { return parts_->connections_seen; }

}   // namespace nightjar::sim
