#pragma once

// Guards and actions of the session, as function objects every engine takes: by event and context.

#include "tests/bench/engine/session.h"

namespace session {

struct may_retry { bool operator()(const Context& c) const { return c.attempts < 10; } };
struct is_final { bool operator()(const Frame& e) const { return e.fin != 0; } };

struct dial { void operator()(const Connect& e, Context& c) const { c.note(1, e.address); } };
struct rest { void operator()(const Timer& e, Context& c) const { c.note(2, e.id); } };
struct shake { void operator()(const Connected& e, Context& c) const { c.note(3, e.socket); } };
struct count_failure { void operator()(const Failed& e, Context& c) const { ++c.attempts; c.note(4, e.code); } };
struct give_up { void operator()(const Failed& e, Context& c) const { c.attempts = 0; c.note(5, e.code); } };
struct count_timeout { void operator()(const Timer& e, Context& c) const { ++c.attempts; c.note(6, e.id); } };
struct abandon { void operator()(const Close& e, Context& c) const { c.note(7, e.code); } };
struct open_up { void operator()(const Upgraded& e, Context& c) const { c.attempts = 0; c.note(8, e.version); } };
struct fall_back { void operator()(const Failed& e, Context& c) const { ++c.attempts; c.note(9, e.code); } };
struct refuse { void operator()(const Close& e, Context& c) const { c.note(10, e.code); } };
struct deliver { void operator()(const Frame& e, Context& c) const { c.bytes = 0; c.note(11, e.size); } };
struct append { void operator()(const Frame& e, Context& c) const { c.bytes += e.size; c.note(12, e.size); } };
struct pong { void operator()(const Ping& e, Context& c) const { c.note(13, e.id); } };
struct close_down { void operator()(const Close& e, Context& c) const { c.note(14, e.code); } };
struct beat { void operator()(const Timer& e, Context& c) const { c.note(15, e.id); } };
struct closed { void operator()(const Close& e, Context& c) const { c.note(16, e.code); } };
struct cut { void operator()(const Timer& e, Context& c) const { c.note(17, e.id); } };
struct redial { void operator()(const Timer& e, Context& c) const { c.note(18, e.id); } };

}  // namespace session
