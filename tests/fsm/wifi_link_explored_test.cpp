// The device's radio in every situation it can come into.
#include "fsm/wifi_link.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<WifiLink>;

struct Facts {
  bool asked = false;           // the radio has been asked something
  bool asked_twice = false;
  int joins = 0;                // who waits for an answer
  int changes = 0;
  bool verified = false;        // since the join: that we are on it
  bool told_too_soon = false;
  bool operator==(const Facts&) const = default;
};

struct World final : WifiLinkPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }
  void ask() { asked_twice |= std::exchange(asked, true); }
  void join() override {
    ask();
    verified = false;
  }
  void verify() override { ask(); }
  void change() override { ask(); }
  void go_back() override { ask(); }
  void forget() override { asked = false; }
  void report_started() override {}
  void report_connected() override {
    told_too_soon |= !verified;
    --joins;
  }
  void report_failed(const WifiFailed&) override { --joins; }
  void report_timed_out() override { --joins; }
  void report_changed() override { --changes; }
  void report_not_changed(const WifiFailed&) override { --changes; }
  void report_change_timed_out() override { --changes; }
  void report_back() override {}
  void report_stranded() override {}
  void report_busy() override { ++busy; }
  int busy = 0;                 // of this input
  bool verifying = false;       // before this input

  void hear(const sml::Input<WifiLink>& input) {
    busy = 0;
    if (brings<JoinWifi>(input)) ++joins;
    if (brings<ChangeWifi>(input)) ++changes;
    if (brings<WifiDone>(input)) verified |= verifying;
    if (brings<WifiDone>(input) || brings<WifiFailed>(input)) asked = false;
    refused_join = brings<JoinWifi>(input);
  }
  bool refused_join = false;
  /// Who was told "busy" waits no longer.
  void settle() {
    (refused_join ? joins : changes) -= std::exchange(busy, 0);
    refused_join = false;
  }
};

TEST(WifiLinkExplored, KeepsItsPromisesInEverySituation) {
  Explored<WifiLink, World> what;
  what.events = {JoinWifi{false}, JoinWifi{true}, ChangeWifi{}, WifiDone{}, WifiFailed{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.normalise = [](Machine& m, World& world) {
    world.settle();
    world.verifying = m.is("verifying"_s);
    if (m.is("idle"_s)) world.verified = m.context().may_go_back = false;
  };
  what.invariants = {
      {"the radio is asked one thing at a time", [](const Machine&, const World& world) { return !world.asked_twice; }},
      {"connected is what was verified", [](const Machine&, const World& world) { return !world.told_too_soon; }},
      {"who asks for a network is answered once",
       [](const Machine& m, const World& world) { return world.joins == (m.is("joining"_s) || m.is("settling"_s) || m.is("verifying"_s) ? 1 : 0); }},
      {"who asks for a change is answered once", [](const Machine& m, const World& world) { return world.changes == (m.is("changing"_s) ? 1 : 0); }},
      {"it never waits for ever", [](const Machine& m, const World&) { return m.is("idle"_s) || m.next_deadline().has_value(); }}};
  what.progress = [](const Machine& m, const World&) { return m.is("idle"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
