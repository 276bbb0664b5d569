#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/camera.h"
#include "hal/discovery.h"
#include "hal/log.h"
#include "hal/storage.h"
#include "hal/time.h"

namespace nightjar::app {

/// Where a camera's CCAPI answered.
struct CameraPlace {
  hal::Endpoint endpoint;
  bool tls = true;
  bool operator==(const CameraPlace&) const = default;
};

struct RegisteredCamera {
  std::string uuid;
  std::string name;                             // given by a person here; empty = none
  std::string nickname;                         // given in the camera's menu
  std::string model;
  std::string serial;
  std::string mac;
  std::vector<CameraPlace> places;              // the newest first
  std::optional<hal::WallTime> last_seen;
  bool answered = false;                        // its CCAPI has answered: only such cameras are kept on disk
  // of this run of the program
  bool met = false;                             // it has answered
  bool online = false;                          // and is there, as far as we know
  bool offline_told = false;
  int attempts = 0;                             // in vain since it answered last
  std::string last_error;
};

/// The cameras of this device by UUID, one of them the primary one; kept in the state folder.
class CameraRegistry {
 public:
  /// Past it a camera that never answered makes way, the one longest unseen; when all have answered, the new one is not taken.
  static constexpr std::size_t kCamerasMax = 32;
  static constexpr std::size_t kPlacesMax = 8;   // of a camera; past it the oldest is forgotten

  CameraRegistry(hal::Storage& storage, hal::Log& log) : storage_(storage), log_(log) {}

  void load(std::function<void()> done);

  const std::map<std::string, RegisteredCamera>& cameras() const { return cameras_; }
  RegisteredCamera* find(const std::string& uuid);
  const RegisteredCamera* find(const std::string& uuid) const;
  RegisteredCamera* find_serial(std::string_view serial);
  /// The new entry, or null when there is no room; `gone` gets the UUID of one that made way.
  RegisteredCamera* add(const std::string& uuid, std::string& gone);
  /// What it says of itself, where nothing better is known.
  void note_description(RegisteredCamera& camera, const hal::CameraDescription& description);
  /// It has answered: what it told, and where, in front of its other places.
  void note_answer(RegisteredCamera& camera, const CameraPlace& place, const hal::CameraInfo& info, hal::WallTime at);
  /// The entry goes by another UUID from now on; the primary one stays primary.
  RegisteredCamera* rekey(const std::string& from, const std::string& to);
  void forget(const std::string& uuid);

  const std::string& primary() const { return primary_; }   // empty = none
  void set_primary(const std::string& uuid);
  void set_name(RegisteredCamera& camera, std::string name);

 private:
  void read(std::string_view text);
  void save();

  hal::Storage& storage_;
  hal::Log& log_;
  std::map<std::string, RegisteredCamera> cameras_;
  std::string primary_;
  hal::Operation reading_;
  hal::Operation writing_;
};

}  // namespace nightjar::app
