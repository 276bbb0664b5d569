#pragma once
#include <functional>
#include <map>
#include <string>

#include "hal/camera.h"
#include "hal/log.h"
#include "hal/storage.h"

namespace nightjar::app {

/// Which certificate each camera showed the first time (contract.md, section 7: pinned on first use). Kept in the state folder.
class KnownCameras {
 public:
  static constexpr std::size_t kKept = 64;   // cameras; past it a new one is trusted, and not remembered

  KnownCameras(hal::Storage& storage, hal::Log& log) : storage_(storage), log_(log) {}

  void load(std::function<void()> done);
  /// False when this camera showed another certificate before. A camera without TLS or without a serial number has nothing to compare.
  bool is_trusted(const hal::CameraInfo& camera) const;
  /// What it showed, lower-case hex; empty when nothing is remembered.
  std::string certificate(const std::string& serial) const;
  /// Whatever it shows next is taken.
  void forget(const std::string& serial);
  /// Remembers the certificate it shows now, in place of any other.
  void trust(const hal::CameraInfo& camera);

 private:
  void save();

  hal::Storage& storage_;
  hal::Log& log_;
  std::map<std::string, std::string> certificates_;   // by serial number
  hal::Operation reading_;
  hal::Operation writing_;
};

}  // namespace nightjar::app
