#pragma once
#include "hal/random.h"

namespace nightjar::os {

/// getrandom(2). Waits for the kernel's pool once, early in the start of the system. Any thread.
class KernelRandom final : public hal::Random {
 public:
  void fill(std::span<std::byte> bytes) override;
};

}   // namespace nightjar::os
