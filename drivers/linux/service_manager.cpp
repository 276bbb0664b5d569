#include "drivers/linux/service_manager.h"

#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>

namespace nightjar::os {

void ServiceManager::ready(const std::string& status) {
  ::sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return;   // not asked for, or of another process (WATCHDOG_PID)
  interval_ = std::chrono::microseconds{microseconds / 2};
  feed();
}

void ServiceManager::stopping() { ::sd_notify(0, "STOPPING=1\nSTATUS=Saving what there is"); }

void ServiceManager::feed() {
  ::sd_notify(0, "WATCHDOG=1");
  feeding_ = loop_.at(loop_.now() + interval_, [this] { feed(); });
}

}   // namespace nightjar::os
