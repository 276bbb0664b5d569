// Times the contenders that CONTENDERS names (a list of X(name)) on a table of ROWS rows: bench [rounds [events]].
#include <cstdlib>
#include <vector>

#include "tests/bench/engine/rounds.h"
#include "tests/bench/engine/table.h"

namespace table {
#define X(name) std::uint32_t run_##name(const Wire* events, std::size_t count);
CONTENDERS
#undef X
}  // namespace table

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const std::size_t count = argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 10'000'000;
  bench::Random random;
  std::vector<table::Wire> events;
  std::uint32_t expected = 0;
  unsigned state = 0;
  for (std::size_t i = 0; i < count; ++i) {
    // Seven of eight events are such that the state answers, as rows 4s ... 4s + 3 do.
    const unsigned tag = random(8) == 0 ? random(8) : (state * 4 + random(4)) % 8;
    const table::Wire event{tag, random(1000)};
    for (unsigned row = state * 4; row < state * 4 + 4; ++row) {
      if (row % 8 != tag) continue;
      expected = expected * 31 + event.value * (tag + 1);
      state = table::target_of(row, ROWS);
      break;
    }
    events.push_back(event);
  }
  std::vector<bench::Contender> contenders;
#define X(name) contenders.push_back({#name, [&] { return std::uint64_t{table::run_##name(events.data(), events.size())}; }});
  CONTENDERS
#undef X
  return bench::time_rounds("table", contenders, expected, count, rounds) ? 0 : 1;
}
