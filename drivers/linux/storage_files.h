#pragma once
// What a PosixStorage does on its worker thread: blocking calls below an open root folder. `path` is a storage path, checked.
#include <string>
#include <string_view>
#include <vector>

#include "drivers/linux/loop_descriptor.h"
#include "hal/storage.h"

namespace nightjar::os {

class StorageFiles {
 public:
  /// Opens the folder, making it and those above it if they are missing.
  static hal::Result<StorageFiles> open(const std::string& root);

  /// After a start: removes unfinished replacements everywhere below the root, and makes durable what folders hold: a
  /// predecessor that was killed may have made a file and not come to tell its folder to stay that way.
  void settle() const;

  hal::Result<void> replace(const std::string& path, std::string_view bytes) const;
  hal::Result<void> append(const std::string& path, std::string_view bytes) const;
  hal::Result<std::string> read(const std::string& path, std::size_t size_max) const;
  hal::Result<void> remove(const std::string& path) const;
  hal::Result<std::vector<hal::Storage::Entry>> list(const std::string& folder) const;
  hal::Result<hal::Storage::Space> space() const;

 private:
  explicit StorageFiles(Descriptor root) : root_(std::move(root)) {}
  hal::Result<Descriptor> open_parent(const std::string& path, bool make) const;

  Descriptor root_;
};

}   // namespace nightjar::os
