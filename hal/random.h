#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace nightjar::hal {

/// Chance. The real one is fit for keys and tokens; the simulated one repeats with its seed.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills `bytes` with random bytes; cannot fail (the real one ends the program if the kernel cannot).
  virtual void fill(std::span<std::byte> bytes) = 0;

  std::uint64_t next() {
    std::uint64_t value = 0;
    fill(std::as_writable_bytes(std::span{&value, 1}));
    return value;
  }
};

}  // namespace nightjar::hal
