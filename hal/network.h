#pragma once
// TCP, UDP and names: what the world's wires look like from above. Everything is on the loop thread.
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/address.h"
#include "hal/operation.h"
#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::hal {

/// Bytes that many may share and nobody changes: a frame encoded once for a thousand readers.
using Buffer = std::shared_ptr<const std::string>;

/// An open byte stream: TCP, or TLS upon any other Stream.
///
/// Destroying it closes at once (what is unsent is lost). Its handler may destroy it within any callback; after that, or
/// after on_closed, no callback follows.
class Stream {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// Bytes in order, valid during the call only.
    virtual void on_data(std::string_view bytes) = 0;
    /// Everything given to write() has been handed to the other side's kernel or ours; unsent() is 0. Only after it was not.
    virtual void on_drained() {}
    /// The last callback, once: `closed` when the other end finished, else what broke. Not called for our own destruction.
    virtual void on_closed(const Error& error) = 0;
  };

  virtual ~Stream() = default;

  /// Begins delivery; the handler outlives the stream or replaces itself with another start(). Nothing is lost before the first start.
  virtual void start(Handler& handler) = 0;
  /// Sends `head` then `body`. Tries at once; what does not fit is queued: `head` is copied, `body` shared. Bound it by unsent().
  /// Ignored after finish() or once closed.
  virtual void write(std::string_view head, Buffer body = nullptr) = 0;
  /// Bytes written but not yet taken by the kernel.
  virtual std::size_t unsent() const = 0;
  /// Stops or resumes delivery of on_data (and of a close behind it): the other end feels it as back-pressure.
  virtual void pause(bool paused) = 0;
  /// Sends what is queued, then ends our direction. on_closed follows when the other end ends too.
  virtual void finish() = 0;

  virtual Endpoint local() const = 0;
  virtual Endpoint remote() const = 0;
};

/// An open listening port; destroying it closes the port, connections already accepted live on.
class Listener {
 public:
  virtual ~Listener() = default;
  /// With the real port when 0 was asked for.
  virtual Endpoint local() const = 0;
};

/// An open UDP socket; destroying it closes it.
class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;
  virtual Endpoint local() const = 0;
  /// One datagram, best effort. `unreachable`, `too_large`, `denied` where the kernel says so at once.
  virtual Result<void> send_to(const Endpoint& to, std::string_view bytes) = 0;
};

struct Datagram {
  Endpoint from;
  std::string_view bytes;   // valid during the call only
};

struct DatagramOptions {
  Endpoint bind;                              // port 0: any
  bool share_port = false;                    // SO_REUSEADDR: several listeners of one multicast port on a host
  IpAddress join;                             // multicast group to join; any() = none
  IpAddress interface;                        // address of the interface to join and send multicast on; any() = the system's choice
  int multicast_ttl = 1;
  bool multicast_loopback = false;
  bool broadcast = false;
};

/// One network interface that is up and has an address.
struct Interface {
  std::string name;
  IpAddress address;
  int prefix = 0;             // network prefix length in bits
  bool loopback = false;
  bool operator==(const Interface&) const = default;
};

struct Neighbour {
  IpAddress address;
  std::string mac;            // "74:38:b7:e2:73:5f"
  std::string interface;
};

class Network {
 public:
  virtual ~Network() = default;

  using Connected = std::function<void(Result<std::unique_ptr<Stream>>)>;
  /// One attempt to connect, given up after `patience` (`timed_out`). Nagle is off. `refused`, `unreachable` as the network says.
  virtual Operation connect(const Endpoint& to, Duration patience, Connected done) = 0;

  using Accepted = std::function<void(std::unique_ptr<Stream>)>;
  /// Listens; `accepted` gets every connection, until the Listener is destroyed. `in_use`, `denied` when the port cannot be had.
  virtual Result<std::unique_ptr<Listener>> listen(const Endpoint& at, Accepted accepted) = 0;

  using Received = std::function<void(const Datagram&)>;
  virtual Result<std::unique_ptr<DatagramSocket>> open_datagram(const DatagramOptions& options, Received received) = 0;

  using Resolved = std::function<void(Result<std::vector<IpAddress>>)>;
  /// Looks a host name up off the loop; an address in text form is answered as itself. `unreachable` when unknown. At least one address when ok.
  virtual Operation resolve(const std::string& host, Resolved done) = 0;

  /// Interfaces as they are now; they may change at any moment.
  virtual std::vector<Interface> interfaces() const = 0;
  /// Hosts the kernel has heard of lately (ARP).
  virtual std::vector<Neighbour> neighbours() const = 0;
};

}  // namespace nightjar::hal
