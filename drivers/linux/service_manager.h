#pragma once
#include <string>

#include "drivers/linux/loop.h"

namespace nightjar::os {

/// What systemd is told of the service, over the socket that NOTIFY_SOCKET names (sd_notify(3)). Where there is none, nobody is told.
///
/// From ready() on the watchdog is fed from the loop, at half the interval that WATCHDOG_USEC names: a callback that hangs is a loop that
/// does not turn, so the feeding ends and systemd starts us anew. The loop outlives this.
class ServiceManager {
 public:
  explicit ServiceManager(AsioLoop& loop) : loop_(loop) {}

  /// The service does what it is for. `status` is what `systemctl status` shows, one line.
  void ready(const std::string& status);
  /// It ends by itself; the watchdog is fed until the loop stops.
  void stopping();

 private:
  void feed();

  AsioLoop& loop_;
  hal::Duration interval_{0};
  hal::Operation feeding_;
};

}   // namespace nightjar::os
