#include "drivers/linux/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

#include "drivers/linux/loop_descriptor.h"
#include "tests/drivers/linux/scratch_folder.h"

namespace nightjar::os {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

/// A log into a pipe, and what came out of it.
struct LogRig {
  LogRig() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error{errno, std::system_category()};
    out = Descriptor{ends[0]};
    in = Descriptor{ends[1]};
  }
  std::string written() const {
    std::string all;
    std::array<char, 65536> chunk{};
    for (ssize_t size = 0; (size = ::read(out.get(), chunk.data(), chunk.size())) > 0;)
      all.append(chunk.data(), static_cast<std::size_t>(size));
    return all;
  }
  Descriptor out, in;
};

TEST(ConsoleLog, WritesTimeLevelComponentTextAndFields) {
  LogRig rig;
  ConsoleLog log{hal::LogLevel::info, rig.in.get()};
  log.write(hal::LogLevel::info, "camera_link", "connected", {{"address", "192.168.4.2:443"}, {"model", "EOS R6"}});
  EXPECT_THAT(rig.written(), MatchesRegex("[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9][0-9][0-9] info    camera_link  connected  "
                                          "address=192\\.168\\.4\\.2:443  model=\"EOS R6\"\n"));
}

TEST(ConsoleLog, KeepsSilentBelowItsMinimum) {
  LogRig rig;
  ConsoleLog log{hal::LogLevel::warning, rig.in.get()};
  log.write(hal::LogLevel::debug, "x", "debug");
  log.write(hal::LogLevel::info, "x", "info");
  log.write(hal::LogLevel::warning, "x", "first");
  log.write(hal::LogLevel::error, "x", "second");
  const auto written = rig.written();
  EXPECT_THAT(written, MatchesRegex("[^\n]* warning x  first\n[^\n]* error   x  second\n"));
}

TEST(ConsoleLog, ALineIsALineWhateverTheNetworkSends) {
  LogRig rig;
  ConsoleLog log{hal::LogLevel::info, rig.in.get()};
  log.write(hal::LogLevel::info, "ssdp", "seen\n00:00:00.000 error forged",
            {{"name", "a\r\n\x1b[31m\"q\"\\"}, {"empty", ""}, {"equals", "a=b"}});
  const auto written = rig.written();
  EXPECT_THAT(written,
              EndsWith("ssdp  seen\\n00:00:00.000 error forged  name=\"a\\x0d\\n\\x1b[31m\\\"q\\\"\\\\\"  empty=\"\"  equals=\"a=b\"\n"));
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1);
}

TEST(ConsoleLog, UsesNoColourWhereThereIsNoTerminal) {
  LogRig rig;
  ConsoleLog log{hal::LogLevel::info, rig.in.get()};
  log.write(hal::LogLevel::error, "x", "y");
  EXPECT_THAT(rig.written(), Not(HasSubstr("\x1b")));
}

TEST(ConsoleLog, ColoursWarningsOnATerminalUnlessAskedNotTo) {
  const Descriptor terminal{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  if (!terminal || ::grantpt(terminal.get()) != 0 || ::unlockpt(terminal.get()) != 0) GTEST_SKIP() << "no pseudo terminals here";
  const Descriptor screen{::open(::ptsname(terminal.get()), O_RDWR | O_NOCTTY | O_CLOEXEC)};
  if (!screen) GTEST_SKIP() << "no pseudo terminals here";
  const auto written = [&] {
    std::array<char, 4096> chunk{};
    const auto size = ::read(terminal.get(), chunk.data(), chunk.size());
    return std::string{chunk.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  };
  ::unsetenv("NO_COLOR");
  ConsoleLog{hal::LogLevel::info, screen.get()}.write(hal::LogLevel::warning, "x", "y");
  EXPECT_THAT(written(), MatchesRegex("\x1b\\[33m.*\x1b\\[0m\r\n"));
  ::setenv("NO_COLOR", "1", 1);
  ConsoleLog{hal::LogLevel::info, screen.get()}.write(hal::LogLevel::warning, "x", "y");
  ::unsetenv("NO_COLOR");
  EXPECT_THAT(written(), Not(HasSubstr("\x1b")));
}

/// Entries that a journal would have got: name=value, one a line.
std::string& entries() {
  static std::string all;
  return all;
}
int collect(const iovec* fields, int count) {
  for (int i = 0; i < count; ++i) entries().append(static_cast<const char*>(fields[i].iov_base), fields[i].iov_len) += '\n';
  return 0;
}

/// A pipe that JOURNAL_STREAM names, and a journal's socket in a folder.
struct JournalRig : LogRig {
  JournalRig() {
    struct stat status {};
    ::fstat(in.get(), &status);
    ::setenv("JOURNAL_STREAM", (std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino)).c_str(), 1);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error{"no socket"};
    entries().clear();
  }
  ~JournalRig() { ::unsetenv("JOURNAL_STREAM"); }

  ScratchFolder folder;
  std::string path = folder.path() + "/socket";
  Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  std::function<Journal()> journal = [this] { return Journal{path, &collect}; };
};

TEST(ConsoleLog, GivesTheJournalEntriesWithFields) {
  JournalRig rig;
  ConsoleLog log{hal::LogLevel::debug, rig.in.get(), rig.journal};
  log.write(hal::LogLevel::warning, "camera_link", "lost\n", {{"address", "192.168.4.2:443"}, {"lastError", "timed out"}});
  EXPECT_EQ(entries(), "PRIORITY=4\nSYSLOG_IDENTIFIER=nightjar\nNIGHTJAR_COMPONENT=camera_link\n"
                       "MESSAGE=camera_link: lost\\n  address=192.168.4.2:443  lastError=\"timed out\"\n"
                       "NIGHTJAR_ADDRESS=192.168.4.2:443\nNIGHTJAR_LAST_ERROR=timed out\n");
  EXPECT_EQ(rig.written(), "");
}

TEST(ConsoleLog, SpeaksOnlyToTheJournalThatReadsItsDescriptor) {
  JournalRig rig;
  ::setenv("JOURNAL_STREAM", "1:1", 1);   // of a parent whose stderr was redirected
  ConsoleLog{hal::LogLevel::info, rig.in.get(), rig.journal}.write(hal::LogLevel::info, "loop", "started");
  EXPECT_EQ(entries(), "");
  EXPECT_THAT(rig.written(), MatchesRegex("[^<]*info    loop  started\n"));
}

TEST(ConsoleLog, SpeaksInPrioritiesWhereTheJournalsSocketIsOutOfReach) {
  JournalRig rig;
  ConsoleLog log{hal::LogLevel::debug, rig.in.get(), [&] { return Journal{rig.path + "-not", &collect}; }};
  log.write(hal::LogLevel::info, "loop", "started", {{"port", "8080"}});
  log.write(hal::LogLevel::error, "loop", "failed");
  EXPECT_EQ(rig.written(), "<6>loop: started  port=8080\n<3>loop: failed\n");
}

TEST(ConsoleLog, AJournalThatDoesNotReadCostsLinesNotTimeAndIsToldHowMany) {
  JournalRig rig;
  const Descriptor others{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};   // who fill the journal's queue
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, rig.path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::connect(others.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ConsoleLog log{hal::LogLevel::info, rig.in.get(), rig.journal};
  while (::send(others.get(), "x", 1, 0) == 1) {}
  log.write(hal::LogLevel::info, "loop", "lost");
  log.write(hal::LogLevel::info, "loop", "lost as well");
  EXPECT_EQ(entries(), "");
  std::array<char, 16> chunk{};
  while (::recv(rig.socket.get(), chunk.data(), chunk.size(), MSG_DONTWAIT) > 0) {}
  log.write(hal::LogLevel::info, "loop", "through");
  EXPECT_THAT(entries(), HasSubstr("MESSAGE=loop: through  lost_lines=2\n"));
}

TEST(ConsoleLog, CutsALongLineBetweenCharacters) {
  LogRig rig;
  ConsoleLog log{hal::LogLevel::info, rig.in.get()};
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "\xc3\xa9";
  log.write(hal::LogLevel::info, "x", text);
  const auto written = rig.written();
  EXPECT_LE(written.size(), 4001u);
  EXPECT_THAT(written, EndsWith("\xc3\xa9...\n"));
}

TEST(ConsoleLog, AReaderThatDoesNotReadCostsLinesNotTimeAndIsToldHowMany) {
  LogRig rig;
  ::fcntl(rig.in.get(), F_SETFL, 0);   // blocking, as stderr is
  ConsoleLog log{hal::LogLevel::info, rig.in.get()};
  const std::string text(1000, 'x');
  for (int i = 0; i < 1000; ++i) log.write(hal::LogLevel::info, "x", text);   // a pipe holds 64 KiB
  const auto before = rig.written();
  const auto through = std::count(before.begin(), before.end(), '\n');
  EXPECT_LT(through, 1000);
  log.write(hal::LogLevel::info, "x", "after");
  EXPECT_THAT(rig.written(), EndsWith("after  lost_lines=" + std::to_string(1000 - through) + "\n"));
  log.write(hal::LogLevel::info, "x", "and on");
  EXPECT_THAT(rig.written(), EndsWith("and on\n"));
}

TEST(ConsoleLog, KeepsUtf8AndEscapesWhatIsNot) {
  EXPECT_EQ(escape_log_value("plain-1.2:3/4"), "plain-1.2:3/4");
  EXPECT_EQ(escape_log_value("M\xc3\xbcnchen"), "M\xc3\xbcnchen");
  EXPECT_EQ(escape_log_value("\xf0\x9f\x8c\x99"), "\xf0\x9f\x8c\x99");
  EXPECT_EQ(escape_log_value("\xff\xc3"), "\"\\xff\\xc3\"");
  EXPECT_EQ(escape_log_value("\xc0\xaf"), "\"\\xc0\\xaf\"");            // overlong
  EXPECT_EQ(escape_log_value("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"");   // a surrogate
  EXPECT_EQ(escape_log_value("\xc2\x9b"), "\"\\xc2\\x9b\"");            // CSI in one character
  EXPECT_EQ(escape_log_value(std::string_view{"a\0b\x7f", 4}), "\"a\\x00b\\x7f\"");
}

}   // namespace
}   // namespace nightjar::os
