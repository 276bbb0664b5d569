#pragma once
// hal::Vicinity by UDP broadcast. A host that tells aloud sends its datagram to every network it is on every kTellEvery; every host
// answers who asks, so that a guest whom mDNS does not reach finds one that has mDNS alone. What is not heard of for kHeardFor is gone.
#include <cstdint>
#include <memory>

#include "drivers/net/session_beacon_codec.h"
#include "hal/network.h"
#include "hal/time.h"
#include "hal/vicinity.h"

namespace nightjar::net {

class SessionBeacon final : public hal::Vicinity {
 public:
  static constexpr std::uint16_t kPort = 48'080;
  static constexpr auto kTellEvery = std::chrono::seconds{2};
  static constexpr auto kHeardFor = std::chrono::seconds{7};        // three in a row lost
  static constexpr int kAnswersMax = 16;                            // per kTellEvery; whoever asks more is not answered

  SessionBeacon(hal::Network& network, hal::Loop& loop) : network_(network), loop_(loop) {}

  hal::Operation advertise(const hal::Advertisement& session, Voice voice, Told told) override;
  void update(const hal::Advertisement& session) override;
  hal::Operation browse(Handler& handler, Told told) override;

 private:
  struct Side;   // what is on, while its handle is held
  static hal::Operation handle(const std::shared_ptr<Side>& side);
  hal::Result<void> open(const std::shared_ptr<Side>& side);
  void begin(const std::shared_ptr<Side>& side);
  void beat(const std::shared_ptr<Side>& side);
  void heard(Side& side, const hal::Datagram& datagram);
  void note(Side& side, const hal::Sighted& session);
  void expire(Side& side);
  void spread(Side& side, const Beacon& beacon);

  hal::Network& network_;
  hal::Loop& loop_;
  std::shared_ptr<Side> telling_;
  std::shared_ptr<Side> browsing_;
};

}   // namespace nightjar::net
