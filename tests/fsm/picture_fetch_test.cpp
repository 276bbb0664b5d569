#include "fsm/picture_fetch.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : PictureFetchPort {
  Asked asked;
  void fetch() override { asked.emplace_back("fetch"); }
  void keep(const Fetched& fetched) override { asked.push_back("keep " + fetched.path); }
  void give() override { asked.emplace_back("give"); }
  void give_error() override { asked.emplace_back("give_error"); }
};

struct PictureFetchTest : testing::Test, Rig<PictureFetch, Port> {};

TEST_F(PictureFetchTest, IsFetchedOnceAPhotoHoweverManyAsk) {
  on(Taken{});
  on(Ask{});
  on(Ask{});
  on(Fetched{"1.JPG"});
  on(Ask{});
  EXPECT_THAT(asked(), ElementsAre("fetch", "keep 1.JPG", "give", "give"));
  on(Taken{});
  EXPECT_THAT(asked(), IsEmpty());
  on(Ask{});
  EXPECT_THAT(asked(), ElementsAre("fetch"));
}

TEST_F(PictureFetchTest, WaitsUntilTheCameraHasWrittenTheNewFile) {
  on(Ask{});
  on(Fetched{"1.JPG"});
  on(Taken{});
  on(Ask{});
  asked();
  on(Fetched{"1.JPG"});
  on(Ask{});
  pass(kWritePause);
  on(FetchFailed{});   // busy writing
  pass(kWritePause);
  on(Fetched{"2.JPG"});
  EXPECT_THAT(asked(), ElementsAre("fetch", "fetch", "keep 2.JPG", "give"));
}

TEST_F(PictureFetchTest, GivesTheOldOneWhenTheCameraRecordsNothing) {
  on(Ask{});
  on(Fetched{"1.JPG"});
  on(Taken{});
  on(Ask{});
  for (int i = 1; i < kFetchesMax; ++i) {
    on(Fetched{"1.JPG"});
    pass(kWritePause);
  }
  asked();
  on(Fetched{"1.JPG"});
  EXPECT_THAT(asked(), ElementsAre("give"));
  EXPECT_TRUE(machine.is("outdated"_s));
}

TEST_F(PictureFetchTest, SaysSoWhenTheCameraDoesNotGiveIt) {
  on(Ask{});
  for (int i = 1; i < kFetchesMax; ++i) {
    on(FetchFailed{});
    pass(kWritePause);
  }
  asked();
  on(FetchFailed{});
  EXPECT_THAT(asked(), ElementsAre("give_error"));
}

TEST_F(PictureFetchTest, APhotoTakenMeanwhileGivesItMoreTime) {
  on(Ask{});
  for (int i = 1; i < kFetchesMax; ++i) {
    on(FetchFailed{});
    pass(kWritePause);
  }
  on(Taken{});
  on(FetchFailed{});
  EXPECT_TRUE(machine.is("waiting"_s));
  on(Taken{});
  EXPECT_EQ(machine.context().fetches, 0);
}

TEST_F(PictureFetchTest, APictureThatIsOutrunWhileItIsFetchedIsNotTheNewest) {
  on(Ask{});
  on(Taken{});
  on(Fetched{"1.JPG"});
  EXPECT_THAT(asked(), ElementsAre("fetch", "keep 1.JPG", "give"));
  on(Ask{});
  on(Fetched{"2.JPG"});
  on(Ask{});
  EXPECT_THAT(asked(), ElementsAre("fetch", "keep 2.JPG", "give", "give"));
}

}  // namespace
}  // namespace nightjar::fsm
