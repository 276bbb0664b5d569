#include "app/session_registry.h"

#include <gmock/gmock.h>

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;

constexpr hal::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 6 / 15}};

MemberRecord host() { return {"host", "Host", MemberRole::host, "connected", kNow, kNow, {}, std::nullopt}; }
SayJoin join(std::string device, std::string place = {}) { return {"A1B2C3", device, device, "1.0.0", std::move(place)}; }

struct Registry : testing::Test {
  Registry() { registry.open({"A1B2C3", "Ridge", 3}, host()); }
  std::string admit(const std::string& device, hal::WallTime at = kNow, const std::string& place = {}) {
    return registry.admit(join(device, place), "10.0.0.1", at, "secret-of-" + device).place;
  }
  SessionRegistry registry;
};

TEST_F(Registry, TellsWhatStandsAgainstAJoin) {
  EXPECT_EQ(registry.judge(join("a")), (fsm::GuestJoins{}));
  EXPECT_TRUE(registry.judge({"ZZZZZZ", "a", "a", "1", ""}).other_session);
  admit("a");
  EXPECT_TRUE(registry.judge(join("a")).duplicate);
  EXPECT_TRUE(registry.judge(join("host")).duplicate);
  EXPECT_FALSE(registry.judge(join("b")).full);
  admit("b");
  EXPECT_TRUE(registry.judge(join("c")).full);
}

TEST_F(Registry, WhoShowsItsPlaceIsNoDuplicateAndNeedsNoRoom) {
  const auto place = admit("a");
  admit("b");
  EXPECT_EQ(registry.judge(join("a", place)), (fsm::GuestJoins{}));
  EXPECT_TRUE(registry.judge(join("a", "guessed")).duplicate);
  EXPECT_TRUE(registry.judge(join("host", "secret-of-host")).duplicate);
}

TEST_F(Registry, WhoComesBackHasItsOldPlaceInTheList) {
  const auto place = admit("a", kNow + 1s);
  admit("b", kNow + 2s);
  registry.remove("a", kNow + 3s);
  admit("a", kNow + 60s, place);
  EXPECT_EQ(registry.members()[1].id, "a");
  EXPECT_EQ(registry.members()[1].joined_at, kNow + 1s);
  registry.remove("a", kNow + 61s);
  admit("a", kNow + 70s);   // without it: a new guest
  EXPECT_EQ(registry.members()[2].id, "a");
}

TEST_F(Registry, ARestartKeepsTheSessionAndThePlacesAndNotTheMembers) {
  const auto place = admit("a", kNow + 1s);
  SessionRegistry again;
  ASSERT_TRUE(again.from_json(registry.to_json(), host()));
  EXPECT_EQ(again.session()->id, "A1B2C3");
  EXPECT_EQ(again.session()->members_max, 3);
  EXPECT_EQ(again.count(), 1u);
  const auto admitted = again.admit(join("a", place), "10.0.0.9", kNow + 90s, "another");
  EXPECT_EQ(admitted.member.joined_at, kNow + 1s);
  EXPECT_EQ(admitted.place, place);
}

TEST_F(Registry, TextsThatAreNoneOfOursAreRefused) {
  SessionRegistry again;
  for (const auto* text : {"", "{}", "[]", "null", R"({"version":2,"sessionId":"A1B2C3","membersMax":8})", R"({"version":1,"sessionId":"A1","membersMax":8})",
                           R"({"version":1,"sessionId":"A1B2C3","membersMax":1000})"})
    EXPECT_FALSE(again.from_json(text, host())) << text;
  EXPECT_FALSE(again.session());
  EXPECT_TRUE(again.from_json(R"({"version":1,"sessionId":"A1B2C3","membersMax":8,"places":[7,{},{"id":"a"}]})", host()));
}

TEST_F(Registry, RemembersABoundedNumberOfThoseWhoLeft) {
  for (int i = 0; i < 1000; ++i) {
    const auto device = "d" + std::to_string(i);
    admit(device, kNow + 1s * i);
    registry.remove(device, kNow + 1s * i);
  }
  EXPECT_LT(registry.to_json().size(), SessionRegistry::kPlacesMax * 200);
}

}  // namespace
}  // namespace nightjar::app
