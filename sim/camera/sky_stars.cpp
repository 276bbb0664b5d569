#include "sim/camera/sky_stars.h"

#include <algorithm>
#include <numbers>

namespace nightjar::sim::camera {
namespace {

struct Bright {
  float hours;     // right ascension
  float degrees;   // declination
  float magnitude;
  float b_v;   // colour index
};

constexpr Bright kBright[] = {
    {2.53f, 89.26f, 1.98f, 0.60f},   {14.85f, 74.16f, 2.08f, 1.47f},  {15.35f, 71.83f, 3.00f, 0.05f},
    {15.73f, 77.79f, 4.32f, 0.04f},   // the Little Bear
    {16.77f, 82.04f, 4.23f, 0.89f},  {17.54f, 86.59f, 4.35f, 0.02f},  {16.29f, 75.76f, 4.95f, 0.37f},
    {11.06f, 61.75f, 1.79f, 1.07f},  {11.03f, 56.38f, 2.37f, 0.00f},  {11.90f, 53.69f, 2.44f, 0.00f},
    {12.26f, 57.03f, 3.31f, 0.08f},   // the Plough
    {12.90f, 55.96f, 1.77f, -0.02f}, {13.40f, 54.93f, 2.23f, 0.06f},  {13.79f, 49.31f, 1.86f, -0.10f},
    {9.55f, 51.68f, 3.17f, 0.46f},   {8.99f, 48.04f, 3.14f, 0.19f},   {0.68f, 56.54f, 2.24f, 1.17f},
    {0.15f, 59.15f, 2.28f, 0.38f},   {0.95f, 60.72f, 2.15f, -0.10f},  {1.43f, 60.24f, 2.68f, 0.16f},   // Cassiopeia
    {1.91f, 63.67f, 3.35f, -0.15f},  {21.31f, 62.59f, 2.45f, 0.26f},  {21.48f, 70.56f, 3.23f, -0.20f},
    {23.66f, 77.63f, 3.21f, 1.03f},  {22.18f, 58.20f, 3.39f, 1.56f},   // Cepheus
    {22.83f, 66.20f, 3.50f, 1.05f},  {17.94f, 51.49f, 2.24f, 1.52f},  {17.51f, 52.30f, 2.79f, 0.95f},
    {14.07f, 64.38f, 3.67f, -0.05f}, {16.40f, 61.51f, 2.73f, 0.91f},   // the Dragon
    {17.15f, 65.71f, 3.17f, -0.12f}, {19.21f, 67.66f, 3.07f, 1.00f},  {15.42f, 58.97f, 3.29f, 1.17f},
    {18.35f, 72.73f, 3.57f, 0.49f},  {17.89f, 56.87f, 3.75f, 1.18f},  {12.56f, 69.79f, 3.87f, -0.12f},
    {11.52f, 69.33f, 3.82f, 1.62f},  {5.28f, 46.00f, 0.08f, 0.80f},   {5.99f, 44.95f, 1.90f, 0.03f},
    {18.62f, 38.78f, 0.03f, 0.00f},  {20.69f, 45.28f, 1.25f, 0.09f},   // Capella, Vega, Deneb
    {20.37f, 40.26f, 2.23f, 0.67f},  {19.75f, 45.13f, 2.87f, -0.03f}, {19.51f, 27.96f, 3.05f, 1.09f},
    {3.41f, 49.86f, 1.79f, 0.48f},   {3.14f, 40.96f, 2.12f, -0.05f},  {2.07f, 42.33f, 2.10f, 1.37f},
    {1.16f, 35.62f, 2.06f, 1.58f},   {0.14f, 29.09f, 2.06f, -0.11f},  {7.58f, 31.89f, 1.58f, 0.03f},
    {7.76f, 28.03f, 1.14f, 1.00f},   {15.58f, 26.71f, 2.23f, -0.02f}, {14.26f, 19.18f, -0.05f, 1.23f},
};

constexpr int kFaint = 3600;        // spread evenly
constexpr int kInMilkyWay = 4200;   // and along the band

/// Blue-white to orange, by colour index.
std::array<float, 3> colour_of(double b_v) {
  const auto t = static_cast<float>(std::clamp((b_v + 0.2) / 1.8, 0.0, 1.0));
  return {0.72f + 0.34f * std::min(1.0f, 1.6f * t), 0.84f + 0.10f * t - 0.26f * t * t, 1.12f - 0.62f * t};
}

float light_of(double magnitude) { return static_cast<float>(std::pow(10.0, -0.4 * magnitude)); }

Star star_at(const Direction& where, double magnitude, double b_v) {
  const auto from_pole = std::acos(std::clamp(where[2], -1.0, 1.0));
  return {2 * std::tan(from_pole / 2), std::atan2(where[1], where[0]), light_of(magnitude), colour_of(b_v)};
}

/// A magnitude as they are distributed: 2.8 times as many stars a step fainter.
double faint_magnitude(Dice& dice, double brightest, double faintest) {
  return std::max(brightest, faintest + std::log(dice.unit() + 1e-6) / std::log(2.8));
}

}   // namespace

std::vector<Star> make_stars(std::uint64_t seed) {
  using std::numbers::pi;
  std::vector<Star> stars;
  stars.reserve(std::size(kBright) + kFaint + kInMilkyWay);
  for (const auto& bright : kBright)
    stars.push_back(star_at(direction(bright.hours * pi / 12, bright.degrees * pi / 180), bright.magnitude, bright.b_v));
  Dice dice{seed};
  for (int i = 0; i < kFaint; ++i) {
    const auto height = std::asin(1 - 1.45 * dice.unit());   // down to 27 degrees south
    const auto where = direction(2 * pi * dice.unit(), height);
    const auto magnitude = faint_magnitude(dice, 3.4, 7.2);
    stars.push_back(star_at(where, magnitude, -0.2 + 1.8 * dice.unit() * dice.unit()));
  }
  const auto& north = galactic_pole();
  const auto flat = std::hypot(north[0], north[1]);
  const Direction a{-north[1] / flat, north[0] / flat, 0};   // two directions within the band
  const Direction b{-north[2] * a[1], north[2] * a[0], flat};
  for (int i = 0; i < kInMilkyWay; ++i) {
    const auto along = 2 * pi * dice.unit();
    const auto first = dice.unit(), second = dice.unit(), third = dice.unit();   // in an expression each compiler has its own order
    const auto across = 0.11 * (first + second + third - 1.5);
    Direction where{};
    for (std::size_t k = 0; k < 3; ++k)
      where[k] = std::cos(across) * (std::cos(along) * a[k] + std::sin(along) * b[k]) + std::sin(across) * north[k];
    const auto magnitude = faint_magnitude(dice, 4.5, 7.8);
    stars.push_back(star_at(where, magnitude, -0.2 + 1.2 * dice.unit()));
  }
  std::erase_if(stars, [](const Star& star) { return star.radius > 2.6; });   // beyond every corner of the picture
  std::stable_sort(stars.begin(), stars.end(), [](const Star& x, const Star& y) { return x.light > y.light; });
  return stars;
}

}   // namespace nightjar::sim::camera
