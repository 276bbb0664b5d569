#pragma once
// 8-bit RGB in memory, and as a JPEG. Internal to sim/camera.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nightjar::sim::camera {

using Colour = std::array<float, 3>;   // 0 .. 255, as seen (gamma is in it)

class Canvas {
 public:
  Canvas(int width, int height)
      : width_(width), height_(height), bytes_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) {}

  int width() const { return width_; }
  int height() const { return height_; }
  std::uint8_t* pixel(int x, int y) {
    return bytes_.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
  }

  void set(int x, int y, const Colour& colour) {
    auto* at = pixel(x, y);
    for (std::size_t i = 0; i < 3; ++i) at[i] = static_cast<std::uint8_t>(std::clamp(colour[i], 0.0f, 255.0f));
  }
  /// Lays `colour` over with 0 <= `cover` <= 1. Outside the canvas: nothing.
  void blend(int x, int y, const Colour& colour, float cover) {
    if (!inside(x, y)) return;
    auto* at = pixel(x, y);
    for (std::size_t i = 0; i < 3; ++i) {
      const float was = at[i];
      at[i] = static_cast<std::uint8_t>(std::clamp(was + (colour[i] - was) * cover, 0.0f, 255.0f));
    }
  }
  /// Adds light, as a second exposure would (screen). Outside the canvas: nothing.
  void lighten(int x, int y, const Colour& colour, float strength) {
    if (!inside(x, y)) return;
    auto* at = pixel(x, y);
    for (std::size_t i = 0; i < 3; ++i) {
      const float was = at[i];
      at[i] = static_cast<std::uint8_t>(std::clamp(was + colour[i] * strength * (255 - was) / 255, 0.0f, 255.0f));
    }
  }

 private:
  bool inside(int x, int y) const { return x >= 0 && y >= 0 && x < width_ && y < height_; }

  int width_;
  int height_;
  std::vector<std::uint8_t> bytes_;
};

/// A baseline JPEG written row by row (libjpeg).
class JpegWriter {
 public:
  JpegWriter(int width, int height, int quality);
  ~JpegWriter();
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  /// The next `rows` rows, from `first` on.
  void write(Canvas& canvas, int first, int rows);
  /// After the last row.
  std::string finish();

 private:
  struct State;
  State* state_;
};

}   // namespace nightjar::sim::camera
