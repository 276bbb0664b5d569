// What a camera tells, and whether it is believed, in every situation.
#include "fsm/camera_events.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<CameraEvents>;

struct Seen {
  bool linked = false;
  bool asking = false;        // it was asked and has not answered
  bool asked_twice = false;   // it was asked again before it had
  bool asked_nobody = false;  // it was asked without a link
  int shots = 0;              // since it was linked, opened anew, or told of a file; at most three
  bool reopened = false;      // since it was last believed
  bool accused = false;       // told to record nothing
  bool rash = false;          // opened anew, or accused, before three shots
  bool unfair = false;        // accused without having been opened anew before
  bool late = false;          // a file was told, or a new link came, and the accusation stands
  bool operator==(const Seen&) const = default;
};

struct World final : CameraEventsPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void ask() override {
    asked_twice |= std::exchange(asking, true);
    asked_nobody |= !linked;
  }
  void forget_ask() override { asking = false; }
  void reopen() override {
    rash |= shots < kShotsUnseenMax;
    reopened = true;
    shots = 0;
  }
  void report_records_nothing() override {
    rash |= shots < kShotsUnseenMax;
    unfair |= !reopened;
    accused = true;
  }
  void report_records_again() override { accused = reopened = false; }

  void hear(const sml::Input<CameraEvents>& input) {
    if (brings<Told>(input) || brings<NotTold>(input)) asking = false;
    if (brings<Linked>(input)) linked = true, shots = 0;
    if (brings<Unlinked>(input)) linked = false;
    if (brings<ShotTaken>(input)) shots = std::min(shots + 1, kShotsUnseenMax);
    const auto* told = brought<Told>(input);
    if (told != nullptr && told->recorded) {
      shots = 0;
      if (!accused) reopened = false;
    }
    believable = brings<Linked>(input) || (told != nullptr && told->recorded);
  }
  bool believable = false;   // by the present input
};

bool one_question_at_a_time_and_only_to_a_camera_that_is_there(const Machine& m, const World& world) {
  return !world.asked_twice && !world.asked_nobody && (!m.is("asking"_s) || world.asking);
}

/// A false alarm costs a person a walk through the night.
bool no_camera_is_accused_before_six_shots_and_a_second_chance(const Machine&, const World& world) { return !world.rash && !world.unfair; }

bool an_accusation_ends_with_the_first_file_or_the_next_link(const Machine& m, const World& world) {
  return world.accused == m.is("disbelieved"_s) && !(world.accused && world.believable);
}

TEST(CameraEventsExplored, KeepsItsPromisesInEverySituation) {
  Explored<CameraEvents, World> what;
  what.events = {Linked{}, Unlinked{}, Told{true}, Told{false}, NotTold{{hal::ErrorKind::busy, ""}}, NotTold{{hal::ErrorKind::not_supported, ""}}, ShotTaken{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"one question at a time, and only to a camera that is there", one_question_at_a_time_and_only_to_a_camera_that_is_there},
                     {"no camera is accused before six shots and a second chance", no_camera_is_accused_before_six_shots_and_a_second_chance},
                     {"an accusation ends with the first file or the next link", an_accusation_ends_with_the_first_file_or_the_next_link}};
  what.progress = [](const Machine& m, const World&) { return m.is("believed"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
