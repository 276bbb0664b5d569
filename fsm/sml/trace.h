#pragma once

/// Observers: a trace in a ring (16 bytes a step, no heap), counters per row and per state, and several at once.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "fsm/sml/introspect.h"

namespace sml {

/// One step in a trace.
struct TraceRecord {
  std::int64_t time_ns = 0;
  std::uint16_t row = kNoRow;
  std::uint16_t machine = 0;  ///< a number the host gives
  std::uint8_t from = kNoState;
  std::uint8_t event = kNoEvent;
  std::uint8_t to = kNoState;
  Verdict verdict = Verdict::unexpected;

  constexpr TraceRecord() = default;
  constexpr TraceRecord(const Step& step, std::uint16_t number)
      : time_ns(step.time.count()), row(step.row), machine(number), from(step.from), event(step.event), to(step.to), verdict(step.verdict) {}
  bool operator==(const TraceRecord&) const = default;
};
static_assert(sizeof(TraceRecord) == 16);

/// The last N steps (a power of two) of one or many machines. Being an observer, it is passed where one may be.
template <std::size_t N>
class Trace {
  static_assert(N > 0 && (N & (N - 1)) == 0, "sml: the length of a trace is a power of two");

 public:
  void operator()(const Step& step) { push(step, 0); }
  void push(const Step& step, std::uint16_t machine) { ring_[count_++ & (N - 1)] = TraceRecord(step, machine); }

  /// An observer that notes steps under a machine's number.
  auto as(std::uint16_t machine) {
    return [this, machine](const Step& step) { push(step, machine); };
  }

  std::uint64_t count() const { return count_; }  ///< steps ever seen
  std::size_t size() const { return count_ < N ? static_cast<std::size_t>(count_) : N; }
  /// The i-th of those still kept, the oldest first.
  const TraceRecord& operator[](std::size_t i) const { return ring_[(count_ - size() + i) & (N - 1)]; }
  void clear() { count_ = 0; }

 private:
  std::array<TraceRecord, N> ring_{};
  std::uint64_t count_ = 0;
};

/// How often each row was taken, and each state entered.
template <class T>
class Counters {
 public:
  void operator()(const Step& step) {
    if (step.row < rows_.size()) ++rows_[step.row];
    if (step.verdict == Verdict::taken && step.to < states_.size()) ++states_[step.to];
    if (step.verdict == Verdict::unexpected) ++unexpected_;
    if (step.verdict == Verdict::refused) ++refused_;
    if (step.verdict == Verdict::dropped) ++dropped_;
  }
  std::uint32_t row(std::size_t i) const { return rows_[i]; }
  std::uint32_t state(std::size_t i) const { return states_[i]; }
  std::uint32_t unexpected() const { return unexpected_; }
  std::uint32_t refused() const { return refused_; }
  std::uint32_t dropped() const { return dropped_; }

  /// Rows are countable unless they are entry or exit actions, which are part of other rows' steps.
  static constexpr bool countable(std::size_t i) {
    return introspect<T>::rows[i].kind != RowKind::entry && introspect<T>::rows[i].kind != RowKind::exit;
  }
  /// The first row that was never taken, or nothing: all were.
  std::optional<std::size_t> first_uncovered() const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      if (countable(i) && rows_[i] == 0) return i;
    return std::nullopt;
  }
  void add(const Counters& other) {
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] += other.rows_[i];
    for (std::size_t i = 0; i < states_.size(); ++i) states_[i] += other.states_[i];
  }

 private:
  std::array<std::uint32_t, introspect<T>::rows.size()> rows_{};
  std::array<std::uint32_t, introspect<T>::states.size()> states_{};
  std::uint32_t unexpected_ = 0, refused_ = 0, dropped_ = 0;
};

/// Several observers as one. They are referred to, not copied.
template <class... Observers>
auto tee(Observers&... observers) {
  return [&](const Step& step) { (observers(step), ...); };
}

}  // namespace sml
