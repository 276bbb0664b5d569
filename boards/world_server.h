#pragma once
// A door from this machine into a simulated world: a real port behind which a simulated device's page answers, while the world lives
// along with real time.
#include <list>
#include <memory>

#include "hal/log.h"
#include "hal/network.h"
#include "sim/world.h"

namespace nightjar::boards {

/// Carries every connection to the real port to `inside`, from a host "visitor" that is added to the world, and lets the world go
/// forward `speed` seconds a second.
///
/// It steps the world on the real loop for at most kTurnMax at a time, so that the machine's own sockets are served meanwhile. A world
/// that falls more than kLagMax behind its speed is not caught up with: the delay is given up, and the log says that it cannot keep up.
/// At most kVisitsMax connections; more are closed at once. What is lent outlives it. Loop thread only.
class WorldServer {
 public:
  struct Lent {
    sim::World& world;
    hal::Loop& loop;          // the real one, as is the network
    hal::Network& network;
    hal::Log& log;
  };
  static constexpr int kSpeedMax = 1000;
  static constexpr std::size_t kVisitsMax = 64;
  static constexpr hal::Duration kTurnMax = std::chrono::milliseconds{20};
  static constexpr hal::Duration kLagMax = std::chrono::seconds{1};         // of real time
  static constexpr hal::Duration kWarnEvery = std::chrono::seconds{10};

  /// `visitor` is an address nobody has, on the link everybody is on; `speed` is taken to be within 1 .. kSpeedMax.
  WorldServer(const Lent& lent, const hal::Endpoint& inside, const hal::IpAddress& visitor, int speed);
  ~WorldServer();
  WorldServer(const WorldServer&) = delete;

  /// Opens the port and lets time begin; answers where it listens.
  hal::Result<hal::Endpoint> start(const hal::Endpoint& at);

 private:
  class Visit;
  void admit(std::unique_ptr<hal::Stream> stream);
  void part_later();
  void live();
  void live_later();
  void give_up(hal::Duration lag);

  Lent lent_;
  hal::Endpoint inside_;
  sim::Host& visitor_;
  int speed_;
  std::unique_ptr<hal::Listener> listener_;
  hal::Instant lived_{};       // real time up to which `due_` was counted
  hal::Instant due_{};         // when it ought to be in the world
  hal::Instant warned_{};
  bool living_ = false;
  hal::Operation next_;
  hal::Operation parting_;
  std::list<std::unique_ptr<Visit>> visits_;
};

}  // namespace nightjar::boards
