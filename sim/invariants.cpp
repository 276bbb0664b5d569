#include "sim/invariants.h"

#include "sim/watch_party.h"

#include <fmt/format.h>

#include <algorithm>

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kBoots = "a device that has power serves within ten seconds";
constexpr auto kBounded = "memory is bounded: what waits and what is open stays below its limit";
constexpr auto kSecret = "no secret is ever in a log or a message";
constexpr auto kNoThrow = "time goes on and nothing is thrown";

constexpr auto kMendMax = 1min;       // app/journal_file.h: tried every ten seconds
constexpr auto kBootMax = 10s;
constexpr auto kStale = 130s;              // what a network held up is sent again after at most two minutes
constexpr std::size_t kEventsMax = 4'000;  // on the time line, all hosts of a scenario of ordinary size
constexpr std::size_t kConnectionsMax = 200;

}   // namespace

Invariants::Watch::Watch(Findings& findings, const Cast::Pi& pi) : machines(findings), session(findings, *pi.device), links(findings, pi) {
  if (pi.camera != nullptr) shutter = std::make_unique<WatchShutter>(findings, *pi.camera);
}

namespace {

/// The world's time: any host's loop tells it.
const hal::Clock& clock_of(Cast& cast) { return cast.pis.front()->device->host().loop(); }

}   // namespace

Invariants::Invariants(Cast& cast, const Scenario& scenario) : cast_(cast), findings_(clock_of(cast)) {
  for (const auto& pi : cast.pis) watches_[pi->device->name()] = std::make_unique<Watch>(findings_, *pi);
  for (const auto& device : scenario.devices)
    if (!device.token.empty()) secrets_.push_back(device.token);
  for (const auto* secret : {kCameraPassword, kMediaKey, kMetricsToken}) secrets_.emplace_back(secret);
}

void Invariants::happening(const Happening& happening) {
  using enum Deed;
  const auto until = findings_.now() + happening.lasts + kStale;
  switch (happening.deed) {
    case hang_network: case part: case latency: case jitter: case small_segments: case bandwidth: case reset_connections:
      for (const auto& [name, watch] : watches_)
        if (watch->shutter) watch->shutter->disturbed(until);
      return;
    case disk_full: case disk_fails: case disk_slow: disk_bad_until_ = std::max(disk_bad_until_, until); return;
    case rot: watches_.at(happening.who)->session.rotted(); return;
    default: return;
  }
}

void Invariants::stepped(const Cast::Pi& pi, const sml::Step& step) {
  auto& watch = this->watch(pi);
  if (watch.shutter) watch.shutter->stepped(step);
  watch.session.stepped(step);
  if (step.machine->name == "capture" && step.event_name() == "Saved") ++watch.saved;
  watch.machines.stepped(step);
}

void Invariants::logged(const Cast::Pi& pi, const Log::Line& line) {
  check_secret("the log of " + pi.device->name(), line.text);
  if (line.component != "timelapse") return;
  if (line.text.find("is not kept on disk") != std::string::npos) watch(pi).session.not_kept();
  if (line.text.find("is on disk again") != std::string::npos) watch(pi).session.kept_again();
}

void Invariants::heard(const Cast::Seat& seat, const MessageName& name, std::string_view text) {
  check_secret("a message", text);
  auto& watch = this->watch(*seat.pi);
  watch.session.heard(seat.phone->name(), name, text);
  watch.links.heard(seat.phone->name(), name, text);
}

void Invariants::check_secret(std::string_view where, std::string_view text) {
  for (const auto& secret : secrets_)
    if (text.find(secret) != std::string_view::npos) findings_.broken(kSecret, fmt::format("{} says: {}", where, text.substr(0, 300)));
}

void Invariants::booting(const Cast::Pi& pi) {
  auto& watch = this->watch(pi);
  watch.booted = findings_.now();
  watch.ready = false;
  watch.machines.booted();
}

void Invariants::ready(const Cast::Pi& pi, const hal::Result<hal::Endpoint>& at) {
  watch(pi).ready = true;
  if (!at.ok()) findings_.broken(kBoots, at.error().text());
}

void Invariants::power_cut(const Cast::Pi& pi) {
  ++power_cuts_;
  auto& watch = this->watch(pi);
  watch.ready = false;
  watch.machines.powered_off();
  watch.session.powered_off();
  if (watch.shutter) watch.shutter->powered_off();
}

void Invariants::threw(const std::string& what) { findings_.broken(kNoThrow, what); }

bool Invariants::connected(const Cast::Pi& pi) const {
  const auto state = watch(pi).machines.state("camera_link");
  return state == "ready" || state == "checking";
}

void Invariants::look() {
  for (const auto& pi : cast_.pis) {
    auto& watch = this->watch(*pi);
    const bool runs = pi->device->running();
    const auto up = runs ? findings_.now() - watch.booted : 0s;
    if (runs && !watch.ready && up > kBootMax && findings_.now() > disk_bad_until_) findings_.broken(kBoots, pi->device->name() + " does not");
    if (runs) watch.machines.look();
    if (runs) watch.session.look(watch.ready && up > kBootMax, up > kMendMax && findings_.now() > disk_bad_until_ + kMendMax);
    if (watch.shutter) watch.shutter->look(runs && connected(*pi) && pi->camera->camera().on());
  }
  if (cast_.world.timeline().size() > kEventsMax) findings_.broken(kBounded, fmt::format("{} events wait on the time line", cast_.world.timeline().size()));
  if (cast_.world.network().connections() > kConnectionsMax) findings_.broken(kBounded, fmt::format("{} connections are open", cast_.world.network().connections()));
}

void Invariants::check_all_is_well() {
  check_party_is_well(cast_, findings_);
  for (const auto& pi : cast_.pis) {
    if (!pi->device->running() || !watch(*pi).ready) findings_.broken(kWell, pi->device->name() + " does not serve");
    if (pi->camera != nullptr && !connected(*pi))
      findings_.broken(kWell, fmt::format("{} has not reached its camera: its link is {}", pi->device->name(), watch(*pi).machines.state("camera_link")));
    watch(*pi).links.check_all_is_well(watch(*pi).machines.state("connection"));
    for (const auto* phone : pi->phones)
      if (!phone->connected() || findings_.now() - phone->last_heard() > Phone::kSilenceMax) findings_.broken(kWell, phone->name() + " is not connected");
  }
}

void Invariants::check_last_wishes() {
  for (const auto& pi : cast_.pis) {
    const auto state = watch(*pi).machines.state("intervalometer");
    if (!pi->phones.empty() && !state.empty() && state != "idle") findings_.broken(kWell, fmt::format("stopped and saved, and the intervalometer is {}", state));
    watch(*pi).saved_before = watch(*pi).saved;
  }
}

void Invariants::check_last_photo() {
  for (const auto& pi : cast_.pis)
    if (!pi->phones.empty() && pi->camera != nullptr && watch(*pi).saved == watch(*pi).saved_before) findings_.broken(kWell, "a photo was asked for and not taken");
}

void Invariants::at_the_end() {
  look();
  for (const auto& [name, watch] : watches_) watch->session.check_kept_reports();
}

Invariants::Counts Invariants::counts() const {
  Counts out;
  out.power_cuts = power_cuts_;
  for (const auto& [name, watch] : watches_) {
    out.sessions += watch->session.counts();
    if (watch->shutter) out.presses += watch->shutter->presses(), out.exposures += watch->shutter->exposures();
  }
  return out;
}

}   // namespace nightjar::sim
