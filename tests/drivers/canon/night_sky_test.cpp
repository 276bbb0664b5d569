#include "sim/camera/night_sky.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>
// after <cstdio>: jpeglib.h needs FILE
#include <jpeglib.h>

#include "sim/camera/sky_stars.h"

namespace nightjar::sim::camera {
namespace {

struct Decoded {
  int width = 0;
  int height = 0;
  std::vector<unsigned char> rgb;

  int light(int x, int y) const {
    const auto at = static_cast<std::size_t>(y * width + x) * 3;
    return rgb[at] + rgb[at + 1] + rgb[at + 2];
  }
};

/// A broken JPEG ends the test program by libjpeg's own handler: that fails the test too.
Decoded decode(const std::string& jpeg) {
  jpeg_decompress_struct reader{};
  jpeg_error_mgr errors{};
  reader.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&reader);
  jpeg_mem_src(&reader, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size());
  jpeg_read_header(&reader, TRUE);
  jpeg_start_decompress(&reader);
  Decoded out{static_cast<int>(reader.output_width), static_cast<int>(reader.output_height), {}};
  out.rgb.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
  while (reader.output_scanline < reader.output_height) {
    JSAMPROW row = out.rgb.data() + static_cast<std::size_t>(reader.output_scanline) * static_cast<std::size_t>(out.width) * 3;
    jpeg_read_scanlines(&reader, &row, 1);
  }
  jpeg_finish_decompress(&reader);
  EXPECT_EQ(errors.num_warnings, 0);
  jpeg_destroy_decompress(&reader);
  return out;
}

/// The brightest place of the upper sky, to a tenth of a pixel (centre of light of its surroundings).
std::pair<double, double> centre_of_light(const Decoded& picture, int cx, int cy, int reach) {
  double x_sum = 0, y_sum = 0, sum = 0;
  int darkest = 765;
  for (int y = cy - reach; y <= cy + reach; ++y)
    for (int x = cx - reach; x <= cx + reach; ++x) darkest = std::min(darkest, picture.light(x, y));
  for (int y = cy - reach; y <= cy + reach; ++y)
    for (int x = cx - reach; x <= cx + reach; ++x) {
      const double light = std::pow(picture.light(x, y) - darkest, 2);
      x_sum += light * x, y_sum += light * y, sum += light;
    }
  return {x_sum / sum, y_sum / sum};
}

TEST(NightSky, EverySizeIsARealJpeg) {
  for (const auto size : {kThumbnail, kDisplay}) {
    const auto picture = decode(draw_sky({0, 15, 1, 1}, size));
    EXPECT_EQ(picture.width, size.width);
    EXPECT_EQ(picture.height, size.height);
  }
}

TEST(NightSky, TheSameShotIsTheSamePictureAndAnotherSeedIsAnotherSky) {
  const SkyView view{1.5, 15, 1, 3};
  EXPECT_EQ(draw_sky(view, kThumbnail), draw_sky(view, kThumbnail));
  auto other = view;
  other.seed = 2;
  EXPECT_NE(draw_sky(view, kThumbnail), draw_sky(other, kThumbnail));
}

TEST(NightSky, TheStarsStandWhereTheHourHasTurnedThem) {
  // Kochab (14h 50.7m, +74.16 degrees) is bright, alone, and above the mountains for these hours. Where it must be follows from the
  // stereographic projection alone: pole at (0.46, 0.34), focal length 0.80 heights, sidereal time 20.3 h at the start.
  constexpr double kPi = 3.14159265358979;
  const double radius = 0.80 * 2 * std::tan((90 - 74.16) * kPi / 360);
  for (const double hours : {0.0, 1.0, 2.0}) {
    const double hour_angle = (20.3 - 14.85) * kPi / 12 + hours * 15.041 * kPi / 180;
    const double x = (0.46 - radius * std::sin(hour_angle)) * 800, y = (0.34 - radius * std::cos(hour_angle)) * 800;
    const auto picture = decode(draw_sky({hours, 0, 1, 0}, kDisplay));
    const auto [found_x, found_y] = centre_of_light(picture, static_cast<int>(x), static_cast<int>(y), 4);
    EXPECT_NEAR(found_x + 0.5, x, 1.0) << "after " << hours << " h";
    EXPECT_NEAR(found_y + 0.5, y, 1.0) << "after " << hours << " h";
    EXPECT_GT(picture.light(static_cast<int>(x), static_cast<int>(y)), 300) << "after " << hours << " h";
  }
}

TEST(NightSky, IsDrawnInManySmallSteps) {
  SkyPicture picture{{0, 15, 1, 1}, kDisplay};
  int steps = 1;
  while (picture.step()) ++steps;
  EXPECT_GE(steps, 40);
  EXPECT_FALSE(picture.jpeg().empty());
  EXPECT_FALSE(picture.step()) << "complete stays complete";
}

TEST(NightSky, EveryStarHasAPlace) {
  const auto stars = make_stars(1);
  EXPECT_GT(stars.size(), 3000u);
  EXPECT_LT(stars.size(), 8000u);
  for (const auto& star : stars) EXPECT_TRUE(std::isfinite(star.radius) && std::isfinite(star.angle) && star.light > 0);
}

}   // namespace
}   // namespace nightjar::sim::camera
