#pragma once

// The work of the benchmark: a WebSocket session of six states, eight events with payloads and eighteen rows. Every
// contender runs the same stream through a call the compiler cannot see through, and ends with the same checksum.

#include <cstddef>
#include <cstdint>

namespace session {

struct Connect { std::uint32_t address; };
struct Connected { std::uint32_t socket; };
struct Failed { std::uint32_t code; };
struct Upgraded { std::uint32_t version; };
struct Frame { std::uint32_t size; std::uint32_t fin; };
struct Ping { std::uint32_t id; };
struct Close { std::uint32_t code; };
struct Timer { std::uint32_t id; };

enum class Tag : std::uint8_t { connect, connected, failed, upgraded, frame, ping, close, timer };
enum class Phase : std::uint8_t { idle, connecting, handshaking, backing_off, open, closing };

struct Wire {
  Tag tag;
  union {
    Connect connect;
    Connected connected;
    Failed failed;
    Upgraded upgraded;
    Frame frame;
    Ping ping;
    Close close;
    Timer timer;
  };
};

struct Context {
  std::uint64_t hash = 0;
  std::uint32_t attempts = 0;
  std::uint32_t bytes = 0;
  bool operator==(const Context&) const = default;

  void note(std::uint32_t row, std::uint32_t payload) { hash = hash * 0x9e3779b97f4a7c15u + (std::uint64_t{payload} << 8 | row); }
};

// With STEP_ONLY a contender is compiled to its step function alone, to be weighed.
#ifdef STEP_ONLY
#define SESSION_STEP [[gnu::noinline, gnu::used]]
#else
#define SESSION_STEP [[gnu::noinline]]
#endif

/// One contender; gives its checksum. `states`, where given, takes the phase after every event.
using Run = std::uint64_t (*)(const Wire* events, std::size_t count, std::uint8_t* states);

std::uint64_t run_null(const Wire*, std::size_t, std::uint8_t*);
std::uint64_t run_switch(const Wire*, std::size_t, std::uint8_t*);
std::uint64_t run_variant(const Wire*, std::size_t, std::uint8_t*);
std::uint64_t run_ours(const Wire*, std::size_t, std::uint8_t*);
std::uint64_t run_typed(const Wire*, std::size_t, std::uint8_t*);
std::uint64_t run_traced(const Wire*, std::size_t, std::uint8_t*);
std::uint64_t run_sml(const Wire*, std::size_t, std::uint8_t*);
std::uint64_t run_msm(const Wire*, std::size_t, std::uint8_t*);

/// The loop around every contender: step(machine, event) is one call per event.
template <class Machine, class Step, class PhaseOf>
void drive(Machine& machine, const Wire* events, std::size_t count, std::uint8_t* states, Step step, PhaseOf phase_of) {
  if (states == nullptr) {
    for (std::size_t i = 0; i < count; ++i) step(machine, events[i]);
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      step(machine, events[i]);
      states[i] = static_cast<std::uint8_t>(phase_of(machine));
    }
  }
}

}  // namespace session
