#pragma once

/// Recording and replay: a machine's inputs with their times go in, the identical trace comes out; and
/// snapshots, which know with which table they were made.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "fsm/sml/machine.h"
#include "fsm/sml/print.h"
#include "fsm/sml/trace.h"

namespace sml {

/// What came from outside, and when.
template <class T>
struct Input {
  enum class Kind : std::uint8_t { start, event, advance };
  Kind kind = Kind::start;
  Time time{};
  any_event<T> event{};

  bool operator==(const Input&) const = default;
  std::string text() const {
    const std::string name = kind == Kind::start     ? "(start)"
                             : kind == Kind::advance ? "(time passes)"
                                                     : std::string(introspect<T>::events[event.id()]);
    return name + " at " + std::to_string(time.count()) + "ns";
  }
};

/// Gives one input to a machine.
template <class T, class Port, class... Observer>
Verdict feed(machine<T>& m, const Input<T>& input, Port& port, Observer&... observer) {
  switch (input.kind) {
    case Input<T>::Kind::start: m.start(input.time, port, observer...); return Verdict::taken;
    case Input<T>::Kind::advance: return m.advance(input.time, port, observer...) > 0 ? Verdict::taken : Verdict::unexpected;
    case Input<T>::Kind::event: break;
  }
  return m.process(input.event, input.time, port, observer...);
}

/// Inputs of one machine, from the value it had then. On the heap: for tests and for a host that keeps a field log.
template <class T>
struct Recording {
  std::uint64_t table = introspect<T>::hash;
  machine<T> begin{};
  std::vector<Input<T>> inputs;

  template <class E>
  void event(const E& event, Time now) {
    inputs.push_back({Input<T>::Kind::event, now, any_event<T>(event)});
  }
  void start(Time now) { inputs.push_back({Input<T>::Kind::start, now, {}}); }
  void advance(Time now) { inputs.push_back({Input<T>::Kind::advance, now, {}}); }
};

/// A trace of any length, as an observer.
struct TraceLog {
  std::vector<TraceRecord> records;
  void operator()(const Step& step) { records.emplace_back(step, std::uint16_t{0}); }
};

/// Where a replay left what was recorded.
struct Difference {
  std::size_t step;
  std::string text;
};

inline std::optional<Difference> first_difference(const std::vector<TraceRecord>& was, const std::vector<TraceRecord>& is,
                                                  const MachineInfo& machine) {
  const std::size_t common = was.size() < is.size() ? was.size() : is.size();
  for (std::size_t i = 0; i < common; ++i)
    if (!(was[i] == is[i]))
      return Difference{i, "step " + std::to_string(i) + ": was " + to_string(was[i], machine) + " at " + std::to_string(was[i].time_ns) +
                               "ns, is " + to_string(is[i], machine) + " at " + std::to_string(is[i].time_ns) + "ns"};
  if (was.size() != is.size())
    return Difference{common, "step " + std::to_string(common) + ": was " +
                                  (common < was.size() ? to_string(was[common], machine) : std::string("the end")) + ", is " +
                                  (common < is.size() ? to_string(is[common], machine) : std::string("the end"))};
  return std::nullopt;
}

/// Feeds the recorded inputs to a fresh copy and compares traces. Nothing: they are identical.
/// A recording made with another table is refused as a difference before the first step.
template <class T, class Port>
std::optional<Difference> replay(const Recording<T>& recording, const std::vector<TraceRecord>& trace, Port& port) {
  if (recording.table != introspect<T>::hash) return Difference{0, "the recording was made with another table"};
  machine<T> m = recording.begin;
  TraceLog log;
  log.records.reserve(trace.size());
  for (const Input<T>& input : recording.inputs) feed(m, input, port, log);
  return first_difference(trace, log.records, info<T>);
}

/// A machine put by, with the hash of its table. Restoring runs no entry actions. Deadlines keep their distance to
/// the time of the snapshot, so a clock that begins anew does no harm.
template <class T>
struct Snapshot {
  std::uint64_t table = 0;
  Time taken{};
  machine<T> value{};

  static Snapshot take(const machine<T>& m, Time now = {}) { return {introspect<T>::hash, now, m}; }

  /// False, and nothing happens, if the snapshot was made with another table.
  bool restore(machine<T>& m, Time now = {}) const {
    if (table != introspect<T>::hash) return false;
    m = value;
    m.shift(now - taken);
    return true;
  }

  static constexpr std::size_t kSize = sizeof(std::uint64_t) + sizeof(std::int64_t) + sizeof(machine<T>);

  /// For storage by the same program on the same board. Only for contexts that are plain bytes.
  std::array<std::byte, kSize> to_bytes() const {
    static_assert(std::is_trivially_copyable_v<machine<T>>, "sml: this context is not plain bytes; store its parts yourself");
    std::array<std::byte, kSize> bytes{};
    const std::int64_t ns = taken.count();
    std::memcpy(bytes.data(), &table, sizeof table);
    std::memcpy(bytes.data() + sizeof table, &ns, sizeof ns);
    std::memcpy(bytes.data() + sizeof table + sizeof ns, &value, sizeof value);
    return bytes;
  }
  /// Nothing if the bytes are of another length, of another table, or name a state that does not exist.
  static std::optional<Snapshot> from_bytes(std::span<const std::byte> bytes) {
    static_assert(std::is_trivially_copyable_v<machine<T>>, "sml: this context is not plain bytes; store its parts yourself");
    Snapshot snapshot;
    if (bytes.size() != kSize) return std::nullopt;
    std::int64_t ns = 0;
    std::memcpy(&snapshot.table, bytes.data(), sizeof snapshot.table);
    if (snapshot.table != introspect<T>::hash) return std::nullopt;
    std::memcpy(&ns, bytes.data() + sizeof snapshot.table, sizeof ns);
    snapshot.taken = Time{ns};
    std::memcpy(static_cast<void*>(&snapshot.value), bytes.data() + sizeof snapshot.table + sizeof ns, sizeof snapshot.value);
    if (!snapshot.value.plausible()) return std::nullopt;
    return snapshot;
  }
};

}  // namespace sml
