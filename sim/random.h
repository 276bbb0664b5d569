#pragma once
#include <algorithm>

#include "hal/random.h"
#include "sim/chance.h"

namespace nightjar::sim {

/// A device's random bytes, from the world's seed. Keys made of them are worth nothing outside the world.
class Random final : public hal::Random {
 public:
  explicit Random(Chance chance) : chance_(chance) {}

  void fill(std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto value = chance_.next();
      const auto size = std::min(bytes.size(), sizeof value);
      for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));   // the same on any byte order
      bytes = bytes.subspan(size);
    }
  }

 private:
  Chance chance_;
};

}   // namespace nightjar::sim
