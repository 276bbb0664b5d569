#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "drivers/linux/loop.h"
#include "hal/log.h"
#include "hal/network.h"

namespace nightjar::os {

/// The kernel's TCP and UDP, the system's resolver.
///
/// An idle TCP connection has no read buffer: it waits until there is something to read and then reads into one buffer of 64 KiB that all
/// share. Destroying a stream that has unsent bytes resets the connection, so that a truncated stream never looks like a finished one. When
/// the other end finishes while bytes are unsent, they are sent before on_closed comes. A peer that vanishes from an idle connection is
/// noticed after a minute (keep-alive: after 30 s three probes, 10 s apart), from a busy one when the kernel gives up resending. Link-local
/// IPv6 addresses carry no zone here and cannot be connected to.
///
/// Streams, listeners and sockets may outlive it, but not the loop. Loop thread only.
class AsioNetwork final : public hal::Network {
 public:
  /// `log` hears when connections cannot be accepted for want of descriptors.
  AsioNetwork(AsioLoop& loop, hal::Log& log);
  /// A look-up that is stuck in the system's resolver is waited for at most 1 s, then left behind.
  ~AsioNetwork() override;

  hal::Operation connect(const hal::Endpoint& to, hal::Duration patience, Connected done) override;
  hal::Result<std::unique_ptr<hal::Listener>> listen(const hal::Endpoint& at, Accepted accepted) override;
  hal::Result<std::unique_ptr<hal::DatagramSocket>> open_datagram(const hal::DatagramOptions& options, Received received) override;
  /// One look-up at a time, in the order asked, IPv4 addresses and IPv6 addresses in the system's order. `busy` when 64 are waiting.
  hal::Operation resolve(const std::string& host, Resolved done) override;
  std::vector<hal::Interface> interfaces() const override;
  std::vector<hal::Neighbour> neighbours() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The complete entries of the kernel's table as /proc/net/arp shows it; lines that are not like that are passed over.
std::vector<hal::Neighbour> parse_arp_table(std::string_view table);

}   // namespace nightjar::os
