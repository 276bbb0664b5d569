// The datagram side of a host's network: sockets, and the way from one to the others.
#include <algorithm>

#include "sim/stack.h"

namespace nightjar::sim {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

constexpr std::size_t kPayloadMax = 65507;   // UDP over IPv4: 65 535 less 20 and 8 of headers

hal::IpAddress broadcast_of(const Nic& nic) {
  auto bytes = nic.address.bytes();
  for (int bit = nic.prefix; bit < 32; ++bit) bytes[12 + static_cast<unsigned>(bit) / 8] |= static_cast<std::uint8_t>(0x80u >> (bit % 8));
  return hal::IpAddress::v4(bytes[12], bytes[13], bytes[14], bytes[15]);
}

constexpr auto kBroadcast = hal::IpAddress::v4(255, 255, 255, 255);

}   // namespace

class Stack::Socket final : public hal::DatagramSocket {
 public:
  Socket(Stack& stack, const hal::DatagramOptions& asked, const hal::Endpoint& bound, Received hears)
      : options(asked), at(bound), received(std::make_shared<Received>(std::move(hears))), id(stack.network_.next_id()), stack_(&stack) {
    stack.sockets_.emplace(id, this);
  }
  ~Socket() override {
    if (stack_) stack_->sockets_.erase(id);
  }
  Socket(const Socket&) = delete;

  hal::Endpoint local() const override { return at; }
  Result<void> send_to(const hal::Endpoint& to, std::string_view bytes) override;
  void orphan() { stack_ = nullptr; }

  /// Is this socket meant by a datagram to `to` that came over `link` (none: from this host)?
  bool meant(const hal::Endpoint& to, const Link* link) const;

  hal::DatagramOptions options;
  hal::Endpoint at;
  std::shared_ptr<Received> received;
  std::uint64_t id;

 private:
  void spread(const Nic* out, const hal::Endpoint& to, std::string_view bytes);
  void carry(Stack& target, Link* link, const hal::IpAddress& source, const hal::Endpoint& to, std::string_view bytes);
  Stack* stack_;
};

bool Stack::Socket::meant(const hal::Endpoint& to, const Link* link) const {
  if (at.port != to.port) return false;
  if (to.address.is_multicast()) {
    if (options.join != to.address || !(at.address.is_any() || at.address == to.address)) return false;
    if (!link) return true;
    const auto* nic = stack_->multicast_nic(options.interface);
    return nic && nic->link == link;
  }
  return at.address.is_any() || at.address == to.address;
}

Result<void> Stack::Socket::send_to(const hal::Endpoint& to, std::string_view bytes) {
  if (!stack_) return Error{ErrorKind::io, "the power is off"};
  if (bytes.size() > kPayloadMax) return Error{ErrorKind::too_large, "a datagram of " + std::to_string(bytes.size()) + " bytes"};
  if (to.port == 0) return Error{ErrorKind::invalid, "port 0"};
  if (to.address.is_multicast()) {
    const auto* nic = stack_->multicast_nic(options.interface);
    if (!nic && !options.interface.is_loopback()) return Error{ErrorKind::unreachable, "no interface for " + to.text()};
    if (options.multicast_loopback) carry(*stack_, nullptr, nic ? nic->address : hal::IpAddress::loopback(), to, bytes);
    spread(nic, to, bytes);
    return {};
  }
  for (const auto& nic : stack_->nics_) {
    if (to.address != kBroadcast && to.address != broadcast_of(*nic)) continue;
    if (!options.broadcast) return Error{ErrorKind::denied, "broadcast was not asked for"};
    if (!nic->up || !nic->link->up()) continue;
    carry(*stack_, nullptr, nic->address, to, bytes);   // the sender's own host hears it too
    spread(nic.get(), to, bytes);
    return {};
  }
  const auto way = stack_->network_.path(*stack_, at.address, to.address);
  if (way.fate == sim::Network::Fate::no_route) return Error{ErrorKind::unreachable, "no route to " + to.text()};
  if (way.fate == sim::Network::Fate::open) carry(*way.to, way.link, way.source, to, bytes);
  return {};
}

/// To everybody else on the link.
void Stack::Socket::spread(const Nic* out, const hal::Endpoint& to, std::string_view bytes) {
  if (!out || !out->up || !out->link->up() || stack_->hung()) return;
  for (const auto* nic : stack_->network_.nics(*out->link)) {
    if (nic->stack == stack_) continue;
    const auto way = stack_->network_.path(*stack_, out->address, nic->address);
    if (way.fate == sim::Network::Fate::open && way.to == nic->stack) carry(*nic->stack, out->link, out->address, to, bytes);
  }
}

void Stack::Socket::carry(Stack& target, Link* link, const hal::IpAddress& source, const hal::Endpoint& to, std::string_view bytes) {
  auto& network = stack_->network_;
  const hal::Endpoint from{source, at.port};
  int copies = 1;
  if (link) {
    if (network.backlog(*link) > sim::Network::kBacklogMax) return;
    copies -= network.chance().hit(link->quality().drop_rate) ? 1 : 0;
    copies += network.chance().hit(link->quality().duplicate_rate) ? 1 : 0;
  }
  if (copies <= 0) return;
  struct Flying {
    hal::Endpoint from;
    hal::Endpoint to;
    std::string bytes;
  };
  const auto flying = std::make_shared<const Flying>(Flying{from, to, std::string{bytes}});
  for (; copies > 0; --copies)
    network.timeline().at(network.timeline().now() + network.delay(link, bytes.size()), 0,
                          [&target, link, flying] { target.receive(flying->from, flying->to, link, flying->bytes); });
}

Result<std::unique_ptr<hal::DatagramSocket>> Stack::open_datagram(const hal::DatagramOptions& options, Received received) {
  if (auto fit = bindable(options.bind); !fit.ok()) return fit.error();
  if (!options.join.is_any() && !options.join.is_multicast())
    return Error{ErrorKind::invalid, options.join.text() + " is no multicast group"};
  if (!options.join.is_any() && !options.interface.is_loopback() && !multicast_nic(options.interface))
    return Error{ErrorKind::unreachable, "no interface to join " + options.join.text() + " on"};
  auto at = options.bind;
  if (at.port == 0) at.port = ephemeral_port();
  for (const auto& [id, other] : sockets_) {
    const bool clash = other->at.port == at.port && (other->at.address == at.address || other->at.address.is_any() || at.address.is_any());
    if (clash && !(options.share_port && other->options.share_port)) return Error{ErrorKind::in_use, at.text()};
  }
  return Result<std::unique_ptr<hal::DatagramSocket>>{std::make_unique<Socket>(*this, options, at, std::move(received))};
}

const Nic* Stack::multicast_nic(const hal::IpAddress& interface) const {
  for (const auto& nic : nics_)
    if (interface.is_any() ? nic->up : nic->address == interface) return nic.get();
  return nullptr;
}

bool Stack::port_taken(std::uint16_t port) const {
  return std::ranges::any_of(listeners_, [&](const auto& entry) { return entry.second.at.port == port; }) ||
         std::ranges::any_of(sockets_, [&](const auto& entry) { return entry.second->at.port == port; });
}

void Stack::receive(const hal::Endpoint& from, const hal::Endpoint& to, const Link* link, std::string_view bytes) {
  if (!powered_ || (link && hung_)) return;
  network_.timeline().note(to.port);
  network_.timeline().note(bytes);
  if (link) heard(from.address);
  const bool to_many = to.address.is_multicast() || to.address == kBroadcast ||
                       std::ranges::any_of(nics_, [&](const auto& nic) { return to.address == broadcast_of(*nic); });
  std::vector<std::uint64_t> meant;
  for (const auto& [id, socket] : sockets_) {
    const bool bound_to_all = !to_many || to.address.is_multicast() || socket->at.address.is_any() || socket->at.address == to.address;
    if (bound_to_all && socket->meant(to, link)) meant.push_back(id);
  }
  if (!to_many && meant.size() > 1) meant.erase(meant.begin(), meant.end() - 1);   // Linux: of sharers the one bound last
  for (const auto id : meant) {
    const auto socket = sockets_.find(id);
    if (socket == sockets_.end()) continue;   // closed by one that heard it before
    const auto received = socket->second->received;
    (*received)({from, bytes});
  }
}

void Stack::close_sockets() {
  for (const auto& [id, socket] : sockets_) socket->orphan();
  sockets_.clear();
}

}   // namespace nightjar::sim
