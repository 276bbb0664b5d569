// What one would write by hand: a switch over the state, in it a switch over the event.
#include "tests/bench/engine/session.h"

namespace session {
namespace {

struct Session {
  Phase phase = Phase::idle;
  Context context;
};

SESSION_STEP void step(Session& s, const Wire& e) {
  Context& c = s.context;
  switch (s.phase) {
    case Phase::idle:
      switch (e.tag) {
        case Tag::connect: c.note(1, e.connect.address); s.phase = Phase::connecting; break;
        case Tag::timer: c.note(2, e.timer.id); break;
        default: break;
      }
      break;
    case Phase::connecting:
      switch (e.tag) {
        case Tag::connected: c.note(3, e.connected.socket); s.phase = Phase::handshaking; break;
        case Tag::failed:
          if (c.attempts < 10) {
            ++c.attempts;
            c.note(4, e.failed.code);
            s.phase = Phase::backing_off;
          } else {
            c.attempts = 0;
            c.note(5, e.failed.code);
            s.phase = Phase::idle;
          }
          break;
        case Tag::timer:
          if (c.attempts < 10) {
            ++c.attempts;
            c.note(6, e.timer.id);
            s.phase = Phase::backing_off;
          }
          break;
        case Tag::close: c.note(7, e.close.code); s.phase = Phase::idle; break;
        default: break;
      }
      break;
    case Phase::handshaking:
      switch (e.tag) {
        case Tag::upgraded:
          c.attempts = 0;
          c.note(8, e.upgraded.version);
          s.phase = Phase::open;
          break;
        case Tag::failed:
          ++c.attempts;
          c.note(9, e.failed.code);
          s.phase = Phase::backing_off;
          break;
        case Tag::close: c.note(10, e.close.code); s.phase = Phase::idle; break;
        default: break;
      }
      break;
    case Phase::open:
      switch (e.tag) {
        case Tag::frame:
          if (e.frame.fin != 0) {
            c.bytes = 0;
            c.note(11, e.frame.size);
          } else {
            c.bytes += e.frame.size;
            c.note(12, e.frame.size);
          }
          break;
        case Tag::ping: c.note(13, e.ping.id); break;
        case Tag::close: c.note(14, e.close.code); s.phase = Phase::closing; break;
        case Tag::timer: c.note(15, e.timer.id); break;
        default: break;
      }
      break;
    case Phase::closing:
      switch (e.tag) {
        case Tag::close: c.note(16, e.close.code); s.phase = Phase::idle; break;
        case Tag::timer: c.note(17, e.timer.id); s.phase = Phase::idle; break;
        default: break;
      }
      break;
    case Phase::backing_off:
      switch (e.tag) {
        case Tag::timer: c.note(18, e.timer.id); s.phase = Phase::connecting; break;
        default: break;
      }
      break;
  }
}

}  // namespace

#ifndef STEP_ONLY
std::uint64_t run_switch(const Wire* events, std::size_t count, std::uint8_t* states) {
  Session machine;
  drive(machine, events, count, states, step, [](const Session& s) { return s.phase; });
  return machine.context.hash;
}
#endif
}  // namespace session
