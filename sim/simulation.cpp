#include "sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "fsm/sml/print.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLast = 12;
constexpr auto kLookEvery = 1min;
constexpr auto kStopMax = 100s;    // a photo in flight finishes first: 45 s, and 40 s more for the release of a manual button
constexpr auto kSaveMax = 5s;
constexpr auto kPhotoMax = 45s;    // exposures end at 30 s

hal::Instant moment(hal::Duration since_start) { return hal::Instant{since_start}; }

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) { return Chance::mix(hash ^ (value + 0x9e3779b97f4a7c15u)); }

}   // namespace

Simulation::Simulation(const Scenario& scenario, Ears ears)
    : scenario_(scenario), ears_(std::move(ears)), cast_(scenario_), invariants_(cast_, scenario_), director_(cast_) {
  director_.on_booting = [this](const Cast::Pi& pi) { invariants_.booting(pi); };
  director_.on_ready = [this](const Cast::Pi& pi, const auto& at) { invariants_.ready(pi, at); };
  director_.on_power_cut = [this](const Cast::Pi& pi) { invariants_.power_cut(pi); };
  for (const auto& pi : cast_.pis) {
    pi->device->on_step = [this, pi = pi.get()](const sml::Step& step) { stepped(*pi, step); };
    pi->device->host().log().on_line = [this, pi = pi.get()](const Log::Line& line) {
      invariants_.logged(*pi, line);
      if (ears_.on_log) ears_.on_log(fmt::format("{} {:<8} log: {}: {}", clock_text(line.at.time_since_epoch()), pi->device->name(), line.component, line.text));
    };
  }
  for (const auto& seat : cast_.seats) {
    seat->phone->on_text = [this, seat = seat.get()](const MessageName& name, std::string_view text) {
      if (name.type == "welcome" || name.type == "timelapse_event")
        if (const auto id = text_member(text, R"("sessionId":")"); !id.empty()) seat->session_id = id;
      invariants_.heard(*seat, name, text);
      cast_.world.note(text);
    };
  }
}

void Simulation::open() {
  for (const auto& camera : cast_.cameras) (void)camera->camera().power_on();
  for (const auto& unit : cast_.media_servers) (void)unit->server().power_on();
  for (const auto& unit : cast_.metrics_servers) (void)unit->server().power_on();
  for (const auto& pi : cast_.pis) director_.boot(*pi);
  for (const auto& seat : cast_.seats) {
    const auto& device = *seat->pi->device;
    const auto& token = device.settings().auth_token;
    seat->phone->call(device.endpoint(), "/ws", token.empty() ? hal::Headers{} : hal::Headers{{"Authorization", "Bearer " + token}});
  }
  schedule(0);
  look_later();
}

/// One entry of the timeline waits at a time.
void Simulation::schedule(std::size_t next) {
  if (next == scenario_.happenings.size()) return;
  cast_.world.at(moment(scenario_.happenings[next].at), [this, next] {
    const auto& happening = scenario_.happenings[next];
    ++happened_;
    if (ears_.on_log) ears_.on_log(fmt::format("{} {}", clock_text(cast_.world.now().time_since_epoch()), to_toml(happening)));
    invariants_.happening(happening);
    director_.perform(happening);
    cuts_armed_ = cuts_armed_ || happening.deed == Deed::power_cut_in_write;
    if (begun_) wait_for_writes();
    schedule(next + 1);
  });
}

void Simulation::look_later() {
  cast_.world.after(kLookEvery, [this] {
    invariants_.look();
    look_later();
  });
}

void Simulation::stepped(const Cast::Pi& pi, const sml::Step& step) {
  const Taken taken{&pi, step};
  trace_hash_ = mix(trace_hash_, static_cast<std::uint64_t>(step.time.count()));
  trace_hash_ = mix(trace_hash_ ^ step.machine->hash, (std::uint64_t{step.row} << 32) | (std::uint64_t{step.from} << 24) | (std::uint64_t{step.event} << 16) |
                                                          (std::uint64_t{step.to} << 8) | static_cast<std::uint64_t>(step.verdict));
  if (last_.size() < kLast) last_.push_back(taken);
  else last_[steps_ % kLast] = taken;
  ++steps_;
  if (ears_.on_line) ears_.on_line(line(taken));
  invariants_.stepped(pi, step);
}

std::string Simulation::line(const Taken& taken) {
  const auto& step = taken.step;
  return fmt::format("{:<18}  {:<6} {:<15} {:<12} {:<14} {}", clock_text(step.time), taken.pi->device->name(), step.machine->name, step.from_name(), step.event_name(),
                     step.verdict == sml::Verdict::taken ? step.to_name() : sml::to_string(step.verdict));
}

/// Where a power cut is to fall into a write: is one in the air now?
void Simulation::cut_armed() {
  bool armed = false;
  for (const auto& pi : cast_.pis) {
    auto& cut = pi->cut_in_write;
    if (cut.lasts.count() == 0) continue;
    armed = true;
    const auto& storage = pi->device->host().storage();
    const auto write = storage.writes_begun();
    if (!pi->device->running() || write == storage.writes_ended() || write == cut.met) continue;
    cut.met = write;
    cast_.world.after(cut.into, [this, pi = pi.get(), write] {
      const auto& disk = pi->device->host().storage();
      const auto& due = pi->cut_in_write;
      if (due.lasts.count() != 0 && due.met == write && disk.writes_begun() == write && disk.writes_ended() < write)
        director_.cut_power(*pi, std::clamp(moment(scenario_.lasts) - cast_.world.now(), hal::Duration{1ms}, due.lasts));   // back before it is looked whether all is well
    });
  }
  cuts_armed_ = armed;
}

/// The same, asked often enough to meet a write: an SD card takes milliseconds for one.
void Simulation::wait_for_writes() {
  if (!cuts_armed_) return;
  cut_armed();
  cast_.world.after(1ms, [this] { wait_for_writes(); });
}

World& Simulation::begin() {
  begun_ = true;
  open();
  return cast_.world;
}

/// False when a promise was broken on the way.
bool Simulation::live_until(hal::Instant end) {
  auto& timeline = cast_.world.timeline();
  for (auto next = timeline.next(); next && *next <= end; next = timeline.next()) {
    timeline.step();
    if (cuts_armed_) cut_armed();
    if (invariants_.broken()) return false;
  }
  timeline.skip_to(end);
  return true;
}

/// Everything has had its time: it must work now. Sessions are stopped and saved, a photo is taken.
void Simulation::curtain() {
  invariants_.check_all_is_well();
  cuts_armed_ = false;
  for (const auto& pi : cast_.pis) pi->cut_in_write = {};
  const auto everybody = [this](Deed deed) {
    for (const auto& pi : cast_.pis)
      for (const auto& seat : cast_.seats)
        if (seat->pi == pi.get()) {
          director_.speak(*seat, {{}, deed, {}, {}, 0, 0, {}});
          break;
        }
  };
  everybody(Deed::stop);
  if (!live_until(cast_.world.now() + kStopMax)) return;
  everybody(Deed::save);
  if (!live_until(cast_.world.now() + kSaveMax)) return;
  invariants_.check_last_wishes();
  everybody(Deed::take_photo);
  if (!live_until(cast_.world.now() + kPhotoMax)) return;
  invariants_.check_last_photo();
  invariants_.at_the_end();
}

Outcome Simulation::run(std::optional<hal::Duration> until) try {
  open();
  cast_.world.at(moment(scenario_.lasts), [this] {
    for (const auto& unit : cast_.cameras) unit->camera().faults().clear();   // what has found no request to strike
  });
  const auto end = moment(scenario_.lasts) + kRecovery;
  if (until && moment(*until) < end) {
    live_until(moment(*until));
    return outcome();
  }
  if (live_until(end)) curtain();
  return outcome();
} catch (const std::exception& error) {
  invariants_.threw(error.what());
  return outcome();
}

Outcome Simulation::outcome() {
  Outcome out;
  out.broken = invariants_.broken();
  out.lived = cast_.world.now().time_since_epoch();
  out.fingerprint = mix(cast_.world.fingerprint(), trace_hash_);
  out.trace_hash = trace_hash_;
  out.steps = steps_;
  out.events = cast_.world.timeline().steps();
  out.happened = happened_;
  out.counts = invariants_.counts();
  for (std::size_t i = 0; i < last_.size(); ++i) out.last_steps.push_back(line(last_[last_.size() < kLast ? i : (steps_ + i) % kLast]));
  return out;
}

}   // namespace nightjar::sim
