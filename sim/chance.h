#pragma once
// Chance that repeats: everything random in a simulated world comes from its seed through here.
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "hal/time.h"

namespace nightjar::sim {

/// One stream of random numbers (xoshiro256**, Blackman and Vigna, seeded through splitmix64 as its authors advise). Not for secrets.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed) {
    for (auto& word : state_) word = mix(seed += kGolden);
  }

  std::uint64_t next() {
    const auto out = std::rotl(state_[1] * 5, 7) * 9;
    const auto shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return out;
  }
  /// 0 .. bound - 1; 0 for a bound of 0. The bias of the remainder is below 2^-32 for any bound used here.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
  /// True with probability `rate` (0 .. 1). Draws nothing when the outcome is certain, so a fault that is off costs no numbers.
  bool hit(double rate) { return rate >= 1 || (rate > 0 && static_cast<double>(next() >> 11) * 0x1p-53 < rate); }
  /// low .. high, both included.
  hal::Duration between(hal::Duration low, hal::Duration high) {
    return high <= low ? low
                       : low + hal::Duration{static_cast<hal::Duration::rep>(below(static_cast<std::uint64_t>((high - low).count()) + 1))};
  }

  /// A stream of its own, made of the seed and a name: what one part of the world draws never shifts what another draws.
  Chance fork(std::string_view name) const {
    std::uint64_t hash = 0xcbf29ce484222325u ^ seed_;   // FNV-1a
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return Chance{mix(hash)};
  }

  /// splitmix64's finaliser: spreads every bit of `value` over all of the answer.
  static constexpr std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;   // splitmix64's increment: 2^64 / golden ratio
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_{};
};

}   // namespace nightjar::sim
