#pragma once
// One client of the camera API from its welcome to its close. It hears the state of the device every ten seconds and after
// every change; a client that keeps sending rubbish or does not read is let go, so that it costs the others nothing.
#include <array>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct Changed {};                         // something happened that a client must see
struct BadMessage { sml::Time at{}; };     // not JSON, no type, unknown type, wrong fields
struct Overflowed {};                      // more waits for this client than it may
struct ShutDown {};                        // the program ends
struct Gone {};                            // its connection is closed, by whomever

struct ClientSessionPort {
  virtual ~ClientSessionPort() = default;
  virtual void send_welcome() = 0;
  virtual void send_status() = 0;
  virtual void close_for_rubbish() = 0;    // 1008
  virtual void close_for_slowness() = 0;   // 1013
  virtual void close_going_away() = 0;     // 1001
  virtual void forget() = 0;               // the last verb: this client is no more
};

constexpr auto kStatusEvery = 10s;         // contract.md, section 1
constexpr auto kChangeWait = 50ms;         // changes that come together are told together
constexpr int kBadMax = 10;                // bad messages within kBadWithin: contract.md, section 1
constexpr auto kBadWithin = 10s;
constexpr auto kCloseMax = 6s;             // the driver gives a closing handshake 5 s

struct ClientSession {
  static constexpr auto name = "client_session";
  using Port = ClientSessionPort;
  struct Context {
    std::array<sml::Time, kBadMax> bad{};  // when the last ones came, oldest at next
    int bad_count = 0;                     // at most kBadMax
    int next = 0;
    bool operator==(const Context&) const = default;

    void count_bad(const BadMessage& message) {
      bad[static_cast<std::size_t>(next)] = message.at;
      next = (next + 1) % kBadMax;
      if (bad_count < kBadMax) ++bad_count;
    }
    /// This one would be the tenth within ten seconds.
    bool is_too_bad(const BadMessage& message) const {
      const auto ninth_last = static_cast<std::size_t>((next + 1) % kBadMax);
      return bad_count >= kBadMax - 1 && message.at - bad[bad_count < kBadMax ? 0 : ninth_last] <= kBadWithin;
    }
  };

  static constexpr auto count_bad = sml::call<&Context::count_bad>;
  static constexpr auto is_too_bad = sml::call<&Context::is_too_bad>;
  static constexpr auto send_welcome = sml::call<&ClientSessionPort::send_welcome>;
  static constexpr auto send_status = sml::call<&ClientSessionPort::send_status>;
  static constexpr auto close_for_rubbish = sml::call<&ClientSessionPort::close_for_rubbish>;
  static constexpr auto close_for_slowness = sml::call<&ClientSessionPort::close_for_slowness>;
  static constexpr auto close_going_away = sml::call<&ClientSessionPort::close_going_away>;
  static constexpr auto forget = sml::call<&ClientSessionPort::forget>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"greeting"_s                                / send_welcome        = "open"_s,
       "open"_s     + after(kStatusEvery)          / send_status         = "open"_s,
       "open"_s     + event<Changed>                                     = "changed"_s,
       "open"_s     + event<BadMessage> [ is_too_bad ] / close_for_rubbish = "closing"_s,
       "open"_s     + event<BadMessage>            / count_bad,
       "open"_s     + event<Overflowed>            / close_for_slowness  = "closing"_s,
       "open"_s     + event<ShutDown>              / close_going_away    = "closing"_s,
       "open"_s     + event<Gone>                  / forget              = X,
       "changed"_s  + after(kChangeWait)           / send_status         = "open"_s,
       "changed"_s  + ignore<Changed>,
       "changed"_s  + event<BadMessage> [ is_too_bad ] / close_for_rubbish = "closing"_s,
       "changed"_s  + event<BadMessage>            / count_bad,
       "changed"_s  + event<Overflowed>            / close_for_slowness  = "closing"_s,
       "changed"_s  + event<ShutDown>              / close_going_away    = "closing"_s,
       "changed"_s  + event<Gone>                  / forget              = X,
       "closing"_s  + event<Gone>                  / forget              = X,
       "closing"_s  + after(kCloseMax)             / forget              = X,
       "closing"_s  + ignore<Changed>, "closing"_s + ignore<BadMessage>, "closing"_s + ignore<Overflowed>, "closing"_s + ignore<ShutDown>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
