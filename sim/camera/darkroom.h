#pragma once
// Draws the pictures that are asked for, a few milliseconds at a time between whatever else the loop has to do. Internal to sim/camera.
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/time.h"
#include "sim/camera/night_sky.h"

namespace nightjar::sim::camera {

/// Bounds: kJobsMax pictures wait, the next is refused; the last kKept are kept.
class Darkroom {
 public:
  using Picture = std::shared_ptr<const std::string>;
  using Done = std::function<void(const Picture& jpeg)>;

  explicit Darkroom(hal::Loop& loop) : loop_(loop) {}
  /// Calls `done` later, or answers false and never does.
  bool draw(const SkyView& view, PictureSize size, Done done);
  /// Forgets what waits: nobody is called.
  void clear();

 private:
  static constexpr std::size_t kJobsMax = 16;
  static constexpr std::size_t kKept = 4;
  struct Job {
    SkyView view;
    PictureSize size;
    Done done;
  };
  struct Kept {
    SkyView view;
    int width = 0;
    Picture jpeg;
  };

  void work_later();
  void work();
  Picture kept(const Job& job) const;

  hal::Loop& loop_;
  std::deque<Job> jobs_;
  std::unique_ptr<SkyPicture> picture_;   // of the first job
  std::deque<Kept> kept_;
  hal::Operation work_;
};

}   // namespace nightjar::sim::camera
