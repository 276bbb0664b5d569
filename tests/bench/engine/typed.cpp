// Ours, given one event type after the other: event first, then state, as process(const E&) has it.
#include "tests/bench/engine/ours.h"

namespace session {
namespace {
SESSION_STEP void step(Machine& m, const Wire& e) {
  switch (e.tag) {
    case Tag::connect: m.process(e.connect); break;
    case Tag::connected: m.process(e.connected); break;
    case Tag::failed: m.process(e.failed); break;
    case Tag::upgraded: m.process(e.upgraded); break;
    case Tag::frame: m.process(e.frame); break;
    case Tag::ping: m.process(e.ping); break;
    case Tag::close: m.process(e.close); break;
    case Tag::timer: m.process(e.timer); break;
  }
}
}  // namespace

#ifndef STEP_ONLY
Result run_typed(const Wire* events, std::size_t count, std::size_t passes, std::uint8_t* states) {
  Machine machine;
  machine.start();
  Result result = drive(machine, events, count, passes, states, step, phase_of);
  result.hash = machine.context().hash;
  return result;
}
#endif
}  // namespace session
