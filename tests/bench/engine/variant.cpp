// States as types in a std::variant, visited with the event: the other thing one would write by hand.
#include <variant>

#include "tests/bench/engine/session.h"

namespace session {
namespace {

struct Idle {};
struct Connecting {};
struct Handshaking {};
struct BackingOff {};
struct Open {};
struct Closing {};
using State = std::variant<Idle, Connecting, Handshaking, BackingOff, Open, Closing>;

struct Session {
  State state;
  Context context;
};

template <class S, class E>
void on(Session&, const S&, const E&) {}

void on(Session& s, const Idle&, const Connect& e) { s.context.note(1, e.address); s.state = Connecting{}; }
void on(Session& s, const Idle&, const Timer& e) { s.context.note(2, e.id); }
void on(Session& s, const Connecting&, const Connected& e) { s.context.note(3, e.socket); s.state = Handshaking{}; }
void on(Session& s, const Connecting&, const Failed& e) {
  if (s.context.attempts < 10) {
    ++s.context.attempts;
    s.context.note(4, e.code);
    s.state = BackingOff{};
  } else {
    s.context.attempts = 0;
    s.context.note(5, e.code);
    s.state = Idle{};
  }
}
void on(Session& s, const Connecting&, const Timer& e) {
  if (s.context.attempts >= 10) return;
  ++s.context.attempts;
  s.context.note(6, e.id);
  s.state = BackingOff{};
}
void on(Session& s, const Connecting&, const Close& e) { s.context.note(7, e.code); s.state = Idle{}; }
void on(Session& s, const Handshaking&, const Upgraded& e) { s.context.attempts = 0; s.context.note(8, e.version); s.state = Open{}; }
void on(Session& s, const Handshaking&, const Failed& e) { ++s.context.attempts; s.context.note(9, e.code); s.state = BackingOff{}; }
void on(Session& s, const Handshaking&, const Close& e) { s.context.note(10, e.code); s.state = Idle{}; }
void on(Session& s, const Open&, const Frame& e) {
  if (e.fin != 0) {
    s.context.bytes = 0;
    s.context.note(11, e.size);
  } else {
    s.context.bytes += e.size;
    s.context.note(12, e.size);
  }
}
void on(Session& s, const Open&, const Ping& e) { s.context.note(13, e.id); }
void on(Session& s, const Open&, const Close& e) { s.context.note(14, e.code); s.state = Closing{}; }
void on(Session& s, const Open&, const Timer& e) { s.context.note(15, e.id); }
void on(Session& s, const Closing&, const Close& e) { s.context.note(16, e.code); s.state = Idle{}; }
void on(Session& s, const Closing&, const Timer& e) { s.context.note(17, e.id); s.state = Idle{}; }
void on(Session& s, const BackingOff&, const Timer& e) { s.context.note(18, e.id); s.state = Connecting{}; }

template <class E>
void handle(Session& s, const E& event) {
  std::visit([&](const auto& state) { on(s, state, event); }, s.state);
}

SESSION_STEP void step(Session& s, const Wire& e) {
  switch (e.tag) {
    case Tag::connect: handle(s, e.connect); break;
    case Tag::connected: handle(s, e.connected); break;
    case Tag::failed: handle(s, e.failed); break;
    case Tag::upgraded: handle(s, e.upgraded); break;
    case Tag::frame: handle(s, e.frame); break;
    case Tag::ping: handle(s, e.ping); break;
    case Tag::close: handle(s, e.close); break;
    case Tag::timer: handle(s, e.timer); break;
  }
}

}  // namespace

#ifndef STEP_ONLY
std::uint64_t run_variant(const Wire* events, std::size_t count, std::uint8_t* states) {
  Session machine;
  drive(machine, events, count, states, step, [](const Session& s) { return static_cast<Phase>(s.state.index()); });
  return machine.context.hash;
}
#endif
}  // namespace session
