#pragma once
// A world to live in: devices on one virtual time line, one seed, one thread. The same seed and the same calls give the same
// world, event for event.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/chance.h"
#include "sim/host.h"
#include "sim/network.h"
#include "sim/timeline.h"

namespace nightjar::sim {

/// Must outlive everything that was made on its hosts.
class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// A device with nothing but its loopback; see Stack::join.
  Host& add_host(std::string name);
  /// A device with one interface "eth0" on the link everybody is on (Network::lan).
  Host& add_host(std::string name, const hal::IpAddress& address, int prefix = 24);
  /// Throws std::out_of_range for a name nobody has.
  Host& host(std::string_view name);
  const std::vector<std::unique_ptr<Host>>& hosts() const { return hosts_; }

  Network& network() { return network_; }
  Timeline& timeline() { return timeline_; }
  /// The script's own chance; devices and the network have theirs.
  Chance& chance() { return chance_; }
  hal::Instant now() const { return timeline_.now(); }

  /// Something the world itself does, and no power cut prevents: a fault, a press of a button.
  void at(hal::Instant when, Task task) { timeline_.at(when, 0, std::move(task)); }
  void after(hal::Duration delay, Task task) { timeline_.at(now() + delay, 0, std::move(task)); }

  /// The next event; false when nothing will ever happen again.
  bool step() { return timeline_.step(); }
  /// Everything up to `when`, which is then now.
  void run_until(hal::Instant when);
  /// Until `done()` is true, asked now and after every event, for at most `bound`; true when it became so.
  bool run_until(const std::function<bool()>& done, hal::Duration bound);
  void advance(hal::Duration by) { run_until(now() + by); }

  /// A hash of everything that has happened: equal for equal runs.
  std::uint64_t fingerprint() const { return timeline_.fingerprint(); }
  /// Makes `text` part of the fingerprint: whatever else must repeat.
  void note(std::string_view text) { timeline_.note(text); }

 private:
  Timeline timeline_;
  Chance chance_;
  Chance seeds_;   // only forked, so that a host's chance depends on its name and the seed alone
  Network network_;
  std::vector<std::unique_ptr<Host>> hosts_;
};

}   // namespace nightjar::sim
