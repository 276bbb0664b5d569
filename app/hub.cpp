#include "app/hub.h"

#include <utility>

#include "app/peer.h"

namespace nightjar::app {

class Hub::Connection final : private hal::WebSocket::Handler, private fsm::HubSessionPort {
 public:
  Connection(Hub& hub, std::uint64_t id, std::unique_ptr<hal::WebSocket> socket)
      : hub_(hub), id_(id), peer_(std::move(socket), hub.settings_.hub_queue_max), machine_(hub.runtime_, *this) {}

  void start() {
    machine_.start();
    peer_.start(*this);
  }
  void shut_down() { machine_.dispatch(fsm::ShutDown{}); }

  Peer& peer() { return peer_; }
  /// Sends what it has not had of the round; `whole` when that is finished, to be shared.
  void catch_up(std::string_view round, const hal::Buffer& whole = nullptr) {
    if (!registered_ || had_ == round.size()) return;
    const bool all = had_ == 0 && whole;
    const bool room = peer_.send_encoded(all ? std::string_view{} : round.substr(had_), all ? whole : nullptr);
    had_ = round.size();
    if (!room) machine_.dispatch(fsm::Overflowed{});
  }
  void begin_round() { had_ = 0; }
  const Hosted<fsm::HubSession>& machine() const { return machine_; }

  std::size_t place = 0;   // in the hub's list

 private:
  // socket
  void on_message(hal::MessageKind kind, std::string_view payload) override {
    if (registered_ && peer_.is_open()) hub_.relay(*this, kind, payload);
  }
  void on_pong(std::string_view) override {
    if (!std::exchange(heard_pong_, true)) machine_.dispatch(fsm::Pong{});
  }
  void on_closed(std::uint16_t code, std::string_view) override {
    peer_.closed();
    hub_.log("closed", id_, {"code", std::to_string(code)});
    machine_.dispatch(fsm::Gone{});
  }
  // lifecycle
  void register_connection() override {
    registered_ = true;
    had_ = hub_.round_.size();
  }
  void deregister() override { registered_ = false; }
  void ping() override {
    heard_pong_ = false;
    peer_.ping();
  }
  void close_for_silence() override { peer_.close(hal::close_code::internal, "No pong"); }
  void close_for_slowness() override { peer_.close(hal::close_code::try_later, "Too slow"); }
  void close_going_away() override { peer_.close(hal::close_code::going_away, "The device stops"); }
  void forget() override { hub_.forget(*this); }

  Hub& hub_;
  std::uint64_t id_;
  Peer peer_;
  std::size_t had_ = 0;       // bytes of the round
  bool registered_ = false;
  bool heard_pong_ = false;   // since the last ping: a flood of them says no more than one
  Hosted<fsm::HubSession> machine_;
};

Hub::Hub(Runtime& runtime, const Settings& settings) : runtime_(runtime), settings_(settings), alive_(std::make_shared<bool>(true)) {}
Hub::~Hub() = default;

void Hub::add(const hal::Endpoint& remote, std::unique_ptr<hal::WebSocket> socket) {
  const auto id = ++last_id_;
  log("connected", id, {"from", remote.text()});
  auto& connection = *connections_.emplace_back(std::make_unique<Connection>(*this, id, std::move(socket)));
  connection.place = connections_.size() - 1;
  connection.start();
}

void Hub::shut_down() {
  if (std::exchange(shut_down_, true)) return;
  for (const auto& connection : connections_) connection->shut_down();
}

void Hub::log(std::string_view text, std::uint64_t id, const hal::LogField& field) {
  runtime_.log.write(hal::LogLevel::debug, "hub_session", text, {{"connection", std::to_string(id)}, field});
}

std::vector<const Hosted<fsm::HubSession>*> Hub::machines(std::size_t most) const {
  std::vector<const Hosted<fsm::HubSession>*> out;
  for (std::size_t i = 0; i < connections_.size() && i < most; ++i) out.push_back(&connections_[i]->machine());
  return out;
}

void Hub::relay(Connection& sender, hal::MessageKind kind, std::string_view payload) {
  sender.peer().encode(kind, payload, round_);
  sender.catch_up(round_);
  if (round_.size() >= kRoundMax) return end_round();
  if (std::exchange(round_ends_, true)) return;
  runtime_.loop.post([this, alive = std::weak_ptr{alive_}] {   // not by the queue: the round must end even when that is full
    if (!alive.expired()) end_round();
  });
}

void Hub::end_round() {
  round_ends_ = false;
  if (round_.empty()) return;
  const auto whole = std::make_shared<const std::string>(std::exchange(round_, {}));
  for (const auto& connection : connections_) {
    connection->catch_up(*whole, whole);
    connection->begin_round();
  }
}

void Hub::forget(Connection& connection) {
  runtime_.queue.post([this, alive = std::weak_ptr{alive_}, gone = &connection] {   // later: it is on the stack now
    if (alive.expired()) return;
    const auto place = gone->place;
    std::swap(connections_[place], connections_.back());
    connections_[place]->place = place;
    connections_.pop_back();
  });
}

}  // namespace nightjar::app
