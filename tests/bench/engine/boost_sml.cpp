// [Boost].SML, if its header is at hand: the same table, the same verbs.
#include <boost/sml.hpp>

#include "tests/bench/engine/verbs.h"

namespace session {
namespace {
namespace bsml = boost::sml;

struct Table {
  auto operator()() const {
    using namespace bsml;
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

struct Session {
  Context context;
  bsml::sm<Table> machine{context};
};

SESSION_STEP void step(Session& s, const Wire& e) {
  switch (e.tag) {
    case Tag::connect: s.machine.process_event(e.connect); break;
    case Tag::connected: s.machine.process_event(e.connected); break;
    case Tag::failed: s.machine.process_event(e.failed); break;
    case Tag::upgraded: s.machine.process_event(e.upgraded); break;
    case Tag::frame: s.machine.process_event(e.frame); break;
    case Tag::ping: s.machine.process_event(e.ping); break;
    case Tag::close: s.machine.process_event(e.close); break;
    case Tag::timer: s.machine.process_event(e.timer); break;
  }
}

[[maybe_unused]] Phase phase_of(const Session& s) {
  using namespace bsml;
  if (s.machine.is("idle"_s)) return Phase::idle;
  if (s.machine.is("connecting"_s)) return Phase::connecting;
  if (s.machine.is("handshaking"_s)) return Phase::handshaking;
  if (s.machine.is("open"_s)) return Phase::open;
  if (s.machine.is("closing"_s)) return Phase::closing;
  return Phase::backing_off;
}
}  // namespace

#ifndef STEP_ONLY
std::uint64_t run_sml(const Wire* events, std::size_t count, std::uint8_t* states) {
  Session session;
  drive(session, events, count, states, step, phase_of);
  return session.context.hash;
}
#endif
}  // namespace session
