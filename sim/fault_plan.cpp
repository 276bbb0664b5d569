#include "sim/fault_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "sim/chance.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;
using enum Deed;

constexpr std::size_t kFaultsMax = 400;      // a night: shrinking stays quick, and there is time to recover in between
constexpr auto kNone = hal::Duration{0};

/// How often, how long and how much: each drawn anew, evenly on a logarithmic scale.
struct Kind {
  Deed deed;
  double on_rate;                            // how many nights have it at all
  double per_hour_min, per_hour_max;
  hal::Duration lasts_min = kNone, lasts_max = kNone;
  double amount_min = 0, amount_max = 0;
  int times_max = 1;
};

constexpr std::array kKinds{
    Kind{camera_off, 0.3, 0.1, 6, 1s, 20min},
    Kind{camera_busy, 0.3, 0.5, 30, kNone, kNone, 0, 0, 8},
    Kind{camera_hot, 0.15, 0.1, 2, 10s, 20min},
    Kind{camera_card_full, 0.1, 0.1, 1, 10s, 10min},
    Kind{camera_bad_gateway, 0.15, 0.1, 10, kNone, kNone, 0, 0, 6},
    Kind{camera_garbage, 0.15, 0.1, 10, kNone, kNone, 0, 0, 3},
    Kind{camera_reset, 0.2, 0.1, 10, kNone, kNone, 0, 0, 4},
    Kind{camera_cut, 0.2, 0.1, 10, kNone, kNone, 0, 0, 4},
    Kind{camera_hang, 0.2, 0.1, 10, kNone, kNone, 0, 0, 3},
    Kind{camera_forgets, 0.15, 0.1, 4, kNone, kNone, 0, 0, 5},
    Kind{camera_slow, 0.2, 0.1, 4, 1s, 10min, 0.05, 12},
    Kind{camera_leaves, 0.2, 0.1, 6, 100ms, 10min},
    Kind{reset_connections, 0.25, 0.2, 20},
    Kind{hang_network, 0.25, 0.1, 8, 100ms, 15min},
    Kind{stop_reading, 0.2, 0.1, 6, 1s, 20min},
    Kind{part, 0.25, 0.1, 8, 100ms, 15min},
    Kind{latency, 0.25, 0.1, 6, 10s, 20min, 0.001, 2},
    Kind{jitter, 0.2, 0.1, 6, 10s, 20min, 0.001, 1},
    Kind{lose_datagrams, 0.1, 0.1, 2, 10s, 10min, 0.05, 1},
    Kind{repeat_datagrams, 0.1, 0.1, 2, 10s, 10min, 0.05, 1},
    Kind{small_segments, 0.15, 0.1, 3, 10s, 5min, 1, 200},
    Kind{bandwidth, 0.1, 0.1, 2, 10s, 10min, 10'000, 1'000'000},
    Kind{send_rubbish, 0.2, 0.2, 10, kNone, kNone, 0, 0, 15},
    Kind{go_away, 0.3, 0.2, 20, 1s, 30min},
    Kind{step_clock, 0.25, 0.1, 6, kNone, kNone, 0.5, 200'000},
    Kind{drift_clock, 0.2, 0.1, 1, kNone, kNone, 1, 200},
    Kind{disk_full, 0.15, 0.1, 3, 1s, 10min},
    Kind{disk_fails, 0.15, 0.1, 3, 1s, 10min},
    Kind{disk_slow, 0.2, 0.1, 4, 1s, 10min, 0.01, 3},
    Kind{power_cut, 0.3, 0.1, 6, 100ms, 20min},
    Kind{power_cut_in_write, 0.25, 0.2, 10, 100ms, 5min, 0.0001, 0.007},
    Kind{rot, 0.08, 0.1, 1, kNone, kNone, 0, 0, 3},
    Kind{set_camera, 0.4, 0.5, 20},
    Kind{look_through, 0.3, 0.2, 10},
    Kind{camera_dial, 0.1, 0.1, 3, 1s, 5min},
    Kind{camera_holds_polls, 0.15, 0.1, 3, 1s, 10min},
    Kind{film, 0.6, 0.2, 4, 1min, 2h},
    Kind{guest, 0.4, 0.2, 4, 10s, 2h},
    Kind{media_off, 0.3, 0.1, 6, 1s, 20min},
    Kind{media_no_socket, 0.3, 0.1, 6, 1s, 20min},
    Kind{media_mute, 0.2, 0.1, 6, 1s, 20min},
    Kind{media_hang, 0.2, 0.1, 6, 1s, 10min},
    Kind{media_garbage, 0.2, 0.1, 6, 1s, 10min},
    Kind{media_drop, 0.3, 0.2, 20},
    Kind{metrics_off, 0.3, 0.1, 6, 1s, 20min},
    Kind{metrics_refuse, 0.2, 0.1, 4, 1s, 10min, 500, 599},
    Kind{metrics_silent, 0.2, 0.1, 6, 1s, 10min},
    Kind{metrics_garbage, 0.2, 0.1, 6, 1s, 10min},
    Kind{metrics_drop, 0.3, 0.2, 20},
};

constexpr std::array<const char*, 5> kBusyTexts{"Device busy", "During shooting or recording", "Can not write to card", "Mode not supported", "Out of focus"};
constexpr std::array<const char*, 5> kRubbish{"{", "{\"type\":\"nothing\"}", "[]", "{\"type\":\"start_intervalometer_with_title\",\"data\":{\"interval\":-1}}", "\\u0000"};
constexpr std::array<const char*, 5> kWishes{R"({"setting":"iso","value":"800"})", R"({"setting":"iso","value":"1600"})", R"({"setting":"colortemperature","value":5600})",
                                           R"({"setting":"wbshift","value":{"ba":2,"mg":-1}})", R"({"setting":"iso","value":"none"})"};
constexpr std::array<const char*, 4> kModes{"av", "tv", "p", "bulb"};
constexpr std::array<const char*, 4> kPaths{"", "/shutterbutton", "/deviceinformation", "/battery"};
constexpr std::array kIntervals{30.0, 30.0, 30.0, 1.0, 2.0, 3.0, 5.0, 10.0, 60.0, 1.5};
constexpr std::array<const char*, 6> kExposures{"1/125", "1/125", "1\"", "4\"", "13\"", "30\""};

/// Two draws never stand in one call's arguments: each compiler has its own order for those, and a seed is the same night for all.
class Draw {
 public:
  Draw(std::uint64_t seed, hal::Duration lasts) : chance_(Chance{seed}.fork("night")) {
    night_.seed = seed;
    night_.lasts = lasts;
    night_.name = "drawn from seed " + std::to_string(seed);
  }

  Scenario run() {
    cast();
    photographer();
    if (night_.devices.size() > 1) party();
    for (const auto& kind : kKinds) faults(kind);
    night_.devices.front().clock_battery = chance_.hit(0.5);
    auto& all = night_.happenings;
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return std::move(night_);
  }

 private:
  template <class List>
  const auto& one_of(const List& list) { return list[chance_.below(list.size())]; }
  double log_even(double low, double high) {
    if (!(low > 0) || high <= low) return low;
    const auto part = static_cast<double>(chance_.below(1'000'001)) / 1e6;
    return low * std::pow(high / low, part);
  }
  /// To the millisecond: a timeline that a person reads.
  hal::Duration log_even(hal::Duration low, hal::Duration high) {
    if (high <= low) return low;
    const auto drawn = log_even(static_cast<double>(low.count()), static_cast<double>(high.count()));
    return std::chrono::milliseconds{std::llround(drawn / 1e6)};
  }
  hal::Duration moment(hal::Duration from, hal::Duration to) {
    return std::chrono::floor<std::chrono::milliseconds>(chance_.between(from, std::max(from, to)));
  }

  void cast() {
    DeviceSpec device;
    device.resume = chance_.hit(0.4);
    if (chance_.hit(0.2)) device.token = "token-of-the-night";
    night_.devices = {device};
    CameraSpec camera;
    if (chance_.hit(0.3)) camera.buttons = chance_.hit(0.6) ? CameraOptions::Buttons::manual : CameraOptions::Buttons::simple;
    camera.exposure = one_of(kExposures);
    camera.tls = chance_.hit(0.15);
    camera.digest = chance_.hit(0.15);
    camera.ssdp = chance_.hit(0.3);
    night_.cameras = {camera};
    night_.phones = {{"phone-1", "pi"}, {"phone-2", "pi"}};
    if (chance_.hit(0.15)) {
      night_.cameras.front().ssdp = false;   // or they would all shoot with it
      night_.devices.resize(3, device);
      for (std::size_t i = 1; i < night_.devices.size(); ++i) {
        night_.devices[i].name = "pi-" + std::to_string(i + 1);
        night_.phones.push_back({"phone-" + std::to_string(i + 2), night_.devices[i].name});
      }
    }
    if (chance_.hit(0.2)) night_.servers.push_back({"house", "pi", ServerSpec::Kind::media});
    if (chance_.hit(0.2)) night_.servers.push_back({"roof", "pi", ServerSpec::Kind::metrics});
  }

  std::string a_phone() { return chance_.hit(0.7) ? "phone-1" : "phone-2"; }
  std::string anybody() {
    static constexpr std::array<const char*, 4> kAll{"pi", "camera", "phone-1", "phone-2"};
    if (!night_.servers.empty() && chance_.hit(0.2)) return one_of(night_.servers).name;
    if (night_.devices.size() > 1 && chance_.hit(0.3)) return one_of(night_.devices).name;
    return one_of(kAll);
  }
  /// The server that a deed is about; nothing: there is none in this night.
  const ServerSpec* server_of(Whom whom) const {
    const auto kind = whom == Whom::media ? ServerSpec::Kind::media : ServerSpec::Kind::metrics;
    const auto found = std::find_if(night_.servers.begin(), night_.servers.end(), [kind](const auto& each) { return each.kind == kind; });
    return found == night_.servers.end() ? nullptr : &*found;
  }

  /// Sessions one after the other, each stopped or left to its end, then saved, discarded or forgotten; and now and then a word out of place.
  void photographer() {
    const auto interval = one_of(kIntervals);
    const auto session = log_even(5min, std::max<hal::Duration>(night_.lasts, 10min));
    for (auto at = moment(5s, 60s); at < night_.lasts;) {
      const int shots = chance_.hit(0.4) ? static_cast<int>(1 + chance_.below(static_cast<std::uint64_t>(std::chrono::duration<double>{session}.count() / interval) + 1)) : 0;
      say(at, start, interval, std::min(shots, 100'000));
      const auto length = moment(session / 4, session);
      change_course(at, length, interval, shots);
      at += length;
      if (chance_.hit(0.8)) say(at, stop);
      at += moment(2s, 90s);
      say(at, chance_.hit(0.75) ? save : discard);
      at += moment(1s, 2min);
    }
    const auto words = chance_.below(20);
    static constexpr std::array kWords{start, stop, pause, go_on, replan, save, discard, take_photo, take_photo, take_photo};
    for (std::uint64_t i = 0; i < words; ++i) {
      const auto at = moment(1s, night_.lasts);
      const auto word = one_of(kWords);
      say(at, word, interval, static_cast<int>(chance_.below(50)));
    }
  }
  /// Several devices shoot as one: the first hosts, the others join, and people change their minds.
  void party() {
    const auto word = [this](hal::Duration at, Deed deed, const std::string& phone) {
      if (at < night_.lasts) night_.happenings.push_back({at, deed, phone, {}, 0, deed == join_session ? static_cast<int>(chance_.below(2)) : 0, deed == join_session ? "pi" : ""});
    };
    const auto hosted = moment(5s, 60s);
    word(hosted, host_session, "phone-1");
    if (chance_.hit(0.5)) word(hosted + 1s, share_grid, "phone-1");
    for (std::size_t i = 2; i < night_.phones.size(); ++i) word(hosted + moment(2s, 60s), join_session, night_.phones[i].name);
    static constexpr std::array kOfHost{fire, fire, fire, fire, share_grid, end_session, host_session, host_session};
    static constexpr std::array kOfGuest{join_session, join_session, join_session, join_session, leave_session, host_session, end_session};
    const auto words = chance_.below(30);
    for (std::uint64_t i = 0; i < words; ++i) {
      const auto at = moment(1s, night_.lasts);
      const auto deed = chance_.hit(0.5) ? one_of(kOfHost) : one_of(kOfGuest);
      word(at, deed, chance_.hit(0.5) ? "phone-1" : night_.phones[2 + chance_.below(night_.phones.size() - 2)].name);
    }
  }
  /// Now and then a session is paused for a while, or gets another interval or end.
  void change_course(hal::Duration from, hal::Duration length, double interval, int shots) {
    if (chance_.hit(0.25)) {
      const auto pauses = 1 + chance_.below(3);
      for (std::uint64_t i = 0; i < pauses; ++i) {
        const auto at = from + moment({}, length);
        say(at, pause);
        if (chance_.hit(0.9)) say(at + moment(100ms, length / 2), go_on);
      }
    }
    if (!chance_.hit(0.25)) return;
    const auto at = from + moment({}, length);
    const auto other = chance_.hit(0.6) ? one_of(kIntervals) : interval;
    say(at, replan, other, chance_.hit(0.3) ? 0 : shots);
  }
  void say(hal::Duration at, Deed deed, double interval = 0, int shots = 0) {
    if (at >= night_.lasts) return;
    Happening out{at, deed, a_phone(), {}, 0, 0, {}};
    if (deed == start || deed == replan) out.amount = interval, out.times = shots;
    if (deed == start && chance_.hit(0.4)) out.text = chance_.hit(0.5) ? "shift" : "burst";
    night_.happenings.push_back(std::move(out));
  }

  void faults(const Kind& kind) {
    const auto whom = info(kind.deed).whom;
    if ((whom == Whom::media || whom == Whom::metrics) && server_of(whom) == nullptr) return;
    if (!chance_.hit(kind.on_rate)) return;
    const auto rate = log_even(kind.per_hour_min, kind.per_hour_max);
    const auto hours = std::chrono::duration<double, std::ratio<3600>>{night_.lasts}.count();
    const auto count = std::clamp<std::size_t>(static_cast<std::size_t>(std::llround(rate * hours)), 1, kFaultsMax / 8);
    for (std::size_t i = 0; i < count; ++i) night_.happenings.push_back(fault(kind));
  }

  Happening fault(const Kind& kind) {
    Happening out;
    out.deed = kind.deed;
    out.at = moment(1s, night_.lasts - 1s);
    out.lasts = std::min(log_even(kind.lasts_min, kind.lasts_max), std::max<hal::Duration>(night_.lasts - out.at, 1ms));
    out.amount = std::round(log_even(kind.amount_min, kind.amount_max) * 1000) / 1000;
    if (!info(kind.deed).times.empty()) out.times = 1 + static_cast<int>(chance_.below(static_cast<std::uint64_t>(kind.times_max)));
    switch (info(kind.deed).whom) {
      case Whom::nobody: break;
      case Whom::phone: out.who = a_phone(); break;
      case Whom::camera: out.who = "camera"; break;
      case Whom::device: out.who = chance_.hit(0.7) ? night_.devices.front().name : one_of(night_.devices).name; break;
      case Whom::media: case Whom::metrics: out.who = server_of(info(kind.deed).whom)->name; break;
      case Whom::anybody: out.who = anybody(); break;
    }
    say_more(out);
    return out;
  }
  void say_more(Happening& out) {
    switch (out.deed) {
      case camera_busy: out.text = one_of(kBusyTexts); break;
      case camera_bad_gateway: case camera_garbage: case camera_reset: case camera_cut: case camera_hang: out.text = one_of(kPaths); break;
      case send_rubbish: out.text = one_of(kRubbish); break;
      case part: do out.text = anybody(); while (out.text == out.who); break;
      case set_camera: out.text = one_of(kWishes); break;
      case camera_dial: out.text = one_of(kModes); break;
      case rot: out.text = "sessions/current.journal"; break;
      case small_segments: case bandwidth: case metrics_refuse: out.amount = std::ceil(out.amount); break;
      case step_clock: case drift_clock: if (chance_.hit(0.5)) out.amount = -out.amount; break;
      default: break;
    }
  }

  Chance chance_;
  Scenario night_;
};

}   // namespace

Scenario drawn_night(std::uint64_t seed, hal::Duration lasts) { return Draw{seed, lasts}.run(); }

}   // namespace nightjar::sim
