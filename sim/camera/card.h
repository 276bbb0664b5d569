#pragma once
// The memory card: what was shot, as parameters; the pictures themselves are drawn when somebody asks. Internal to sim/camera.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/time.h"
#include "sim/camera/night_sky.h"

namespace nightjar::sim::camera {

struct Photo {
  std::uint64_t number = 0;   // 1, 2, ... since the card was empty
  bool raw = false;           // there is a CR3 beside the JPEG
  hal::WallTime taken{};
  SkyView view;
  bool jpeg_deleted = false;
  bool raw_deleted = false;
};

/// One file of a photo.
struct PhotoFile {
  const Photo* photo = nullptr;
  bool raw = false;
};

/// Folders 100CANON, 101CANON, ... of 9999 pictures; IMG_0001.JPG to IMG_9999.JPG. Keeps the newest `pictures_max` photos; the
/// card forgets older ones as if they had been moved away.
class Card {
 public:
  Card(std::string name, std::size_t pictures_max) : name_(std::move(name)), pictures_max_(pictures_max) {}

  /// The files it made, in the order a camera announces them: CR3 first. "100CANON/IMG_0001.JPG"
  std::vector<std::string> add(bool raw, hal::WallTime taken, const SkyView& view);
  /// False when there is none.
  bool remove(std::string_view file);

  std::optional<PhotoFile> find(std::string_view file) const;
  /// True for a file that was here and made room for newer ones.
  bool forgotten(std::string_view file) const;
  std::vector<std::string> folders() const;
  /// File names of a folder with their folder, oldest first.
  std::vector<std::string> files(std::string_view folder) const;
  std::string current_folder() const;
  /// Files on the card.
  std::size_t count() const { return count_; }

  const std::string& name() const { return name_; }
  std::int64_t size() const { return 128'000'000'000; }
  std::int64_t space() const { return size() > used_ ? size() - used_ : 0; }
  std::int64_t shots_left(bool raw) const { return space() / (kJpegSize + (raw ? kRawSize : 0)); }

 private:
  static constexpr std::int64_t kJpegSize = 8'400'000;   // of a real R50, on average
  static constexpr std::int64_t kRawSize = 26'000'000;

  /// One file more, or one less.
  void note(bool raw, int files);

  std::string name_;
  std::size_t pictures_max_;
  std::deque<Photo> photos_;
  std::uint64_t last_number_ = 0;
  std::size_t count_ = 0;
  std::int64_t used_ = 0;
};

}   // namespace nightjar::sim::camera
