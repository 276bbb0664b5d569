// The watcher of sessions' courses, itself watched: it takes the right course, and no other.
#include "sim/session_course.h"

#include <gmock/gmock.h>

namespace nightjar::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using What = SessionCourse::What;

fsm::SessionRequest plan(sml::Time interval, std::uint32_t shots, fsm::Late late = fsm::Late::skip) { return {interval, shots, "", "", "", {}, late}; }

struct Story {
  explicit Story(const fsm::SessionRequest& plan) { course.know(plan); }
  SessionCourse course{100s, 0};
  std::string wrong;

  Story& add(What what, sml::Time after_start) {
    course.add(what, 100s + after_start);
    if (const auto found = course.check(); found && wrong.empty()) wrong = *found;
    return *this;
  }
  Story& shot(sml::Time ordered, sml::Time ended) { return add(What::shot_ordered, ordered).add(What::shot_ended, ended); }
};

TEST(SessionCourse, TakesTheCourseThatIsRightByEachPolicy) {
  EXPECT_EQ(Story{plan(2s, 9)}.shot(0s, 1s).shot(2s, 11s).shot(12s, 13s).add(What::stopped, 13s).course.slots(), 7u);
  EXPECT_EQ(Story{plan(2s, 9)}.shot(0s, 1s).shot(2s, 11s).shot(12s, 13s).wrong, "");
  EXPECT_EQ((Story{plan(2s, 9, fsm::Late::shift)}.shot(0s, 1s).shot(2s, 11s).shot(11s, 12s).shot(13s, 14s).wrong), "");
  EXPECT_EQ((Story{plan(2s, 9, fsm::Late::burst)}.shot(0s, 1s).shot(2s, 7s).shot(7s, 8s).shot(8s, 9s).shot(9s, 9s).shot(10s, 11s).wrong), "");
}

TEST(SessionCourse, TakesPausesAndOtherPlans) {
  EXPECT_EQ(Story{plan(2s, 9)}.shot(0s, 1s).add(What::paused, 1s).add(What::went_on, 61s).shot(61s, 62s).shot(63s, 64s).wrong, "");
  Story replanned{plan(60s, 9)};
  replanned.course.know(plan(5s, 3));
  EXPECT_EQ(replanned.shot(0s, 1s).add(What::replanned, 2s).shot(5s, 6s).shot(10s, 11s).wrong, "");
  EXPECT_EQ(replanned.course.slots(), 3u);
  EXPECT_EQ(replanned.course.wanted(), 3u);
}

TEST(SessionCourse, WaitsForAPlanThatItDoesNotKnowYet) {
  Story story{plan(60s, 9)};
  story.shot(0s, 1s).add(What::replanned, 2s).add(What::shot_ordered, 7s);
  EXPECT_FALSE(story.course.knows_all());
  story.course.know(plan(5s, 3));
  EXPECT_THAT(story.course.check().value_or(""), HasSubstr("after its time"));   // it was due at 5 s
}

TEST(SessionCourse, SaysWhatIsWrong) {
  EXPECT_THAT(Story{plan(2s, 9)}.shot(0s, 1s).shot(2001ms, 3s).wrong, HasSubstr("after its time"));
  EXPECT_THAT(Story{plan(2s, 9)}.shot(0s, 1s).shot(1999ms, 3s).wrong, HasSubstr("before its time"));
  EXPECT_THAT(Story{plan(2s, 9)}.shot(0s, 9s).shot(9s, 10s).wrong, HasSubstr("before its time"));                       // it skips
  EXPECT_THAT((Story{plan(2s, 9, fsm::Late::shift)}.shot(0s, 9s).shot(10s, 11s).wrong), HasSubstr("after its time"));   // it shifts
  EXPECT_THAT(Story{plan(2s, 1)}.shot(0s, 1s).shot(2s, 3s).wrong, HasSubstr("after the last"));
  EXPECT_THAT(Story{plan(2s, 9)}.shot(0s, 1s).add(What::paused, 1s).shot(2s, 3s).wrong, HasSubstr("after a pause"));
  EXPECT_THAT(Story{plan(2s, 9)}.add(What::shot_ordered, 0s).add(What::shot_ordered, 2s).wrong, HasSubstr("during another"));
}

}  // namespace
}  // namespace nightjar::sim
