#pragma once
// Smooth chance: value noise on a lattice, and what is drawn with it. Internal to sim/camera.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace nightjar::sim::camera {

inline std::uint32_t scramble(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;   // constants by C. Wellons' search for low bias
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

/// 0 .. 1, fixed for a lattice point.
inline float lattice(int x, int y, int z, std::uint32_t seed) {
  const auto mixed = static_cast<std::uint32_t>(x) * 0x8da6b343u ^ static_cast<std::uint32_t>(y) * 0xd8163841u ^
                     static_cast<std::uint32_t>(z) * 0xcb1ab31fu ^ seed;
  return static_cast<float>(scramble(mixed) >> 8) * 0x1p-24f;
}

inline float mix(float a, float b, float t) { return a + (b - a) * t; }
inline float ease(float t) { return t * t * (3 - 2 * t); }
inline float smoothstep(float from, float to, float x) { return ease(std::clamp((x - from) / (to - from), 0.0f, 1.0f)); }

/// 0 .. 1, smooth in x, y and z.
inline float value_noise(float x, float y, float z, std::uint32_t seed) {
  const float fx = std::floor(x), fy = std::floor(y), fz = std::floor(z);
  const int ix = static_cast<int>(fx), iy = static_cast<int>(fy), iz = static_cast<int>(fz);
  const float tx = ease(x - fx), ty = ease(y - fy), tz = ease(z - fz);
  const auto edge = [&](int dy, int dz) { return mix(lattice(ix, iy + dy, iz + dz, seed), lattice(ix + 1, iy + dy, iz + dz, seed), tx); };
  return mix(mix(edge(0, 0), edge(1, 0), ty), mix(edge(0, 1), edge(1, 1), ty), tz);
}

/// Octaves of noise, each twice as fine and half as strong: 0 .. 1, around 0.5.
inline float clouds(float x, float y, float z, int octaves, std::uint32_t seed) {
  float sum = 0, weight = 0.5f, total = 0;
  for (int i = 0; i < octaves; ++i) {
    sum += weight * value_noise(x, y, z, seed + static_cast<std::uint32_t>(i) * 0x9e3779b9u);
    total += weight;
    weight *= 0.5f;
    x *= 2.03f, y *= 2.03f, z *= 2.03f;
  }
  return sum / total;
}

/// Sharp crests: a mountain's outline. 0 .. 1.
inline float ridges(float x, float z, int octaves, std::uint32_t seed) {
  float sum = 0, weight = 0.5f, total = 0;
  for (int i = 0; i < octaves; ++i) {
    const float n = 1 - std::abs(2 * value_noise(x, 0, z, seed + static_cast<std::uint32_t>(i) * 0x85ebca6bu) - 1);
    sum += weight * n;
    total += weight;
    weight *= 0.48f;
    x *= 2.1f;
  }
  return sum / total;
}

}   // namespace nightjar::sim::camera
