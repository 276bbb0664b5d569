// The reports in every situation, changes that come while others are made and a disk that fails at any step among them.
#include "fsm/report.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<Report>;

struct Seen {
  int wishes = 0;             // that nobody has answered
  int on_their_way = 0;       // to the disk: what was asked of it and not answered
  bool opened = false;
  bool closed = false;        // from then on the owner refuses wishes
  bool announced = false;     // the wish that is being done
  bool made = false;
  bool noted = false;
  // What must never be.
  bool asked_twice = false;   // two things of the disk at a time
  bool unannounced = false;   // a report was touched, and the index says nothing
  bool early = false;         // before all that was in doubt had been read
  bool wrongly_told = false;  // as done though it was not made, or of nobody's wish
  bool operator==(const Seen&) const = default;
};

struct World final : ReportPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }
  void ask() { asked_twice |= on_their_way++ != 0; }

  void read_index() override { ask(); }
  void check_report() override { ask(); }
  void tidy_index() override { ask(); }
  void announce() override {
    ask();
    early |= !opened;
    announced = true;
    made = noted = false;
  }
  void change_report() override {
    ask();
    unannounced |= !announced;
    made = true;
  }
  void note_change() override {
    ask();
    noted = true;
  }
  void report_open() override { opened = true; }
  void report_changed() override {
    wrongly_told |= !made || !noted || wishes == 0;
    end();
  }
  void report_refused() override {
    wrongly_told |= noted || wishes == 0;
    end();
  }
  void end() {
    --wishes;
    announced = made = noted = false;
  }
  void refuse_all() override { wishes = 0; }
  /// The disk answers what it was asked, and nothing else; a person has at most three wishes here.
  void hear(const sml::Input<Report>& input) {
    if (brings<ReportAsked>(input) && !closed) ++wishes;
    if (brings<IndexRead>(input) || brings<IndexUnread>(input) || brings<StepDone>(input) || brings<StepFailed>(input)) --on_their_way;
  }
};

bool the_disk_is_asked_one_thing_at_a_time(const Machine&, const World& world) { return !world.asked_twice; }
bool no_report_is_touched_that_the_index_does_not_announce(const Machine&, const World& world) { return !world.unannounced && !world.early; }
bool every_wish_is_answered_once_and_rightly(const Machine& m, const World& world) {
  return !world.wrongly_told && world.wishes == static_cast<int>(m.context().wishes);
}

TEST(ReportExplored, KeepsItsPromisesInEverySituation) {
  Explored<Report, World> what;
  what.events = {OpenReports{}, IndexRead{0}, IndexRead{2}, IndexUnread{}, ReportAsked{}, StepDone{}, StepFailed{}, CloseReports{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.normalise = [](Machine& m, World& world) {
    // Three wishes are as many as any number; an answer that nobody waits for is heard by no row.
    m.context().wishes = std::min(m.context().wishes, 3u);
    world.wishes = std::min(world.wishes, 3);
    world.closed = m.is(sml::X);
    world.on_their_way = m.is("closed"_s) || m.is("ready"_s) || m.is("unreadable"_s) ? 0 : 1;
    if (!m.is("checking"_s)) m.context().doubts = 0;
  };
  what.invariants = {{"the disk is asked one thing at a time", the_disk_is_asked_one_thing_at_a_time},
                     {"no report is touched that the index does not announce", no_report_is_touched_that_the_index_does_not_announce},
                     {"every wish is answered once, and rightly", every_wish_is_answered_once_and_rightly}};
  what.progress = [](const Machine& m, const World& world) { return m.is("ready"_s) && world.wishes == 0; };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
