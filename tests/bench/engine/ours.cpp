// Ours, given the closed set of events: state first, then event.
#include "tests/bench/engine/ours.h"

namespace session {
namespace {
SESSION_STEP void step(Machine& m, const Wire& e) { m.process_id(static_cast<std::uint8_t>(e.tag), &e.connect); }
}  // namespace

#ifndef STEP_ONLY
Result run_ours(const Wire* events, std::size_t count, std::size_t passes, std::uint8_t* states) {
  Machine machine;
  machine.start();
  Result result = drive(machine, events, count, passes, states, step, phase_of);
  result.hash = machine.context().hash;
  return result;
}
#endif
}  // namespace session
