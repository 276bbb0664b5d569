#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hal/network.h"
#include "sim/loop.h"
#include "sim/network.h"

namespace nightjar::sim {

class Stack;

/// A network interface of a host: one address on one link.
struct Nic {
  Stack* stack = nullptr;
  Link* link = nullptr;
  std::string name;
  hal::IpAddress address;
  int prefix = 24;
  std::string mac;
  bool up = true;
};

/// What becomes of connections whose address goes away.
enum class Established : unsigned char { die_silently, reset };

/// One host's network. Everything it opens is gone with its power; objects that outlive that say and hear nothing more.
/// At most kSocketsMax listeners and datagram sockets, the connections of the whole world counted in; past it the answer is `io`.
class Stack final : public hal::Network {
 public:
  Stack(VirtualLoop& loop, sim::Network& network) : loop_(loop), network_(network) {}
  ~Stack() override;
  Stack(const Stack&) = delete;

  hal::Operation connect(const hal::Endpoint& to, hal::Duration patience, Connected done) override;
  hal::Result<std::unique_ptr<hal::Listener>> listen(const hal::Endpoint& at, Accepted accepted) override;
  hal::Result<std::unique_ptr<hal::DatagramSocket>> open_datagram(const hal::DatagramOptions& options, Received received) override;
  hal::Operation resolve(const std::string& host, Resolved done) override;
  std::vector<hal::Interface> interfaces() const override;
  std::vector<hal::Neighbour> neighbours() const override;

  // ---- the world's side

  /// Gives the host an interface with `address` on `link`; a host may have several, on one link too.
  void join(Link& link, const std::string& name, const hal::IpAddress& address, int prefix = 24);
  /// The cable pulled, the cell left: connections over it stall. Unknown names are ignored.
  void set_up(const std::string& interface, bool up);
  /// As DHCP does: the old address becomes unreachable; connections of it die as told.
  void set_address(const std::string& interface, const hal::IpAddress& address, Established established = Established::die_silently);
  /// Takes the interface to another link with its address: another access point, another cable. Connections stall until it is back.
  void set_link(const std::string& interface, Link& link);
  void set_mac(const std::string& interface, std::string mac);
  void set_hung(bool hung);
  void stop_reading(bool stopped);
  void power_cut();
  void power_on();
  void reset_connections();
  /// The address of the first interface; any() without one.
  hal::IpAddress address() const { return nics_.empty() ? hal::IpAddress::any() : nics_.front()->address; }

  static constexpr std::size_t kSocketsMax = 4096;
  static constexpr std::size_t kNeighboursMax = 256;   // the stalest goes
  static constexpr hal::Duration kNeighbourAge = std::chrono::minutes{10};

  // ---- within the network

  bool reachable() const { return powered_; }
  bool hung() const { return hung_; }
  bool reads() const { return reads_; }
  bool owns(const hal::IpAddress& address) const;
  const std::vector<std::unique_ptr<Nic>>& nics() const { return nics_; }
  VirtualLoop& loop() { return loop_; }
  const VirtualLoop& loop() const { return loop_; }
  sim::Network& wires() { return network_; }
  std::uint16_t ephemeral_port();
  bool room() const;
  void heard(const hal::IpAddress& address);

  /// What is listening at `at`; 0: nothing.
  std::uint64_t listener_at(const hal::Endpoint& at) const;
  /// Hands an accepted stream to the listener; false when it has closed meanwhile.
  bool accept(std::uint64_t listener, std::unique_ptr<hal::Stream> stream);
  void receive(const hal::Endpoint& from, const hal::Endpoint& to, const Link* link, std::string_view bytes);

 private:
  class Port;
  class Socket;
  friend class Port;
  friend class Socket;
  struct Listening {
    hal::Endpoint at;
    std::shared_ptr<Accepted> accepted;
    Port* port = nullptr;
  };
  struct Known {
    std::string mac;
    std::string interface;
    hal::Instant heard;
  };
  hal::Result<void> bindable(const hal::Endpoint& at) const;
  const Nic* multicast_nic(const hal::IpAddress& interface) const;
  bool port_taken(std::uint16_t port) const;
  void close_sockets();

  VirtualLoop& loop_;
  sim::Network& network_;
  std::vector<std::unique_ptr<Nic>> nics_;
  std::map<std::uint64_t, Listening> listeners_;
  std::map<std::uint64_t, Socket*> sockets_;
  std::map<hal::IpAddress, Known> neighbours_;
  std::uint16_t last_port_ = 49151;   // RFC 6335: ephemeral ports are 49152 .. 65535
  bool powered_ = true;
  bool hung_ = false;
  bool reads_ = true;
};

}   // namespace nightjar::sim
