#pragma once
// The pictures of the simulated camera: a night sky over a mountain lake, looking north, turned by the right angle for the hour.
//
// The sky is a stereographic picture around the celestial pole, in which the daily motion is a plain rotation, 15.041 degrees an
// hour. Real bright stars stand at their places, so the Plough can be found; the faint ones and the grain of the Milky Way come
// from the seed. Everything is drawn in units of the picture's height, so every size shows the same picture.
#include <cstdint>
#include <memory>
#include <string>

namespace nightjar::sim::camera {

/// What one shot has to remember to be drawn later.
struct SkyView {
  double hours = 0;         // since the camera's first light: turns the sky
  double exposure_s = 0;    // seconds: the length of the trails
  std::uint64_t seed = 1;   // of the camera: which stars
  std::uint64_t shot = 0;   // of the picture: its noise, a meteor now and then

  bool operator==(const SkyView&) const = default;
};

struct PictureSize {
  int width = 0;
  int height = 0;
};
constexpr PictureSize kThumbnail{160, 120};   // as CCAPI's thumbnails
constexpr PictureSize kDisplay{1200, 800};
constexpr PictureSize kMain{2400, 1600};   // a real one has 6000 x 4000: too long to draw

/// A picture being drawn. Work is done a few milliseconds at a time, for it shares its thread with shutters that are due.
class SkyPicture {
 public:
  SkyPicture(const SkyView& view, PictureSize size);
  ~SkyPicture();
  SkyPicture(const SkyPicture&) = delete;
  SkyPicture& operator=(const SkyPicture&) = delete;

  /// Draws on; false when it is complete.
  bool step();
  /// The finished picture, a baseline JPEG.
  const std::string& jpeg() const;

 private:
  class Painter;
  std::unique_ptr<Painter> painter_;
};

/// All of it at once.
std::string draw_sky(const SkyView& view, PictureSize size);

}   // namespace nightjar::sim::camera
