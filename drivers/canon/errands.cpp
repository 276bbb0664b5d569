#include "drivers/canon/errands.h"

#include <algorithm>

#include "drivers/canon/ccapi_camera.h"

namespace nightjar::canon {

bool Errands::add(std::unique_ptr<Errand> errand, std::uint64_t id) {
  if (waiting_.size() >= kErrandsMax) return false;
  errand->id_ = id;
  waiting_.push_back(std::move(errand));
  begin_next_later();
  return true;
}

void Errands::drop(std::uint64_t id) {
  if (current_ && current_->id_ == id) {
    request_.drop();
    finish();
    return;
  }
  std::erase_if(waiting_, [id](const auto& errand) { return errand->id_ == id; });
}

std::unique_ptr<Errand> Errands::finish() {
  if (std::exchange(on_the_way_, false)) lanes_.give_back(lane_);
  begin_next_later();
  return std::move(current_);
}

void Errands::send(hal::HttpRequest request, hal::Duration patience, Answered answered) {
  lane_ = lanes_.take_for_errand();
  on_the_way_ = true;
  request_ = lanes_.client(lane_)->request(std::move(request), patience, [this, answered = std::move(answered)](const auto& answer) {
    on_the_way_ = false;
    lanes_.give_back(lane_);
    answered(answer);
  });
}

void Errands::begin_next_later() {
  loop_.post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->begin_next();
  });
}

void Errands::begin_next() {
  if (current_ || waiting_.empty()) return;
  current_ = std::move(waiting_.front());
  waiting_.pop_front();
  current_->begin(*this);
}

}   // namespace nightjar::canon
