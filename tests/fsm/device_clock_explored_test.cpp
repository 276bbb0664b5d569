// The device's clock in every situation it can come into.
#include "fsm/device_clock.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<DeviceClock>;

enum class Ours : std::uint8_t { unknown, right, wrong };

struct Facts {
  Ours ours = Ours::unknown;    // as the last who was believed has shown
  bool setting = false;
  bool set_for_nothing = false; // for less than it takes, on the word of a poor GPS, or while it was being set
  bool told_too_soon = false;   // that it was set, before it was
  bool answered = false;        // the input says that it was set
  bool operator==(const Facts&) const = default;
};

struct World final : DeviceClockPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }
  void set_clock(sml::Time by) override {
    set_for_nothing |= std::exchange(setting, true) || (by <= kFarOff && by >= -kFarOff);
    ours = Ours::wrong;
  }
  void forget_set() override { setting = false; }
  void report_in_time() override { ours = Ours::right; }
  void report_set() override {
    told_too_soon |= !answered;
    ours = Ours::right;
  }
  void report_not_set(const ClockNotSet&) override {}
  void report_set_timed_out() override {}
  void report_inaccurate() override {}
  void report_too_old() override {}
  void report_busy() override {}
  void report_lost() override { ours = Ours::unknown; }
  void hear(const sml::Input<DeviceClock>& input) {
    answered = brings<ClockSet>(input) && setting;
    if (brings<ClockSet>(input) || brings<ClockNotSet>(input)) setting = false;
  }
};

bool it_is_set_for_a_good_reason_and_once_at_a_time(const Machine&, const World& world) { return !world.set_for_nothing; }

/// A page that says "synchronised" while the clock is off dates a night wrongly.
bool nobody_hears_of_success_before_it_is_known(const Machine& m, const World& world) {
  return !world.told_too_soon && m.is("known"_s) == (world.ours == Ours::right);
}

bool it_is_being_set_exactly_while_setting(const Machine& m, const World& world) { return world.setting == m.is("setting"_s); }

/// Trust ends: every state that claims something has a clock.
bool what_it_claims_it_claims_for_a_while(const Machine& m, const World&) { return m.is("unknown"_s) || m.next_deadline() <= kTimeKeeps; }

TEST(DeviceClockExplored, KeepsItsPromisesInEverySituation) {
  Explored<DeviceClock, World> what;
  what.events = {ClientTold{0s}, ClientTold{5s}, ClientTold{-6s}, GpsTold{6s, true, 0s}, GpsTold{0s, true, 0s}, GpsTold{1h, false, 0s},
                 GpsTold{1h, true, 10s}, ClockSet{}, ClockNotSet{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.normalise = [](Machine&, World& world) { world.answered = false; };
  what.invariants = {{"it is set for a good reason, and once at a time", it_is_set_for_a_good_reason_and_once_at_a_time},
                     {"nobody hears of success before it is known", nobody_hears_of_success_before_it_is_known},
                     {"it is being set exactly while setting", it_is_being_set_exactly_while_setting},
                     {"what it claims it claims for a while", what_it_claims_it_claims_for_a_while}};
  what.progress = [](const Machine& m, const World&) { return m.is("known"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
