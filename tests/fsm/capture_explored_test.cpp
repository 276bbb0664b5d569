// The shutter and the line before it in every situation they can come into.
#include "fsm/capture.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<Capture>;

constexpr sml::Time kPatience = 1s;      // of every press: three pauses of a busy camera fit into it
constexpr sml::Time kWait = 500ms;       // half of it, so that patience ends before, at and after everything else
constexpr sml::Time kLongOver = -1s;     // times past are all alike

using Order = std::optional<Press>;

struct Seen {
  Order pressed;              // came, and is neither taken, held nor refused
  Order taken;                // is being photographed
  Order held;                 // waits
  bool lost = false;          // one took the place of another, or was answered twice
  bool requested = false;     // the camera was asked and has not answered
  bool asked_twice = false;   // it was asked again before it had
  bool asked_gone = false;    // it was asked while it was being let go
  bool slot_refused = false;  // a session's press was refused for a person's photo
  bool operator==(const Seen&) const = default;
};

struct World final : CapturePort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void take_order() override { move(pressed, taken); }
  void hold_order() override { move(pressed, held); }
  void take_held() override { move(held, taken); }
  void shoot() override {
    asked_twice |= std::exchange(requested, true);
    asked_gone |= leaving;
  }
  void forget_shot() override { requested = false; }
  void report_saved() override { answer(taken); }
  void report_failed(const Failed&) override { answer(taken); }
  void report_timed_out() override { answer(taken); }
  void report_abandoned() override { answer(taken); }
  void report_busy() override {
    slot_refused |= pressed && pressed->by == Asker::session && !(is_sessions(taken) || is_sessions(held));
    answer(pressed);
  }
  void report_held_too_long() override { answer(held); }
  void report_held_abandoned() override { answer(held); }

  static bool is_sessions(const Order& order) { return order && order->by == Asker::session; }
  void move(Order& from, Order& to) {
    lost |= !from || to;
    to = std::exchange(from, std::nullopt);
  }
  void answer(Order& order) {
    lost |= !order;
    order.reset();
  }
  bool leaving = false;       // of the present input
  void hear(const sml::Input<Capture>& input) {
    leaving = brings<Abandon>(input);
    if (brings<Saved>(input) || brings<Failed>(input)) requested = false;
    const auto* press = brought<Press>(input);
    if (press == nullptr) return;
    lost |= pressed.has_value();
    pressed = *press;
  }
};

/// Whoever pressed learns what came of it, once: no press is forgotten, none is answered twice.
bool every_press_is_answered_once(const Machine& m, const World& world) {
  return !world.lost && !world.pressed && world.taken.has_value() != m.is("idle"_s) && world.held.has_value() == m.is("waited_for"_s);
}

/// One press, one exposure: the camera is asked anew only when it has answered or its answer is not wanted any more.
bool no_shot_is_ordered_while_one_is_under_way(const Machine& m, const World& world) {
  return !world.asked_twice && world.requested == m.is("exposing"_s);
}

/// A photo that was asked of one camera is not taken by another.
bool who_waits_for_a_camera_that_goes_is_not_kept_for_the_next(const Machine&, const World& world) { return !world.asked_gone; }

/// The schedule comes first: at most another shot of the session is in its way.
bool a_slot_is_never_refused_for_a_persons_photo(const Machine&, const World& world) { return !world.slot_refused; }

/// A slot whose time is over makes room for the next one, whatever the camera does.
bool who_waits_is_answered_when_its_time_is_over(const Machine& m, const World& world) {
  return !world.held || m.next_deadline() <= std::max(world.held->retry_until, sml::Time{});
}

/// Not even a camera that never answers keeps the shutter.
bool an_exposure_ends(const Machine& m, const World&) { return m.is("idle"_s) || m.next_deadline() <= kExposureMax; }

TEST(CaptureExplored, KeepsItsPromisesInEverySituation) {
  Explored<Capture, World> what;
  what.events = {Press{kPatience, Asker::person}, Press{kPatience, Asker::session}, Saved{}, Failed{{hal::ErrorKind::busy, ""}, {}},
                 Failed{{hal::ErrorKind::io, ""}, {}}, Abandon{}};
  what.waits = {kWait};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.elapse = [](Machine& m, World& world, sml::Time passed) {
    for (auto* until : {&m.context().press.retry_until, &m.context().held.retry_until}) *until = std::max(*until - passed, kLongOver);
    for (auto* order : {&world.taken, &world.held})
      if (*order) (*order)->retry_until = std::max((*order)->retry_until - passed, kLongOver);
  };
  what.normalise = [](Machine& m, World&) {
    auto& context = m.context();   // what no row looks at any more:
    if (m.is("idle"_s)) {
      context.press = {};
      context.retries = 0;
    }
    if (!m.is("waited_for"_s)) {
      context.held = {};
      context.patience = {};
    }
  };
  what.invariants = {{"every press is answered once", every_press_is_answered_once},
                     {"no shot is ordered while one is under way", no_shot_is_ordered_while_one_is_under_way},
                     {"who waits for a camera that goes is not kept for the next", who_waits_for_a_camera_that_goes_is_not_kept_for_the_next},
                     {"a slot is never refused for a person's photo", a_slot_is_never_refused_for_a_persons_photo},
                     {"who waits is answered when its time is over", who_waits_is_answered_when_its_time_is_over},
                     {"an exposure ends", an_exposure_ends}};
  what.progress = [](const Machine& m, const World&) { return m.is("idle"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
