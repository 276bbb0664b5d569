#pragma once
// TCP between two simulated hosts: both ends of a connection and what is in the air between them.
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "hal/network.h"
#include "sim/stack.h"
#include "sim/timeline.h"

namespace nightjar::sim {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::size_t kWindow = 65536;
  static constexpr std::size_t kServer = 0;
  static constexpr std::size_t kClient = 1;

  /// Opens at the client's side at once; the server's stream is handed to `listener` one latency later.
  Connection(Network& network, Stack& client, const hal::Endpoint& client_at, Stack& server, const hal::Endpoint& server_at,
             std::uint64_t listener);

  /// The client's stream; once.
  std::unique_ptr<hal::Stream> open();

  std::uint64_t id() const { return id_; }
  bool touches(const Stack& stack) const { return ends_[0].stack == &stack || ends_[1].stack == &stack; }
  /// Every end at `stack` breaks with `reset`, and the other learns of it.
  void reset_at(const Stack& stack);
  /// As reset_at, for the ends whose own address is `local`.
  void reset_at(const Stack& stack, const hal::IpAddress& local);
  /// The program at `stack` reads again.
  void read_on(const Stack& stack);
  /// The ends at `stack` are gone without a word.
  void silence(const Stack& stack);

  // ---- of the two streams

  void start(std::size_t side, hal::Stream::Handler& handler);
  void write(std::size_t side, std::string_view head, hal::Buffer body);
  std::size_t unsent(std::size_t side) const { return ends_[side].queued; }
  void pause(std::size_t side, bool paused);
  void finish(std::size_t side);
  void let_go(std::size_t side);
  hal::Endpoint local(std::size_t side) const { return ends_[side].at; }
  hal::Endpoint remote(std::size_t side) const { return ends_[1 - side].at; }

 private:
  struct Chunk {
    hal::Buffer bytes;
    std::size_t from = 0;
    std::size_t to = 0;
    std::size_t size() const { return to - from; }
  };
  enum class Kind : unsigned char { open, data, finish, reset };
  struct Arrival {
    hal::Instant at;
    Kind kind;
    Chunk chunk;
  };
  /// One side. `air` holds what it has sent and the other has not got; `unread` what it got and its program has not taken.
  struct End {
    Stack* stack = nullptr;
    hal::Endpoint at;
    hal::Instant launched{hal::Duration{-1}};   // when it sent last, and the jitter of that instant
    hal::Duration jitter{};
    bool held = false;   // the program has the stream
    bool dead = false;   // the kernel knows the connection no more: what comes in is answered with a reset
    bool told = false;   // on_closed has been called
    bool paused = false;
    bool finishing = false;   // finish() was called
    bool finished = false;    // and our end has been sent
    bool drain_due = false;
    hal::Stream::Handler* handler = nullptr;
    std::deque<Chunk> queue;
    std::size_t queued = 0;
    std::size_t window = kWindow;   // what may still be sent before the other's program takes something
    std::size_t credit_due = 0;     // on its way back to us
    std::deque<Arrival> air;
    Timeline::Event flight;
    Timeline::Event credit;
    Timeline::Event turn;
    hal::Duration patience{0};   // until the next retransmission; 0: the path is open
    hal::Instant stalled{};
    std::deque<Chunk> unread;
    std::optional<hal::Error> ending;
  };

  hal::Instant now() const { return network_.timeline().now(); }
  void transmit(std::size_t side);
  void launch(std::size_t side, Kind kind, Chunk chunk);
  void schedule(std::size_t side);
  void arrive(std::size_t side);
  bool stall(std::size_t side);
  void land(std::size_t side, Arrival arrival);
  void deliver(std::size_t side);
  void deliver_later(std::size_t side);
  void give_credit(std::size_t side, std::size_t bytes);
  void take_credit(std::size_t side);
  void abort(std::size_t side);
  void break_off(std::size_t side, hal::Error error);
  void tell_end(std::size_t side);
  void forget_if_over();
  const Network::Path& path(std::size_t side);

  Network& network_;
  std::uint64_t id_;
  std::uint64_t listener_;
  std::array<End, 2> ends_;
  std::array<Network::Path, 2> paths_{};
  std::array<std::uint64_t, 2> paths_of_{};   // the topology they were found in
};

}   // namespace nightjar::sim
