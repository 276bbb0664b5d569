#pragma once
// hal::Discovery by SSDP and UPnP's description.
//
// On each interface two sockets: one at port 1900, shared with other programs, that hears announcements, and one at a port of its own
// that searches, for an answer to a shared port may go to any of its sharers. Access points drop multicast, so search() sends to the
// group and says nothing of who heard it.
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "hal/discovery.h"
#include "hal/network.h"
#include "hal/time.h"

namespace nightjar::net {

class SsdpDiscovery final : public hal::Discovery {
 public:
  SsdpDiscovery(hal::Network& network, hal::HttpClients& clients, hal::Loop& loop) : network_(network), clients_(clients), loop_(loop) {}

  bool listen(Handler& handler) override;
  void close() override { ears_.clear(); }
  void search() override;
  hal::Operation describe(const hal::IpAddress& address, const std::string& location, hal::Duration patience, Described done) override;

  /// Datagrams that were no announcement of a camera by itself.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Ear {
    std::unique_ptr<hal::DatagramSocket> announcements;
    std::unique_ptr<hal::DatagramSocket> answers;
  };
  void open(Ear& ear, const hal::IpAddress& interface);
  void heard_announcement(const hal::Datagram& datagram);
  void heard_answer(const hal::Datagram& datagram);
  void tell_seen(std::string_view usn, const std::string& location, const hal::IpAddress& from);

  hal::Network& network_;
  hal::HttpClients& clients_;
  hal::Loop& loop_;
  Handler* handler_ = nullptr;
  std::map<hal::IpAddress, Ear> ears_;   // by the interface's address
  std::uint64_t dropped_ = 0;
};

}   // namespace nightjar::net
