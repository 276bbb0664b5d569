#pragma once
// hal::Wifi.
#include <gmock/gmock.h>

#include <vector>

#include "tests/contracts/parts_rig.h"

namespace nightjar::contracts {

class WifiContract : public ::testing::Test {
 protected:
  using Networks = std::vector<hal::WifiNetwork>;
  static constexpr auto kPassphrase = "correct horse battery";

  void SetUp() override {
    std::string why_not;
    rig_ = make_wifi_rig(why_not);
    if (!rig_) GTEST_SKIP() << why_not;
  }
  /// Asks and waits for the one answer.
  template <class T, class Ask>
  hal::Result<T> answer(Ask ask) {
    std::optional<hal::Result<T>> out;
    const hal::Operation operation = ask([&](hal::Result<T> result) {
      EXPECT_FALSE(out) << "exactly once";
      out.emplace(std::move(result));
    });
    EXPECT_FALSE(out) << "later than the call";
    EXPECT_TRUE(rig_->run_until([&] { return out.has_value(); })) << "never answered";
    return out ? *std::move(out) : hal::Result<T>{hal::Error{hal::ErrorKind::io, "never answered"}};
  }
  /// "ok", or the error's kind in words; no answer ever holds a passphrase.
  template <class T>
  static std::string said(const hal::Result<T>& result) {
    if (result.ok()) return "ok";
    EXPECT_EQ(result.error().detail.find("horse"), std::string::npos) << result.error().detail;
    return std::string{to_string(result.error().kind)};
  }
  hal::WifiStatus status() {
    return answer<hal::WifiStatus>([&](auto done) { return rig_->wifi().status(done); }).value();
  }
  Networks scan(bool refresh = true) {
    return answer<Networks>([&](auto done) { return rig_->wifi().scan(refresh, done); }).value();
  }
  std::string connect(const std::string& ssid, const std::string& passphrase) {
    return said(answer<void>([&](auto done) { return rig_->wifi().connect(ssid, passphrase, done); }));
  }
  std::string disconnect() {
    return said(answer<void>([&](auto done) { return rig_->wifi().disconnect(done); }));
  }
  std::vector<std::string> saved() {
    return answer<std::vector<std::string>>([&](auto done) { return rig_->wifi().saved(done); }).value();
  }
  std::string forget(const std::string& ssid) {
    return said(answer<void>([&](auto done) { return rig_->wifi().forget(ssid, done); }));
  }
  std::string start_access_point(const std::string& ssid, const std::string& passphrase) {
    return said(answer<void>([&](auto done) { return rig_->wifi().start_access_point({ssid, passphrase, 6}, done); }));
  }
  std::string stop_access_point() {
    return said(answer<void>([&](auto done) { return rig_->wifi().stop_access_point(done); }));
  }
  std::unique_ptr<WifiRig> rig_;
};

TEST_F(WifiContract, AtFirstTheRadioIsOnAndOnNoNetwork) {
  const auto now = status();
  EXPECT_TRUE(now.enabled);
  EXPECT_FALSE(now.ssid);
  EXPECT_THAT(saved(), ::testing::IsEmpty());
}

TEST_F(WifiContract, AScanListsTheStrongestFirstAndEachSsidOnce) {
  rig_->add_network("far", kPassphrase, 20);
  rig_->add_network("near", "", 90);
  rig_->add_network("middle", kPassphrase, 50);
  rig_->add_network("far", kPassphrase, 60);   // a second access point of the same network, nearer
  const auto networks = scan();
  ASSERT_EQ(networks.size(), 3u);
  EXPECT_EQ(networks[0].ssid, "near");
  EXPECT_EQ(networks[0].signal, 90);
  EXPECT_EQ(networks[0].security, "Open");
  EXPECT_EQ(networks[1].ssid, "far");
  EXPECT_EQ(networks[1].signal, 60);
  EXPECT_EQ(networks[1].security, "WPA2");
  EXPECT_EQ(networks[2].ssid, "middle");
  for (const auto& network : networks) {
    EXPECT_GT(network.channel, 0);
    EXPECT_FALSE(network.in_use);
  }
}

TEST_F(WifiContract, WithoutRefreshWhatIsKnownAlreadyIsAnswered) {
  rig_->add_network("home", kPassphrase, 70);
  ASSERT_EQ(scan().size(), 1u);
  const auto again = scan(false);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].ssid, "home");
}

TEST_F(WifiContract, ANetworkJoinedIsInUseAndSaved) {
  rig_->add_network("home", kPassphrase, 70);
  rig_->add_network("other", kPassphrase, 40);
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  const auto now = status();
  EXPECT_EQ(now.ssid, "home");
  EXPECT_TRUE(now.address);
  EXPECT_EQ(now.signal, 70);
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
  const auto networks = scan();
  ASSERT_EQ(networks.size(), 2u);
  EXPECT_TRUE(networks[0].in_use);
  EXPECT_FALSE(networks[1].in_use);
}

TEST_F(WifiContract, AnOpenNetworkIsJoinedWithoutAPassphrase) {
  rig_->add_network("cafe", "", 70);
  EXPECT_EQ(connect("cafe", ""), "ok");
  EXPECT_EQ(status().ssid, "cafe");
}

TEST_F(WifiContract, AnSsidIsTakenLiterally) {
  const std::string odd = "a\"b\\c;d e\xc3\xa9$(x)\x01";
  rig_->add_network(odd, kPassphrase, 70);
  const auto networks = scan();
  ASSERT_EQ(networks.size(), 1u);
  EXPECT_EQ(networks[0].ssid, odd);
  ASSERT_EQ(connect(odd, kPassphrase), "ok");
  EXPECT_EQ(status().ssid, odd);
  EXPECT_THAT(saved(), ::testing::ElementsAre(odd));
  EXPECT_EQ(forget(odd), "ok");
}

TEST_F(WifiContract, AWrongPassphraseIsDeniedAndNotSaved) {
  rig_->add_network("home", kPassphrase, 70);
  EXPECT_EQ(connect("home", "wrong horse battery"), "denied");
  EXPECT_THAT(saved(), ::testing::IsEmpty());
  EXPECT_FALSE(status().ssid);
  EXPECT_EQ(connect("home", kPassphrase), "ok") << "the right one afterwards";
}

TEST_F(WifiContract, ANetworkThatIsNotThereIsNotFoundAndNotSaved) {
  rig_->add_network("home", kPassphrase, 70);
  EXPECT_EQ(connect("nowhere", kPassphrase), "not found");
  EXPECT_THAT(saved(), ::testing::IsEmpty());
}

TEST_F(WifiContract, ANetworkThatDoesNotAnswerTimesOutAndIsNotSaved) {
  rig_->add_deaf_network("tired", kPassphrase, 70);
  EXPECT_EQ(connect("tired", kPassphrase), "timed out");
  EXPECT_THAT(saved(), ::testing::IsEmpty());
  rig_->add_network("home", kPassphrase, 70);
  EXPECT_EQ(connect("home", kPassphrase), "ok") << "nothing stays behind";
}

TEST_F(WifiContract, WhatCannotBeAnSsidOrPassphraseIsInvalid) {
  rig_->add_network("home", kPassphrase, 70);
  EXPECT_EQ(connect("", kPassphrase), "invalid");
  EXPECT_EQ(connect(std::string(33, 'x'), kPassphrase), "invalid");
  EXPECT_EQ(connect("home", "short"), "invalid");
  EXPECT_EQ(connect("home", std::string(64, 'x')), "invalid");
}

TEST_F(WifiContract, DisconnectLeavesTheNetworkAndKeepsItSaved) {
  rig_->add_network("home", kPassphrase, 70);
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  EXPECT_EQ(disconnect(), "ok");
  EXPECT_FALSE(status().ssid);
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
}

TEST_F(WifiContract, ASavedNetworkIsJoinedAgainAndStaysSavedOnce) {
  rig_->add_network("home", kPassphrase, 70);
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  ASSERT_EQ(disconnect(), "ok");
  EXPECT_EQ(connect("home", kPassphrase), "ok");
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
  ASSERT_EQ(disconnect(), "ok");
  EXPECT_EQ(connect("home", ""), "ok") << "with the passphrase that was saved";
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
}

TEST_F(WifiContract, AnAttemptWithTheWrongPassphraseDoesNotSpoilWhatIsSaved) {
  rig_->add_network("home", kPassphrase, 70);
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  ASSERT_EQ(disconnect(), "ok");
  EXPECT_EQ(connect("home", "wrong horse battery"), "denied");
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
  EXPECT_EQ(connect("home", ""), "ok");
}

TEST_F(WifiContract, WhatIsForgottenIsNotSavedAnyMore) {
  rig_->add_network("home", kPassphrase, 70);
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  EXPECT_EQ(forget("home"), "ok");
  EXPECT_THAT(saved(), ::testing::IsEmpty());
  EXPECT_FALSE(status().ssid) << "we are not on it either";
  EXPECT_EQ(forget("home"), "not found");
}

TEST_F(WifiContract, AnAccessPointTakesTheRadioAndIsNoSavedNetwork) {
  rig_->add_network("home", kPassphrase, 70);
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  EXPECT_EQ(start_access_point("nightjar", kPassphrase), "ok");
  EXPECT_FALSE(status().ssid);
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
  EXPECT_EQ(stop_access_point(), "ok");
  EXPECT_EQ(start_access_point("nightjar", ""), "ok") << "an open one, and a second time";
  EXPECT_EQ(stop_access_point(), "ok");
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
}

TEST_F(WifiContract, AnAccessPointOfImpossibleNameOrPassphraseIsInvalid) {
  EXPECT_EQ(start_access_point("", kPassphrase), "invalid");
  EXPECT_EQ(start_access_point(std::string(33, 'x'), kPassphrase), "invalid");
  EXPECT_EQ(start_access_point("nightjar", "short"), "invalid");
}

TEST_F(WifiContract, ChangesAreToldUntilTheHandleIsDropped) {
  rig_->add_network("home", kPassphrase, 70);
  int changes = 0;
  auto watching = rig_->wifi().watch([&] { ++changes; });
  (void)status();
  EXPECT_EQ(changes, 0) << "asking is no change";
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  EXPECT_TRUE(rig_->run_until([&] { return changes > 0; }));
  changes = 0;
  rig_->remove_network("home");
  EXPECT_TRUE(rig_->run_until([&] { return changes > 0; }));
  EXPECT_FALSE(status().ssid);
  watching.drop();
  changes = 0;
  rig_->add_network("home", kPassphrase, 70);
  ASSERT_EQ(connect("home", kPassphrase), "ok");
  let_pass(*rig_, std::chrono::milliseconds{50});
  EXPECT_EQ(changes, 0);
}

TEST_F(WifiContract, ADroppedJoinIsNeverHeardOfAndMakesRoomForTheNext) {
  rig_->add_deaf_network("tired", kPassphrase, 70);
  rig_->add_network("home", kPassphrase, 60);
  bool heard = false;
  auto joining = rig_->wifi().connect("tired", kPassphrase, [&](const auto&) { heard = true; });
  let_pass(*rig_, std::chrono::milliseconds{100});
  joining.drop();
  EXPECT_EQ(connect("home", kPassphrase), "ok");
  EXPECT_EQ(status().ssid, "home");
  EXPECT_THAT(saved(), ::testing::ElementsAre("home"));
  EXPECT_FALSE(heard);
}

TEST_F(WifiContract, ASecondJoinWhileOneIsUnderWayIsBusy) {
  rig_->add_network("home", kPassphrase, 60);
  std::string first;
  const auto joining = rig_->wifi().connect("home", kPassphrase, [&](const auto& result) { first = said(result); });
  EXPECT_EQ(connect("home", kPassphrase), "busy");
  EXPECT_TRUE(rig_->run_until([&] { return !first.empty(); }));
  EXPECT_EQ(first, "ok");
}

TEST_F(WifiContract, WithoutARadioAllOfItIsMissing) {
  auto* service = rig_->without_service();
  for (auto* wifi : {&rig_->without_radio(), service}) {
    if (!wifi) continue;
    const auto all = [&](auto ask) { return said(answer<void>(ask)); };
    EXPECT_EQ(said(answer<hal::WifiStatus>([&](auto done) { return wifi->status(done); })), "missing");
    EXPECT_EQ(said(answer<Networks>([&](auto done) { return wifi->scan(true, done); })), "missing");
    EXPECT_EQ(said(answer<Networks>([&](auto done) { return wifi->scan(false, done); })), "missing");
    EXPECT_EQ(said(answer<std::vector<std::string>>([&](auto done) { return wifi->saved(done); })), "missing");
    EXPECT_EQ(all([&](auto done) { return wifi->connect("home", kPassphrase, done); }), "missing");
    EXPECT_EQ(all([&](auto done) { return wifi->disconnect(done); }), "missing");
    EXPECT_EQ(all([&](auto done) { return wifi->forget("home", done); }), "missing");
    EXPECT_EQ(all([&](auto done) { return wifi->start_access_point({"nightjar", kPassphrase, 6}, done); }), "missing");
    EXPECT_EQ(all([&](auto done) { return wifi->stop_access_point(done); }), "missing");
  }
}

}   // namespace nightjar::contracts
