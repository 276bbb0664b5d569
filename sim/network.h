#pragma once
// The wires and the air between simulated devices.
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hal/address.h"
#include "sim/chance.h"
#include "sim/timeline.h"

namespace nightjar::sim {

class Connection;
class Host;
class Network;
class Stack;
struct Nic;

/// What a link does to what passes over it.
struct LinkQuality {
  hal::Duration latency = std::chrono::microseconds{200};   // one way
  hal::Duration jitter{0};                                  // added, drawn 0 .. jitter; reorders datagrams, never bytes of a stream
  double drop_rate = 0;                                     // of datagrams, 0 .. 1
  double duplicate_rate = 0;
  std::size_t segment_max = 65536;   // the most bytes of a stream that arrive in one piece
  std::uint64_t bandwidth = 0;       // bytes a second, of all on it and both ways together, as on a radio channel; 0: no limit
};

/// One cable, switch or radio cell: the hosts on it hear each other, and nobody else does.
class Link {
 public:
  Link(Network& network, std::string name, LinkQuality quality) : network_(network), name_(std::move(name)), quality_(quality) {}
  Link(const Link&) = delete;

  const std::string& name() const { return name_; }
  bool up() const { return up_; }
  /// Down: connections over it stall, half-open for those who do not ask; up again: they go on after TCP's own delay.
  void set_up(bool up);
  void set_latency(hal::Duration latency, hal::Duration jitter = {}) {
    quality_.latency = latency;
    quality_.jitter = jitter;
  }
  void drop_datagrams(double rate) { quality_.drop_rate = rate; }
  void duplicate_datagrams(double rate) { quality_.duplicate_rate = rate; }
  void set_segment_max(std::size_t bytes) { quality_.segment_max = bytes < 1 ? 1 : bytes; }
  void set_bandwidth(std::uint64_t bytes_per_second) { quality_.bandwidth = bytes_per_second; }
  const LinkQuality& quality() const { return quality_; }

 private:
  friend class Network;
  Network& network_;
  std::string name_;
  LinkQuality quality_;
  bool up_ = true;
  hal::Instant free_at_{};   // when all that was sent so far has been sent
  std::vector<Nic*> nics_;   // in order of joining
};

/// The whole of it: links, who is on them, names, and what goes wrong.
///
/// TCP: as hal::Network and hal::Stream say. A send window of 64 KiB a direction gives back-pressure; what a stalled path holds
/// up is sent again after 0.2 s, doubling up to 2 min (RFC 6298, Linux's bounds), and given up after 15.4 min (Linux's
/// tcp_retries2 = 15) with `timed_out`. An attempt to connect asks again after 1, 2, 4, ... s, and learns `unreachable`
/// after 3 s when nobody has the address (ARP's three tries). No congestion: where bandwidth is bounded, bytes wait their turn, and
/// datagrams that would wait longer than kBacklogMax are lost.
class Network {
 public:
  Network(Timeline& timeline, Chance chance);
  ~Network();
  Network(const Network&) = delete;

  /// The link everybody is on who says nothing else.
  Link& lan() { return *links_.front(); }
  Link& add_link(std::string name);
  /// What resolve() answers for `host`, everywhere; no addresses: unknown again.
  void set_name(const std::string& host, std::vector<hal::IpAddress> addresses);

  // ---- what goes wrong; for one link alone see Link

  void drop_datagrams(double rate);
  void duplicate_datagrams(double rate);
  void set_latency(hal::Duration latency, hal::Duration jitter = {});
  /// Bytes of streams arrive in pieces of at most so many: finds parsers that think a read is a message.
  void set_segment_max(std::size_t bytes);
  void set_bandwidth(std::uint64_t bytes_per_second);
  /// The host's network neither hears nor says anything: connects to it time out, connections stall. Its program runs on.
  void hang(Host& host, bool hung = true);
  /// The host's program takes nothing more off its connections, though it may write: windows fill, then the writers' queues.
  void stop_reading(Host& host, bool stopped = true);
  /// Every connection of the host breaks with `reset`, at both ends.
  void reset_connections(Host& host);
  /// The two no longer hear each other, though others hear both.
  void partition(Host& a, Host& b, bool apart = true);

  std::size_t connections() const { return connections_.size(); }
  static constexpr hal::Duration kBacklogMax = std::chrono::milliseconds{500};   // what an access point keeps for a slow station

  // ---- for the stacks

  enum class Fate : unsigned char { open, silent, absent, no_route };
  struct Path {
    Fate fate = Fate::no_route;
    Stack* to = nullptr;
    Link* link = nullptr;    // none within one host
    hal::IpAddress source;   // the sender's address on the way
  };
  /// The way from `from` to `target`; `source` any(): of its choice.
  Path path(Stack& from, const hal::IpAddress& source, const hal::IpAddress& target) const;
  hal::Duration draw_jitter(const Link* link);
  /// One way over `link` for so many bytes and their headers.
  hal::Duration delay(Link* link, std::size_t bytes, hal::Duration jitter);
  hal::Duration delay(Link* link, std::size_t bytes = 0) { return delay(link, bytes, draw_jitter(link)); }
  /// How long what is sent now waits for what was sent before.
  hal::Duration backlog(const Link& link) const;
  /// Grows with every change of who hears whom.
  std::uint64_t topology() const { return topology_; }
  void changed() { ++topology_; }
  Timeline& timeline() { return timeline_; }
  Chance& chance() { return chance_; }
  const std::vector<hal::IpAddress>* addresses_of(const std::string& host) const;

  void join(Link& link, Nic& nic);
  void move(Nic& nic, Link& link);
  void leave(Stack& stack);
  const std::vector<Nic*>& nics(const Link& link) const { return link.nics_; }
  void remember(std::shared_ptr<Connection> connection);
  void forget(std::uint64_t id) { connections_.erase(id); }
  std::uint64_t next_id() { return ++last_id_; }
  /// The connections with an end at `stack`, oldest first.
  std::vector<std::shared_ptr<Connection>> connections_of(const Stack& stack) const;

 private:
  Timeline& timeline_;
  Chance chance_;
  LinkQuality quality_;   // of links to come
  std::vector<std::unique_ptr<Link>> links_;
  std::map<std::string, std::vector<hal::IpAddress>> names_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> apart_;   // pairs of owners, the smaller first
  std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::uint64_t last_id_ = 0;
  std::uint64_t topology_ = 1;
};

}   // namespace nightjar::sim
