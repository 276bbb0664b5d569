// Every *.toml of this folder is a night that once went wrong, or that a person wanted to see go right. Every promise must be kept in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "sim/simulation.h"

namespace nightjar::scenarios {
namespace {

std::vector<std::filesystem::path> nights() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator{NIGHTJAR_SCENARIOS})
    if (entry.path().extension() == ".toml") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

class Nights : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Nights, KeepEveryPromise) {
  std::ostringstream text;
  text << std::ifstream{GetParam()}.rdbuf();
  const auto scenario = sim::read_scenario(text.str());
  ASSERT_TRUE(scenario.ok()) << scenario.error().detail;
  const auto outcome = sim::Simulation{scenario.value()}.run();
  EXPECT_FALSE(outcome.broken) << outcome.broken->promise << ": " << outcome.broken->detail;
  EXPECT_GT(outcome.counts.sessions.reports, 0u) << "a night in which nothing is saved proves little";
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& info) { return info.param.stem().string(); }
INSTANTIATE_TEST_SUITE_P(Files, Nights, testing::ValuesIn(nights()), name_of);

}  // namespace
}  // namespace nightjar::scenarios
