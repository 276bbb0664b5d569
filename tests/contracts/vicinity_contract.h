#pragma once
// hal::Vicinity: every way this side has, with one who tells and one who listens.
#include <algorithm>
#include <optional>

#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

using namespace std::chrono_literals;

struct VicinityEar final : hal::Vicinity::Handler {
  explicit VicinityEar(std::string the_id) : id(std::move(the_id)) {}
  void on_sighted(const hal::Sighted& session) override {
    EXPECT_FALSE(calling) << "from within a call";
    if (session.advertisement.session_id == id) seen.push_back(session);
  }
  void on_vanished(const std::string& gone) override { vanished += gone == id ? 1 : 0; }
  std::string id;
  bool calling = false;
  std::vector<hal::Sighted> seen;
  int vanished = 0;
};

/// Others may tell of sessions on this machine too: each test has a code of its own.
inline hal::Advertisement some_session(const std::string& id) { return {id, "Ridge, côté nord", "0123456789abcdef", "Pi 1", 8080, 1, 8}; }

struct VicinityStory {
  VicinityStory(VicinityRig& the_rig, std::string id) : rig(the_rig), ear(id), session(some_session(id)) {}

  bool advertise(hal::Vicinity::Voice voice = hal::Vicinity::Voice::aloud) {
    std::optional<hal::Result<void>> told;
    telling = rig.teller().advertise(session, voice, [&told](auto result) { told = std::move(result); });
    EXPECT_FALSE(told) << "answered before advertise() returned";
    const bool came = rig.run_until([&] { return told.has_value(); });
    telling_told = told;
    return came && told->ok();
  }
  bool browse() {
    std::optional<hal::Result<void>> told;
    ear.calling = true;
    browsing = rig.listener().browse(ear, [&told](auto result) { told = std::move(result); });
    ear.calling = false;
    EXPECT_FALSE(told) << "answered before browse() returned";
    return rig.run_until([&] { return told.has_value(); }) && told->ok();
  }
  bool hears() {
    return rig.run_until([&] { return !ear.seen.empty() && ear.seen.back().advertisement == session; });
  }

  VicinityRig& rig;
  VicinityEar ear;
  hal::Advertisement session;
  std::optional<hal::Result<void>> telling_told;
  hal::Operation telling;
  hal::Operation browsing;
};

/// Each story over each way.
inline void over_each_way(const std::function<void(VicinityRig&)>& story) {
  const auto rigs = make_vicinity_rigs();
  ASSERT_FALSE(rigs.empty());
  for (const auto& rig : rigs) {
    SCOPED_TRACE(rig->way());
    story(*rig);
  }
}

TEST(VicinityContract, WhatIsToldIsHeardAndWhatIsWithdrawnVanishes) {
  over_each_way([](VicinityRig& rig) {
    VicinityStory story(rig, "CNTRC1");
    ASSERT_TRUE(story.browse());
    ASSERT_TRUE(story.advertise());
    ASSERT_TRUE(story.hears());
    EXPECT_EQ(story.ear.seen.back().address, rig.teller_address());
    story.telling.drop();
    EXPECT_TRUE(rig.run_until([&] { return story.ear.vanished == 1; }));
  });
}

TEST(VicinityContract, WhoBeginsToListenLaterHearsWhatIsThere) {
  over_each_way([](VicinityRig& rig) {
    VicinityStory story(rig, "CNTRC2");
    ASSERT_TRUE(story.advertise());
    ASSERT_TRUE(story.browse());
    EXPECT_TRUE(story.hears());
  });
}

TEST(VicinityContract, WhoAsksHearsOneThatIsToldWhenAsked) {
  over_each_way([](VicinityRig& rig) {
    VicinityStory story(rig, "CNTRC3");
    ASSERT_TRUE(story.advertise(hal::Vicinity::Voice::when_asked));
    ASSERT_TRUE(story.browse());
    EXPECT_TRUE(story.hears());
  });
}

TEST(VicinityContract, WhatChangesIsHeard) {
  over_each_way([](VicinityRig& rig) {
    VicinityStory story(rig, "CNTRC4");
    ASSERT_TRUE(story.browse());
    ASSERT_TRUE(story.advertise());
    ASSERT_TRUE(story.hears());
    story.session.member_count = 5;
    rig.teller().update(story.session);
    EXPECT_TRUE(story.hears());
    EXPECT_EQ(story.ear.vanished, 0);
  });
}

TEST(VicinityContract, WhoStoppedListeningHearsNothingMore) {
  over_each_way([](VicinityRig& rig) {
    VicinityStory story(rig, "CNTRC5");
    ASSERT_TRUE(story.browse());
    story.browsing.drop();
    ASSERT_TRUE(story.advertise());
    let_pass(rig, 300ms);
    EXPECT_TRUE(story.ear.seen.empty());
    ASSERT_TRUE(story.browse());
    EXPECT_TRUE(story.hears());
  });
}

TEST(VicinityContract, WhereTheServiceDoesNotRunItIsMissing) {
  over_each_way([](VicinityRig& rig) {
    auto* none = rig.without_service();
    if (!none) return;
    for (const bool tells : {true, false}) {
      std::optional<hal::Result<void>> told;
      VicinityEar ear("CNTRC6");
      const auto note = [&told](auto result) { told = std::move(result); };
      const auto operation = tells ? none->advertise(some_session("CNTRC6"), hal::Vicinity::Voice::aloud, note) : none->browse(ear, note);
      ASSERT_TRUE(rig.run_until([&] { return told.has_value(); }));
      ASSERT_FALSE(told->ok());
      EXPECT_EQ(told->error().kind, hal::ErrorKind::missing);
    }
  });
}

}   // namespace nightjar::contracts
