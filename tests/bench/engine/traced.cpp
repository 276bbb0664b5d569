// Ours with the trace on: 16 bytes per event into a ring of 4096.
#include "tests/bench/engine/ours.h"

namespace session {
namespace {
struct Traced {
  Machine machine;
  sml::Time now{};
  sml::Trace<4096> trace;
};
SESSION_STEP void step(Traced& t, const Wire& e) {
  t.now += sml::Time{1};
  t.machine.process_id(static_cast<std::uint8_t>(e.tag), &e.connect, t.now, t.trace);
}
}  // namespace

#ifndef STEP_ONLY
std::uint64_t run_traced(const Wire* events, std::size_t count, std::uint8_t* states) {
  static Traced traced;
  traced.machine = Machine{};
  traced.machine.start();
  drive(traced, events, count, states, step, [](const Traced& t) { return phase_of(t.machine); });
  return traced.machine.context().hash;
}
#endif
}  // namespace session
