#include "sim/director.h"

#include <fmt/format.h>

#include <chrono>

#include "app/nightjar.h"

namespace nightjar::sim {
namespace {

/// As a message's data.
std::string plan_of(const Happening& happening, std::string_view rest) {
  if (happening.times == 0) return fmt::format(R"({{"interval":{},"stopCondition":"unlimited",{}}})", happening.amount, rest);
  return fmt::format(R"({{"interval":{},"shots":{},{}}})", happening.amount, happening.times, rest);
}

using enum Deed;

hal::Duration seconds(double amount) { return std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>{amount}); }

}   // namespace

void Director::boot(Cast::Pi& pi) {
  if (pi.device->running()) return;
  if (on_booting) on_booting(pi);
  pi.device->boot([this, &pi](const hal::Result<hal::Endpoint>& at) {
    if (on_ready) on_ready(pi, at);
    if (at.ok() && pi.camera != nullptr) {
      auto origin = pi.camera->origin();
      origin.endpoint = {pi.camera->host().address(), ccapi_port(origin.tls)};   // it may be off just now
      pi.device->use_camera(std::move(origin));
    }
  });
}

void Director::cut_power(Cast::Pi& pi, hal::Duration how_long) {
  if (!pi.device->running()) return;
  pi.cut_in_write = {};
  pi.device->power_cut();
  if (on_power_cut) on_power_cut(pi);
  after(how_long, [this, &pi] { boot(pi); });
}

void Director::perform(const Happening& happening) {
  switch (happening.deed) {
    case start: case stop: case pause: case go_on: case replan: case save: case discard: case take_photo: case set_camera: case look_through:
    case host_session: case join_session: case leave_session: case end_session: case share_grid: case fire: case send_rubbish: case go_away:
      return speak(*cast_.seat(happening.who), happening);
    case camera_off: case camera_busy: case camera_hot: case camera_card_full: case camera_bad_gateway: case camera_garbage:
    case camera_reset: case camera_cut: case camera_hang: case camera_forgets: case camera_slow: case camera_leaves: case camera_dial: case camera_holds_polls:
      return strike_camera(*cast_.camera(happening.who), happening);
    case reset_connections: case hang_network: case stop_reading: case part: case latency: case jitter: case lose_datagrams:
    case repeat_datagrams: case small_segments: case bandwidth:
      return strike_network(happening);
    case disk_full: case disk_fails: case disk_slow: case rot:
      return strike_disk(*cast_.pi(happening.who), happening);
    case media_off: case media_no_socket: case media_mute: case media_hang: case media_garbage: case media_drop: case film: case guest:
      return strike_media(cast_.media_server(happening.who)->server(), happening);
    case metrics_off: case metrics_refuse: case metrics_silent: case metrics_garbage: case metrics_drop:
      return strike_metrics(cast_.metrics_server(happening.who)->server(), happening);
    case step_clock: return cast_.host(happening.who)->wall_clock().step(seconds(happening.amount));
    case drift_clock: return cast_.host(happening.who)->wall_clock().set_drift(happening.amount);
    case power_cut: return cut_power(*cast_.pi(happening.who), happening.lasts);
    case power_cut_in_write: cast_.pi(happening.who)->cut_in_write = {happening.lasts, seconds(happening.amount)}; return;
  }
}

/// What begins while another of its kind lasts goes on until both are over.
void Director::until_over(const Happening& happening, std::function<void()> back) {
  auto& under_way = under_way_[{happening.deed, happening.who, happening.deed == part ? happening.text : ""}];
  ++under_way;
  after(happening.lasts, [&under_way, back = std::move(back)] {
    if (--under_way == 0) back();
  });
}

void Director::speak(Cast::Seat& seat, const Happening& happening) {
  auto& phone = *seat.phone;
  switch (happening.deed) {
    case start:
      phone.send("start_intervalometer_with_title", plan_of(happening, happening.text.empty() ? R"("title":"Night")" : fmt::format(R"("title":"Night","late":"{}")", happening.text)));
      return;
    case pause: phone.send("pause_intervalometer", "{}"); return;
    case go_on: phone.send("resume_intervalometer", "{}"); return;
    case replan: phone.send("update_intervalometer", plan_of(happening, R"("stopTime":null)")); return;
    case stop: phone.send("stop_intervalometer", "{}"); return;
    case save: phone.send("save_session_as_report", fmt::format(R"({{"sessionId":"{}"}})", seat.session_id)); return;
    case discard: phone.send("discard_session", fmt::format(R"({{"sessionId":"{}"}})", seat.session_id)); return;
    case take_photo: phone.send("take_photo", "{}"); return;
    case set_camera:
      phone.send("set_camera_setting", happening.text);
      phone.send("get_camera_settings", "{}");
      return;
    case look_through: phone.send("capture_liveview", "{}"); return;
    case host_session: phone.send("host_session", R"({"name":"Ridge"})"); return;
    case join_session: return join(phone, *cast_.pi(happening.text), happening.times == 1);
    case leave_session: phone.send("leave_session", "{}"); return;
    case end_session: phone.send("end_session", "{}"); return;
    case share_grid: phone.send("share_intervalometer", R"({"on":true})"); return;
    case fire: phone.send("fire", "{}"); return;
    case send_rubbish:
      for (int i = 0; i < happening.times; ++i) phone.send(happening.text);
      return;
    default: phone.go_away(happening.lasts);
  }
}

/// With the code that the host shows, or has shown last.
void Director::join(Phone& phone, Cast::Pi& host, bool typed) {
  if (host.device->running())
    if (const auto& session = host.device->nightjar().shared_session().host().session()) host.session_code = session->id;
  if (host.session_code.empty()) return;   // nobody can read it out
  const auto place = typed ? fmt::format(R"(,"address":"{}","port":{})", host.device->host().address().text(), host.device->settings().sharing_port) : std::string{};
  phone.send("join_session", fmt::format(R"({{"code":"{}"{}}})", host.session_code, place));
}

void Director::strike_camera(CameraUnit& unit, const Happening& happening) {
  auto& camera = unit.camera();
  const auto for_a_while = [&](auto change, auto back) {
    camera.change(change);
    until_over(happening, [&camera, back] { camera.change(back); });
  };
  using Kind = CameraFault::Kind;
  switch (happening.deed) {
    case camera_off:
      camera.power_off(false);
      return until_over(happening, [&camera] { (void)camera.power_on(); });
    case camera_leaves: return camera.leave_network(happening.lasts);
    case camera_hot:
      return for_a_while([](auto& condition) { condition.temperature = "disablerelease"; }, [](auto& condition) { condition.temperature = "normal"; });
    case camera_card_full:
      return for_a_while([](auto& condition) { condition.card = CameraCondition::Card::full; },
                         [](auto& condition) { condition.card = CameraCondition::Card::fits; });
    case camera_slow:
      return for_a_while([by = seconds(happening.amount)](auto& condition) { condition.latency = by; }, [](auto& condition) { condition.latency = {}; });
    case camera_holds_polls:
      return for_a_while([](auto& condition) { condition.holds_polls = true; }, [](auto& condition) { condition.holds_polls = false; });
    case camera_dial:
      camera.turn_dial(happening.text);
      return until_over(happening, [&camera] { camera.turn_dial("m"); });
    case camera_forgets: return camera.faults().no_file_next(happening.times);
    case camera_busy:
      return camera.faults().busy_next(happening.times, happening.text.empty() ? "Device busy" : happening.text);
    case camera_bad_gateway: return camera.faults().add({Kind::bad_gateway, happening.times, {}, happening.text});
    case camera_garbage: return camera.faults().add({Kind::garbage, happening.times, {}, happening.text});
    case camera_reset: return camera.faults().add({Kind::reset, happening.times, {}, happening.text});
    case camera_cut: return camera.faults().add({Kind::cut, happening.times, {}, happening.text});
    default: camera.faults().add({Kind::hang, happening.times, {}, happening.text});
  }
}

void Director::strike_network(const Happening& happening) {
  auto& network = cast_.world.network();
  auto* host = happening.who.empty() ? nullptr : cast_.host(happening.who);
  auto& lan = network.lan();
  const LinkQuality usual;
  switch (happening.deed) {
    case reset_connections: return network.reset_connections(*host);
    case hang_network:
      network.hang(*host);
      return until_over(happening, [&network, host] { network.hang(*host, false); });
    case stop_reading:
      network.stop_reading(*host);
      return until_over(happening, [&network, host] { network.stop_reading(*host, false); });
    case part: {
      auto* other = cast_.host(happening.text);
      if (host == other) return;
      network.partition(*host, *other);
      return until_over(happening, [&network, host, other] { network.partition(*host, *other, false); });
    }
    case latency:
      lan.set_latency(seconds(happening.amount), lan.quality().jitter);
      return until_over(happening, [&lan, usual] { lan.set_latency(usual.latency, lan.quality().jitter); });
    case jitter:
      lan.set_latency(lan.quality().latency, seconds(happening.amount));
      return until_over(happening, [&lan, usual] { lan.set_latency(lan.quality().latency, usual.jitter); });
    case lose_datagrams:
      lan.drop_datagrams(happening.amount);
      return until_over(happening, [&lan] { lan.drop_datagrams(0); });
    case repeat_datagrams:
      lan.duplicate_datagrams(happening.amount);
      return until_over(happening, [&lan] { lan.duplicate_datagrams(0); });
    case bandwidth:
      lan.set_bandwidth(static_cast<std::uint64_t>(happening.amount));
      return until_over(happening, [&lan, usual] { lan.set_bandwidth(usual.bandwidth); });
    default:
      lan.set_segment_max(static_cast<std::size_t>(happening.amount));
      return until_over(happening, [&lan, usual] { lan.set_segment_max(usual.segment_max); });
  }
}

void Director::strike_disk(Cast::Pi& pi, const Happening& happening) {
  auto& storage = pi.device->host().storage();
  switch (happening.deed) {
    case rot:
      for (int i = 0; i < happening.times; ++i) storage.rot(happening.text);
      return;
    case disk_slow:
      storage.set_latency(Storage::kRead, seconds(happening.amount));
      return until_over(happening, [&storage] { storage.set_latency(Storage::kRead, Storage::kWrite); });
    default:
      storage.fail_with(happening.deed == disk_full ? hal::ErrorKind::no_space : hal::ErrorKind::io);
      until_over(happening, [&storage] { storage.fail_with(std::nullopt); });
  }
}

void Director::strike_media(MediaServer& server, const Happening& happening) {
  const auto for_a_while = [&](bool MediaServerFaults::* fault) {
    server.change([fault](auto& faults) { faults.*fault = true; });
    until_over(happening, [&server, fault] { server.change([fault](auto& faults) { faults.*fault = false; }); });
  };
  switch (happening.deed) {
    case media_off:
      server.power_off();
      return until_over(happening, [&server] { (void)server.power_on(); });
    case media_no_socket: case media_mute:   // a server keeps to what it has promised a connection
      server.drop_sockets();
      return for_a_while(happening.deed == media_mute ? &MediaServerFaults::mute_socket : &MediaServerFaults::refuse_socket);
    case media_hang: return for_a_while(&MediaServerFaults::half_open);
    case media_garbage: return for_a_while(&MediaServerFaults::garbage);
    case film: {
      const auto screen = server.sessions().front().id;
      server.play(screen, "Alien");
      return until_over(happening, [&server, screen] { server.stop(screen); });
    }
    case guest: {
      const auto user = server.add_user("guest");
      server.start_session(user, "Jellyfin Web", "Guest room");
      return after(happening.lasts, [&server, user] { server.remove_user(user); });
    }
    default: server.drop_sockets();
  }
}

void Director::strike_metrics(MetricsServer& server, const Happening& happening) {
  switch (happening.deed) {
    case metrics_off:
      server.power_off();
      return until_over(happening, [&server] { (void)server.power_on(); });
    case metrics_refuse:
      server.refuse_with = static_cast<int>(happening.amount);
      server.close_all(hal::close_code::going_away);
      return until_over(happening, [&server] { server.refuse_with = 0; });
    case metrics_silent:
      server.silent = true;
      return until_over(happening, [&server] { server.silent = false; });
    case metrics_garbage:
      server.rubbish = true;
      return until_over(happening, [&server] { server.rubbish = false; });
    default: server.close_all(hal::close_code::internal);
  }
}

}   // namespace nightjar::sim
