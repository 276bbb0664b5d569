#pragma once
// A timelapse from the wish to the report. Slot n is due at its place on the grid, first + n x interval on the monotonic clock,
// however long shots take. What becomes of slots that pass while the shot before them still runs, the request says: they are
// skipped and counted (never queued up), the grid moves behind the shot, or they are caught up with. A pause and a changed plan
// lay the grid anew from the next slot on. A finished session waits, through power cuts too, until a person saves or discards it.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

/// When a shot takes longer than its slot.
enum class Late : std::uint8_t {
  skip,    // the slots that passed are missed; the next shot is on its slot
  shift,   // none is missed; the next shot comes at once, and the grid goes on from there
  burst,   // those that passed are shot at once, one after the other (at most kBurstMax of them, the rest are missed); the grid stays
};

/// What a person asks for. `shots` counts slots of the grid: saved, failed and missed together; 0 = until stopped.
struct SessionRequest {
  sml::Time interval{};
  std::uint32_t shots = 0;
  std::string stop_condition = "unlimited";   // as asked: unlimited, stop-after, stop-at
  std::string stop_time;                      // "HH:MM" as asked, for stop-at
  std::string title;
  sml::Time until{};                          // for stop-at: when that is on the monotonic clock; shots are counted when the grid is laid
  Late late = Late::skip;
  bool operator==(const SessionRequest&) const = default;
};

/// Where a session's slots are: slot `first` is due at `origin`, each one after it an interval later.
struct Grid {
  sml::Time origin{};
  std::uint32_t first = 0;
  bool operator==(const Grid&) const = default;
};

struct Start { SessionRequest request; };
struct CameraReady {};
struct CameraMissing {};
struct ShotSaved {};
struct ShotFailed {};
struct Stop {};
struct Pause { std::string why; };   // no slot is due until GoOn; `why` is for people
struct GoOn {};                    // the next slot is due at once, or when it was if that is still to come
struct Replan { SessionRequest request; };   // another interval, another end; what it was else
struct Save {};                    // the session that waits becomes a report
struct Discard {};                 // or goes
struct Stored {};                  // what Save or Discard asked of the storage is done
struct StoreFailed {};
struct Recovered {};               // after a start of the program: a session that nobody saved or discarded
/// After a power cut, where `resume` is set: the session goes on along its old grid; what passed without power was late.
struct Resumed {
  SessionRequest request;
  sml::Time origin{};              // when slot `first` was due, on this run's clock; it may be long past
  std::uint32_t slots = 0;         // how many slots are already accounted for
  std::uint32_t first = 0;
  bool paused = false;
};

struct Suspended {};               // where `resume` is set and the clock does not say where on its grid the session is
struct ClockKnown {};              // now it does: Recovered or Resumed follows at once

struct IntervalometerPort {
  virtual ~IntervalometerPort() = default;
  virtual void create_session(const SessionRequest&) = 0;
  virtual void ask_camera() = 0;                 // answered by CameraReady or CameraMissing
  virtual void begin_session(const SessionRequest&, const Grid&) = 0;
  virtual void drop_session() = 0;
  virtual void take_shot(std::uint32_t slot, sml::Time due) = 0;   // answered by ShotSaved or ShotFailed
  virtual void note_paused(const Pause&) = 0;    // a photo in flight finishes and is noted after this
  virtual void note_went_on(const SessionRequest&, const Grid&) = 0;
  virtual void note_replanned(const SessionRequest&, const Grid&) = 0;
  virtual void note_shifted(const SessionRequest&, const Grid&) = 0;
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
  virtual void report_not_running() = 0;         // there is nothing to pause or to change
  virtual void report_not_paused() = 0;          // there is nothing to go on with
  virtual void report_nothing_unsaved() = 0;     // there is nothing to save or discard
  virtual void report_called_off() = 0;          // the start that waited for a decision is not wanted any more
  virtual void look_at_clock() = 0;              // has somebody set it? then ClockKnown
};

constexpr auto kLookAtClock = 5s;  // where nobody tells: a time server sets it behind our back
constexpr auto kAskMax = 2s;       // the link knows whether its camera is ready
constexpr auto kPatienceMax = 60s; // a slot waits so long for its turn or a busy camera; a person's photo before it is over after 48 s
constexpr std::uint32_t kBurstMax = 10;   // a stuck shot or a power cut must not become hundreds of photos without a pause
constexpr auto kShotMax = 110s;    // a capture gives up after kPatienceMax and 45 s of exposing

struct Intervalometer {
  static constexpr auto name = "intervalometer";
  using Port = IntervalometerPort;
  struct Context {
    SessionRequest request;                      // of the session that runs or waits
    std::optional<SessionRequest> next;          // asked for while another waits to be saved or discarded
    Grid grid{};
    sml::Time wait{};                            // from entering `waiting` to the next slot
    std::uint32_t slot = 0;                      // the next one due, or the one being shot
    std::uint32_t missed = 0;                    // slots skipped by the last step of the grid
    std::optional<sml::Time> last;               // when the last one shot was due
    std::optional<sml::Time> halted;             // by a pause or a stop: no slot is due after it
    bool operator==(const Context&) const = default;

    void take_request(const Start& start) { request = start.request; }
    void take_next() { request = *std::exchange(next, std::nullopt); }
    void remember(const Start& start) { next = start.request; }
    void forget_next() { next.reset(); }
    void halt(sml::Time now) {
      if (!halted) halted = now;
    }
    bool has_next() const { return next.has_value(); }
    bool is_halted() const { return halted.has_value(); }
    bool no_slot_left() const { return request.shots != 0 && slot >= request.shots; }
    bool is_over(const Resumed& resumed) const { return resumed.request.shots != 0 && resumed.slots >= resumed.request.shots; }
    bool was_paused(const Resumed& resumed) const { return resumed.paused; }

    sml::Time due(std::uint32_t n) const { return grid.origin + (std::int64_t{n} - std::int64_t{grid.first}) * request.interval; }
    /// The first slot that is not past.
    std::uint32_t first_from(sml::Time now) const {
      return now <= grid.origin ? grid.first : grid.first + static_cast<std::uint32_t>((now - grid.origin + request.interval - sml::Time{1}) / request.interval);
    }
    /// From `slot` on. Where a time ends the session, the slots until then are counted, one at the least.
    void lay_grid(sml::Time origin) {
      grid = {origin, slot};
      if (request.until != sml::Time{})
        request.shots = std::max(slot + (request.until < origin ? 0 : static_cast<std::uint32_t>((request.until - origin) / request.interval) + 1), 1u);
    }
    void start_grid(sml::Time now) {
      slot = missed = 0;
      wait = {};
      last.reset();
      halted.reset();
      lay_grid(now);
    }
    /// What of the slots up to `end` is past and not shot; `keeps` of them may still be.
    void miss_until(sml::Time end, std::uint32_t keeps) {
      auto to = std::max(slot, first_from(end));
      if (request.shots != 0) to = std::min(to, std::max(slot, request.shots));
      missed = to - slot > keeps ? to - slot - keeps : 0;
      slot += missed;
    }
    void wait_for_slot(sml::Time now) { wait = std::max(due(slot) - now, sml::Time{}); }
    /// On to the next slot. True when the grid moved.
    bool step(sml::Time now) {
      missed = 0;
      const bool moves = request.late == Late::shift && due(slot) < now && !no_slot_left();
      if (moves) lay_grid(now);
      else if (request.late != Late::shift) miss_until(now, request.late == Late::burst ? kBurstMax : 0);
      wait_for_slot(now);
      return moves;
    }
    void restore(const Resumed& resumed, sml::Time now) {
      request = resumed.request;
      grid = {resumed.origin, resumed.first};
      slot = resumed.slots;
      last = slot > 0 ? std::optional{due(slot - 1)} : std::nullopt;
      halted = resumed.paused ? std::optional{now} : std::nullopt;
    }
    void replan(const Replan& plan, sml::Time now) {
      const auto next_due = last && plan.request.interval != request.interval ? std::max(now, *last + plan.request.interval) : due(slot);
      request = plan.request;
      lay_grid(next_due);
      wait_for_slot(now);
    }
  };

  /// Verbs that need the context and the port at once.
  struct Verbs {
    static void create_session(Context& context, IntervalometerPort& port) { port.create_session(context.request); }
    static void begin_session(Context& context, IntervalometerPort& port, sml::Time now) {
      context.start_grid(now);
      port.begin_session(context.request, context.grid);
    }
    static void take_shot(Context& context, IntervalometerPort& port) {
      context.last = context.due(context.slot);
      port.take_shot(context.slot, *context.last);
    }
    static void note_saved(Context& context, IntervalometerPort& port) {
      port.note_saved();
      ++context.slot;
    }
    static void note_failed(Context& context, IntervalometerPort& port) {
      port.note_failed();
      ++context.slot;
    }
    static void close_grid(Context& context, IntervalometerPort& port) {
      context.missed = 0;
      if (context.request.late != Late::shift) context.miss_until(*context.halted, 0);
      if (context.missed != 0) port.note_missed(context.missed);
    }
    static void step_grid(Context& context, IntervalometerPort& port, sml::Time now) {
      if (context.halted) return close_grid(context, port);
      const bool moved = context.step(now);
      if (context.missed != 0) port.note_missed(context.missed);
      if (moved) port.note_shifted(context.request, context.grid);
    }
    static void resume_grid(Context& context, IntervalometerPort& port, const Resumed& resumed, sml::Time now) {
      context.restore(resumed, now);
      step_grid(context, port, now);
    }
    static void go_on(Context& context, IntervalometerPort& port, sml::Time now) {
      context.halted.reset();
      context.lay_grid(std::max(now, context.due(context.slot)));
      context.wait_for_slot(now);
      port.note_went_on(context.request, context.grid);
    }
    /// The photo that was in flight at the pause still is: there was none.
    static void go_on_at_once(Context& context, IntervalometerPort& port) {
      context.halted.reset();
      port.note_went_on(context.request, context.grid);
    }
    static void replan(Context& context, IntervalometerPort& port, const Replan& plan, sml::Time now) {
      context.replan(plan, now);
      port.note_replanned(context.request, context.grid);
    }
    /// From the slot after the one being shot.
    static void replan_rest(Context& context, IntervalometerPort& port, const Replan& plan, sml::Time now) {
      ++context.slot;
      replan(context, port, plan, now);
      --context.slot;
    }
  };

  static constexpr auto take_request = sml::call<&Context::take_request>;
  static constexpr auto take_next = sml::call<&Context::take_next>;
  static constexpr auto remember = sml::call<&Context::remember>;
  static constexpr auto forget_next = sml::call<&Context::forget_next>;
  static constexpr auto has_next = sml::call<&Context::has_next>;
  static constexpr auto halt = sml::call<&Context::halt>;
  static constexpr auto is_halted = sml::call<&Context::is_halted>;
  static constexpr auto close_grid = sml::call<&Verbs::close_grid>;
  static constexpr auto no_slot_left = sml::call<&Context::no_slot_left>;
  static constexpr auto is_over = sml::call<&Context::is_over>;
  static constexpr auto was_paused = sml::call<&Context::was_paused>;
  static constexpr auto restore = sml::call<&Context::restore>;
  static constexpr auto go_on = sml::call<&Verbs::go_on>;
  static constexpr auto go_on_at_once = sml::call<&Verbs::go_on_at_once>;
  static constexpr auto replan = sml::call<&Verbs::replan>;
  static constexpr auto replan_rest = sml::call<&Verbs::replan_rest>;
  static constexpr auto begin_session = sml::call<&Verbs::begin_session>;
  static constexpr auto take_shot = sml::call<&Verbs::take_shot>;
  static constexpr auto step_grid = sml::call<&Verbs::step_grid>;
  static constexpr auto resume_grid = sml::call<&Verbs::resume_grid>;
  static constexpr auto create_session = sml::call<&Verbs::create_session>;
  static constexpr auto ask_camera = sml::call<&IntervalometerPort::ask_camera>;
  static constexpr auto drop_session = sml::call<&IntervalometerPort::drop_session>;
  static constexpr auto note_saved = sml::call<&Verbs::note_saved>;
  static constexpr auto note_failed = sml::call<&Verbs::note_failed>;
  static constexpr auto note_paused = sml::call<&IntervalometerPort::note_paused>;
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
  static constexpr auto report_not_running = sml::call<&IntervalometerPort::report_not_running>;
  static constexpr auto report_not_paused = sml::call<&IntervalometerPort::report_not_paused>;
  static constexpr auto report_no_session = sml::call<&IntervalometerPort::report_no_session>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"idle"_s       + event<Start>                   / (take_request, create_session, ask_camera)       = "validating"_s,
       "idle"_s       + event<Recovered>                                                                  = "unsaved"_s,
       "idle"_s       + event<Resumed> [ is_over ]     / end_completed                                    = "unsaved"_s,
       "idle"_s       + event<Resumed> [ was_paused ]  / restore                                          = "paused"_s,
       "idle"_s       + event<Resumed>                 / resume_grid                                      = "waiting"_s,
       "validating"_s + event<CameraReady>             / begin_session                                    = "waiting"_s,
       "validating"_s + event<CameraMissing>           / (drop_session, report_no_camera)                 = "idle"_s,
       "validating"_s + after(kAskMax)                 / (drop_session, report_no_camera)                 = "idle"_s,
       "waiting"_s    [ no_slot_left ]                 / end_completed                                    = "unsaved"_s,
       "waiting"_s    [ is_halted ]                                                                       = "paused"_s,
       "waiting"_s    + after(&Context::wait)          / take_shot                                        = "shooting"_s,
       "waiting"_s    + event<Pause>                   / (halt, note_paused, close_grid)                  = "paused"_s,
       "waiting"_s    + event<Replan>                  / replan                                           = "waiting"_s,
       "waiting"_s    + event<Stop>                    / (halt, close_grid, end_stopped)                  = "unsaved"_s,
       "shooting"_s   + event<ShotSaved>               / (note_saved, step_grid)                          = "waiting"_s,
       "shooting"_s   + event<ShotFailed>              / (note_failed, step_grid)                         = "waiting"_s,
       "shooting"_s   + after(kShotMax)                / (note_failed, step_grid)                         = "waiting"_s,
       "shooting"_s   + event<Pause> [ !is_halted ]    / (halt, note_paused),                             // when the photo is there
       "shooting"_s   + event<GoOn> [ is_halted ]      / go_on_at_once,
       "shooting"_s   + event<Replan>                  / replan_rest,
       "shooting"_s   + event<Stop>                    / halt                                             = "stopping"_s,
       "paused"_s     + event<GoOn>                    / go_on                                            = "waiting"_s,
       "paused"_s     + event<Replan>                  / replan,
       "paused"_s     + event<Stop>                    / end_stopped                                      = "unsaved"_s,
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
       state<_>       + event<Pause>                   / report_not_running,
       state<_>       + event<GoOn>                    / report_not_paused,
       state<_>       + event<Replan>                  / report_not_running,
       state<_>       + event<Save>                    / report_nothing_unsaved,
       state<_>       + event<Discard>                 / report_nothing_unsaved
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
