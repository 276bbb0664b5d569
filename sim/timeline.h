#pragma once
// The one time line of a simulated world and what is going to happen on it.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "hal/time.h"
#include "sim/task.h"

namespace nightjar::sim {

/// Events in order of their time, then of their making. Time jumps from one to the next and stands still within one.
///
/// A cancelled event frees its task at once; its entry stays behind as a tombstone until it surfaces, or until tombstones
/// outnumber the living and are swept. Nothing bounds the number of events but the bounds of those who ask for them.
class Timeline {
 public:
  /// Whose event it is, so that all of one device's can be dropped together. 0 is the world's own.
  using Owner = std::uint32_t;

  /// Names an event until it has run; a stale one names nothing.
  struct Event {
    std::uint64_t sequence = 0;   // 0: none
    std::uint32_t slot = 0;
    explicit operator bool() const { return sequence != 0; }
  };

  hal::Instant now() const { return now_; }

  /// Runs `task` at `when`, or after everything already due when that has passed.
  Event at(hal::Instant when, Owner owner, Task task);
  /// Harmless for an event that has run or is running.
  void cancel(Event event) noexcept;
  bool pending(Event event) const { return event && slots_[event.slot].sequence == event.sequence; }
  void drop_all_of(Owner owner);
  /// Drops everything, for good: what is asked for afterwards is forgotten. The world ends with it.
  void close();

  /// Runs the next event; false when there is none. Not from within an event. Throws std::runtime_error when time has stood
  /// still for kEventsAtOnceMax events: somebody posts to himself for ever.
  bool step();
  /// The time of the next event.
  std::optional<hal::Instant> next();
  /// Goes forward to `when`, which must not jump over an event.
  void skip_to(hal::Instant when);

  std::size_t size() const { return alive_; }
  std::uint64_t steps() const { return steps_; }
  /// A hash of all that has run: time and owner of every event, and every note(): what datagrams and disks were given, and in what
  /// pieces streams came.
  std::uint64_t fingerprint() const { return fingerprint_; }
  void note(std::uint64_t value);
  void note(std::string_view text);

  static constexpr std::uint64_t kEventsAtOnceMax = 250'000;

 private:
  struct Entry {
    hal::Instant when;
    std::uint64_t sequence;
    std::uint32_t slot;
  };
  struct Slot {
    std::uint64_t sequence = 0;   // 0: free
    Owner owner = 0;
    Task task;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return a.when != b.when ? a.when > b.when : a.sequence > b.sequence; }
  };

  bool dead(const Entry& entry) const { return slots_[entry.slot].sequence != entry.sequence; }
  Task release(std::uint32_t slot) noexcept;
  void bury();
  void sweep();

  hal::Instant now_{};
  std::uint64_t sequence_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t at_once_ = 0;
  std::uint64_t fingerprint_ = 0;
  std::size_t alive_ = 0;
  std::size_t dead_ = 0;
  bool running_ = false;
  bool closed_ = false;
  std::vector<Entry> heap_;    // what is due later than when it was asked for
  std::vector<Entry> ready_;   // what was due at once: in order already, and behind all of the heap's of the same instant
  std::size_t ready_from_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}   // namespace nightjar::sim
