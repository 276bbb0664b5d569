#pragma once
// A timelapse from the wish to the report. Shot n is due at start + n x interval on the monotonic clock however long shots take;
// a slot that passes while the shot before it still runs is skipped and counted, never queued up. A finished session waits,
// through power cuts too, until a person saves or discards it.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

/// What a person asks for. `shots` counts slots of the grid: saved, failed and missed together; 0 = until stopped.
struct SessionRequest {
  sml::Time interval{};
  std::uint32_t shots = 0;
  std::string stop_condition = "unlimited";   // as asked: unlimited, stop-after, stop-at
  std::string stop_time;                      // "HH:MM" as asked, for stop-at
  std::string title;
  sml::Time until{};                          // for stop-at: when that is on the monotonic clock; shots are counted when it begins
  bool operator==(const SessionRequest&) const = default;
};

struct Start { SessionRequest request; };
struct CameraReady {};
struct CameraMissing {};
struct ShotSaved {};
struct ShotFailed {};
struct Stop {};
struct Save {};                    // the session that waits becomes a report
struct Discard {};                 // or goes
struct Stored {};                  // what Save or Discard asked of the storage is done
struct StoreFailed {};
struct Recovered {};               // after a start of the program: a session that nobody saved or discarded
/// After a power cut, where `resume` is set: the session goes on along its old grid.
struct Resumed {
  SessionRequest request;
  sml::Time origin{};              // when its shot 0 was due, on this run's clock; it may be long past
  std::uint32_t slots = 0;         // how many slots are already accounted for
};

struct Suspended {};               // where `resume` is set and the clock does not say where on its grid the session is
struct ClockKnown {};              // now it does: Recovered or Resumed follows at once

struct IntervalometerPort {
  virtual ~IntervalometerPort() = default;
  virtual void create_session(const SessionRequest&) = 0;
  virtual void ask_camera() = 0;                 // answered by CameraReady or CameraMissing
  virtual void begin_session(sml::Time origin, std::uint32_t shots) = 0;
  virtual void drop_session() = 0;
  virtual void take_shot(std::uint32_t slot) = 0;   // answered by ShotSaved or ShotFailed
  virtual void note_missed(std::uint32_t slots) = 0;
  virtual void note_saved() = 0;
  virtual void note_failed() = 0;
  virtual void end_completed() = 0;              // the last slot is accounted for
  virtual void end_stopped() = 0;                // a person stopped it
  virtual void store_report() = 0;               // answered by Stored or StoreFailed
  virtual void remove_session() = 0;             // answered by Stored or StoreFailed
  virtual void report_saved() = 0;
  virtual void report_discarded() = 0;
  virtual void report_store_failed() = 0;
  virtual void report_no_camera() = 0;
  virtual void report_unsaved() = 0;             // decide about the old session first
  virtual void report_running() = 0;             // one session at a time
  virtual void report_no_session() = 0;          // there is nothing to stop
  virtual void report_nothing_unsaved() = 0;     // there is nothing to save or discard
  virtual void report_called_off() = 0;          // the start that waited for a decision is not wanted any more
  virtual void look_at_clock() = 0;              // has somebody set it? then ClockKnown
};

constexpr auto kLookAtClock = 5s;  // where nobody tells: a time server sets it behind our back
constexpr auto kAskMax = 2s;       // the link knows whether its camera is ready
constexpr auto kPatienceMax = 60s; // a slot waits so long for its turn or a busy camera; a person's photo before it is over after 48 s
constexpr auto kShotMax = 110s;    // a capture gives up after kPatienceMax and 45 s of exposing

struct Intervalometer {
  static constexpr auto name = "intervalometer";
  using Port = IntervalometerPort;
  struct Context {
    SessionRequest request;                      // of the session that runs or waits
    std::optional<SessionRequest> next;          // asked for while another waits to be saved or discarded
    sml::Time origin{};                          // when shot 0 is due
    sml::Time wait{};                            // from entering `waiting` to the next slot
    std::uint32_t slot = 0;                      // the next one due, or the one being shot
    std::uint32_t missed = 0;                    // slots skipped by the last step of the grid
    sml::Time stopped{};                         // when a person stopped it while a shot was being taken
    bool operator==(const Context&) const = default;

    void take_request(const Start& start) { request = start.request; }
    void take_next() { request = *std::exchange(next, std::nullopt); }
    void remember(const Start& start) { next = start.request; }
    void forget_next() { next.reset(); }
    bool has_next() const { return next.has_value(); }
    bool no_slot_left() const { return request.shots != 0 && slot >= request.shots; }
    bool may_resume(const Resumed& resumed) const { return resumed.request.shots == 0 || resumed.slots < resumed.request.shots; }

    void start_grid(sml::Time now) {
      if (request.until != sml::Time{}) request.shots = static_cast<std::uint32_t>(std::max(request.until - now, sml::Time{}) / request.interval) + 1;
      origin = now;
      slot = 0;
      missed = 0;
      wait = {};
    }
    /// To the first slot that is not past: `slot` is accounted for or, after `resume_grid`, the first that is not.
    void step_to(std::uint32_t first, sml::Time now) {
      const auto interval = request.interval;
      const auto passed = now > origin ? (now - origin + interval - sml::Time{1}) / interval : 0;
      std::uint32_t due = std::max(first, static_cast<std::uint32_t>(passed));
      if (request.shots != 0) due = std::min(due, std::max(first, request.shots));
      missed = due - first;
      slot = due;
      wait = std::max(origin + slot * interval - now, sml::Time{});
    }
    void remember_stop(sml::Time now) { stopped = now; }
    /// Slots that came due between the shot being taken and the stop; later ones were not wanted any more.
    void close_grid() {
      auto last = static_cast<std::uint32_t>((stopped - origin) / request.interval);
      if (request.shots != 0) last = std::min(last, request.shots - 1);
      missed = last > slot ? last - slot : 0;
    }
    void resume(const Resumed& resumed, sml::Time now) {
      request = resumed.request;
      origin = resumed.origin;
      step_to(resumed.slots, now);
    }
  };

  /// Verbs that need the context and the port at once.
  struct Verbs {
    static void create_session(Context& context, IntervalometerPort& port) { port.create_session(context.request); }
    static void begin_session(Context& context, IntervalometerPort& port, sml::Time now) {
      context.start_grid(now);
      port.begin_session(context.origin, context.request.shots);
    }
    static void take_shot(Context& context, IntervalometerPort& port) { port.take_shot(context.slot); }
    static void step_grid(Context& context, IntervalometerPort& port, sml::Time now) {
      context.step_to(context.slot + 1, now);
      if (context.missed != 0) port.note_missed(context.missed);
    }
    static void close_grid(Context& context, IntervalometerPort& port) {
      context.close_grid();
      if (context.missed != 0) port.note_missed(context.missed);
    }
    static void resume_grid(Context& context, IntervalometerPort& port, const Resumed& resumed, sml::Time now) {
      context.resume(resumed, now);
      if (context.missed != 0) port.note_missed(context.missed);
    }
  };

  static constexpr auto take_request = sml::call<&Context::take_request>;
  static constexpr auto take_next = sml::call<&Context::take_next>;
  static constexpr auto remember = sml::call<&Context::remember>;
  static constexpr auto forget_next = sml::call<&Context::forget_next>;
  static constexpr auto has_next = sml::call<&Context::has_next>;
  static constexpr auto remember_stop = sml::call<&Context::remember_stop>;
  static constexpr auto close_grid = sml::call<&Verbs::close_grid>;
  static constexpr auto no_slot_left = sml::call<&Context::no_slot_left>;
  static constexpr auto may_resume = sml::call<&Context::may_resume>;
  static constexpr auto begin_session = sml::call<&Verbs::begin_session>;
  static constexpr auto take_shot = sml::call<&Verbs::take_shot>;
  static constexpr auto step_grid = sml::call<&Verbs::step_grid>;
  static constexpr auto resume_grid = sml::call<&Verbs::resume_grid>;
  static constexpr auto create_session = sml::call<&Verbs::create_session>;
  static constexpr auto ask_camera = sml::call<&IntervalometerPort::ask_camera>;
  static constexpr auto drop_session = sml::call<&IntervalometerPort::drop_session>;
  static constexpr auto note_saved = sml::call<&IntervalometerPort::note_saved>;
  static constexpr auto note_failed = sml::call<&IntervalometerPort::note_failed>;
  static constexpr auto end_completed = sml::call<&IntervalometerPort::end_completed>;
  static constexpr auto end_stopped = sml::call<&IntervalometerPort::end_stopped>;
  static constexpr auto store_report = sml::call<&IntervalometerPort::store_report>;
  static constexpr auto remove_session = sml::call<&IntervalometerPort::remove_session>;
  static constexpr auto report_saved = sml::call<&IntervalometerPort::report_saved>;
  static constexpr auto report_discarded = sml::call<&IntervalometerPort::report_discarded>;
  static constexpr auto report_store_failed = sml::call<&IntervalometerPort::report_store_failed>;
  static constexpr auto report_no_camera = sml::call<&IntervalometerPort::report_no_camera>;
  static constexpr auto report_unsaved = sml::call<&IntervalometerPort::report_unsaved>;
  static constexpr auto report_running = sml::call<&IntervalometerPort::report_running>;
  static constexpr auto report_nothing_unsaved = sml::call<&IntervalometerPort::report_nothing_unsaved>;
  static constexpr auto report_called_off = sml::call<&IntervalometerPort::report_called_off>;
  static constexpr auto look_at_clock = sml::call<&IntervalometerPort::look_at_clock>;
  static constexpr auto report_no_session = sml::call<&IntervalometerPort::report_no_session>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"idle"_s       + event<Start>                   / (take_request, create_session, ask_camera)       = "validating"_s,
       "idle"_s       + event<Recovered>                                                                  = "unsaved"_s,
       "idle"_s       + event<Resumed> [ may_resume ]  / resume_grid                                      = "waiting"_s,
       "idle"_s       + event<Resumed>                 / end_completed                                    = "unsaved"_s,
       "validating"_s + event<CameraReady>             / begin_session                                    = "waiting"_s,
       "validating"_s + event<CameraMissing>           / (drop_session, report_no_camera)                 = "idle"_s,
       "validating"_s + after(kAskMax)                 / (drop_session, report_no_camera)                 = "idle"_s,
       "waiting"_s    [ no_slot_left ]                 / end_completed                                    = "unsaved"_s,
       "waiting"_s    + after(&Context::wait)          / take_shot                                        = "shooting"_s,
       "waiting"_s    + event<Stop>                    / end_stopped                                      = "unsaved"_s,
       "shooting"_s   + event<ShotSaved>               / (note_saved, step_grid)                          = "waiting"_s,
       "shooting"_s   + event<ShotFailed>              / (note_failed, step_grid)                         = "waiting"_s,
       "shooting"_s   + after(kShotMax)                / (note_failed, step_grid)                         = "waiting"_s,
       "shooting"_s   + event<Stop>                    / remember_stop                                    = "stopping"_s,
       "stopping"_s   + event<ShotSaved>               / (note_saved, close_grid, end_stopped)            = "unsaved"_s,
       "stopping"_s   + event<ShotFailed>              / (note_failed, close_grid, end_stopped)           = "unsaved"_s,
       "stopping"_s   + after(kShotMax)                / (note_failed, close_grid, end_stopped)           = "unsaved"_s,
       "stopping"_s   + ignore<Stop>,                                                                     // answered when it has stopped
       "unsaved"_s    + event<Start>                   / (remember, report_unsaved)                       = "deciding"_s,
       "unsaved"_s    + event<Save>                    / store_report                                     = "saving"_s,
       "unsaved"_s    + event<Discard>                 / remove_session                                   = "discarding"_s,
       "deciding"_s   + event<Start>                   / (remember, report_unsaved),                      // the last wish counts
       "deciding"_s   + event<Save>                    / store_report                                     = "saving"_s,
       "deciding"_s   + event<Discard>                 / remove_session                                   = "discarding"_s,
       "deciding"_s   + event<Stop>                    / (forget_next, report_called_off)                 = "unsaved"_s,
       "saving"_s     + event<Stored> [ has_next ]     / (report_saved, take_next, create_session, ask_camera) = "validating"_s,
       "saving"_s     + event<Stored>                  / report_saved                                     = "idle"_s,
       "saving"_s     + event<StoreFailed>             / (forget_next, report_store_failed)               = "unsaved"_s,
       "discarding"_s + event<Stored> [ has_next ]     / (report_discarded, take_next, create_session, ask_camera) = "validating"_s,
       "discarding"_s + event<Stored>                  / report_discarded                                 = "idle"_s,
       "discarding"_s + event<StoreFailed>             / (forget_next, report_store_failed)               = "unsaved"_s,
       "idle"_s       + event<Suspended>                                                                  = "suspended"_s,
       "suspended"_s  + every(kLookAtClock)            / look_at_clock,
       "suspended"_s  + event<ClockKnown>                                                                 = "idle"_s,
       "suspended"_s  + event<Stop>                    / end_stopped                                      = "unsaved"_s,
       state<_>       + event<Start>                   / report_running,                                  // one session at a time
       state<_>       + event<Stop>                    / report_no_session,
       state<_>       + event<Save>                    / report_nothing_unsaved,
       state<_>       + event<Discard>                 / report_nothing_unsaved
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
