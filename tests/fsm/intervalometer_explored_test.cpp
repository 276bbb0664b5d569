// A timelapse in every situation it can come into, the slowest shots and the worst moments for a person's wishes among them.
#include "fsm/intervalometer.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {

/// Found by the exploration's look-up, which else would compare all contexts of a state.
static std::uint64_t hash_value(const Intervalometer::Context& context) {
  const auto ns = [](sml::Time time) { return static_cast<std::uint64_t>(time.count()); };
  std::uint64_t hash = 0;
  for (const auto part : {ns(context.grid.origin), ns(context.last.value_or(1ns)), ns(context.halted.value_or(1ns)), ns(context.request.interval), ns(context.request.until),
                          std::uint64_t{context.slot}, std::uint64_t{context.request.shots}, std::uint64_t{context.next ? 1u : 0u}})
    hash = hash * 0x100000001b3u + part;
  return hash;
}

namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<Intervalometer>;

// Three slots: the first, the last, and one between. Time passes by half an interval, so that shots end within their slot, when the
// next is due, and any number of slots later, up to kShotMax.
constexpr sml::Time kInterval = 40s;
constexpr sml::Time kWait = kInterval / 2;
constexpr std::uint32_t kShots = 3;
constexpr sml::Time kLongOver = -1ns;   // times past are all alike

SessionRequest request(Late late, std::uint32_t shots, sml::Time interval = kInterval) { return {interval, shots, "", "", "", {}, late}; }
/// Until a time within the second slot: two shots, or one when a decision was waited for too long.
SessionRequest until_a_time(Late late) { return {kInterval, 0, "", "", "", kInterval + kWait, late}; }

bool is_running(const Machine& m) {
  return m.is("waiting"_s) || m.is("shooting"_s) || m.is("stopping"_s) || m.is("paused"_s) || m.is("suspended"_s);
}
bool is_over(const Machine& m) { return m.is("unsaved"_s) || m.is("deciding"_s) || m.is("saving"_s) || m.is("discarding"_s); }

struct Seen {
  bool created = false;           // there is a session in memory
  bool running = false;           // it has begun and not ended
  bool stop_asked = false;        // while it ran
  std::uint32_t planned = 0;      // of the session that runs; 0 = no limit
  std::uint32_t accounted = 0;    // slots shot or missed
  Late late = Late::skip;
  sml::Time now{};                // during an input; between them it is 0
  sml::Time interval{};
  sml::Time due{};                // the next slot to account for: when it is or was due
  std::optional<sml::Time> then;  // the one after it, where a new plan says so
  std::optional<sml::Time> last;  // when the last shot was due
  bool paused = false;
  bool in_flight = false;         // a shot was ordered and is not noted
  // What must never be.
  bool two_in_flight = false;
  bool wrong_slot = false;        // shot out of its turn, twice, or past the plan
  bool shot_after_stop = false;
  bool noted_nothing = false;     // a result without a shot
  bool shot_in_pause = false;
  bool missed_wrongly = false;    // where none is missed, or before it is past
  bool grid_wrong = false;        // it moved where or whither it must not
  bool ended_wrongly = false;     // twice, before it began, or as completed with slots open
  bool overwritten = false;       // a session that nobody saved or discarded made room for another
  // Who waits for an answer.
  int starts = 0;
  int stops = 0;
  int decisions = 0;              // to save, to discard
  bool suspended = false;         // it waits for the time
  int wishes = 0;                 // to pause, to go on, to change the plan
  bool operator==(const Seen&) const = default;
};

struct World final : IntervalometerPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void create_session(const SessionRequest&) override {
    overwritten |= std::exchange(created, true);
  }
  void ask_camera() override {}
  void begin_session(const SessionRequest& wish, const Grid& grid) override {
    begin(wish, grid.origin, 0);
    --starts;
  }
  void drop_session() override { created = false; }
  void take_shot(std::uint32_t slot, sml::Time at) override {
    two_in_flight |= std::exchange(in_flight, true);
    wrong_slot |= slot != accounted || (planned != 0 && slot >= planned);
    shot_after_stop |= stop_asked;
    shot_in_pause |= paused;
    grid_wrong |= at != due;
    last = at;
  }
  void note_missed(std::uint32_t slots) override {
    missed_wrongly |= late == Late::shift || due + (slots - 1) * interval >= now;
    accounted += slots;
    due += slots * interval;
  }
  void note_paused(const Pause&) override {
    --wishes;
    paused = true;
  }
  void note_went_on(const SessionRequest& wish, const Grid& grid) override {
    --wishes;
    paused = false;
    if (in_flight) return;   // the pause was none
    lay(wish, grid, std::max(due, now));
  }
  void note_shifted(const SessionRequest& wish, const Grid& grid) override {
    grid_wrong |= late != Late::shift || in_flight || due >= now;
    lay(wish, grid, now);
  }
  void note_replanned(const SessionRequest& wish, const Grid& grid) override {
    --wishes;
    const auto next = !in_flight ? due : then.value_or(due + interval);
    lay(wish, grid, last && wish.interval != interval ? std::max(*last + wish.interval, now) : next);
  }
  /// The next slot that can still be shot is due then.
  void lay(const SessionRequest& wish, const Grid& grid, sml::Time wanted) {
    const auto next = accounted + (in_flight ? 1 : 0);
    grid_wrong |= grid.first != next || grid.origin != wanted;
    interval = wish.interval;
    (in_flight ? then.emplace() : due) = wanted;
    planned = wish.shots == 0 ? 0 : std::max(wish.shots, next);
  }
  void note_saved() override { note(); }
  void note_failed() override { note(); }
  void end_completed() override {
    ended_wrongly |= planned == 0 || accounted != planned;
    end();
  }
  void look_at_clock() override {}
  void end_stopped() override {
    suspended = false;
    end();
    stops = 0;
  }
  void store_report() override {}
  void remove_session() override {}
  void report_saved() override { settle_decision(); }
  void report_discarded() override { settle_decision(); }
  void report_store_failed() override {
    --decisions;
    starts = 0;   // whoever waited for the decision is told as well
  }
  void report_no_camera() override { --starts; }
  void report_unsaved() override { starts = 1; }   // the one before it is told that it was replaced
  void report_running() override { --starts; }
  void report_no_session() override { --stops; }
  void report_not_running() override { --wishes; }
  void report_not_paused() override { --wishes; }
  void report_nothing_unsaved() override { --decisions; }
  void report_called_off() override {
    --starts;
    --stops;
  }

  void begin(const SessionRequest& wish, sml::Time at, std::uint32_t slots) {
    running = true;
    stop_asked = paused = false;
    planned = wish.shots;
    late = wish.late;
    interval = wish.interval;
    due = at;
    then.reset();
    last.reset();
    accounted = slots;
  }
  void note() {
    noted_nothing |= !std::exchange(in_flight, false);
    ++accounted;
    due = then.value_or(due + interval);
    then.reset();
  }
  void end() {
    ended_wrongly |= !std::exchange(running, false) || in_flight;
  }
  void settle_decision() {
    created = false;
    --decisions;
  }
  void hear(const sml::Input<Intervalometer>& input) {
    now = input.time;
    if (brings<Start>(input)) ++starts;
    if (brings<Stop>(input)) {
      ++stops;
      stop_asked |= running;
    }
    if (brings<Pause>(input) || brings<GoOn>(input) || brings<Replan>(input)) ++wishes;
    if (brings<Save>(input) || brings<Discard>(input)) ++decisions;
    if (brings<Recovered>(input) && fresh) created = true;
    if (brings<Suspended>(input) && fresh) created = running = suspended = true;
    if (brings<ClockKnown>(input) && suspended) created = running = suspended = stop_asked = false;   // Recovered or Resumed follows
    if (brings<Resumed>(input) && fresh) {
      const auto& resumed = *static_cast<const Resumed*>(input.event.payload());
      created = true;
      begin(resumed.request, resumed.origin + resumed.slots * kInterval, resumed.slots);
      last = due - kInterval;
      paused = resumed.paused;
    }
  }
  /// Of the machine, before each input: a session that a power cut left comes only to a program that has none.
  bool fresh = true;
};

/// One shutter, one shot.
bool never_two_shots_in_flight(const Machine& m, const World& world) {
  return !world.two_in_flight && world.in_flight == (m.is("shooting"_s) || m.is("stopping"_s));
}

/// Shots taken and missed are the slots that have passed: none is left out, shot twice, or shot past the plan.
bool every_slot_is_accounted_for_once(const Machine&, const World& world) {
  return !world.wrong_slot && !world.noted_nothing && (world.planned == 0 || world.accounted <= world.planned);
}

/// A slot is due an interval after the one before it, however long shots took and however long the power was off. Only a late shot where
/// that is the policy, a pause and a new plan lay the grid anew, from the next slot on and never into the past.
bool the_grid_does_not_drift(const Machine& m, const World& world) {
  return !world.grid_wrong && !world.missed_wrongly && (!m.is("waiting"_s) || m.next_deadline() == std::max(world.due, sml::Time{}));
}

/// A stop is a stop, and a pause a pause.
bool no_shot_is_ordered_after_a_stop(const Machine&, const World& world) { return !world.shot_after_stop && !world.shot_in_pause; }

/// It is told completed when every slot is accounted for, or stopped when a person asked for it; once, and with no shot in flight.
bool a_session_ends_once_and_rightly(const Machine& m, const World& world) { return !world.ended_wrongly && world.running == is_running(m); }

/// A night's work goes only when a person says so.
bool an_unsaved_session_is_never_overwritten(const Machine& m, const World& world) {
  return !world.overwritten && world.created == (is_running(m) || is_over(m) || m.is("validating"_s));
}

/// Start, stop, save and discard: each is answered, or waits for something that will come.
bool every_wish_is_answered_once(const Machine& m, const World& world) {
  const bool start_waits = m.is("validating"_s) || m.is("deciding"_s) || ((m.is("saving"_s) || m.is("discarding"_s)) && m.context().has_next());
  const bool decision_waits = m.is("saving"_s) || m.is("discarding"_s);
  return world.starts == (start_waits ? 1 : 0) && world.decisions == (decision_waits ? 1 : 0) && world.wishes == 0 && (world.stops > 0) == m.is("stopping"_s);
}

/// From here on: what no row looks at before it is set anew, and times past that are all alike.
void normalise(Machine& m, World& world) {
  auto& context = m.context();
  world.fresh = m.is("idle"_s);
  world.now = {};
  world.stops = std::min(world.stops, 1);   // all are answered by the same end
  context.wait = {};
  context.missed = 0;
  if (is_over(m) || m.is("idle"_s) || m.is("suspended"_s)) context.request = {};
  if (!is_running(m) || m.is("suspended"_s)) {
    world.begin({}, {}, 0);
    world.running = m.is("suspended"_s);
    context.grid = {};
    context.slot = 0;
    context.last = context.halted = std::nullopt;
    return;
  }
  const auto due = m.is("paused"_s) ? std::max(context.due(context.slot), sml::Time{}) : context.due(context.slot);
  if (m.is("paused"_s)) {
    world.due = std::max(world.due, sml::Time{});
    context.halted = sml::Time{};
  }
  if (context.request.shots == 0) context.slot = world.accounted = 0;   // without a limit it is the same from each of its slots on
  context.grid = {due, context.slot};
  for (auto* last : {&context.last, &world.last})
    if (*last) *last = std::max(**last, -kInterval);   // any interval after it is past
}

void explore(Late late) {
  Explored<Intervalometer, World> what;
  // After a power cut within slot 0, one that swallowed slot 1, one in a pause, and one that ended when all was over.
  what.events = {Start{request(late, kShots)}, CameraReady{}, CameraMissing{}, ShotSaved{}, ShotFailed{}, Stop{}, Pause{}, GoOn{}, Replan{request(late, kShots - 1)},
                 Save{}, Discard{}, Stored{}, StoreFailed{}, Recovered{}, Suspended{}, ClockKnown{}, Resumed{request(late, kShots), -kInterval - kWait, 1},
                 Resumed{request(late, kShots), -kWait, 1, 0, true}, Resumed{request(late, kShots), -kInterval * kShots, kShots}};
  // Slots that are caught up with are many times as many situations; what an end and another interval are is told apart by the others.
  if (late != Late::burst)
    what.events.insert(what.events.end(), {Start{request(late, 0)}, Start{until_a_time(late)}, Replan{request(late, kShots, kWait)}, Resumed{request(late, kShots), -kWait, 1}});
  what.waits = {kWait};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.elapse = [](Machine& m, World& world, sml::Time passed) {
    auto& context = m.context();
    context.grid.origin -= passed;
    world.due -= passed;
    for (auto* time : {&context.last, &context.halted, &world.last, &world.then})
      if (*time) **time -= passed;
    const auto come_nearer = [passed](SessionRequest& wish) {
      if (wish.until != sml::Time{}) wish.until = std::max(wish.until - passed, kLongOver);
    };
    come_nearer(context.request);
    if (context.next) come_nearer(*context.next);
  };
  what.normalise = normalise;
  what.invariants = {{"never two shots in flight", never_two_shots_in_flight},
                     {"every slot is accounted for once", every_slot_is_accounted_for_once},
                     {"the grid does not drift", the_grid_does_not_drift},
                     {"no shot is ordered after a stop", no_shot_is_ordered_after_a_stop},
                     {"a session ends once, and rightly", a_session_ends_once_and_rightly},
                     {"an unsaved session is never overwritten", an_unsaved_session_is_never_overwritten},
                     {"every wish is answered once", every_wish_is_answered_once}};
  what.progress = [](const Machine& m, const World&) { return m.is("idle"_s); };
  expect_explored(what);
}

TEST(IntervalometerExplored, KeepsItsPromisesInEverySituationWhereLateSlotsAreSkipped) { explore(Late::skip); }
TEST(IntervalometerExplored, KeepsItsPromisesInEverySituationWhereTheGridShifts) { explore(Late::shift); }
TEST(IntervalometerExplored, KeepsItsPromisesInEverySituationWhereLateSlotsAreCaughtUpWith) { explore(Late::burst); }

}  // namespace
}  // namespace nightjar::fsm
