#pragma once
#include <string_view>

#include "hal/result.h"

namespace nightjar::os {

/// What the kernel's error number means to a machine.
hal::ErrorKind error_kind(int number);

/// "192.168.4.2:443: connection refused": what it was about, then the kernel's words.
hal::Error os_error(int number, std::string_view subject);

}   // namespace nightjar::os
