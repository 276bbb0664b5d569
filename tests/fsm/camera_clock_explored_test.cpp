// The camera's clock in every situation it can come into.
#include "fsm/camera_clock.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<CameraClock>;

struct Facts {
  bool reading = false;          // a request is under way
  bool setting = false;
  bool asked_twice = false;
  bool is_off = false;           // as it was read last
  bool set_for_nothing = false;
  bool wanted = false;           // somebody waits to hear
  bool told_wrong = false;       // nobody waited, or it was called acceptable when it was off
  bool operator==(const Facts&) const = default;
};

struct World final : CameraClockPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }
  void read() override {
    asked_twice |= reading || setting;
    reading = true;
  }
  void set() override {
    asked_twice |= reading || setting;
    setting = true;
    set_for_nothing |= !is_off;
  }
  void forget() override { reading = setting = false; }
  void report_acceptable() override { tell(!is_off); }
  void report_set() override { tell(is_off); }
  void report_not_read(const CameraClockFailed&) override { tell(true); }
  void report_rejected(const CameraClockFailed&) override { tell(is_off); }
  void report_silent() override { tell(true); }
  void tell(bool right) { told_wrong |= !std::exchange(wanted, false) || !right; }
  void hear(const sml::Input<CameraClock>& input) {
    if (brings<CompareClocks>(input)) wanted = true;
    if (const auto* read = brought<CameraClockRead>(input); read != nullptr && std::exchange(reading, false)) is_off = read->ahead > kCameraOff || read->ahead < -kCameraOff;
    if (brings<CameraClockSet>(input)) setting = false;
    if (brings<CameraClockFailed>(input)) reading = setting = false;
  }
};

TEST(CameraClockExplored, KeepsItsPromisesInEverySituation) {
  Explored<CameraClock, World> what;
  what.events = {CompareClocks{}, CameraClockRead{0s}, CameraClockRead{-3s}, CameraClockSet{}, CameraClockFailed{{hal::ErrorKind::busy, {}}},
                 CameraClockFailed{{hal::ErrorKind::invalid, {}}}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"never two requests at once", [](const Machine&, const World& world) { return !world.asked_twice; }},
                     {"it is set only where it is off", [](const Machine&, const World& world) { return !world.set_for_nothing; }},
                     {"what came of it is told once to who waits, as it is", [](const Machine&, const World& world) { return !world.told_wrong; }},
                     {"somebody waits exactly while it works", [](const Machine& m, const World& world) { return world.wanted != m.is("idle"_s); }},
                     {"it never waits for ever", [](const Machine& m, const World&) { return m.is("idle"_s) || m.next_deadline().has_value(); }}};
  what.progress = [](const Machine& m, const World&) { return m.is("idle"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
