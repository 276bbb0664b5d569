#pragma once
#include <memory>
#include <string>

#include "hal/http.h"
#include "hal/network.h"
#include "hal/time.h"
#include "sim/camera/camera.h"
#include "sim/random.h"

namespace nightjar::boards {

/// The desk's camera: the simulated one, listening on loopback with TLS on a free port, in the same process and still behind real sockets.
class SimulatedCamera {
 public:
  struct Lent {
    hal::Loop& loop;
    hal::HttpServers& servers;
    hal::Network& network;
    hal::WallClock& wall_clock;
  };
  /// Switched on. What is lent outlives it.
  static hal::Result<std::unique_ptr<SimulatedCamera>> make(const Lent& lent);

  hal::HttpOrigin origin() const { return {true, camera_.ccapi(), {}, {}, {}}; }
  /// "https://127.0.0.1:40001/ccapi (control http://127.0.0.1:40002/sim)"
  std::string description() const;

 private:
  explicit SimulatedCamera(const Lent& lent);

  sim::Random random_;   // the same key and the same sky at every start, so that its pinned certificate stays the same
  sim::Camera camera_;
};

}  // namespace nightjar::boards
