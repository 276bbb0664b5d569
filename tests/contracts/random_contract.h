#pragma once
// hal::Random.
#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <vector>

#include "tests/contracts/rig.h"

namespace nightjar::contracts {

TEST(RandomContract, FillsEveryByteAndNoneBesides) {
  const auto rig = make_rig();
  for (const std::size_t size : {1u, 3u, 8u, 255u, 256u, 257u, 70'000u}) {
    std::vector<std::byte> seen(size);   // what has been seen at each place, or-ed
    std::vector<std::byte> bytes(size + 2);
    for (int round = 0; round < 40; ++round) {   // a place that stays empty by chance: 2^-320
      std::fill(bytes.begin(), bytes.end(), std::byte{0});
      rig->random().fill(std::span{bytes}.subspan(1, size));
      EXPECT_EQ(bytes.front(), std::byte{0});
      EXPECT_EQ(bytes.back(), std::byte{0});
      for (std::size_t i = 0; i < size; ++i) seen[i] |= bytes[i + 1];
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), std::byte{0}), 0) << size;
  }
}

TEST(RandomContract, FillingNothingIsHarmless) {
  const auto rig = make_rig();
  rig->random().fill({});
}

TEST(RandomContract, NumbersDoNotRepeat) {
  const auto rig = make_rig();
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(rig->random().next());
  EXPECT_EQ(seen.size(), 10'000u);   // a repetition by chance: 2^-38
}

TEST(RandomContract, EveryBitIsSetAboutHalfTheTime) {
  const auto rig = make_rig();
  std::array<int, 64> set{};
  constexpr int kDraws = 4096;
  for (int i = 0; i < kDraws; ++i) {
    const auto value = rig->random().next();
    for (std::size_t bit = 0; bit < 64; ++bit) set[bit] += static_cast<int>((value >> bit) & 1);
  }
  for (const int count : set) {   // standard deviation 32; nine of them
    EXPECT_GT(count, kDraws / 2 - 288);
    EXPECT_LT(count, kDraws / 2 + 288);
  }
}

}   // namespace nightjar::contracts
