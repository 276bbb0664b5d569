#include "sim/stack.h"

#include <algorithm>

#include "sim/connection.h"

namespace nightjar::sim {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

constexpr hal::Duration kSynFirst = std::chrono::seconds{1};   // RFC 6298 section 2: the first retransmission, doubled each time
constexpr hal::Duration kArp = std::chrono::seconds{3};        // Linux mcast_solicit = 3, one second apart

/// One attempt to connect. Its events are the host's own, so they go with its power.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  using Answer = hal::Completion<Result<std::unique_ptr<hal::Stream>>>;

  Attempt(Stack& stack, const hal::Endpoint& to, Answer answer) : stack_(stack), to_(to), answer_(std::move(answer)) {}

  void begin(hal::Duration patience) {
    started_ = timeline().now();
    patience_ = after(patience, [](Attempt& self) { self.answer({ErrorKind::timed_out, "connecting to " + self.to_.text()}); });
    next_ = after(hal::Duration{0}, [](Attempt& self) { self.ask(); });
    answer_.on_dropped([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->stop();
    });
  }

 private:
  template <class Then>
  Timeline::Event after(hal::Duration delay, Then then) {
    return timeline().at(timeline().now() + delay, stack_.loop().owner(), [self = shared_from_this(), then] { then(*self); });
  }
  Timeline& timeline() { return stack_.loop().timeline(); }
  void stop() {
    timeline().cancel(std::exchange(patience_, {}));
    timeline().cancel(std::exchange(next_, {}));
  }
  void answer(Error error) {
    const auto keep = shared_from_this();
    stop();
    answer_(std::move(error));
  }

  void ask() {
    const auto way = stack_.wires().path(stack_, hal::IpAddress::any(), to_.address);
    if (way.fate == Network::Fate::no_route) return answer({ErrorKind::unreachable, "no route to " + to_.text()});
    if (way.fate == Network::Fate::absent && timeline().now() - started_ >= kArp)
      return answer({ErrorKind::unreachable, "nobody has " + to_.text()});
    if (way.fate == Network::Fate::absent) return again(started_ + kArp - timeline().now());
    if (way.fate == Network::Fate::silent) return again(next_wait());
    next_ = after(stack_.wires().delay(way.link), [](Attempt& self) { self.asked(); });
  }
  hal::Duration next_wait() { return std::exchange(wait_, 2 * wait_); }
  void again(hal::Duration in) {
    next_ = after(in, [](Attempt& self) { self.ask(); });
  }

  void asked() {   // at the other host
    const auto way = stack_.wires().path(stack_, hal::IpAddress::any(), to_.address);
    if (way.fate != Network::Fate::open) return again(next_wait());
    const auto back = stack_.wires().delay(way.link);
    way.to->heard(way.source);
    const auto target = to_.address.is_any() ? hal::Endpoint{way.source, to_.port} : to_;
    const auto listener = way.to->room() ? way.to->listener_at(target) : 0;
    if (listener == 0) {
      next_ = after(back, [](Attempt& self) { self.answer({ErrorKind::refused, self.to_.text()}); });
      return;
    }
    connection_ =
        std::make_shared<Connection>(stack_.wires(), stack_, hal::Endpoint{way.source, stack_.ephemeral_port()}, *way.to, target, listener);
    next_ = after(back, [](Attempt& self) { self.answered(); });
  }

  void answered() {
    const auto keep = shared_from_this();
    stop();
    stack_.wires().remember(connection_);
    stack_.heard(to_.address);
    answer_(connection_->open());
  }

  Stack& stack_;
  hal::Endpoint to_;
  Answer answer_;
  hal::Instant started_{};
  hal::Duration wait_ = kSynFirst;
  Timeline::Event patience_;
  Timeline::Event next_;
  std::shared_ptr<Connection> connection_;
};

}   // namespace

class Stack::Port final : public hal::Listener {
 public:
  Port(Stack& stack, std::uint64_t id, const hal::Endpoint& at) : stack_(&stack), id_(id), at_(at) {}
  ~Port() override {
    if (stack_) stack_->listeners_.erase(id_);
  }
  hal::Endpoint local() const override { return at_; }
  void orphan() { stack_ = nullptr; }

 private:
  Stack* stack_;
  std::uint64_t id_;
  hal::Endpoint at_;
};

Stack::~Stack() {
  power_cut();   // what a program still holds must not look for us
  network_.leave(*this);
}

hal::Operation Stack::connect(const hal::Endpoint& to, hal::Duration patience, Connected done) {
  const Attempt::Answer answer{std::move(done)};
  if (!powered_) return answer.operation();
  if (!room()) {
    loop_.post([answer] { answer(Error{ErrorKind::io, "too many sockets"}); });
    return answer.operation();
  }
  std::make_shared<Attempt>(*this, to, answer)->begin(patience);
  return answer.operation();
}

Result<void> Stack::bindable(const hal::Endpoint& at) const {
  if (!powered_) return Error{ErrorKind::io, "the power is off"};
  if (!room()) return Error{ErrorKind::io, "too many sockets"};
  const bool ours = at.address.is_any() || at.address.is_loopback() || at.address.is_multicast() || owns(at.address);
  if (!ours) return Error{ErrorKind::unreachable, "not an address of this host: " + at.address.text()};
  return {};
}

Result<std::unique_ptr<hal::Listener>> Stack::listen(const hal::Endpoint& at, Accepted accepted) {
  if (auto fit = bindable(at); !fit.ok()) return fit.error();
  auto where = at;
  if (where.port == 0) where.port = ephemeral_port();
  for (const auto& [id, other] : listeners_)
    if (other.at.port == where.port && (other.at.address == where.address || other.at.address.is_any() || where.address.is_any()))
      return Error{ErrorKind::in_use, where.text()};
  const auto id = network_.next_id();
  auto port = std::make_unique<Port>(*this, id, where);
  listeners_.emplace(id, Listening{where, std::make_shared<Accepted>(std::move(accepted)), port.get()});
  return Result<std::unique_ptr<hal::Listener>>{std::move(port)};
}

std::uint64_t Stack::listener_at(const hal::Endpoint& at) const {
  std::uint64_t found = 0;
  for (const auto& [id, listening] : listeners_) {
    if (listening.at.port != at.port) continue;
    if (listening.at.address == at.address) return id;
    if (listening.at.address.is_any() && (listening.at.address.is_v6() || !at.address.is_v6())) found = id;
  }
  return found;
}

bool Stack::accept(std::uint64_t listener, std::unique_ptr<hal::Stream> stream) {
  const auto at = listeners_.find(listener);
  if (at == listeners_.end()) return false;
  const auto accepted = at->second.accepted;   // it may close the listener
  (*accepted)(std::move(stream));
  return true;
}

hal::Operation Stack::resolve(const std::string& host, Resolved done) {
  const hal::Completion<Result<std::vector<hal::IpAddress>>> answer{std::move(done)};
  if (!powered_) return answer.operation();
  const auto address = hal::IpAddress::parse(host);
  const auto delay = address || host == "localhost" ? hal::Duration{0} : 2 * network_.delay(nics_.empty() ? nullptr : nics_.front()->link);
  loop_.timeline().at(loop_.timeline().now() + delay, loop_.owner(), [this, answer, host, address] {
    if (address) return answer(std::vector{*address});
    if (host == "localhost") return answer(std::vector{hal::IpAddress::loopback()});
    if (const auto* found = network_.addresses_of(host); found && !hung_) return answer(*found);
    answer(Error{ErrorKind::unreachable, "unknown host " + host.substr(0, 80)});
  });
  return answer.operation();
}

std::vector<hal::Interface> Stack::interfaces() const {
  std::vector<hal::Interface> out{{"lo", hal::IpAddress::loopback(), 8, true}};
  for (const auto& nic : nics_)
    if (nic->up && nic->link->up()) out.push_back({nic->name, nic->address, nic->prefix, false});
  return out;
}

std::vector<hal::Neighbour> Stack::neighbours() const {
  std::vector<hal::Neighbour> out;
  for (const auto& [address, known] : neighbours_)
    if (loop_.now() - known.heard <= kNeighbourAge) out.push_back({address, known.mac, known.interface});
  return out;
}

void Stack::heard(const hal::IpAddress& address) {
  for (const auto& nic : nics_) {
    for (const auto* other : network_.nics(*nic->link)) {
      if (other->address != address || other->stack == this) continue;
      if (neighbours_.size() >= kNeighboursMax && !neighbours_.contains(address))
        neighbours_.erase(std::ranges::min_element(neighbours_, {}, [](const auto& entry) { return entry.second.heard; }));
      neighbours_[address] = {other->mac, nic->name, loop_.now()};
      return;
    }
  }
}

// ---- the world's side

void Stack::join(Link& link, const std::string& name, const hal::IpAddress& address, int prefix) {
  // 02: a locally administered address, in which no two hosts of a world are equal
  const auto hex = [](unsigned value) {
    constexpr std::string_view digits = "0123456789abcdef";
    return std::string{':', digits[(value >> 4) & 15], digits[value & 15]};
  };
  const auto owner = loop_.owner();
  auto mac = "02:4e" + hex(owner >> 16) + hex(owner >> 8) + hex(owner) + hex(static_cast<unsigned>(nics_.size()));
  nics_.push_back(std::make_unique<Nic>(Nic{this, &link, name, address, prefix, std::move(mac), true}));
  network_.join(link, *nics_.back());
}

void Stack::set_up(const std::string& interface, bool up) {
  for (const auto& nic : nics_)
    if (nic->name == interface) nic->up = up;
  network_.changed();
}

void Stack::set_address(const std::string& interface, const hal::IpAddress& address, Established established) {
  for (const auto& nic : nics_) {
    if (nic->name != interface) continue;
    const auto old = std::exchange(nic->address, address);
    network_.changed();
    if (established == Established::reset)
      for (const auto& connection : network_.connections_of(*this)) connection->reset_at(*this, old);
    return;
  }
}

void Stack::set_link(const std::string& interface, Link& link) {
  for (const auto& nic : nics_)
    if (nic->name == interface) network_.move(*nic, link);
}

void Stack::set_mac(const std::string& interface, std::string mac) {
  for (const auto& nic : nics_)
    if (nic->name == interface) nic->mac = mac;
}

void Stack::set_hung(bool hung) {
  hung_ = hung;
  network_.changed();
}

void Stack::stop_reading(bool stopped) {
  reads_ = !stopped;
  if (stopped) return;
  for (const auto& connection : network_.connections_of(*this)) connection->read_on(*this);
}

void Stack::reset_connections() {
  for (const auto& connection : network_.connections_of(*this)) connection->reset_at(*this);
}

void Stack::power_cut() {
  powered_ = false;
  for (const auto& [id, listening] : listeners_) listening.port->orphan();
  const auto dropped = std::exchange(listeners_, {});   // their callbacks may own anything
  close_sockets();
  neighbours_.clear();
  for (const auto& connection : network_.connections_of(*this)) connection->silence(*this);
  network_.changed();
}

void Stack::power_on() {
  powered_ = reads_ = true;
  network_.changed();
}

bool Stack::owns(const hal::IpAddress& address) const {
  return std::ranges::any_of(nics_, [&](const auto& nic) { return nic->address == address; });
}

bool Stack::room() const { return listeners_.size() + sockets_.size() + network_.connections() < kSocketsMax; }

std::uint16_t Stack::ephemeral_port() {
  do {
    last_port_ = last_port_ == 65535 ? std::uint16_t{49152} : static_cast<std::uint16_t>(last_port_ + 1);
  } while (port_taken(last_port_));
  return last_port_;
}

}   // namespace nightjar::sim
