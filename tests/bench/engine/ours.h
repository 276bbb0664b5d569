#pragma once

// The session as a table of ours.

#include "fsm/sml/sml.h"
#include "tests/bench/engine/verbs.h"

namespace session {

struct Table {
  using Context = session::Context;
  using Events = sml::events<Connect, Connected, Failed, Upgraded, Frame, Ping, Close, Timer>;  // numbered as Tag is
  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"idle"_s        + event<Connect>                / dial{}          = "connecting"_s,
       "idle"_s        + event<Timer>                  / rest{},
       "connecting"_s  + event<Connected>              / shake{}         = "handshaking"_s,
       "connecting"_s  + event<Failed> [ may_retry{} ] / count_failure{} = "backing_off"_s,
       "connecting"_s  + event<Failed>                 / give_up{}       = "idle"_s,
       "connecting"_s  + event<Timer> [ may_retry{} ]  / count_timeout{} = "backing_off"_s,
       "connecting"_s  + event<Close>                  / abandon{}       = "idle"_s,
       "handshaking"_s + event<Upgraded>               / open_up{}       = "open"_s,
       "handshaking"_s + event<Failed>                 / fall_back{}     = "backing_off"_s,
       "handshaking"_s + event<Close>                  / refuse{}        = "idle"_s,
       "open"_s        + event<Frame> [ is_final{} ]   / deliver{},
       "open"_s        + event<Frame>                  / append{},
       "open"_s        + event<Ping>                   / pong{},
       "open"_s        + event<Close>                  / close_down{}    = "closing"_s,
       "open"_s        + event<Timer>                  / beat{},
       "closing"_s     + event<Close>                  / closed{}        = "idle"_s,
       "closing"_s     + event<Timer>                  / cut{}           = "idle"_s,
       "backing_off"_s + event<Timer>                  / redial{}        = "connecting"_s);
  }
};
static_assert(sml::verified<Table>);

using Machine = sml::machine<Table>;

/// States are numbered in order of appearance, as Phase is.
inline Phase phase_of(const Machine& m) { return static_cast<Phase>(m.state()); }

}  // namespace session
