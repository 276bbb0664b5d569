#pragma once
// One connection of the hub from its handshake to its end. What it says is relayed while it is registered, and it is registered
// while it answers pings and reads what it is sent: a connection that died without a word, or hangs, costs the others nothing.
#include "fsm/client_session.h"   // Overflowed, ShutDown, Gone: what happens to a client's connection happens to this one
#include "fsm/sml/sml.h"

namespace nightjar::fsm {

struct Pong {};                            // the answer to a ping, or a pong unasked for: it is there

struct HubSessionPort {
  virtual ~HubSessionPort() = default;
  virtual void register_connection() = 0;  // from now on it hears and is heard
  virtual void deregister() = 0;           // from now on neither
  virtual void ping() = 0;                 // answered by Pong
  virtual void close_for_silence() = 0;    // 1011
  virtual void close_for_slowness() = 0;   // 1013
  virtual void close_going_away() = 0;     // 1001
  virtual void forget() = 0;               // the last verb: this connection is no more
};

constexpr auto kPingEvery = 5s;            // contract.md, section 3
constexpr auto kPongMax = 10s;             // the same: since the last pong, or since it was registered

struct HubSession {
  static constexpr auto name = "hub_session";
  using Port = HubSessionPort;
  struct Context {
    bool operator==(const Context&) const = default;
  };

  static constexpr auto register_connection = sml::call<&HubSessionPort::register_connection>;
  static constexpr auto deregister = sml::call<&HubSessionPort::deregister>;
  static constexpr auto ping = sml::call<&HubSessionPort::ping>;
  static constexpr auto close_for_silence = sml::call<&HubSessionPort::close_for_silence>;
  static constexpr auto close_for_slowness = sml::call<&HubSessionPort::close_for_slowness>;
  static constexpr auto close_going_away = sml::call<&HubSessionPort::close_going_away>;
  static constexpr auto forget = sml::call<&HubSessionPort::forget>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"handshake"_s                        / register_connection              = "registered"_s,
       "registered"_s + event<Pong>                                            = "registered"_s,   // both clocks start anew
       "registered"_s + after(kPongMax)     / (deregister, close_for_silence)  = "closing"_s,
       "registered"_s + every(kPingEvery)   / ping,
       "registered"_s + event<Overflowed>   / (deregister, close_for_slowness) = "closing"_s,
       "registered"_s + event<ShutDown>     / (deregister, close_going_away)   = "closing"_s,
       "registered"_s + event<Gone>         / (deregister, forget)             = X,
       "closing"_s    + event<Gone>         / forget                           = X,
       "closing"_s    + after(kCloseMax)    / forget                           = X,
       "closing"_s    + ignore<Pong>, "closing"_s + ignore<Overflowed>, "closing"_s + ignore<ShutDown>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
