#include "app/not_reached.h"

#include <gmock/gmock.h>

namespace nightjar::app {
namespace {

using enum hal::ErrorKind;
using testing::HasSubstr;

TEST(NotReached, EachOfTheThreeReasonsHasAnotherRemedy) {
  const hal::Endpoint place{hal::IpAddress::v4(192, 168, 4, 2), 443};
  struct Case {
    hal::ErrorKind kind;
    const char* reason;
    const char* remedy;
  };
  for (const auto& each : {Case{timed_out, "unreachable", "off, asleep, or on another network"},
                           Case{unreachable, "unreachable", "off, asleep, or on another network"},
                           Case{reset, "unreachable", "off, asleep, or on another network"},
                           Case{protocol, "not_activated", "activate it on the camera"},
                           Case{not_supported, "not_activated", "activate it on the camera"},
                           Case{refused, "refused", "enable CCAPI in its Wi-Fi menu"},
                           Case{busy, "refused", "close other camera apps"},
                           Case{denied, "refused", "check user and password"},
                           Case{tls, "untrusted", "cannot be trusted"}}) {
    const auto told = not_reached({each.kind, "what was found"}, place);
    EXPECT_EQ(told.reason, each.reason) << to_string(each.kind);
    EXPECT_THAT(told.text, testing::AllOf(HasSubstr(each.remedy), HasSubstr("192.168.4.2:443"), HasSubstr("what was found")));
  }
}

}  // namespace
}  // namespace nightjar::app
