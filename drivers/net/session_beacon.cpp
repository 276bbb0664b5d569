#include "drivers/net/session_beacon.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nightjar::net {

/// Telling or browsing. A way of its own for each: who does both hears itself, as it does by mDNS.
struct SessionBeacon::Side final : hal::Operation::Shared, std::enable_shared_from_this<SessionBeacon::Side> {
  // telling
  hal::Advertisement session;
  Voice voice = Voice::aloud;
  int answers = 0;                                       // since the last beat
  // browsing
  Handler* handler = nullptr;
  std::map<std::string, hal::Instant> heard_until;       // by session id; at most kSessionsMax

  Told told;
  std::unique_ptr<hal::DatagramSocket> shared;           // at kPort: hears what is told and asked
  std::unique_ptr<hal::DatagramSocket> own;              // asks, and hears the answers: at a port that is nobody else's
  hal::Operation timer;
  std::function<void()> on_dropped;
  bool on = true;

  /// The sockets go at the next turn: one of them may be calling.
  void end() noexcept {
    on = false;
    timer.drop();
    handler = nullptr;
  }
  void dropped() noexcept override {
    const auto keep = shared_from_this();
    if (auto call = std::exchange(on_dropped, nullptr)) call();
    end();
  }
};

namespace {

hal::IpAddress broadcast_of(const hal::Interface& interface) {
  auto bytes = interface.address.bytes();
  for (int bit = interface.prefix; bit < 32; ++bit) bytes[12 + static_cast<unsigned>(bit) / 8] |= static_cast<std::uint8_t>(0x80u >> (bit % 8));
  return hal::IpAddress::v4(bytes[12], bytes[13], bytes[14], bytes[15]);
}

/// Where to tell: every IPv4 network this host is on; the host itself only where there is none.
std::vector<hal::IpAddress> networks(const hal::Network& network) {
  std::vector<hal::IpAddress> out;
  std::vector<hal::IpAddress> loopback;
  for (const auto& interface : network.interfaces()) {
    if (interface.address.is_v6() || interface.prefix > 30) continue;   // point to point: nobody to broadcast to
    (interface.loopback ? loopback : out).push_back(broadcast_of(interface));
  }
  return out.empty() ? loopback : out;
}

}   // namespace

hal::Operation SessionBeacon::handle(const std::shared_ptr<Side>& side) { return hal::Operation{side}; }

hal::Result<void> SessionBeacon::open(const std::shared_ptr<Side>& side) {
  if (networks(network_).empty()) return hal::Error{hal::ErrorKind::unreachable, "no network to broadcast on"};
  hal::DatagramOptions options;
  options.broadcast = true;
  const auto received = [this, weak = std::weak_ptr{side}](const hal::Datagram& datagram) {
    if (const auto now = weak.lock(); now && now->on) heard(*now, datagram);
  };
  auto own = network_.open_datagram(options, received);
  options.bind.port = kPort;
  options.share_port = true;
  auto shared = network_.open_datagram(options, received);
  if (!own.ok()) return own.error();
  if (!shared.ok()) return shared.error();
  side->own = std::move(own).value();
  side->shared = std::move(shared).value();
  return {};
}

/// Answers later than the call, as everything does.
void SessionBeacon::begin(const std::shared_ptr<Side>& side) {
  loop_.post([this, weak = std::weak_ptr{side}] {
    const auto now = weak.lock();
    if (!now || !now->on) return;
    const auto opened = open(now);
    if (opened.ok()) beat(now);
    else now->end();
    const auto told = now->told;
    if (told) told(opened);
  });
}

hal::Operation SessionBeacon::advertise(const hal::Advertisement& session, Voice voice, Told told) {
  if (telling_) telling_->dropped();
  auto side = std::make_shared<Side>();
  side->session = session;
  side->voice = voice;
  side->told = std::move(told);
  side->on_dropped = [this, raw = side.get()] {
    if (raw->shared && raw->on) spread(*raw, BeaconGone{raw->session.session_id});
    if (telling_.get() == raw) loop_.post([gone = std::move(telling_)] {});
  };
  telling_ = side;
  begin(side);
  return handle(side);
}

void SessionBeacon::update(const hal::Advertisement& session) {
  if (!telling_ || !telling_->on || telling_->session == session) return;
  telling_->session = session;
  if (telling_->shared && telling_->voice == Voice::aloud) spread(*telling_, session);
}

hal::Operation SessionBeacon::browse(Handler& handler, Told told) {
  if (browsing_) browsing_->dropped();
  auto side = std::make_shared<Side>();
  side->handler = &handler;
  side->told = std::move(told);
  side->on_dropped = [this, raw = side.get()] {
    if (browsing_.get() == raw) loop_.post([gone = std::move(browsing_)] {});
  };
  browsing_ = side;
  begin(side);
  return handle(side);
}

/// Tells or asks, and again at the next beat.
void SessionBeacon::beat(const std::shared_ptr<Side>& side) {
  side->answers = 0;
  if (side->handler) {
    expire(*side);
    if (side->on) spread(*side, BeaconWho{});
  } else if (side->voice == Voice::aloud) {
    spread(*side, side->session);
  }
  if (!side->on) return;
  side->timer = loop_.at(loop_.now() + kTellEvery, [this, weak = std::weak_ptr{side}] {
    if (const auto now = weak.lock(); now && now->on) beat(now);
  });
}

void SessionBeacon::spread(Side& side, const Beacon& beacon) {
  const auto text = format_beacon(beacon);
  auto& socket = side.handler ? *side.own : *side.shared;
  for (const auto& network : networks(network_)) (void)socket.send_to({network, kPort}, text);   // best effort; the next beat tells again
}

void SessionBeacon::heard(Side& side, const hal::Datagram& datagram) {
  const auto beacon = parse_beacon(datagram.bytes);
  if (!beacon) return;
  if (!side.handler) {
    if (std::holds_alternative<BeaconWho>(*beacon) && side.answers++ < kAnswersMax) (void)side.shared->send_to(datagram.from, format_beacon(side.session));
    return;
  }
  if (const auto* session = std::get_if<hal::Advertisement>(&*beacon)) return note(side, {*session, datagram.from.address});
  const auto* gone = std::get_if<BeaconGone>(&*beacon);
  if (gone && side.heard_until.erase(gone->session_id) != 0) side.handler->on_vanished(gone->session_id);
}

void SessionBeacon::note(Side& side, const hal::Sighted& session) {
  const auto& id = session.advertisement.session_id;
  if (!side.heard_until.contains(id) && side.heard_until.size() >= kSessionsMax) return;
  side.heard_until[id] = loop_.now() + kHeardFor;
  side.handler->on_sighted(session);
}

void SessionBeacon::expire(Side& side) {
  std::vector<std::string> gone;
  for (const auto& [id, until] : side.heard_until)
    if (until <= loop_.now()) gone.push_back(id);
  for (const auto& id : gone) {
    side.heard_until.erase(id);
    if (side.handler) side.handler->on_vanished(id);   // which may end it
  }
}

}   // namespace nightjar::net
