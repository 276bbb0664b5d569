#pragma once
// One reader of the device's own metrics, at /api/ws/metrics: let in by its token until the time that says, and told the readings
// every five seconds. Whoever has no good token, or one that has run out, is closed with 1008.
#include "fsm/client_session.h"   // what may befall any client: Overflowed, ShutDown, Gone

namespace nightjar::fsm {

struct MetricsReaderPort {
  virtual ~MetricsReaderPort() = default;
  virtual void check_token() = 0;           // answered by Admitted or NotAdmitted
  virtual void send_metrics() = 0;
  virtual void close_for_token() = 0;       // 1008
  virtual void close_for_slowness() = 0;    // 1013
  virtual void close_going_away() = 0;      // 1001
  virtual void forget() = 0;                // the last verb: this reader is no more
};

struct MetricsReader {
  static constexpr auto name = "metrics_reader";
  static constexpr bool complete = true;
  using Port = MetricsReaderPort;

  static constexpr auto kMetricsEvery = 5s;   // contract.md, section 2

  struct Admitted { sml::Time validity{}; };  // how long the token will be good
  struct NotAdmitted {};

  struct Context {
    sml::Time validity{};
    bool operator==(const Context&) const = default;

    void keep_validity(const Admitted& admitted) { validity = admitted.validity; }
    sml::Time valid_for() const { return validity; }
  };

  static constexpr auto keep_validity = sml::call<&Context::keep_validity>;
  static constexpr auto check_token = sml::call<&MetricsReaderPort::check_token>;
  static constexpr auto send_metrics = sml::call<&MetricsReaderPort::send_metrics>;
  static constexpr auto close_for_token = sml::call<&MetricsReaderPort::close_for_token>;
  static constexpr auto close_for_slowness = sml::call<&MetricsReaderPort::close_for_slowness>;
  static constexpr auto close_going_away = sml::call<&MetricsReaderPort::close_going_away>;
  static constexpr auto forget = sml::call<&MetricsReaderPort::forget>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"arriving"_s + on_entry<_>                / check_token,
       "arriving"_s + event<Admitted>            / (keep_validity, send_metrics) = "reading"_s,
       "arriving"_s + event<NotAdmitted>         / close_for_token               = "closing"_s,
       "arriving"_s + event<ShutDown>            / close_going_away              = "closing"_s,
       "arriving"_s + event<Gone>                / forget                        = X,
       "arriving"_s + ignore<Overflowed>,
       "reading"_s  + every(kMetricsEvery)       / send_metrics,
       "reading"_s  + after(&Context::valid_for) / close_for_token               = "closing"_s,
       "reading"_s  + event<Overflowed>          / close_for_slowness            = "closing"_s,
       "reading"_s  + event<ShutDown>            / close_going_away              = "closing"_s,
       "reading"_s  + event<Gone>                / forget                        = X,
       "closing"_s  + event<Gone>                / forget                        = X,
       "closing"_s  + after(kCloseMax)           / forget                        = X,
       "closing"_s  + ignore<Overflowed>, "closing"_s + ignore<ShutDown>,
       state<_>     + ignore<Admitted>, state<_> + ignore<NotAdmitted>           // of one that closes already
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
