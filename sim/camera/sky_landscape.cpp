#include "sim/camera/sky_landscape.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/camera/sky_noise.h"

namespace nightjar::sim::camera {

Landscape::Landscape(Canvas& canvas, std::uint32_t seed)
    : canvas_(canvas),
      seed_(seed * 2654435761u),
      unit_(static_cast<float>(canvas.height())),
      water_row_(static_cast<int>(kWaterline * static_cast<float>(canvas.height()))) {}

/// One chain: the nearer, the darker and the less hazy.
struct Landscape::Range {
  float base;        // lowest height of its outline over the water
  float relief;      // how much crests rise above that
  float roughness;   // crests a picture height
  Colour rock;
  Colour haze;   // at its foot
  float snow;    // how much of it, 0 .. 1
  std::uint32_t seed;
};

void Landscape::mountains(int which) {
  static constexpr Range ranges[kRanges] = {{0.025f, 0.33f, 1.8f, {17, 23, 40}, {34, 48, 66}, 0.75f, 11},
                                            {0.010f, 0.125f, 2.9f, {11, 16, 27}, {21, 32, 44}, 0.0f, 23},
                                            {0.002f, 0.052f, 6.5f, {6, 9, 15}, {9, 15, 21}, 0.0f, 37}};
  range(ranges[which]);
}

void Landscape::range(const Range& range) {
  const auto seed = seed_ ^ (range.seed * 0x9e3779b9u);
  const auto depth = static_cast<float>(range.seed);
  const auto aspect = static_cast<float>(canvas_.width()) / unit_;
  for (int x = 0; x < canvas_.width(); ++x) {
    const float u = static_cast<float>(x) / unit_;
    const float swell = range.snow > 0 ? 0.35f + 0.65f * std::exp(-std::pow((u - 0.36f * aspect) / (0.30f * aspect), 2.0f)) : 1.0f;
    const float crest = ridges(u * range.roughness + depth, depth, 6, seed);
    const float top = kWaterline - range.base - range.relief * swell * std::pow(crest, 1.35f);
    const auto first = top * unit_;
    for (int y = std::max(0, static_cast<int>(first)); y < water_row_; ++y) {
      const float v = static_cast<float>(y) / unit_;
      const float down = std::clamp((v - top) / (kWaterline - top), 0.0f, 1.0f);
      Colour colour;
      for (std::size_t i = 0; i < 3; ++i) colour[i] = mix(range.rock[i], range.haze[i], down * down);
      if (range.snow > 0 && down < 0.75f) {
        const float high = smoothstep(0.10f, 0.21f, kWaterline - v);
        const float lit = high > 0.01f ? ridges(u * 9 + v * 5, v * 7, 3, seed ^ 0x77u) : 0;   // slopes facing the starlight
        const float cover = range.snow * high * smoothstep(0.55f, 0.72f, lit);
        for (std::size_t i = 0; i < 3; ++i) colour[i] += cover * (i == 0 ? 40.0f : i == 1 ? 47.0f : 58.0f);
      }
      const float cover = std::clamp(static_cast<float>(y) + 1 - first, 0.0f, 1.0f);
      canvas_.blend(x, y, colour, cover);
    }
  }
}

void Landscape::lake_row(int row) {
  const float v = static_cast<float>(row - water_row_) / unit_;   // how far out of the distance towards us
  const float near = v / (1 - kWaterline);
  const auto row_above = [&](float ripple) {
    const auto y = static_cast<float>(water_row_) - 1 - (v * 1.9f + ripple) * unit_;
    return std::clamp(static_cast<int>(y), 0, water_row_ - 1);
  };
  const auto wave_at = [&](int x) {
    return value_noise(static_cast<float>(x) / unit_ * (14 - 7 * near), v * 240 / (0.5f + near), 3, seed_) - 0.5f;
  };
  constexpr int kStride = 8;   // between them the waves are straight
  float from = 0, to = wave_at(0);
  for (int x = 0; x < canvas_.width(); ++x) {
    if (x % kStride == 0) from = std::exchange(to, wave_at(x + kStride));
    const float wave = mix(from, to, static_cast<float>(x % kStride) / kStride);
    const auto* upper = canvas_.pixel(x, row_above(wave * 0.012f * (0.2f + near)));
    const auto* lower = canvas_.pixel(x, row_above(wave * 0.012f * (0.2f + near) + 0.006f));
    const float mirror = 0.62f - 0.24f * near + 0.10f * wave;
    Colour colour;
    for (std::size_t i = 0; i < 3; ++i) colour[i] = mirror * 0.5f * static_cast<float>(upper[i] + lower[i]);
    colour[0] += 2, colour[1] += 5, colour[2] += 10;
    canvas_.set(x, row, colour);
  }
}

/// Height of our own shore's edge at `u`, as a row in picture heights.
float Landscape::shore(float u) const {
  const auto aspect = static_cast<float>(canvas_.width()) / unit_;
  const float left = 0.16f * std::exp(-std::pow(u / 0.42f, 2.0f));
  const float right = 0.10f * std::exp(-std::pow((u - aspect) / 0.50f, 2.0f));
  return 0.985f - left - right - 0.012f * clouds(u * 6, 5, 0, 3, seed_ ^ 0x99u);
}

void Landscape::foreground() {
  for (int x = 0; x < canvas_.width(); ++x) {
    const float u = static_cast<float>(x) / unit_;
    const float edge = shore(u) * unit_ - unit_ * 0.006f * lattice(x, 0, 0, seed_);   // grass
    for (int y = std::max(0, static_cast<int>(edge)); y < canvas_.height(); ++y)
      canvas_.blend(x, y, {4, 6, 8}, std::clamp(static_cast<float>(y) + 1 - edge, 0.0f, 1.0f));
  }
  const auto aspect = static_cast<float>(canvas_.width()) / unit_;
  tent(aspect - 0.30f, shore(aspect - 0.30f) + 0.012f, 0.050f);
  struct Tree {
    float x, height;
  };
  for (const auto& tree : {Tree{0.045f, 0.50f}, Tree{0.125f, 0.36f}, Tree{0.195f, 0.43f}, Tree{0.275f, 0.20f}, Tree{0.335f, 0.13f},
                           Tree{aspect - 0.035f, 0.34f}, Tree{aspect - 0.105f, 0.24f}, Tree{aspect - 0.165f, 0.14f}})
    pine(tree.x, shore(tree.x) + 0.015f, tree.height, seed_ ^ static_cast<std::uint32_t>(tree.x * 4096));
}

void Landscape::pine(float x, float foot, float height, std::uint32_t seed) {
  const Colour needles{3, 5, 7};
  const int first = static_cast<int>((foot - height) * unit_), last = static_cast<int>(foot * unit_);
  const float tiers = 9 + 26 * height;
  for (int row = std::max(0, first); row <= std::min(last, canvas_.height() - 1); ++row) {
    const float down = static_cast<float>(row - first) / (height * unit_);
    const float tier = down * tiers * (0.75f + 0.25f * down);
    const float within = tier - std::floor(tier);
    const auto index = static_cast<int>(tier);
    const float spread = 0.17f * height * (0.06f + 0.94f * std::pow(down, 0.85f)) * (0.45f + 0.55f * within);
    const float trunk = 0.010f * height * (0.3f + down) + 0.0012f;
    for (const int side : {-1, 1}) {
      const float bough = down > 0.93f ? 0 : spread * (0.72f + 0.5f * lattice(index, side, 0, seed));
      const float reach = std::max(trunk, bough) * unit_;
      const float ragged = reach * (0.88f + 0.24f * lattice(row, side, 1, seed));
      const float centre = x * unit_;
      for (int i = 0; i <= static_cast<int>(ragged) + 1; ++i)
        canvas_.blend(static_cast<int>(centre) + side * i, row, needles, std::clamp(ragged - static_cast<float>(i), 0.0f, 1.0f));
    }
  }
}

void Landscape::tent(float x, float foot, float size) {
  const float cx = x * unit_, base = foot * unit_, half = size * unit_;
  for (int dy = -static_cast<int>(half * 3.2f); dy <= static_cast<int>(half * 1.4f); ++dy) {   // its light on the air and the grass
    for (int dx = -static_cast<int>(half * 4); dx <= static_cast<int>(half * 4); ++dx) {
      const float fx = static_cast<float>(dx) / (half * 1.7f), fy = (static_cast<float>(dy) + half * 0.4f) / (half * 1.2f);
      const float light = 0.20f * std::exp(-(fx * fx + fy * fy));
      if (light > 0.004f) canvas_.lighten(static_cast<int>(cx) + dx, static_cast<int>(base) + dy, {255, 150, 60}, light);
    }
  }
  for (int row = 0; row <= static_cast<int>(half); ++row) {
    const float up = static_cast<float>(row) / half;
    const float wide = half * 1.05f * std::pow(1 - up, 0.8f);
    for (int dx = -static_cast<int>(wide) - 1; dx <= static_cast<int>(wide) + 1; ++dx) {
      const float across = static_cast<float>(dx) / (half * 1.05f);
      const float glow = std::exp(-(across * across * 2.2f + (up - 0.25f) * (up - 0.25f) * 3.0f));
      const float seam = std::abs(across) < 0.035f ? 0.6f : 1.0f;
      const Colour cloth{60 + 190 * glow * seam, 26 + 130 * glow * seam, 12 + 48 * glow * seam};
      canvas_.blend(static_cast<int>(cx) + dx, static_cast<int>(base) - row, cloth,
                    std::clamp(wide + 1 - std::abs(static_cast<float>(dx)), 0.0f, 1.0f));
    }
  }
}

}   // namespace nightjar::sim::camera
