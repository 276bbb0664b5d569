#include "sim/camera/darkroom.h"

#include <utility>

namespace nightjar::sim::camera {

bool Darkroom::draw(const SkyView& view, PictureSize size, Done done) {
  if (jobs_.size() >= kJobsMax) return false;
  jobs_.push_back({view, size, std::move(done)});
  if (jobs_.size() == 1) work_later();
  return true;
}

void Darkroom::clear() {
  work_.drop();
  picture_.reset();
  jobs_.clear();
}

void Darkroom::work_later() {
  work_ = loop_.at(loop_.now(), [this] { work(); });
}

Darkroom::Picture Darkroom::kept(const Job& job) const {
  for (const auto& each : kept_)
    if (each.width == job.size.width && each.view == job.view) return each.jpeg;
  return nullptr;
}

void Darkroom::work() {
  auto jpeg = kept(jobs_.front());
  if (!jpeg) {
    if (!picture_) picture_ = std::make_unique<SkyPicture>(jobs_.front().view, jobs_.front().size);
    if (picture_->step()) return work_later();
    jpeg = std::make_shared<const std::string>(std::exchange(picture_, nullptr)->jpeg());
    kept_.push_back({jobs_.front().view, jobs_.front().size.width, jpeg});
    if (kept_.size() > kKept) kept_.pop_front();
  }
  const auto done = std::move(jobs_.front().done);
  jobs_.pop_front();
  if (!jobs_.empty()) work_later();
  done(jpeg);
}

}   // namespace nightjar::sim::camera
