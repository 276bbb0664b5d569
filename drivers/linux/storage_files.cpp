#include "drivers/linux/storage_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "drivers/linux/loop_errors.h"

namespace nightjar::os {
namespace {

constexpr char kUnfinished = '~';             // ends the name of a replacement until it is whole; no storage path holds one
constexpr std::size_t kEntriesMax = 10'000;   // of one folder
constexpr int kDepthMax = 100;                // of folders: a path of 200 bytes has no more
constexpr mode_t kFileMode = 0644;
constexpr mode_t kFolderMode = 0755;
constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

hal::Error failed(const std::string& path) { return os_error(errno, path); }

hal::Error no_such_file(const std::string& path) { return os_error(ENOENT, path); }

/// Repeats a call that a signal interrupted.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = uninterrupted([&] { return ::write(file, bytes.data(), bytes.size()); });
    if (count <= 0) {
      if (count == 0) errno = EIO;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool sync(int file) {
  return uninterrupted([&] { return ::fsync(file); }) == 0;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

Folder read_folder(Descriptor descriptor) {
  Folder folder{::fdopendir(descriptor.get())};
  if (folder) descriptor.release();
  return folder;
}

void settle_folder(Descriptor descriptor, int depth) {
  const auto folder = read_folder(std::move(descriptor));
  if (!folder || depth > kDepthMax) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name{entry->d_name};
    struct stat status {};
    if (name == "." || name == ".." || ::fstatat(::dirfd(folder.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      if (Descriptor inner{::openat(::dirfd(folder.get()), name.c_str(), kFolder)}) settle_folder(std::move(inner), depth + 1);
    } else if (name.back() == kUnfinished) {
      ::unlinkat(::dirfd(folder.get()), name.c_str(), 0);
    }
  }
  sync(::dirfd(folder.get()));
}

/// The folder and those above it, so that a new one stays.
void sync_upwards(const std::filesystem::path& folder) {
  for (auto path = folder;; path = path.parent_path()) {
    if (const Descriptor one{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)}) sync(one.get());
    if (path == path.parent_path()) return;
  }
}

/// The folder `name` in `parent`, made durably if it is missing and `make` says so. errno says why not.
Descriptor open_folder(const Descriptor& parent, const std::string& name, bool make) {
  Descriptor folder{::openat(parent.get(), name.c_str(), kFolder)};
  if (folder || errno != ENOENT || !make) return folder;
  if (::mkdirat(parent.get(), name.c_str(), kFolderMode) != 0 && errno != EEXIST) return {};
  if (!sync(parent.get())) return {};
  return Descriptor{::openat(parent.get(), name.c_str(), kFolder)};
}

}   // namespace

hal::Result<StorageFiles> StorageFiles::open(const std::string& root) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(root, error);
  Descriptor folder{::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder) return error ? os_error(error.value(), root) : failed(root);
  if (made) sync_upwards(std::filesystem::absolute(root, error));
  return StorageFiles{std::move(folder)};
}

void StorageFiles::settle() const { settle_folder(Descriptor{::openat(root_.get(), ".", kFolder)}, 0); }

hal::Result<Descriptor> StorageFiles::open_parent(const std::string& path, bool make) const {
  Descriptor folder{::openat(root_.get(), ".", kFolder)};
  for (std::size_t begin = 0; folder;) {
    const auto slash = path.find('/', begin);
    if (slash == std::string::npos) return folder;
    folder = open_folder(folder, path.substr(begin, slash - begin), make);
    begin = slash + 1;
  }
  return failed(path);
}

hal::Result<void> StorageFiles::replace(const std::string& path, std::string_view bytes) const {
  const auto folder = open_parent(path, true);
  if (!folder.ok()) return folder.error();
  const int in = folder.value().get();
  const auto name = file_name(path);
  const auto unfinished = name + kUnfinished;
  Descriptor file{::openat(in, unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode)};
  if (!file) return failed(path);
  if (!write_all(file.get(), bytes) || !sync(file.get()) || ::renameat(in, unfinished.c_str(), in, name.c_str()) != 0) {
    const auto error = failed(path);
    ::unlinkat(in, unfinished.c_str(), 0);
    return error;
  }
  if (!sync(in)) return failed(path);
  return {};
}

hal::Result<void> StorageFiles::append(const std::string& path, std::string_view bytes) const {
  const auto folder = open_parent(path, true);
  if (!folder.ok()) return folder.error();
  const int in = folder.value().get();
  const auto name = file_name(path);
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
  Descriptor file{::openat(in, name.c_str(), kFlags)};
  const bool is_new = !file && errno == ENOENT;
  if (is_new) file = Descriptor{::openat(in, name.c_str(), kFlags | O_CREAT, kFileMode)};
  struct stat before {};
  if (!file || ::fstat(file.get(), &before) != 0) return failed(path);
  if (!write_all(file.get(), bytes) || uninterrupted([&] { return ::fdatasync(file.get()); }) != 0) {
    const auto error = failed(path);
    if (::ftruncate(file.get(), before.st_size) != 0) return error;   // who is told "not done" may ask again
    if (is_new) ::unlinkat(in, name.c_str(), 0);
    return error;
  }
  if (is_new && !sync(in)) return failed(path);
  return {};
}

hal::Result<std::string> StorageFiles::read(const std::string& path, std::size_t size_max) const {
  const auto folder = open_parent(path, false);
  if (!folder.ok()) return folder.error().kind == hal::ErrorKind::invalid ? no_such_file(path) : folder.error();
  const Descriptor file{::openat(folder.value().get(), file_name(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return failed(path);
  if (!S_ISREG(status.st_mode)) return no_such_file(path);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > size_max) return hal::Error{hal::ErrorKind::too_large, path + ": " + std::to_string(size) + " bytes"};
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = uninterrupted([&] { return ::read(file.get(), bytes.data() + done, bytes.size() - done); });
    if (count < 0) return failed(path);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

hal::Result<void> StorageFiles::remove(const std::string& path) const {
  const auto folder = open_parent(path, false);
  if (!folder.ok()) return folder.error().kind == hal::ErrorKind::invalid ? no_such_file(path) : folder.error();
  if (::unlinkat(folder.value().get(), file_name(path).c_str(), 0) != 0) return errno == EISDIR ? no_such_file(path) : failed(path);
  if (!sync(folder.value().get())) return failed(path);
  return {};
}

hal::Result<std::vector<hal::Storage::Entry>> StorageFiles::list(const std::string& path) const {
  std::vector<hal::Storage::Entry> out;
  auto opened = open_parent(path + '/', false);
  if (!opened.ok()) {
    const auto kind = opened.error().kind;
    if (kind == hal::ErrorKind::not_found || kind == hal::ErrorKind::invalid) return out;   // absent, or a file
    return opened.error();
  }
  const auto folder = read_folder(std::move(opened).value());
  if (!folder) return failed(path);
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(folder.get());
    if (!entry && errno != 0) return failed(path);
    if (!entry) break;
    struct stat status {};
    if (!hal::is_storage_path(entry->d_name)) continue;   // not ours, or unfinished
    if (::fstatat(::dirfd(folder.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
    if (out.size() == kEntriesMax)
      return hal::Error{hal::ErrorKind::too_large, path + ": more than " + std::to_string(kEntriesMax) + " files"};
    out.push_back({entry->d_name, static_cast<std::uint64_t>(status.st_size)});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

hal::Result<hal::Storage::Space> StorageFiles::space() const {
  struct statvfs status {};
  if (::fstatvfs(root_.get(), &status) != 0) return failed("state folder");
  return hal::Storage::Space{std::uint64_t{status.f_blocks} * status.f_frsize, std::uint64_t{status.f_bavail} * status.f_frsize};
}

}   // namespace nightjar::os
