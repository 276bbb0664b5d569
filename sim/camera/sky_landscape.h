#pragma once
// What stands still under the turning sky: mountains, a lake that mirrors them, a shore with pines and a lit tent. Internal to sim/camera.
#include <cstdint>
#include <vector>

#include "sim/camera/canvas.h"

namespace nightjar::sim::camera {

constexpr float kWaterline = 0.74f;   // heights of the picture from its upper edge

class Landscape {
 public:
  Landscape(Canvas& canvas, std::uint32_t seed);

  static constexpr int kRanges = 3;
  /// A chain of them, 0 the farthest, over a finished sky.
  void mountains(int which);
  /// A row of water, from what is above it.
  void lake_row(int row);
  void foreground();

 private:
  struct Range;
  void range(const Range& range);
  float shore(float x) const;
  void pine(float x, float foot, float height, std::uint32_t seed);
  void tent(float x, float foot, float size);

  Canvas& canvas_;
  std::uint32_t seed_;
  float unit_;
  int water_row_;
};

}   // namespace nightjar::sim::camera
