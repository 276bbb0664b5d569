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
Result run_null(const Wire* events, std::size_t count, std::size_t passes, std::uint8_t* states) {
  Nothing machine;
  Result result = drive(machine, events, count, passes, states, step, [](const Nothing&) { return Phase::idle; });
  result.hash = machine.context.attempts;
  return result;
}
#endif
}  // namespace session
