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
std::uint64_t run_typed(const Wire* events, std::size_t count, std::uint8_t* states) {
  Machine machine;
  machine.start();
  drive(machine, events, count, states, step, phase_of);
  return machine.context().hash;
}
#endif
}  // namespace session
