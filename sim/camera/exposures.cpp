#include "sim/camera/exposures.h"

#include <algorithm>
#include <utility>

namespace nightjar::sim::camera {
namespace {

constexpr auto kTrailingAfter = std::chrono::milliseconds{150};   // the event behind the one with addedcontents

hal::Duration self_timer(const std::string& drive) {
  if (drive == "self_2sec") return std::chrono::seconds{2};
  if (drive == "self_10sec") return std::chrono::seconds{10};
  return hal::Duration{0};
}

}   // namespace

SkyView Exposures::view(double exposure_s) const {
  const auto hours = std::chrono::duration<double, std::ratio<3600>>(rig_.loop.now() - started_).count();
  return {hours, exposure_s, rig_.options.seed, count_};
}

std::optional<Refusal> Exposures::refusal(bool focus) const {
  if (busy()) return Refusal{503, "During shooting or recording"};
  if (held_) return Refusal{503, "Device busy"};
  if (rig_.condition.temperature.find("disablerelease") != std::string::npos) return Refusal{503, "Mode not supported"};
  if (rig_.condition.card != CameraCondition::Card::fits) return Refusal{503, "Can not write to card"};
  if (focus && rig_.condition.focus_fails && rig_.settings.text("afoperation") != "manual") return Refusal{503, "Out of focus"};
  return std::nullopt;
}

void Exposures::press(bool focus, AnswerPtr answer) {
  if (const auto refused = refusal(focus)) return answer->refuse(*refused);
  const auto length = rig_.settings.exposure();
  if (!length) return answer->refuse(503, "Mode not supported");   // bulb needs the manual button
  waiting_ = std::move(answer);
  open(length);
}

/// full_press answers when the shutter is open, release when it has closed: that is our choice, nothing public settles it.
void Exposures::button(std::string_view action, bool focus, AnswerPtr answer) {
  if (action == "half_press") return answer->ok();
  if (action == "release") {
    held_ = false;
    if (phase_ != Phase::exposing || waiting_) return answer->ok();
    if (bulb_) close();
    waiting_ = std::move(answer);
    if (phase_ != Phase::exposing)
      answer_timer_ = rig_.loop.at(rig_.loop.now() + rig_.options.answer_lag, [this] { std::exchange(waiting_, nullptr)->ok(); });
    return;
  }
  if (action != "full_press") return answer->refuse(400, "Invalid parameter");
  if (const auto refused = refusal(focus)) return answer->refuse(*refused);
  held_ = true;
  open(rig_.settings.exposure());
  press_timer_ = rig_.loop.at(opened_, [answer] { answer->ok(); });
}

/// Nothing: until the button is let go.
void Exposures::open(std::optional<hal::Duration> length) {
  phase_ = Phase::exposing;
  bulb_ = !length;   // as it began: the dial may be turned meanwhile
  opened_ = rig_.loop.now() + rig_.options.shutter_lag + self_timer(rig_.settings.text("drive"));
  if (length) timer_ = rig_.loop.at(opened_ + *length, [this] { close(); });
}

void Exposures::close() {
  phase_ = Phase::writing;
  const auto now = rig_.loop.now();
  exposures_.push_back({opened_, std::max(opened_, now), {}});
  if (exposures_.size() > kKept) exposures_.pop_front();
  ++count_;
  if (waiting_) answer_timer_ = rig_.loop.at(now + rig_.options.answer_lag, [this] { std::exchange(waiting_, nullptr)->ok(); });
  timer_ = rig_.loop.at(now + rig_.options.write_time, [this] { written(); });
}

void Exposures::written() {
  phase_ = Phase::idle;
  const bool lost = rig_.faults.strike_file() || !rig_.condition.records || rig_.condition.card != CameraCondition::Card::fits;
  if (lost) return;
  auto& exposure = exposures_.back();
  const auto seconds = std::chrono::duration<double>(exposure.closed - exposure.opened).count();
  const auto quality = rig_.settings.get("stillimagequality")["value"];
  const bool raw = quality.contains("raw") && quality["raw"] != "none";
  for (const auto& file : rig_.card.add(raw, rig_.clock(), view(seconds))) {
    exposure.file = file;
    rig_.events.added(rig_.address(file));
  }
  const auto tell_the_rest = [this] {
    rig_.events.changed("storage");
    rig_.events.changed("recordable");
  };
  if (rig_.condition.trailing_event)
    trailing_ = rig_.loop.at(rig_.loop.now() + kTrailingAfter, tell_the_rest);
  else
    tell_the_rest();
}

void Exposures::power_cut() {
  phase_ = Phase::idle;
  held_ = false;
  waiting_.reset();
  timer_.drop();
  answer_timer_.drop();
  press_timer_.drop();
  trailing_.drop();
}

}   // namespace nightjar::sim::camera
