#pragma once
// hal::Network's resolve, interfaces and neighbours.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/contracts/network_tools.h"

namespace nightjar::contracts {

using Resolving = hal::Result<std::vector<hal::IpAddress>>;

TEST(NamesContract, AnAddressInTextFormIsAnsweredAsItselfLaterThanTheCall) {
  const auto rig = make_rig();
  for (const auto* text : {"192.168.4.2", "fe80::1"}) {
    std::optional<Resolving> answer;
    int answers = 0;
    const auto resolving = rig->network().resolve(text, [&](Resolving result) {
      ++answers;
      answer = std::move(result);
    });
    EXPECT_EQ(answers, 0);
    ASSERT_TRUE(rig->run_until([&] { return answers != 0; }));
    ASSERT_TRUE(answer->ok()) << answer->error().text();
    EXPECT_THAT(answer->value(), testing::ElementsAre(*hal::IpAddress::parse(text)));
    let_pass(*rig, 5ms);
    EXPECT_EQ(answers, 1);
  }
}

TEST(NamesContract, AKnownNameHasItsAddress) {
  const auto rig = make_rig();
  std::optional<Resolving> answer;
  int answers = 0;
  const auto resolving = rig->network().resolve(rig->known_host(), [&](Resolving result) {
    ++answers;
    answer = std::move(result);
  });
  EXPECT_EQ(answers, 0);
  ASSERT_TRUE(rig->run_until([&] { return answers != 0; }));
  ASSERT_TRUE(answer->ok()) << answer->error().text();
  EXPECT_THAT(answer->value(), testing::Contains(rig->host()));
  let_pass(*rig, 5ms);
  EXPECT_EQ(answers, 1);
}

TEST(NamesContract, AnUnknownNameIsUnreachable) {
  const auto rig = make_rig();
  for (const auto& name : {rig->unknown_host(), std::string{}}) {
    std::optional<Resolving> answer;
    const auto resolving = rig->network().resolve(name, [&](Resolving result) { answer = std::move(result); });
    ASSERT_TRUE(rig->run_until([&] { return answer.has_value(); }));
    ASSERT_FALSE(answer->ok());
    EXPECT_EQ(answer->error().kind, hal::ErrorKind::unreachable);
    EXPECT_FALSE(answer->error().detail.empty());
  }
}

TEST(NamesContract, ADroppedLookUpNeverAnswers) {
  const auto rig = make_rig();
  bool answered = false;
  const auto answer = [&](const Resolving&) { answered = true; };
  rig->network().resolve("127.0.0.1", answer).drop();
  rig->network().resolve(rig->known_host(), answer).drop();
  auto last = false;
  const auto resolving = rig->network().resolve(rig->known_host(), [&](const Resolving&) { last = true; });
  ASSERT_TRUE(rig->run_until([&] { return last; }));
  let_pass(*rig, 5ms);
  EXPECT_FALSE(answered);
}

TEST(NamesContract, ThereIsAnInterfaceWithOurAddress) {
  const auto rig = make_rig();
  const auto interfaces = rig->network().interfaces();
  const auto ours = std::find_if(interfaces.begin(), interfaces.end(), [&](const auto& one) { return one.address == rig->host(); });
  ASSERT_NE(ours, interfaces.end());
  EXPECT_FALSE(ours->name.empty());
  EXPECT_GT(ours->prefix, 0);
  EXPECT_EQ(ours->loopback, ours->address.is_loopback());
  for (const auto& one : interfaces) {
    EXPECT_LE(one.prefix, one.address.is_v6() ? 128 : 32);
    EXPECT_FALSE(one.address.is_any());
  }
}

TEST(NamesContract, NeighboursHaveAnAddressAMacAndAnInterface) {
  const auto rig = make_rig();
  for (const auto& neighbour : rig->network().neighbours()) {
    EXPECT_FALSE(neighbour.address.is_any());
    EXPECT_THAT(neighbour.mac, testing::MatchesRegex("[0-9a-f][0-9a-f](:[0-9a-f][0-9a-f])+"));
    EXPECT_FALSE(neighbour.interface.empty());
  }
}

}   // namespace nightjar::contracts
