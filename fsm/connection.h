#pragma once
// The uplink: our WebSocket to a metrics server, opened when the program starts and sought again after a loss, ten times with growing
// pauses. Then, and at once when the server refuses our token, a person must look. The states and rows are those of the page's own
// connection to such a server, so that both show the same badges.
#include <algorithm>

#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct ConnectionPort {
  virtual ~ConnectionPort() = default;
  virtual void open() = 0;                               // one attempt; answered by Opened, OpenFailed or Denied
  virtual void forget_open() = 0;
  virtual void tell_state() = 0;                         // this device's, to the server
  virtual void ping() = 0;                               // its answer is a sign of life
  virtual void drop() = 0;                               // the socket, which is broken
  virtual void hang_up() = 0;                            // whatever there is: an attempt is forgotten, a socket closed in order
  virtual sml::Time jitter(sml::Time delay) = 0;         // by how much this delay may be shorter; zero unless it is set
};

struct Connection {
  static constexpr auto name = "connection";
  static constexpr bool complete = true;
  using Port = ConnectionPort;

  static constexpr auto kHandshakeMax = 10s;             // contract.md, section 2, as all that follows but the silence
  static constexpr auto kRetryFirst = 1s;                // before attempt n: 1 s x 2^(n-1), at most 30 s
  static constexpr auto kRetryMax = 30s;
  static constexpr int kRetriesMax = 10;                 // the first connect is not one of them
  static constexpr auto kQuiet = 15s;                    // three messages of a server that sends every 5 s did not come
  static constexpr auto kSilent = 30s;                   // nor an answer to the ping: the network is gone, and TCP would not say so for minutes

  /// Why it is not connected. In "error" it decides what a person is advised to do.
  enum class Trouble : unsigned char {
    none,
    network,   // nobody is reached, or what was open broke
    refused,   // somebody is there and takes no connection: the port is closed, the answer is no WebSocket
    denied,    // the token is not taken
  };

  struct Connect {};                                     // a person or the start of the program asks
  struct AutoReconnect {};                               // it does so itself, after a loss
  struct Opened {};
  struct OpenFailed { hal::Error error; };
  struct Denied {};                                      // 401, 403, or closed with 1008
  struct Received {};                                    // metrics
  struct Alive {};                                       // any other sign of life
  struct Closed {};                                      // by them or by the network
  struct Retry {};                                       // a person has read the error
  struct Logout {};                                      // a person wants no connection
  struct Stop {};                                        // the program ends: the page is closed

  struct Context {
    int attempts = 0;                                    // reconnection attempts made since it was open last
    Trouble trouble = Trouble::none;
    sml::Time shorter{};                                 // the delay that is running, by jitter
    bool operator==(const Context&) const = default;

    void count_attempt() { ++attempts; }
    void clear() { *this = {}; }
    void note_failure(const OpenFailed& failed) {
      const bool refused = failed.error.kind == hal::ErrorKind::refused || failed.error.kind == hal::ErrorKind::protocol;
      trouble = refused ? Trouble::refused : Trouble::network;
    }
    void note_loss() { trouble = Trouble::network; }
    void note_denial() { trouble = Trouble::denied; }
    bool is_spent() const { return attempts >= kRetriesMax; }
    sml::Time schedule() const { return std::min(sml::Time{kRetryFirst} * (1 << std::min(attempts, kRetriesMax)), sml::Time{kRetryMax}); }
    sml::Time delay() const { return schedule() - shorter; }
  };
  static void draw_jitter(Context& context, ConnectionPort& port) {
    context.shorter = std::clamp(port.jitter(context.schedule()), sml::Time{}, context.schedule());
  }

  static constexpr auto count_attempt = sml::call<&Context::count_attempt>;
  static constexpr auto clear = sml::call<&Context::clear>;
  static constexpr auto note_failure = sml::call<&Context::note_failure>;
  static constexpr auto note_loss = sml::call<&Context::note_loss>;
  static constexpr auto note_denial = sml::call<&Context::note_denial>;
  static constexpr auto is_spent = sml::call<&Context::is_spent>;
  static constexpr auto shorten = sml::call<&draw_jitter>;
  static constexpr auto open = sml::call<&ConnectionPort::open>;
  static constexpr auto forget_open = sml::call<&ConnectionPort::forget_open>;
  static constexpr auto tell_state = sml::call<&ConnectionPort::tell_state>;
  static constexpr auto ping = sml::call<&ConnectionPort::ping>;
  static constexpr auto drop = sml::call<&ConnectionPort::drop>;
  static constexpr auto hang_up = sml::call<&ConnectionPort::hang_up>;

  constexpr auto operator()() const {
    using namespace sml;
    constexpr auto reconnect = process(AutoReconnect{});
    // clang-format off
    return make_transition_table(
      *"disconnected"_s   + event<Connect>         / open                                  = "connecting"_s,
       "disconnected"_s   + event<AutoReconnect>   / shorten                               = "reconnecting"_s,
       "connecting"_s     + event<Opened>          / (clear, tell_state)                   = "connected"_s,
       "connecting"_s     + event<Denied>          / note_denial                           = "error"_s,
       "connecting"_s     + event<OpenFailed>      / (note_failure, reconnect)             = "disconnected"_s,
       "connecting"_s     + after(kHandshakeMax)   / (forget_open, note_loss, reconnect)   = "disconnected"_s,
       "connected"_s      + event<Received>        / tell_state                            = "receiving_data"_s,
       "connected"_s      + event<Alive>                                                   = "connected"_s,        // its clocks start anew
       "connected"_s      + event<Closed>          / (drop, note_loss, reconnect)          = "disconnected"_s,
       "connected"_s      + event<Denied>          / (drop, note_denial)                   = "error"_s,
       "connected"_s      + after(kQuiet)          / (tell_state, ping),
       "connected"_s      + after(kSilent)         / (drop, note_loss, reconnect)          = "disconnected"_s,
       "receiving_data"_s + event<Received>        / tell_state                            = "receiving_data"_s,
       "receiving_data"_s + event<Alive>                                                   = "receiving_data"_s,
       "receiving_data"_s + event<Closed>          / (drop, note_loss, reconnect)          = "disconnected"_s,
       "receiving_data"_s + event<Denied>          / (drop, note_denial)                   = "error"_s,
       "receiving_data"_s + after(kQuiet)          / (tell_state, ping),
       "receiving_data"_s + after(kSilent)         / (drop, note_loss, reconnect)          = "disconnected"_s,
       "reconnecting"_s   [ is_spent ]                                                     = "error"_s,
       "reconnecting"_s   + after(&Context::delay) / (count_attempt, open)                 = "connecting"_s,
       "error"_s          + event<Retry>           / (clear, process(Connect{}))           = "disconnected"_s,
       state<_>           + event<Logout>          / (hang_up, clear)                      = "disconnected"_s,
       state<_>           + event<Stop>            / hang_up                               = X,
       // A press that has nothing to do, and news of what was given up.
       state<_> + ignore<Connect>, state<_> + ignore<Retry>, state<_> + ignore<AutoReconnect>, state<_> + ignore<Opened>,
       state<_> + ignore<OpenFailed>, state<_> + ignore<Denied>, state<_> + ignore<Received>, state<_> + ignore<Alive>, state<_> + ignore<Closed>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
