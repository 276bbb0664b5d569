#include "sim/camera/card.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace nightjar::sim::camera {
namespace {

constexpr std::uint64_t kFolderMax = 9999;   // pictures in a folder, by the DCF naming of all cameras

std::string folder_of(std::uint64_t number) { return std::to_string(100 + (number - 1) / kFolderMax) + "CANON"; }

std::string file_of(std::uint64_t number, bool raw) {
  std::array<char, 24> name{};
  const auto within = static_cast<unsigned>((number - 1) % kFolderMax + 1);
  std::snprintf(name.data(), name.size(), "/IMG_%04u.%s", within, raw ? "CR3" : "JPG");
  return folder_of(number) + name.data();
}

/// The number of the photo a file name belongs to; nothing for what no name of this card can be.
std::optional<std::uint64_t> number_of(std::string_view file) {
  unsigned folder = 0;
  unsigned within = 0;
  const auto number = [](std::string_view digits, unsigned& out) {
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return failed == std::errc{} && end == digits.data() + digits.size();
  };
  constexpr std::string_view pattern = "100CANON/IMG_0001.JPG";
  if (file.size() != pattern.size() || !number(file.substr(0, 3), folder) || !number(file.substr(13, 4), within)) return std::nullopt;
  if (folder < 100 || within < 1) return std::nullopt;
  const auto out = (folder - 100) * kFolderMax + within;
  return file == file_of(out, false) || file == file_of(out, true) ? std::optional{out} : std::nullopt;
}

}   // namespace

std::vector<std::string> Card::add(bool raw, hal::WallTime taken, const SkyView& view) {
  photos_.push_back({++last_number_, raw, taken, view});
  note(false, 1);
  if (raw) note(true, 1);
  if (photos_.size() > pictures_max_) {
    const auto& oldest = photos_.front();
    if (!oldest.jpeg_deleted) note(false, -1);
    if (oldest.raw && !oldest.raw_deleted) note(true, -1);
    photos_.pop_front();
  }
  std::vector<std::string> files;
  if (raw) files.push_back(file_of(last_number_, true));
  files.push_back(file_of(last_number_, false));
  return files;
}

bool Card::remove(std::string_view file) {
  const auto found = find(file);
  if (!found) return false;
  auto& photo = photos_[static_cast<std::size_t>(found->photo->number - photos_.front().number)];
  (found->raw ? photo.raw_deleted : photo.jpeg_deleted) = true;
  note(found->raw, -1);
  return true;
}

void Card::note(bool raw, int files) {
  count_ += static_cast<std::size_t>(files);
  used_ += files * (raw ? kRawSize : kJpegSize);
}

std::optional<PhotoFile> Card::find(std::string_view file) const {
  const auto number = number_of(file);
  if (!number || photos_.empty() || *number < photos_.front().number || *number > photos_.back().number) return std::nullopt;
  const auto& photo = photos_[static_cast<std::size_t>(*number - photos_.front().number)];
  const bool raw = file.ends_with(".CR3");
  if (raw ? !photo.raw || photo.raw_deleted : photo.jpeg_deleted) return std::nullopt;
  return PhotoFile{&photo, raw};
}

bool Card::forgotten(std::string_view file) const {
  const auto number = number_of(file);
  return number && !photos_.empty() && *number < photos_.front().number;
}

std::vector<std::string> Card::folders() const {
  std::vector<std::string> out;
  for (const auto& photo : photos_)
    if (auto folder = folder_of(photo.number); out.empty() || out.back() != folder) out.push_back(std::move(folder));
  return out;
}

std::vector<std::string> Card::files(std::string_view folder) const {
  std::vector<std::string> out;
  for (const auto& photo : photos_) {
    if (folder_of(photo.number) != folder) continue;
    if (!photo.jpeg_deleted) out.push_back(file_of(photo.number, false));
    if (photo.raw && !photo.raw_deleted) out.push_back(file_of(photo.number, true));
  }
  return out;
}

std::string Card::current_folder() const { return folder_of(std::max<std::uint64_t>(1, last_number_)); }

}   // namespace nightjar::sim::camera
