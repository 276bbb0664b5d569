#include "fsm/report.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : ReportPort {
  Asked asked;
  void read_index() override { asked.emplace_back("read_index"); }
  void check_report() override { asked.emplace_back("check"); }
  void tidy_index() override { asked.emplace_back("tidy"); }
  void announce() override { asked.emplace_back("announce"); }
  void change_report() override { asked.emplace_back("change"); }
  void note_change() override { asked.emplace_back("note"); }
  void report_open() override { asked.emplace_back("open"); }
  void report_changed() override { asked.emplace_back("changed"); }
  void report_refused() override { asked.emplace_back("refused"); }
  void refuse_all() override { asked.emplace_back("refuse_all"); }
};

struct ReportTest : testing::Test, Rig<Report, Port> {
  void open() {
    on(OpenReports{});
    on(IndexRead{});
    on(StepDone{});
    EXPECT_THAT(asked(), ElementsAre("read_index", "tidy", "open"));
  }
};

TEST_F(ReportTest, AChangeIsAnnouncedMadeAndNoted) {
  open();
  on(ReportAsked{});
  on(StepDone{});
  on(StepDone{});
  on(StepDone{});
  EXPECT_THAT(asked(), ElementsAre("announce", "change", "note", "changed"));
  EXPECT_TRUE(machine.is("ready"_s));
}

TEST_F(ReportTest, ChangesAreMadeOneAfterTheOther) {
  open();
  on(ReportAsked{});
  on(ReportAsked{});
  on(StepDone{});
  on(StepFailed{});
  EXPECT_THAT(asked(), ElementsAre("announce", "change", "refused", "announce"));
  on(StepFailed{});
  EXPECT_THAT(asked(), ElementsAre("refused"));
  EXPECT_TRUE(machine.is("ready"_s));
}

TEST_F(ReportTest, AChangeThatIsMadeIsToldThoughTheIndexCannotSaySo) {
  open();
  on(ReportAsked{});
  on(StepDone{});
  on(StepDone{});
  on(StepFailed{});
  EXPECT_THAT(asked(), ElementsAre("announce", "change", "note", "changed"));
}

TEST_F(ReportTest, WhatTheIndexCannotVouchForIsReadBeforeAnythingIsChanged) {
  on(OpenReports{});
  on(ReportAsked{});
  on(IndexRead{3});
  on(StepDone{});
  on(StepDone{});
  EXPECT_THAT(asked(), ElementsAre("read_index", "check", "check", "check"));
  on(StepDone{});
  on(StepFailed{});   // an index that cannot be written is in memory
  EXPECT_THAT(asked(), ElementsAre("tidy", "open", "announce"));
}

TEST_F(ReportTest, ACardThatAnswersWithErrorsIsReadAgain) {
  on(OpenReports{});
  on(ReportAsked{});
  on(IndexUnread{});
  on(ReportAsked{});
  EXPECT_THAT(asked(), ElementsAre("read_index", "refuse_all", "refuse_all"));
  pass(kReadReportsAgain);
  on(IndexRead{1});
  on(StepFailed{});
  EXPECT_THAT(asked(), ElementsAre("read_index", "check", "refuse_all"));
  pass(kReadReportsAgain);
  on(IndexRead{});
  on(StepDone{});
  EXPECT_THAT(asked(), ElementsAre("read_index", "tidy", "open"));
}

TEST_F(ReportTest, AtTheEndOfTheProgramAChangeThatIsBeingMadeIsNotCutShort) {
  on(CloseReports{});
  open();
  on(ReportAsked{});
  on(CloseReports{});
  on(StepDone{});
  on(StepDone{});
  on(StepDone{});
  EXPECT_THAT(asked(), ElementsAre("announce", "change", "note", "changed"));
  on(CloseReports{});
  EXPECT_TRUE(machine.is(sml::X));
}

}  // namespace
}  // namespace nightjar::fsm
