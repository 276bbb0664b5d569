#pragma once

// Times contenders in interleaved rounds. Busy neighbours slow a whole round, so what counts is the ratio within one.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

namespace bench {

struct Contender {
  const char* name;
  std::function<std::uint64_t()> run;  // gives its checksum
  bool idle = false;                   // does not do the work: the floor
};

/// Prints one line per contender and round: name, order, CPU ns per event. False, and says so, if a checksum is wrong.
inline bool time_rounds(const char* order, const std::vector<Contender>& contenders, std::uint64_t expected, std::size_t events, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t k = 0; k < contenders.size(); ++k) {
      const Contender& c = contenders[(k + static_cast<std::size_t>(round)) % contenders.size()];  // nobody always runs first
      const std::clock_t begin = std::clock();  // CPU time: neighbours may be busy
      const std::uint64_t sum = c.run();
      const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC * 1e9;
      if (sum != expected && !c.idle) {
        std::printf("%s differs from the reference in %s order\n", c.name, order);
        return false;
      }
      std::printf("%s %s %.4f\n", c.name, order, took / static_cast<double>(events));
    }
  }
  return true;
}

/// xorshift: the same stream everywhere.
struct Random {
  std::uint64_t state = 0x2545f4914f6cdd1du;
  std::uint32_t operator()(std::uint32_t bound) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<std::uint32_t>((state >> 20) % bound);
  }
};

}  // namespace bench
