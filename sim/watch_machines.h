#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "fsm/sml/sml.h"
#include "sim/findings.h"

namespace nightjar::sim {

/// Watches that a device's machines keep the times their tables promise: every timer to the nanosecond, the camera's backoff 5, 10, 20,
/// 40, 60 s by its own count, and no state that lasts longer than its table allows.
class WatchMachines {
 public:
  explicit WatchMachines(Findings& findings) : findings_(findings) {}

  void booted() { machines_.clear(); }
  void powered_off() { machines_.clear(); }
  void stepped(const sml::Step& step);
  /// From time to time: is one stuck?
  void look() const;

  /// Of its first region. "": not known yet, or off.
  std::string_view state(std::string_view machine) const;

 private:
  struct Seen {
    const sml::MachineInfo* info = nullptr;
    std::uint8_t state = 0;
    sml::Time since{};
    int attempt = 0;   // of those that wait before they try again
  };
  void check_timer(const Seen& seen, const sml::Step& step) const;
  static void count_attempts(Seen& seen, const sml::Step& step);
  /// The state in which a machine waits before it tries again; empty: it has none that is watched.
  static std::string_view waits_in(std::string_view machine);
  static sml::Time backoff(std::string_view machine, int attempt);

  Findings& findings_;
  using Key = std::pair<std::string_view, std::uint8_t>;   // name and region
  std::map<Key, Seen> machines_;
};

}   // namespace nightjar::sim
