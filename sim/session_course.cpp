#include "sim/session_course.h"

#include <fmt/format.h>

#include <algorithm>

#include "fsm/sml/print.h"

namespace nightjar::sim {

void SessionCourse::want(const fsm::SessionRequest& plan, std::uint32_t next) {
  wanted_ = plan.shots == 0 ? 0 : std::max(plan.shots, next);
}

bool SessionCourse::can_take(const Happened& next) {
  if (!plan_ && !plans_.empty()) {
    plan_ = plans_.front();
    plans_.pop_front();
    ++plans_known_;
    want(*plan_, slot_);
  }
  return plan_ && (next.what != What::replanned || !plans_.empty());
}

std::optional<std::string> SessionCourse::check() {
  while (!waiting_.empty() && can_take(waiting_.front())) {
    const auto next = waiting_.front();
    waiting_.pop_front();
    if (auto wrong = take(next)) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> SessionCourse::take(const Happened& next) {
  switch (next.what) {
    case What::shot_ordered: {
      const auto wanted = std::max(due_, free_);
      if (in_flight_ || halted_ || over()) return fmt::format("shot {} was ordered {}", slot_ + 1, in_flight_ ? "during another" : halted_ ? "after a pause or a stop" : "after the last");
      if (next.at != wanted)
        return fmt::format("shot {} was ordered {} {} its time, at an interval of {}", slot_ + 1, sml::to_string(next.at > wanted ? next.at - wanted : wanted - next.at),
                           next.at > wanted ? "after" : "before", sml::to_string(plan_->interval));
      last_ = due_;
      in_flight_ = true;
      break;
    }
    case What::shot_ended: end_shot(next.at); break;
    case What::paused: case What::stopped: halt(next.at); break;
    case What::went_on:
      halted_.reset();
      if (in_flight_) break;
      due_ = std::max(due_, next.at);
      free_ = next.at;
      break;
    case What::replanned: replan(next.at); break;
  }
  return std::nullopt;
}

void SessionCourse::end_shot(sml::Time at) {
  in_flight_ = false;
  free_ = at;
  ++slot_;
  due_ = then_.value_or(due_ + plan_->interval);
  then_.reset();
  switch (plan_->late) {
    case fsm::Late::skip: miss_before(halted_.value_or(at), 0); break;
    case fsm::Late::shift:
      if (!halted_ && !over()) due_ = std::max(due_, at);
      break;
    case fsm::Late::burst: miss_before(halted_.value_or(at), halted_ ? 0 : fsm::kBurstMax); break;
  }
}

/// From now on no slot is due; of those that were and have not been shot none will be, where they are not simply later.
void SessionCourse::halt(sml::Time at) {
  if (halted_) return;
  halted_ = at;
  if (!in_flight_ && plan_->late != fsm::Late::shift) miss_before(at, 0);
}

void SessionCourse::replan(sml::Time at) {
  const auto plan = plans_.front();
  plans_.pop_front();
  ++plans_known_;
  const auto next = in_flight_ ? then_.value_or(due_ + plan_->interval) : due_;
  const auto due = last_ && plan.interval != plan_->interval ? std::max(at, *last_ + plan.interval) : next;
  if (in_flight_) {
    then_ = due;
  } else {
    due_ = due;
    free_ = std::max(free_, at);
  }
  plan_ = plan;
  want(plan, slot_ + (in_flight_ ? 1 : 0));
}

void SessionCourse::miss_before(sml::Time at, std::uint32_t keeps) {
  if (at <= due_) return;
  const auto interval = plan_->interval;
  auto past = static_cast<std::uint32_t>((at - due_ + interval - sml::Time{1}) / interval);
  if (wanted_ != 0) past = std::min(past, wanted_ - std::min(slot_, wanted_));
  if (past <= keeps) return;
  slot_ += past - keeps;
  due_ += (past - keeps) * interval;
}

}   // namespace nightjar::sim
