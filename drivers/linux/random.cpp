#include "drivers/linux/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace nightjar::os {

void KernelRandom::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      std::perror("the kernel has no random numbers");   // without them no key is safe
      std::abort();
    }
  }
}

}   // namespace nightjar::os
