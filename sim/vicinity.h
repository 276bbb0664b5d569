#pragma once
// A virtual mDNS: who tells of a session on a link is heard by all who browse on it, while both are powered and the link lets multicast pass.
#include <map>
#include <memory>
#include <string>

#include "hal/vicinity.h"
#include "sim/loop.h"
#include "sim/stack.h"

namespace nightjar::sim {

class Vicinity;

/// The air of a link, which everybody on it shares. Outlives them all.
class MulticastAir {
 public:
  /// Nobody hears anybody from now on (a guest network, an access point that drops multicast), or does again.
  void set_blocked(bool blocked);
  bool blocked() const { return blocked_; }

 private:
  friend class Vicinity;
  void changed();
  std::map<std::uint64_t, Vicinity*> members_;   // in the order they came, so that a seed repeats
  std::uint64_t next_ = 0;
  bool blocked_ = false;
};

class Vicinity final : public hal::Vicinity {
 public:
  Vicinity(VirtualLoop& loop, Stack& stack, MulticastAir& air);
  ~Vicinity() override;
  Vicinity(const Vicinity&) = delete;

  hal::Operation advertise(const hal::Advertisement& session, Voice voice, Told told) override;
  void update(const hal::Advertisement& session) override;
  hal::Operation browse(Handler& handler, Told told) override;

  /// The service does not run, or does again: what is on ends with an error.
  void set_running(bool running);

 private:
  friend class MulticastAir;
  struct Side;
  hal::Operation begin(std::shared_ptr<Side>& place, std::shared_ptr<Side> side);
  /// Tells what has come and gone since it was looked last.
  void look();
  bool heard_by(const Vicinity& other) const;

  VirtualLoop& loop_;
  Stack& stack_;
  MulticastAir& air_;
  std::uint64_t id_;
  bool running_ = true;
  std::shared_ptr<Side> telling_;
  std::shared_ptr<Side> browsing_;
};

}   // namespace nightjar::sim
