#pragma once
// Cameras that announce themselves on the networks around: who is heard of, and what they say of themselves when asked. All of it is
// hearsay; whether it is believed is for those above.
#include <functional>
#include <string>

#include "hal/http.h"
#include "hal/operation.h"
#include "hal/result.h"

namespace nightjar::hal {

/// A camera said that it is there. It said so from the address that it names: what others say of it is dropped.
struct Sighting {
  std::string uuid;         // "00000000-0000-0000-0001-7438B7E2735F": without "uuid:", only [0-9A-Za-z-], at most 64 characters
  std::string location;     // URL of its description
  IpAddress address;        // whose host is this
};

/// What a device says of itself. Texts are cut at 200 bytes and hold no control characters; any of them may be empty but the uuid.
struct CameraDescription {
  std::string uuid;
  std::string model;
  std::string serial;
  std::string nickname;     // given in the camera's menu
  HttpOrigin origin;        // where CCAPI answers; at the address that described it, whatever the description claims
};

class Discovery {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_seen(const Sighting& sighting) = 0;
    /// The camera, or somebody in its name, says that it goes.
    virtual void on_goodbye(const std::string& uuid, const IpAddress& from) = 0;
  };
  static constexpr std::size_t kInterfacesMax = 8;   // with an IPv4 address; more are not listened on

  virtual ~Discovery() = default;

  /// From now on listens on the interfaces that are up now, and no longer on others; true when that changed anything. The handler outlives
  /// the listening; it is called on the loop thread, never from within a call.
  virtual bool listen(Handler& handler) = 0;
  /// Hears nothing more.
  virtual void close() = 0;
  /// Asks once, on every interface it listens on, which cameras are there; they answer by on_seen within two seconds, if they hear it.
  virtual void search() = 0;

  using Described = std::function<void(Result<CameraDescription>)>;
  /// One attempt to read the description at a Sighting's location, or (empty location) at the place where bodies serve it. `protocol`
  /// when what is there describes no camera that speaks CCAPI.
  virtual Operation describe(const IpAddress& address, const std::string& location, Duration patience, Described done) = 0;
};

}  // namespace nightjar::hal
