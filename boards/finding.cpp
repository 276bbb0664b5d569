#include "boards/finding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nightjar::boards {
namespace {

const char* word(Health health) {
  switch (health) {
    case Health::works: return "works";
    case Health::limited: return "limited";
    case Health::fails: return "FAILS";
  }
  return "";
}

std::vector<std::string> parts(const std::vector<Finding>& findings, Health health) {
  std::vector<std::string> out;
  for (const auto& finding : findings)
    if (finding.health == health) out.push_back(finding.part);
  return out;
}

}  // namespace

std::string read_out(const std::vector<Finding>& findings) {
  std::size_t width = 0;
  for (const auto& finding : findings) width = std::max(width, finding.part.size());
  std::string out;
  for (const auto& finding : findings) {
    out += fmt::format("{:<8} {:<{}}  {}", word(finding.health), finding.part, width, finding.says);
    out += finding.remedy.empty() ? "\n" : fmt::format("; {}\n", finding.remedy);
  }
  const auto failing = parts(findings, Health::fails);
  const auto limited = parts(findings, Health::limited);
  out += failing.empty() ? "\nAll that is needed works." : fmt::format("\nWhat is needed does not all work: {}.", fmt::join(failing, ", "));
  if (!limited.empty()) out += fmt::format(" Done without, or with less: {}.", fmt::join(limited, ", "));
  return out + "\n";
}

bool is_well(const std::vector<Finding>& findings) { return parts(findings, Health::fails).empty(); }

}  // namespace nightjar::boards
