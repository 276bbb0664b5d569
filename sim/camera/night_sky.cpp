#include "sim/camera/night_sky.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include "sim/camera/canvas.h"
#include "sim/camera/sky_landscape.h"
#include "sim/camera/sky_noise.h"
#include "sim/camera/sky_stars.h"

namespace nightjar::sim::camera {
namespace {

using std::numbers::pi;

// The composition, in heights of the picture from its upper left corner.
constexpr double kPoleX = 0.46;
constexpr double kPoleY = 0.34;
constexpr double kFocal = 0.80;                      // 70 degrees from top to bottom
constexpr double kFirstHour = 20.3;                  // sidereal time of the first light: the Milky Way stands over the lake
constexpr double kTurnPerHour = 15.041 * pi / 180;   // a turn in 23 h 56 min
constexpr int kCoarse = 5;                           // the glow is drawn at a fifth of the size

struct Point {
  double x = 0;
  double y = 0;
};

/// Clear night air: deep blue above, green airglow and a far town's warmth towards the horizon.
Colour air(float x, float y, float aspect) {
  const float h = std::clamp(y / kWaterline, 0.0f, 1.0f);
  const float low = h * h * h;
  Colour out{mix(11, 32, h * h), mix(17, 54, h * h), mix(36, 82, h)};
  const float airglow = std::exp(-std::pow((h - 0.86f) / 0.20f, 2.0f));
  out[0] += 5 * airglow, out[1] += 20 * airglow, out[2] += 9 * airglow;
  const float town = low * std::exp(-std::pow((x / aspect - 0.34f) / 0.20f, 2.0f)) * std::exp(-std::pow((h - 1.0f) / 0.22f, 2.0f));
  out[0] += 96 * town, out[1] += 54 * town, out[2] += 18 * town;
  return out;
}

/// The band's own light in a direction, as colour to add.
Colour milky_way(const Direction& n, std::uint32_t seed) {
  const auto& pole = galactic_pole();
  const auto sine = static_cast<float>(n[0] * pole[0] + n[1] * pole[1] + n[2] * pole[2]);
  if (std::abs(sine) > 0.36f) return {0, 0, 0};
  const auto x = static_cast<float>(n[0]), y = static_cast<float>(n[1]), z = static_cast<float>(n[2]);
  const float grain = clouds(x * 7, y * 7, z * 7, 5, seed);
  const float wide = std::exp(-std::pow(sine / 0.16f, 2.0f));
  const float core = std::exp(-std::pow((sine + 0.06f * (grain - 0.5f)) / 0.085f, 2.0f));
  float rift = std::exp(-std::pow((sine - 0.02f) / 0.065f, 2.0f));
  if (rift > 0.02f) rift *= smoothstep(0.45f, 0.58f, clouds(x * 5 + 31, y * 5, z * 5, 4, seed ^ 0x51ed27u));
  // Cygnus (towards right ascension 20.5 h) is the bright part of the northern band, Perseus the dim one.
  const auto towards_cygnus = static_cast<float>(0.72 + 0.28 * (std::cos(5.367) * n[0] + std::sin(5.367) * n[1]));
  const float light = towards_cygnus * (0.36f * wide + core * (0.35f + 1.25f * smoothstep(0.28f, 0.72f, grain))) * (1 - 0.72f * rift);
  float nebula = 0;
  if (core > 0.25f) nebula = core * smoothstep(0.72f, 0.92f, clouds(x * 23, y * 23 + 7, z * 23, 2, seed ^ 0xabcdu));
  return {104 * light + 58 * nebula, 97 * light + 12 * nebula, 112 * light + 34 * nebula};
}

}   // namespace

class SkyPicture::Painter {
 public:
  Painter(const SkyView& view, PictureSize size)
      : view_(view),
        canvas_(size.width, size.height),
        unit_(static_cast<float>(size.height)),
        turn_((kFirstHour * pi / 12) + view.hours * kTurnPerHour),
        cos_turn_(std::cos(turn_)),
        sin_turn_(std::sin(turn_)),
        coarse_width_(size.width / kCoarse + 2),
        water_row_(static_cast<int>(kWaterline * unit_)),
        landscape_(canvas_, static_cast<std::uint32_t>(view.seed)) {
    glow_.resize(static_cast<std::size_t>(coarse_width_ * (water_row_ / kCoarse + 2)));
  }

  bool step() {
    switch (stage_) {
      case Stage::catalogue: return done_after([this] { stars_ = make_stars(view_.seed); });
      case Stage::glow: return rows(water_row_ / kCoarse + 2, 12, [this](int y) { glow_row(y); });
      case Stage::sky: return rows(water_row_, 48, [this](int y) { sky_row(y); });
      case Stage::stars: return rows(static_cast<int>(stars_.size()), 1200, [this](int i) { star(stars_[static_cast<std::size_t>(i)]); });
      case Stage::meteor: return done_after([this] { meteor(); });
      case Stage::mountains: return rows(Landscape::kRanges, 1, [this](int i) { landscape_.mountains(i); });
      case Stage::lake: return rows(canvas_.height() - water_row_, 48, [this](int y) { landscape_.lake_row(water_row_ + y); });
      case Stage::foreground: return done_after([this] { landscape_.foreground(); });
      case Stage::encode: return encode();
      case Stage::complete: return false;
    }
    return false;
  }

  const std::string& jpeg() const { return jpeg_; }

 private:
  enum class Stage : unsigned char { catalogue, glow, sky, stars, meteor, mountains, lake, foreground, encode, complete };

  void next_stage() {
    stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
    row_ = 0;
  }
  template <class Row>
  bool rows(int count, int at_once, Row draw) {
    const auto end = std::min(count, row_ + at_once);
    for (; row_ < end; ++row_) draw(row_);
    if (row_ == count) next_stage();
    return true;
  }
  template <class Draw>
  bool done_after(Draw draw) {
    draw();
    next_stage();
    return true;
  }

  /// Where a place of the picture looks, in the celestial frame: the inverse of place().
  Direction look(double x, double y) const {
    const auto dx = (x - kPoleX) / kFocal, dy = (y - kPoleY) / kFocal;
    const auto quarter = (dx * dx + dy * dy) / 4;
    const auto shrink = 1 / (1 + quarter);
    return {-shrink * (cos_turn_ * dy + sin_turn_ * dx), shrink * (cos_turn_ * dx - sin_turn_ * dy), (1 - quarter) * shrink};
  }
  Point place(const Star& star, double later) const {
    const auto hour_angle = turn_ + later - star.angle;
    return {(kPoleX - kFocal * star.radius * std::sin(hour_angle)) * unit_, (kPoleY - kFocal * star.radius * std::cos(hour_angle)) * unit_};
  }

  void glow_row(int row) {
    const auto seed = static_cast<std::uint32_t>(view_.seed);
    const auto aspect = static_cast<float>(canvas_.width()) / unit_;
    const auto y = static_cast<float>(row * kCoarse) / unit_;
    const float thick_air = 1 - 0.75f * smoothstep(0.45f, 0.78f, y);
    for (int column = 0; column < coarse_width_; ++column) {
      const auto x = static_cast<float>(column * kCoarse) / unit_;
      auto light = air(x, y, aspect);
      const auto band = milky_way(look(x, y), seed);
      for (std::size_t i = 0; i < 3; ++i) light[i] += band[i] * thick_air;
      glow_[static_cast<std::size_t>(row * coarse_width_ + column)] = light;
    }
  }

  void sky_row(int y) {
    const int above = y / kCoarse;
    const float down = static_cast<float>(y % kCoarse) / kCoarse;
    const auto* upper = &glow_[static_cast<std::size_t>(above * coarse_width_)];
    const auto* lower = upper + coarse_width_;
    const auto noise_seed = scramble(static_cast<std::uint32_t>(view_.shot * 7919 + static_cast<std::uint64_t>(y)));
    auto noise = noise_seed | 1u;
    auto* at = canvas_.pixel(0, y);
    for (int x = 0; x < canvas_.width(); ++x) {
      const int left = x / kCoarse;
      const float right = static_cast<float>(x % kCoarse) / kCoarse;
      noise ^= noise << 13, noise ^= noise >> 17, noise ^= noise << 5;
      const float grain = static_cast<float>(static_cast<int>(noise & 0xff) + static_cast<int>((noise >> 8) & 0xff) - 255) * (1.0f / 80);
      for (std::size_t i = 0; i < 3; ++i) {
        const float value = mix(mix(upper[left][i], upper[left + 1][i], right), mix(lower[left][i], lower[left + 1][i], right), down);
        *at++ = static_cast<std::uint8_t>(std::clamp(value + grain, 0.0f, 255.0f));
      }
    }
  }

  /// A round spot of light, `size` its standard deviation in pixels.
  void spot(const Point& at, const Colour& colour, float strength, float size) {
    const auto reach = static_cast<int>(std::ceil(size * 3));
    const auto cx = static_cast<int>(std::floor(at.x)), cy = static_cast<int>(std::floor(at.y));
    for (int y = cy - reach; y <= cy + reach; ++y) {
      if (y >= water_row_) return;
      for (int x = cx - reach; x <= cx + reach; ++x) {
        const auto dx = static_cast<float>(x + 0.5 - at.x), dy = static_cast<float>(y + 0.5 - at.y);
        const float light = strength * std::exp(-(dx * dx + dy * dy) / (2 * size * size));
        if (light > 0.004f) canvas_.lighten(x, y, colour, light);
      }
    }
  }

  void star(const Star& star) {
    const auto first = place(star, 0);
    if (first.x < -60 || first.y < -60 || first.x > canvas_.width() + 60 || first.y > water_row_ + 60) return;
    const auto h = static_cast<float>(first.y / unit_);
    const float through = 1 - 0.8f * smoothstep(0.5f, 0.8f, h);   // the air near the horizon takes light away
    const float bright = std::pow(star.light, 0.42f) * through;   // 1 at magnitude 0, 0.07 at 7
    const float scale = unit_ / 800;
    const float size = std::max(0.42f, scale * (0.50f + 0.95f * bright));
    const float strength = std::min(1.0f, 0.08f + 3.0f * bright) * std::min(1.0f, 0.35f + 0.65f * scale);
    const Colour colour{255 * star.colour[0], 255 * star.colour[1], 255 * star.colour[2]};
    const auto sweep = view_.exposure_s / 3600 * kTurnPerHour;
    const auto length = sweep * star.radius * kFocal * unit_;
    const int dots = std::clamp(static_cast<int>(length / (size * 0.8)) + 1, 1, 4000);
    for (int i = 0; i < dots; ++i) spot(place(star, dots == 1 ? sweep / 2 : sweep * i / (dots - 1)), colour, strength, size);
    if (star.light > 0.08f && dots < 40) spot(first, colour, 0.11f * bright, scale * 7.5f * std::sqrt(bright));   // halo of the brightest
  }

  /// In one picture of nine: out of the north-east as the Perseids come.
  void meteor() {
    Dice dice{view_.seed * 1000003 + view_.shot};
    if (dice.next() % 9 != 4) return;
    const double x = (0.25 + 0.95 * dice.unit()) * unit_, y = (0.06 + 0.30 * dice.unit()) * unit_;
    const double way = (0.62 + 0.35 * dice.unit()) * pi;
    const double length = (0.08 + 0.16 * dice.unit()) * unit_;
    const auto dots = static_cast<int>(length);
    for (int i = 0; i < dots; ++i) {
      const auto t = static_cast<float>(i) / static_cast<float>(dots);
      const float light = std::pow(t, 1.6f) * (1 - smoothstep(0.93f, 1.0f, t));
      const Colour colour{mix(150, 255, t), mix(255, 250, t), mix(190, 235, t)};
      spot({x + std::cos(way) * length * t, y + std::sin(way) * length * t}, colour, 0.75f * light, unit_ / 800 * (0.5f + 0.6f * light));
    }
  }

  bool encode() {
    if (!writer_) writer_.emplace(canvas_.width(), canvas_.height(), 90);
    const auto count = std::min(96, canvas_.height() - row_);
    writer_->write(canvas_, row_, count);
    row_ += count;
    if (row_ < canvas_.height()) return true;
    jpeg_ = writer_->finish();
    writer_.reset();
    stage_ = Stage::complete;
    return false;
  }

  SkyView view_;
  Canvas canvas_;
  float unit_;    // pixels in a height
  double turn_;   // sidereal time as an angle
  double cos_turn_;
  double sin_turn_;
  int coarse_width_;
  int water_row_;
  Landscape landscape_;
  std::vector<Colour> glow_;
  std::vector<Star> stars_;
  Stage stage_ = Stage::catalogue;
  int row_ = 0;
  std::optional<JpegWriter> writer_;
  std::string jpeg_;
};

SkyPicture::SkyPicture(const SkyView& view, PictureSize size) : painter_(std::make_unique<Painter>(view, size)) {}
SkyPicture::~SkyPicture() = default;
bool SkyPicture::step() { return painter_->step(); }
const std::string& SkyPicture::jpeg() const { return painter_->jpeg(); }

std::string draw_sky(const SkyView& view, PictureSize size) {
  SkyPicture picture{view, size};
  while (picture.step()) {
  }
  return picture.jpeg();
}

}   // namespace nightjar::sim::camera
