#pragma once
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace nightjar::os {

/// A folder of its own, gone with everything in it at the end.
class ScratchFolder {
 public:
  /// Below the temporary folder.
  ScratchFolder() : ScratchFolder(std::filesystem::temp_directory_path()) {}
  explicit ScratchFolder(const std::filesystem::path& parent) : path_((parent / "nightjar-test-XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) throw std::runtime_error{"no temporary folder"};
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  /// Below the memory file system where there is one: for what needs many syncs and no disk.
  static std::filesystem::path in_memory() {
    return std::filesystem::is_directory("/dev/shm") ? std::filesystem::path{"/dev/shm"} : std::filesystem::temp_directory_path();
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}   // namespace nightjar::os
