// A timelapse in every situation it can come into, the slowest shots and the worst moments for a person's wishes among them.
#include "fsm/intervalometer.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {

/// Found by the exploration's look-up, which else would compare all contexts of a state.
static std::uint64_t hash_value(const Intervalometer::Context& context) {
  return static_cast<std::uint64_t>(context.origin.count()) * 31 + context.slot * 7 + context.missed * 5 + context.request.shots * 3 + (context.next ? 1 : 0);
}

namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<Intervalometer>;

// Three slots: the first, the last, and one between. Time passes by half an interval, so that shots end within their slot, when the
// next is due, and any number of slots later, up to kShotMax.
constexpr sml::Time kInterval = 20s;
constexpr sml::Time kWait = kInterval / 2;
constexpr std::uint32_t kShots = 3;
constexpr sml::Time kLongOver = -1ns;   // times past are all alike

SessionRequest request(std::uint32_t shots) { return {kInterval, shots, "", "", "", {}}; }
/// Until a time within the second slot: two shots, or one when a decision was waited for too long.
SessionRequest until_a_time() { return {kInterval, 0, "", "", "", kInterval + kWait}; }
/// After a power cut within slot 0, one that swallowed slot 1, and one that ended when all was over.
const Resumed kBackInTime{request(kShots), -kWait, 1};
const Resumed kBackLate{request(kShots), -kInterval - kWait, 1};
const Resumed kBackTooLate{request(kShots), -kInterval * kShots, kShots};

bool is_running(const Machine& m) { return m.is("waiting"_s) || m.is("shooting"_s) || m.is("stopping"_s) || m.is("suspended"_s); }
bool is_over(const Machine& m) { return m.is("unsaved"_s) || m.is("deciding"_s) || m.is("saving"_s) || m.is("discarding"_s); }

struct Seen {
  bool created = false;           // there is a session in memory
  bool running = false;           // it has begun and not ended
  bool stop_asked = false;        // while it ran
  std::uint32_t planned = 0;      // of the session that runs; 0 = no limit
  std::uint32_t accounted = 0;    // slots shot or missed
  sml::Time origin{};             // when its slot 0 was due
  bool in_flight = false;         // a shot was ordered and is not noted
  // What must never be.
  bool two_in_flight = false;
  bool wrong_slot = false;        // shot out of its turn, twice, or past the plan
  bool shot_after_stop = false;
  bool noted_nothing = false;     // a result without a shot
  bool ended_wrongly = false;     // twice, before it began, or as completed with slots open
  bool overwritten = false;       // a session that nobody saved or discarded made room for another
  // Who waits for an answer.
  int starts = 0;
  int stops = 0;
  int decisions = 0;              // to save, to discard
  bool suspended = false;         // it waits for the time
  bool operator==(const Seen&) const = default;
};

struct World final : IntervalometerPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void create_session(const SessionRequest&) override {
    overwritten |= std::exchange(created, true);
  }
  void ask_camera() override {}
  void begin_session(sml::Time at, std::uint32_t shots) override {
    planned = shots;
    begin(at, 0);
    --starts;
  }
  void drop_session() override { created = false; }
  void take_shot(std::uint32_t slot) override {
    two_in_flight |= std::exchange(in_flight, true);
    wrong_slot |= slot != accounted || (planned != 0 && slot >= planned);
    shot_after_stop |= stop_asked;
  }
  void note_missed(std::uint32_t slots) override { accounted += slots; }
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
  void report_nothing_unsaved() override { --decisions; }
  void report_called_off() override {
    --starts;
    --stops;
  }

  void begin(sml::Time at, std::uint32_t slots) {
    running = true;
    stop_asked = false;
    origin = at;
    accounted = slots;
  }
  void note() {
    noted_nothing |= !std::exchange(in_flight, false);
    ++accounted;
  }
  void end() {
    ended_wrongly |= !std::exchange(running, false) || in_flight;
  }
  void settle_decision() {
    created = false;
    --decisions;
  }
  void hear(const sml::Input<Intervalometer>& input) {
    if (brings<Start>(input)) ++starts;
    if (brings<Stop>(input)) {
      ++stops;
      stop_asked |= running;
    }
    if (brings<Save>(input) || brings<Discard>(input)) ++decisions;
    if (brings<Recovered>(input) && fresh) created = true;
    if (brings<Suspended>(input) && fresh) created = running = suspended = true;
    if (brings<ClockKnown>(input) && suspended) created = running = suspended = stop_asked = false;   // Recovered or Resumed follows
    if (brings<Resumed>(input) && fresh) {
      const auto& resumed = *static_cast<const Resumed*>(input.event.payload());
      created = true;
      planned = resumed.request.shots;
      begin(resumed.origin, resumed.slots);
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

/// Slot n is due at origin + n x interval, however long shots took and however long the power was off.
bool the_grid_does_not_drift(const Machine& m, const World& world) {
  return !m.is("waiting"_s) || m.next_deadline() == std::max(world.origin + world.accounted * kInterval, sml::Time{});
}

/// A stop is a stop.
bool no_shot_is_ordered_after_a_stop(const Machine&, const World& world) { return !world.shot_after_stop; }

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
  return world.starts == (start_waits ? 1 : 0) && world.decisions == (decision_waits ? 1 : 0) && (world.stops > 0) == m.is("stopping"_s);
}

TEST(IntervalometerExplored, KeepsItsPromisesInEverySituation) {
  Explored<Intervalometer, World> what;
  what.events = {Start{request(kShots)}, Start{request(0)}, Start{until_a_time()}, CameraReady{}, CameraMissing{}, ShotSaved{}, ShotFailed{}, Stop{}, Save{}, Discard{},
                 Stored{}, StoreFailed{}, Recovered{}, Suspended{}, ClockKnown{}, kBackInTime, kBackLate, kBackTooLate};
  what.waits = {kWait};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.elapse = [](Machine& m, World& world, sml::Time passed) {
    auto& context = m.context();
    context.origin -= passed;
    world.origin -= passed;
    const auto come_nearer = [passed](SessionRequest& wish) {
      if (wish.until != sml::Time{}) wish.until = std::max(wish.until - passed, kLongOver);
    };
    come_nearer(context.request);
    if (context.next) come_nearer(*context.next);
  };
  what.normalise = [](Machine& m, World& world) {
    auto& context = m.context();
    world.fresh = m.is("idle"_s);
    world.stops = std::min(world.stops, 1);   // all are answered by the same end
    context.wait = {};           // from here on: what no row looks at before it is set anew
    context.missed = 0;
    if (is_running(m)) context.request.until = {};
    const bool has_no_grid = !is_running(m) || m.is("suspended"_s);
    if (is_over(m) || m.is("idle"_s) || m.is("suspended"_s)) context.request = {};
    if (has_no_grid) {
      world.planned = 0;
      context.origin = world.origin = {};
      context.slot = world.accounted = 0;
      world.stop_asked = false;
    } else if (context.request.shots == 0) {
      // A session without a limit is the same from each of its slots on.
      context.origin += context.slot * kInterval;
      world.origin += context.slot * kInterval;
      world.accounted -= context.slot;
      context.slot = 0;
    }
  };
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

}  // namespace
}  // namespace nightjar::fsm
