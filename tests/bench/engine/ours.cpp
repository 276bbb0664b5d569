// Ours, given the closed set of events: state first, then event.
#include "tests/bench/engine/ours.h"

namespace session {
namespace {
SESSION_STEP void step(Machine& m, const Wire& e) { m.process_id(static_cast<std::uint8_t>(e.tag), &e.connect); }
}  // namespace

#ifndef STEP_ONLY
std::uint64_t run_ours(const Wire* events, std::size_t count, std::uint8_t* states) {
  Machine machine;
  machine.start();
  drive(machine, events, count, states, step, phase_of);
  return machine.context().hash;
}
#endif
}  // namespace session
