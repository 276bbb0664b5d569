// Boost.MSM with its functor front-end, if its headers are at hand: the same table, the same verbs. It needs exceptions.
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>

#include "tests/bench/engine/verbs.h"

namespace session {
namespace {
namespace msm = boost::msm;
using msm::front::none;
using msm::front::Row;

/// A verb of ours, called as MSM calls functors.
template <class Verb>
struct Do {
  template <class E, class Fsm, class From, class To>
  auto operator()(const E& event, Fsm& machine, From&, To&) const {
    if constexpr (std::is_invocable_v<Verb, const E&, Context&>) {
      return Verb{}(event, machine.context);
    } else if constexpr (std::is_invocable_v<Verb, const E&>) {
      return Verb{}(event);
    } else {
      return Verb{}(machine.context);
    }
  }
};

struct Idle : msm::front::state<> {};
struct Connecting : msm::front::state<> {};
struct Handshaking : msm::front::state<> {};
struct BackingOff : msm::front::state<> {};
struct Open : msm::front::state<> {};
struct Closing : msm::front::state<> {};

struct Table : msm::front::state_machine_def<Table> {
  using no_exception_thrown = int;
  using no_message_queue = int;
  using initial_state = Idle;
  using retry = Do<may_retry>;
  struct transition_table
      : boost::mpl::vector<
          Row<Idle, Connect, Connecting, Do<dial>, none>,
          Row<Idle, Timer, none, Do<rest>, none>,
          Row<Connecting, Connected, Handshaking, Do<shake>, none>,
          // of rows for the same event MSM asks the last one first
          Row<Connecting, Failed, Idle, Do<give_up>, none>,
          Row<Connecting, Failed, BackingOff, Do<count_failure>, retry>,
          Row<Connecting, Timer, BackingOff, Do<count_timeout>, retry>,
          Row<Connecting, Close, Idle, Do<abandon>, none>,
          Row<Handshaking, Upgraded, Open, Do<open_up>, none>,
          Row<Handshaking, Failed, BackingOff, Do<fall_back>, none>,
          Row<Handshaking, Close, Idle, Do<refuse>, none>,
          Row<Open, Frame, none, Do<append>, none>,
          Row<Open, Frame, none, Do<deliver>, Do<is_final>>,
          Row<Open, Ping, none, Do<pong>, none>,
          Row<Open, Close, Closing, Do<close_down>, none>,
          Row<Open, Timer, none, Do<beat>, none>,
          Row<Closing, Close, Idle, Do<closed>, none>,
          Row<Closing, Timer, Idle, Do<cut>, none>,
          Row<BackingOff, Timer, Connecting, Do<redial>, none>> {};
  template <class Fsm, class E>
  void no_transition(const E&, Fsm&, int) {}

  Context context;
};
using Machine = msm::back::state_machine<Table>;

SESSION_STEP void step(Machine& m, const Wire& e) {
  switch (e.tag) {
    case Tag::connect: m.process_event(e.connect); break;
    case Tag::connected: m.process_event(e.connected); break;
    case Tag::failed: m.process_event(e.failed); break;
    case Tag::upgraded: m.process_event(e.upgraded); break;
    case Tag::frame: m.process_event(e.frame); break;
    case Tag::ping: m.process_event(e.ping); break;
    case Tag::close: m.process_event(e.close); break;
    case Tag::timer: m.process_event(e.timer); break;
  }
}

[[maybe_unused]] Phase phase_of(const Machine& m) {
  const auto is = [&]<class S>(const S&) { return m.current_state()[0] == msm::back::get_state_id<Machine::stt, S>::type::value; };
  if (is(Idle{})) return Phase::idle;
  if (is(Connecting{})) return Phase::connecting;
  if (is(Handshaking{})) return Phase::handshaking;
  if (is(Open{})) return Phase::open;
  if (is(Closing{})) return Phase::closing;
  return Phase::backing_off;
}
}  // namespace

#ifndef STEP_ONLY
std::uint64_t run_msm(const Wire* events, std::size_t count, std::uint8_t* states) {
  Machine machine;
  machine.start();
  drive(machine, events, count, states, step, phase_of);
  return machine.context.hash;
}
#endif
}  // namespace session
