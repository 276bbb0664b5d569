#include "boards/finding.h"

#include <gmock/gmock.h>

namespace nightjar::boards {
namespace {

TEST(Finding, IsReadOutAlignedWithItsRemedyAndSummedUp) {
  const std::vector<Finding> findings{{Health::works, "board", "pi-4"},
                                      {Health::limited, "Avahi", "does not run", "sudo apt install avahi-daemon"},
                                      {Health::fails, "state folder", "/x is no folder", "give another"}};
  EXPECT_EQ(read_out(findings),
            "works    board         pi-4\n"
            "limited  Avahi         does not run; sudo apt install avahi-daemon\n"
            "FAILS    state folder  /x is no folder; give another\n"
            "\n"
            "What is needed does not all work: state folder. Done without, or with less: Avahi.\n");
  EXPECT_FALSE(is_well(findings));
}

TEST(Finding, LimitedPartsAreWellEnough) {
  const std::vector<Finding> findings{{Health::works, "board", "pi-4"}, {Health::limited, "Wi-Fi", "on no network", "join one"}};
  EXPECT_TRUE(is_well(findings));
  EXPECT_THAT(read_out(findings), testing::EndsWith("\nAll that is needed works. Done without, or with less: Wi-Fi.\n"));
  EXPECT_THAT(read_out({findings[0]}), testing::EndsWith("\nAll that is needed works.\n"));
}

}  // namespace
}  // namespace nightjar::boards
