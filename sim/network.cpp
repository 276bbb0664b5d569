#include "sim/network.h"

#include <algorithm>

#include "sim/connection.h"
#include "sim/host.h"
#include "sim/stack.h"

namespace nightjar::sim {

namespace {

constexpr std::size_t kHeaders = 40;                           // of TCP and IP, without options
constexpr hal::Duration kLoopback = std::chrono::microseconds{10};   // within one host; the kernel's own is of this order

bool same_subnet(const hal::IpAddress& a, const hal::IpAddress& b, int prefix) {
  if (a.is_v6() != b.is_v6()) return false;
  const auto first = a.is_v6() ? 0u : 12u;
  for (int bit = 0; bit < prefix; ++bit) {
    const auto byte = first + static_cast<unsigned>(bit) / 8;
    const auto mask = 0x80u >> (bit % 8);
    if (byte < 16 && ((a.bytes()[byte] ^ b.bytes()[byte]) & mask) != 0) return false;
  }
  return true;
}

}   // namespace

void Link::set_up(bool up) {
  up_ = up;
  network_.changed();
}

Network::Network(Timeline& timeline, Chance chance) : timeline_(timeline), chance_(chance) { add_link("lan"); }
Network::~Network() = default;

Link& Network::add_link(std::string name) {
  links_.push_back(std::make_unique<Link>(*this, std::move(name), quality_));
  return *links_.back();
}

void Network::set_name(const std::string& host, std::vector<hal::IpAddress> addresses) {
  if (addresses.empty())
    names_.erase(host);
  else
    names_[host] = std::move(addresses);
}

const std::vector<hal::IpAddress>* Network::addresses_of(const std::string& host) const {
  const auto at = names_.find(host);
  return at == names_.end() ? nullptr : &at->second;
}

void Network::drop_datagrams(double rate) {
  quality_.drop_rate = rate;
  for (const auto& link : links_) link->drop_datagrams(rate);
}

void Network::duplicate_datagrams(double rate) {
  quality_.duplicate_rate = rate;
  for (const auto& link : links_) link->duplicate_datagrams(rate);
}

void Network::set_latency(hal::Duration latency, hal::Duration jitter) {
  quality_.latency = latency;
  quality_.jitter = jitter;
  for (const auto& link : links_) link->set_latency(latency, jitter);
}

void Network::set_segment_max(std::size_t bytes) {
  for (const auto& link : links_) link->set_segment_max(bytes);
  quality_.segment_max = links_.front()->quality().segment_max;
}

void Network::set_bandwidth(std::uint64_t bytes_per_second) {
  quality_.bandwidth = bytes_per_second;
  for (const auto& link : links_) link->set_bandwidth(bytes_per_second);
}

void Network::stop_reading(Host& host, bool stopped) { host.network().stop_reading(stopped); }
void Network::hang(Host& host, bool hung) { host.network().set_hung(hung); }
void Network::reset_connections(Host& host) { host.network().reset_connections(); }

void Network::partition(Host& a, Host& b, bool apart) {
  const auto pair = std::minmax({a.loop().owner(), b.loop().owner()});
  if (apart)
    apart_.insert(pair);
  else
    apart_.erase(pair);
  changed();
}

Network::Path Network::path(Stack& from, const hal::IpAddress& source, const hal::IpAddress& target) const {
  if (!from.reachable()) return {Fate::silent, nullptr, nullptr, source};
  if (target.is_loopback() || target.is_any() || from.owns(target)) {
    const bool mine = source.is_any() || source.is_loopback() || from.owns(source);
    const auto self = target.is_any() ? hal::IpAddress::loopback() : target;
    return {mine ? Fate::open : Fate::silent, &from, nullptr, source.is_any() ? self : source};
  }
  Path best{Fate::no_route, nullptr, nullptr, source};
  if (!source.is_any() && !from.owns(source)) return {Fate::silent, nullptr, nullptr, source};
  for (const auto& nic : from.nics()) {
    const bool usable = nic->up && nic->link->up() && (source.is_any() || nic->address == source);
    if (!usable || !same_subnet(nic->address, target, nic->prefix)) continue;
    best = {Fate::absent, nullptr, nic->link, nic->address};
    for (const auto* other : nic->link->nics_) {
      if (other->address != target || !other->up || !other->stack->reachable()) continue;
      const auto pair = std::minmax({from.loop().owner(), other->stack->loop().owner()});
      const bool silent = from.hung() || other->stack->hung() || apart_.contains(pair);
      return {silent ? Fate::silent : Fate::open, other->stack, nic->link, nic->address};
    }
    break;
  }
  return best;
}

hal::Duration Network::backlog(const Link& link) const { return std::max(hal::Duration{0}, link.free_at_ - timeline_.now()); }

hal::Duration Network::draw_jitter(const Link* link) {
  return link && link->quality().jitter.count() > 0 ? chance_.between(hal::Duration{0}, link->quality().jitter) : hal::Duration{0};
}

hal::Duration Network::delay(Link* link, std::size_t bytes, hal::Duration jitter) {
  if (!link) return kLoopback;
  const auto& quality = link->quality();
  const auto out = quality.latency + jitter;
  if (quality.bandwidth == 0) return out;
  const auto wait = backlog(*link) + hal::Duration{std::chrono::seconds{1}} * static_cast<std::int64_t>(bytes + kHeaders) /
                                         static_cast<std::int64_t>(quality.bandwidth);
  link->free_at_ = timeline_.now() + wait;
  return out + wait;
}

void Network::join(Link& link, Nic& nic) {
  link.nics_.push_back(&nic);
  changed();
}

void Network::move(Nic& nic, Link& link) {
  std::erase(nic.link->nics_, &nic);
  nic.link = &link;
  join(link, nic);
}

void Network::leave(Stack& stack) {
  for (const auto& link : links_) std::erase_if(link->nics_, [&](const Nic* nic) { return nic->stack == &stack; });
  changed();
}

void Network::remember(std::shared_ptr<Connection> connection) {
  const auto id = connection->id();
  connections_.emplace(id, std::move(connection));
}

std::vector<std::shared_ptr<Connection>> Network::connections_of(const Stack& stack) const {
  std::vector<std::shared_ptr<Connection>> out;
  for (const auto& [id, connection] : connections_)
    if (connection->touches(stack)) out.push_back(connection);
  return out;
}

}   // namespace nightjar::sim
