#pragma once
// A timelapse session as it is remembered: a value, its journal on disk, and the report made of it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fsm/intervalometer.h"
#include "hal/camera.h"
#include "hal/time.h"

namespace nightjar::app {

enum class ShotOutcome : std::uint8_t { saved, failed, missed };

struct ShotRecord {
  std::uint32_t slot = 0;             // shot number is slot + 1
  ShotOutcome outcome = ShotOutcome::saved;
  std::int32_t late_us = 0;           // request sent, after the slot was due
  std::uint32_t took_ms = 0;          // from the request to the camera's answer
  std::int64_t due_ms = 0;            // when the slot was due, after the session's start
  bool operator==(const ShotRecord&) const = default;
};

struct ShotError {
  std::uint32_t slot = 0;
  std::string text;
  hal::WallTime at{};
  bool operator==(const ShotError&) const = default;
};

/// What happened to a session's course besides its shots.
struct SessionChange {
  enum class What : std::uint8_t { paused, went_on, replanned, shifted, power_returned };
  What what = What::paused;
  hal::WallTime at{};
  std::uint32_t slot = 0;             // the next one that was not shot yet
  std::string why;                    // of a pause, for people
  std::optional<fsm::SessionRequest> plan;   // from `slot` on, with the grid below: of all but a pause and the power's return
  std::optional<hal::WallTime> stops_at;     // of it, where it ends at a time
  std::int64_t due_ms = 0;            // when slot `first` is due, after the session's start
  std::uint32_t first = 0;
  bool operator==(const SessionChange&) const = default;
};

/// How the slots of a session went.
struct Tally {
  std::uint32_t saved = 0;
  std::uint32_t failed = 0;
  std::uint32_t missed = 0;

  std::uint32_t taken() const { return saved + failed; }
  std::uint32_t slots() const { return saved + failed + missed; }
  void count(ShotOutcome outcome) {
    ++(outcome == ShotOutcome::saved ? saved : outcome == ShotOutcome::failed ? failed : missed);
  }
  bool operator==(const Tally&) const = default;
};

struct Session {
  static constexpr std::size_t kShotsKept = 100'000;   // one record each; past it shots are counted, not listed
  static constexpr std::size_t kErrorsKept = 100;      // the first ones say what went wrong; past it errors are counted
  static constexpr std::size_t kChangesKept = 1000;    // past it changes are counted

  static constexpr auto kShotLimit = "Shot limit reached";
  static constexpr auto kStopTime = "Stop time reached";

  std::string id;                     // UUID
  std::string title;
  fsm::SessionRequest request;
  hal::WallTime started{};
  std::optional<hal::WallTime> stops_at;   // where a time was asked for
  std::optional<hal::WallTime> ended;
  std::string end_reason;             // one of the above, "Manually stopped by user" or "Power was lost"
  std::uint32_t saved = 0;
  std::uint32_t failed = 0;
  std::uint32_t missed = 0;
  std::vector<ShotRecord> shots;
  std::vector<ShotError> errors;
  std::optional<hal::WallTime> noted;      // when the last shot was
  std::vector<SessionChange> changes;
  std::uint32_t changes_in_all = 0;
  bool paused = false;
  std::string paused_why;                  // by the last pause, for people
  fsm::Grid grid;                     // its origin is counted from the session's start
  bool operator==(const Session&) const = default;

  Tally tally() const { return {saved, failed, missed}; }
  std::uint32_t taken() const { return saved + failed; }
  std::uint32_t slots() const { return saved + failed + missed; }
  /// It came to its own end, as opposed to being stopped or losing its power.
  bool is_whole() const { return end_reason == kShotLimit || end_reason == kStopTime; }

  void note(const ShotRecord& shot, std::string_view error, hal::WallTime at);
  void note(const SessionChange& change);
  /// The clock was set by so much: the times above are told by the new one.
  void move(std::chrono::milliseconds by);
  /// When a shot was due.
  hal::WallTime due(const ShotRecord& shot) const { return started + std::chrono::milliseconds{shot.due_ms}; }
};

/// What a person changes of a session that runs.
struct PlanEnd {
  std::uint32_t shots = 0;
  std::string stop_condition;
  std::string stop_time;
  std::optional<std::chrono::minutes> stop_at;   // minutes since local midnight
};
struct PlanChange {
  std::optional<hal::Duration> interval;
  std::optional<PlanEnd> end;
};

/// The journal: one line a record, `CRC32 JSON`. Each function gives one line to append.
namespace journal {
std::string begin(const Session& session);
std::string shot(const ShotRecord& record, std::string_view error, hal::WallTime at);
std::string change(const SessionChange& change);
std::string end(std::string_view reason, hal::WallTime at);
/// The clock was set by so much while the session ran: what stands before is by the old one.
std::string clock(std::chrono::milliseconds by);
/// Reads a journal up to the first damaged line, which is what a power cut leaves at its end. Nothing when not even the first
/// record is whole. Never throws. `whole`: how many bytes of it were understood; what follows them must go before a line is appended.
std::optional<Session> read(std::string_view text, std::size_t* whole = nullptr);
}  // namespace journal

/// "skip", "shift", "burst"
std::string_view name_of(fsm::Late late);
std::optional<fsm::Late> late_of(std::string_view name);
std::string_view name_of(ShotOutcome outcome);
std::string_view name_of(SessionChange::What what);

}  // namespace nightjar::app
