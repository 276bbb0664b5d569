#include "sim/connection.h"

#include <algorithm>

namespace nightjar::sim {

using hal::Error;
using hal::ErrorKind;

namespace {

constexpr hal::Duration kRetransmitMin = std::chrono::milliseconds{200};   // Linux TCP_RTO_MIN
constexpr hal::Duration kRetransmitMax = std::chrono::seconds{120};        // Linux TCP_RTO_MAX
constexpr hal::Duration kGiveUp = std::chrono::milliseconds{924'600};      // Linux tcp_retries2 = 15

}   // namespace

/// The program's hold on one end. After a power cut it outlives what it stood for, and does nothing.
class TcpStream final : public hal::Stream {
 public:
  TcpStream(std::shared_ptr<Connection> connection, std::size_t side) : connection_(std::move(connection)), side_(side) {}
  ~TcpStream() override { connection_->let_go(side_); }
  void start(Handler& handler) override { connection_->start(side_, handler); }
  void write(std::string_view head, hal::Buffer body) override { connection_->write(side_, head, std::move(body)); }
  std::size_t unsent() const override { return connection_->unsent(side_); }
  void pause(bool paused) override { connection_->pause(side_, paused); }
  void finish() override { connection_->finish(side_); }
  hal::Endpoint local() const override { return connection_->local(side_); }
  hal::Endpoint remote() const override { return connection_->remote(side_); }

 private:
  std::shared_ptr<Connection> connection_;
  std::size_t side_;
};

Connection::Connection(Network& network, Stack& client, const hal::Endpoint& client_at, Stack& server, const hal::Endpoint& server_at,
                       std::uint64_t listener)
    : network_(network), id_(network.next_id()), listener_(listener) {
  ends_[kServer].stack = &server;
  ends_[kServer].at = server_at;
  ends_[kClient].stack = &client;
  ends_[kClient].at = client_at;
}

std::unique_ptr<hal::Stream> Connection::open() {
  ends_[kClient].held = true;
  launch(kClient, Kind::open, {});
  return std::make_unique<TcpStream>(shared_from_this(), kClient);
}

// ---- of the streams

void Connection::start(std::size_t side, hal::Stream::Handler& handler) {
  auto& end = ends_[side];
  if (!end.held || end.told) return;
  end.handler = &handler;
  deliver_later(side);
}

void Connection::write(std::size_t side, std::string_view head, hal::Buffer body) {
  auto& end = ends_[side];
  if (!end.held || end.told || end.dead || end.finishing) return;
  if (!head.empty()) {
    end.queue.push_back({std::make_shared<const std::string>(head), 0, head.size()});
    end.queued += head.size();
  }
  if (body && !body->empty()) {
    end.queued += body->size();
    const auto size = body->size();
    end.queue.push_back({std::move(body), 0, size});
  }
  transmit(side);
  if (end.queued > 0) end.drain_due = true;
}

void Connection::pause(std::size_t side, bool paused) {
  auto& end = ends_[side];
  if (!end.held || end.paused == paused) return;
  end.paused = paused;
  if (!paused) deliver_later(side);
}

void Connection::finish(std::size_t side) {
  auto& end = ends_[side];
  if (!end.held || end.told || end.dead || end.finishing) return;
  end.finishing = true;
  transmit(side);
}

void Connection::let_go(std::size_t side) {
  auto& end = ends_[side];
  if (!end.held) return;
  end.held = false;
  end.handler = nullptr;
  network_.timeline().cancel(end.turn);
  if (!end.dead) {
    if (end.queued > 0 || !end.unread.empty()) {
      abort(side);   // never to be mistaken for an orderly end
    } else if (!end.finished) {
      end.finished = true;
      launch(side, Kind::finish, {});
    }
  }
  end.unread.clear();
  forget_if_over();
}

// ---- sending

void Connection::transmit(std::size_t side) {
  auto& end = ends_[side];
  while (end.queued > 0 && end.window > 0) {
    auto& front = end.queue.front();
    const auto* link = path(side).link;
    const auto size = std::min({front.size(), end.window, link ? link->quality().segment_max : kWindow});
    Chunk sent{front.bytes, front.from, front.from + size};
    front.from += size;
    if (front.size() == 0) end.queue.pop_front();
    end.queued -= size;
    end.window -= size;
    launch(side, Kind::data, std::move(sent));
  }
  if (end.queued == 0 && end.finishing && !end.finished) {
    end.finished = true;
    launch(side, Kind::finish, {});
  }
}

void Connection::launch(std::size_t side, Kind kind, Chunk chunk) {
  auto& end = ends_[side];
  if (end.launched != now()) end.jitter = network_.draw_jitter(path(side).link);   // what is sent in one instant meets the same air
  end.launched = now();
  auto at = now() + network_.delay(path(side).link, chunk.size(), end.jitter);
  if (!end.air.empty()) at = std::max(at, end.air.back().at);
  end.air.push_back({at, kind, std::move(chunk)});
  schedule(side);
}

void Connection::schedule(std::size_t side) {
  auto& end = ends_[side];
  if (end.air.empty() || network_.timeline().pending(end.flight)) return;
  end.flight = network_.timeline().at(end.air.front().at, 0, [self = shared_from_this(), side] { self->arrive(side); });
}

const Network::Path& Connection::path(std::size_t side) {
  if (paths_of_[side] != network_.topology()) {
    auto* const known = paths_[side].link;
    paths_[side] = network_.path(*ends_[side].stack, ends_[side].at.address, ends_[1 - side].at.address);
    if (paths_[side].fate != Network::Fate::open) paths_[side].link = known;   // it is sent as ever, and lost
    paths_of_[side] = network_.topology();
  }
  return paths_[side];
}

// ---- arriving

void Connection::arrive(std::size_t side) {
  auto& end = ends_[side];
  end.flight = {};
  if (stall(side)) return forget_if_over();
  while (!end.air.empty() && end.air.front().at <= now()) {
    auto arrival = std::move(end.air.front());
    end.air.pop_front();
    land(side, std::move(arrival));
  }
  schedule(side);
  deliver(1 - side);
  forget_if_over();
}

/// True when nothing gets through now: it is tried again later, or given up.
bool Connection::stall(std::size_t side) {
  auto& end = ends_[side];
  const auto& way = path(side);
  if (way.fate == Network::Fate::open) {
    end.patience = {};
    if (way.to == ends_[1 - side].stack) return false;
    break_off(side, {ErrorKind::reset, "another host has the address"});
    return true;
  }
  if (end.patience == hal::Duration{0}) {
    end.patience = kRetransmitMin;
    end.stalled = now();
  } else {
    end.patience = std::min(2 * end.patience, kRetransmitMax);
  }
  if (now() - end.stalled >= kGiveUp) {
    break_off(side, {ErrorKind::timed_out, "no acknowledgement from " + ends_[1 - side].at.text()});
    return true;
  }
  end.flight = network_.timeline().at(now() + end.patience, 0, [self = shared_from_this(), side] { self->arrive(side); });
  return true;
}

void Connection::land(std::size_t side, Arrival arrival) {
  auto& to = ends_[1 - side];
  if (arrival.kind == Kind::reset) {
    if (!to.dead) break_off(1 - side, {ErrorKind::reset, std::string{"by "}.append(ends_[side].at.text())});
    return;
  }
  if (arrival.kind == Kind::open && !to.dead) {
    to.held = true;
    if (to.stack->accept(listener_, std::make_unique<TcpStream>(shared_from_this(), 1 - side))) return;
    to.dead = true;   // the listener closed in the meantime
  }
  if (arrival.kind == Kind::data) {
    network_.timeline().note(arrival.chunk.size() ^ (id_ << 32));   // its bytes not: Mbed TLS puts the real time of day into a hello
    if (!to.held && !to.dead) to.dead = true;   // nobody will ever read it
    if (!to.dead) to.unread.push_back(std::move(arrival.chunk));
  }
  if (arrival.kind == Kind::finish && !to.dead && !to.ending)
    to.ending = Error{ErrorKind::closed, std::string{"by "}.append(ends_[side].at.text())};
  if (to.dead) launch(1 - side, Kind::reset, {});
}

void Connection::deliver(std::size_t side) {
  auto& end = ends_[side];
  while (end.held && end.handler && !end.paused && !end.told && end.stack->reads()) {
    if (!end.unread.empty()) {
      const auto chunk = std::move(end.unread.front());
      end.unread.pop_front();
      give_credit(1 - side, chunk.size());
      end.handler->on_data(std::string_view{*chunk.bytes}.substr(chunk.from, chunk.size()));
      continue;
    }
    const bool must_send_first = end.queued > 0 && !end.dead;
    if (end.ending && !must_send_first) tell_end(side);
    return;
  }
}

void Connection::deliver_later(std::size_t side) {
  auto& end = ends_[side];
  if ((end.unread.empty() && !end.ending) || network_.timeline().pending(end.turn)) return;
  end.turn = network_.timeline().at(now(), 0, [self = shared_from_this(), side] {
    self->deliver(side);
    self->forget_if_over();
  });
}

void Connection::tell_end(std::size_t side) {
  auto& end = ends_[side];
  end.told = true;
  if (!end.dead && !end.finished) {
    end.finished = true;
    launch(side, Kind::finish, {});
  }
  const auto error = *end.ending;
  std::exchange(end.handler, nullptr)->on_closed(error);
}

void Connection::give_credit(std::size_t side, std::size_t bytes) {
  auto& end = ends_[side];
  if (end.queued == 0) {   // nobody waits for it: the acknowledgement's way back is not worth an event
    end.window += bytes;
    return;
  }
  end.credit_due += bytes;
  if (network_.timeline().pending(end.credit)) return;
  end.credit = network_.timeline().at(now() + network_.delay(path(1 - side).link), 0,
                                      [self = shared_from_this(), side] { self->take_credit(side); });
}

void Connection::take_credit(std::size_t side) {
  auto& end = ends_[side];
  end.window += std::exchange(end.credit_due, 0);
  transmit(side);
  if (end.queued > 0 || !std::exchange(end.drain_due, false)) return;
  if (end.held && end.handler && !end.told && !end.dead) end.handler->on_drained();
  deliver(side);   // the other's end may have waited for this
  forget_if_over();
}

// ---- ends

void Connection::abort(std::size_t side) {
  auto& end = ends_[side];
  end.dead = true;
  end.queue.clear();
  end.queued = 0;
  launch(side, Kind::reset, {});
}

void Connection::break_off(std::size_t side, Error error) {
  auto& end = ends_[side];
  if (end.dead) return;
  end.dead = true;
  if (!end.ending || end.queued > 0) end.ending = std::move(error);
  end.queue.clear();
  end.queued = 0;
  end.air.clear();
  network_.timeline().cancel(end.flight);
  if (end.held) deliver_later(side);
}

void Connection::reset_at(const Stack& stack) {
  for (std::size_t side = 0; side < 2; ++side) {
    if (ends_[side].stack != &stack || ends_[side].dead) continue;
    break_off(side, {ErrorKind::reset, "by a fault"});
    launch(side, Kind::reset, {});
  }
}

void Connection::reset_at(const Stack& stack, const hal::IpAddress& local) {
  for (std::size_t side = 0; side < 2; ++side)
    if (ends_[side].stack == &stack && ends_[side].at.address == local) break_off(side, {ErrorKind::reset, "the address is gone"});
}

void Connection::read_on(const Stack& stack) {
  for (std::size_t side = 0; side < 2; ++side)
    if (ends_[side].stack == &stack) deliver_later(side);
}

void Connection::silence(const Stack& stack) {
  for (auto& end : ends_) {
    if (end.stack != &stack) continue;
    end.held = end.paused = false;
    end.dead = true;
    end.handler = nullptr;
    end.queue.clear();
    end.queued = 0;
    end.unread.clear();
    end.air.clear();
    for (const auto event : {end.flight, end.credit, end.turn}) network_.timeline().cancel(event);
  }
  forget_if_over();
}

void Connection::forget_if_over() {
  for (const auto& end : ends_)
    if ((end.held && !end.told) || !(end.dead || end.finished) || !end.air.empty()) return;
  network_.forget(id_);
}

}   // namespace nightjar::sim
