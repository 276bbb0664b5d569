// The floor: the loop, the call and one read-modify-write.
#include "tests/bench/engine/session.h"

namespace session {
namespace {
struct Nothing {
  Context context;
};
SESSION_STEP void step(Nothing& machine, const Wire& event) { machine.context.attempts += event.timer.id; }
}  // namespace

#ifndef STEP_ONLY
std::uint64_t run_null(const Wire* events, std::size_t count, std::uint8_t* states) {
  Nothing machine;
  drive(machine, events, count, states, step, [](const Nothing&) { return Phase::idle; });
  return machine.context.attempts;
}
#endif
}  // namespace session
