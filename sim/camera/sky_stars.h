#pragma once
// Where the stars are. Internal to sim/camera.
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace nightjar::sim::camera {

/// A direction in the celestial frame: z at the pole, x at right ascension 0.
using Direction = std::array<double, 3>;

/// The same pseudo-random sequence everywhere (splitmix64, public domain by S. Vigna).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    auto z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// 0 <= x < 1
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

struct Star {
  double radius = 0;   // from the pole on the picture plane, in focal lengths
  double angle = 0;    // radians, right ascension
  float light = 0;     // of magnitude 0 = 1
  std::array<float, 3> colour{1, 1, 1};
};

/// The bright stars of the northern sky and, from `seed`, the faint ones, brightest first.
std::vector<Star> make_stars(std::uint64_t seed);

inline Direction direction(double ascension, double declination) {
  return {std::cos(declination) * std::cos(ascension), std::cos(declination) * std::sin(ascension), std::sin(declination)};
}

/// The north pole of the Milky Way: 12h 51m, +27.13 degrees (IAU 1958, J2000).
inline const Direction& galactic_pole() {
  static const Direction pole = direction(3.36603, 0.473479);
  return pole;
}

}   // namespace nightjar::sim::camera
