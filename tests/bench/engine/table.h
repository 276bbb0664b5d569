#pragma once

// The other work of the benchmark: flat tables of ROWS rows, four for each state, eight events, an action for each
// event. tables.py writes the contenders; table_main.cpp times them.

#include <cstddef>
#include <cstdint>

#include "tests/bench/engine/layout.h"

namespace table {

inline std::uint32_t sum = 0;

template <unsigned Number>
struct Event { std::uint32_t value; };
template <unsigned Number>
struct Act {
  void operator()(const Event<Number>& event) const { sum = sum * 31 + event.value * (Number + 1); }
};

struct Wire {
  std::uint32_t tag;
  std::uint32_t value;
};

/// Row r leaves state r / 4 by event r % 8 and enters this one.
constexpr unsigned target_of(unsigned row, unsigned rows) { return (row * 7 + 3) % (rows / 4); }

/// What every contender has: it runs the stream from the start and gives the sum.
using Run = std::uint32_t (*)(const Wire* events, std::size_t count);

template <class Machine, class Step>
std::uint32_t drive(Machine& machine, const Wire* events, std::size_t count, Step step) {
  sum = 0;
  for (std::size_t i = 0; i < count; ++i) step(machine, events[i]);
  return sum;
}

}  // namespace table
