#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/operation.h"
#include "hal/result.h"

namespace nightjar::hal {

/// The state folder. Paths are relative, '/'-separated, of [A-Za-z0-9._-] parts, never "." or ".."; anything else answers `invalid`.
/// Parent folders are made as needed.
///
/// What is asked is done in the order asked, off the loop, and answered on it. A dropped operation is silenced; a
/// write that had begun may still happen. After ok, a power cut loses nothing of what was answered.
class Storage {
 public:
  virtual ~Storage() = default;
  using Done = std::function<void(Result<void>)>;
  using Read = std::function<void(Result<std::string>)>;

  /// The file holds `bytes`, durably; a power cut at any instant leaves the old file or the new one, whole.
  virtual Operation replace(std::string_view path, std::string bytes, Done done) = 0;
  /// Adds `bytes` at the end, durably; a power cut may leave a part of them at the end, and nothing before it changed.
  virtual Operation append(std::string_view path, std::string bytes, Done done) = 0;
  /// The whole file: `not_found`, or `too_large` when it is above `size_max` bytes.
  virtual Operation read(std::string_view path, std::size_t size_max, Read done) = 0;
  /// Removes durably; `not_found` when there is none.
  virtual Operation remove(std::string_view path, Done done) = 0;

  struct Entry {
    std::string name;
    std::uint64_t size = 0;
  };
  /// The files (not folders) of a folder, by name; an absent folder is empty.
  virtual Operation list(std::string_view folder, std::function<void(Result<std::vector<Entry>>)> done) = 0;

  struct Space {
    std::uint64_t total = 0;   // bytes
    std::uint64_t free = 0;    // bytes
  };
  virtual Operation space(std::function<void(Result<Space>)> done) = 0;
};

/// True for a path a Storage takes.
constexpr bool is_storage_path(std::string_view path) {
  if (path.empty() || path.size() > 200) return false;
  while (true) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    for (const char c : part) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      if (!plain) return false;
    }
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace nightjar::hal
