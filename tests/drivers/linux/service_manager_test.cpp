#include "drivers/linux/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "drivers/linux/loop_descriptor.h"
#include "tests/drivers/linux/loop_turning.h"
#include "tests/drivers/linux/scratch_folder.h"

namespace nightjar::os {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// systemd's end of NOTIFY_SOCKET, and the watchdog's interval in the environment.
struct ServiceRig {
  explicit ServiceRig(const std::string& watchdog_usec = "", const std::string& watchdog_pid = std::to_string(::getpid())) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = folder.path() + "/notify";
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error{"no socket"};
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    if (watchdog_usec.empty()) return;
    ::setenv("WATCHDOG_USEC", watchdog_usec.c_str(), 1);
    ::setenv("WATCHDOG_PID", watchdog_pid.c_str(), 1);
  }
  ~ServiceRig() {
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  /// What came since the last call.
  std::vector<std::string> told() const {
    std::vector<std::string> out;
    std::array<char, 4096> chunk{};
    for (ssize_t size = 0; (size = ::recv(socket.get(), chunk.data(), chunk.size(), 0)) > 0;) out.emplace_back(chunk.data(), static_cast<std::size_t>(size));
    return out;
  }

  ScratchFolder folder;
  Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  AsioLoop loop;
  ServiceManager manager{loop};
};

/// A callback that does not come back for a while.
void hang(hal::Duration duration) {
  timespec time{};
  time.tv_nsec = static_cast<long>(duration.count());
  ::nanosleep(&time, nullptr);
}

TEST(ServiceManager, TellsReadyWithItsStatusThenStopping) {
  ServiceRig rig;
  rig.manager.ready("Serving http://127.0.0.1:3000");
  EXPECT_THAT(rig.told(), ElementsAre("READY=1\nSTATUS=Serving http://127.0.0.1:3000"));
  rig.manager.stopping();
  EXPECT_THAT(rig.told(), ElementsAre(testing::StartsWith("STOPPING=1\n")));
}

TEST(ServiceManager, FeedsTheWatchdogAtHalfItsInterval) {
  ServiceRig rig{"100000"};
  rig.manager.ready("");
  ASSERT_THAT(rig.told(), ElementsAre(testing::StartsWith("READY=1\n"), "WATCHDOG=1"));
  const auto begun = rig.loop.now();
  std::size_t fed = 0;
  EXPECT_TRUE(turn_until(rig.loop, [&] {
    const auto told = rig.told();
    EXPECT_THAT(told, Each("WATCHDOG=1"));
    return (fed += told.size()) >= 20;
  }));
  EXPECT_GE(rig.loop.now() - begun, 1000ms);
  EXPECT_LT(rig.loop.now() - begun, 1800ms);   // at its whole interval it would be 2 s; a busy machine is late
}

TEST(ServiceManager, ALoopThatHangsStarvesTheWatchdogAndOneThatTurnsAgainFeedsIt) {
  ServiceRig rig{"200000"};
  rig.manager.ready("");
  let_pass(rig.loop, 150ms);
  (void)rig.told();
  rig.loop.post([&] {
    hang(500ms);
    EXPECT_THAT(rig.told(), IsEmpty());
  });
  let_pass(rig.loop, 1ms);
  EXPECT_TRUE(turn_until(rig.loop, [&] { return !rig.told().empty(); }));
}

TEST(ServiceManager, FeedsAlsoWhileItStops) {
  ServiceRig rig{"100000"};
  rig.manager.ready("");
  rig.manager.stopping();
  (void)rig.told();
  let_pass(rig.loop, 120ms);
  EXPECT_THAT(rig.told(), AllOf(testing::Not(IsEmpty()), Each("WATCHDOG=1")));
}

TEST(ServiceManager, FeedsNoWatchdogThatIsNotAskedForOrIsOfAnotherProcess) {
  for (const auto& [interval, pid] : {std::pair{"", ""}, {"20000", "1"}, {"often", ""}}) {
    ServiceRig rig{interval, pid};
    rig.manager.ready("");
    let_pass(rig.loop, 50ms);
    EXPECT_THAT(rig.told(), SizeIs(1)) << interval;   // READY
  }
}

TEST(ServiceManager, TellsNobodyWhereNobodyListens) {
  AsioLoop loop;
  ServiceManager manager{loop};
  ::setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
  manager.ready("");
  manager.stopping();
  ::unsetenv("NOTIFY_SOCKET");
  manager.ready("");
}

}   // namespace
}   // namespace nightjar::os
