#include "sim/watch_shutter.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/happening.h"

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kOneCause = "every press has one cause, and every cause presses at most once";
constexpr auto kInTime = "no press reaches the camera after its shot has been given up";
constexpr auto kAnswered = "a photo counts as taken only when the camera has said so";
constexpr auto kOverlap = "never two exposures at once on one camera";
constexpr auto kReleased = "every press is released";

constexpr auto kReleaseMax = 5min;    // a release is given 40 s, a lost camera is sought again for a minute or two
constexpr auto kTravel = 2s;          // of a request on an undisturbed network, handshakes included
constexpr int kUnauthorised = 401;    // the first half of a digest: no press

std::string at(hal::Instant when) { return clock_text(when.time_since_epoch()); }

}   // namespace

void WatchShutter::stepped(const sml::Step& step) {
  if (step.machine->name != "capture" || step.machine->states[step.from].region != 0 || step.verdict == sml::Verdict::unexpected) return;
  read_presses();
  const auto to = step.to_name();
  const bool enters = step.verdict == sml::Verdict::taken && to == "exposing";
  if (step.from_name() == "exposing" && step.event_name() == "Saved") {
    // Not just the last one: what a given-up request sent into a broken network may arrive while this photo is being taken.
    const auto& all = unit_.camera().presses();
    const bool answered = std::any_of(all.rbegin(), all.rend(), [this](const CameraPress& press) { return press.at >= asked_ && press.status == 200; });
    if (!answered)
      findings_.broken(kAnswered, fmt::format("the photo asked for at {} was noted as taken; the last press at the camera was {}", at(asked_),
                                              all.empty() ? "never" : fmt::format("at {}, answered {}", at(all.back().at), all.back().status)));
  }
  exposing_ = to == "exposing";
  if (!enters) return;
  ++causes_;
  asked_ = findings_.now();
}

void WatchShutter::powered_off() {
  read_presses();
  exposing_ = false;
  disturbed(findings_.now());   // what is in the air still lands
}

void WatchShutter::read_presses() {
  const auto& all = unit_.camera().presses();
  auto from = all.end();
  while (from != all.begin() && std::prev(from)->at > last_press_) --from;
  for (; from != all.end(); ++from) {
    last_press_ = from->at;
    if (from->status == kUnauthorised) continue;
    ++presses_;
    if (presses_ > causes_) findings_.broken(kOneCause, fmt::format("press {} at {}, and only {} photos were asked for", presses_, at(from->at), causes_));
    const bool late = !exposing_ || from->at < asked_;
    if (late && from->at > disturbed_until_ + kTravel) findings_.broken(kInTime, fmt::format("a press at {} belongs to no photo", at(from->at)));
  }
}

void WatchShutter::read_exposures() {
  const auto& all = unit_.camera().exposures();
  auto from = all.end();
  while (from != all.begin() && std::prev(from)->opened > last_opened_) --from;
  for (; from != all.end(); ++from) {
    if (from->opened < last_closed_) findings_.broken(kOverlap, fmt::format("one opened at {}, the one before closed at {}", at(from->opened), at(last_closed_)));
    last_opened_ = from->opened;
    last_closed_ = from->closed;
    ++exposures_;
  }
}

void WatchShutter::look(bool may_talk) {
  read_presses();
  read_exposures();
  up_or_talkless_ = std::max(up_or_talkless_, last_opened_);   // a button that is down takes no photo: it was up before this one
  if (!may_talk || !unit_.camera().button_held() || findings_.now() < disturbed_until_) up_or_talkless_ = findings_.now();
  if (findings_.now() - up_or_talkless_ > kReleaseMax)
    findings_.broken(kReleased, fmt::format("the shutter button of {} has been down since before {}", unit_.name(), at(up_or_talkless_)));
}

}   // namespace nightjar::sim
