#include "drivers/linux/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "drivers/linux/loop_descriptor.h"

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

TEST(ConsoleLog, SpeaksToTheJournalInPrioritiesAndOnlyToTheJournal) {
  LogRig rig;
  struct stat status {};
  ASSERT_EQ(::fstat(rig.in.get(), &status), 0);
  ::setenv("JOURNAL_STREAM", (std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino)).c_str(), 1);
  ConsoleLog journal{hal::LogLevel::debug, rig.in.get()};
  journal.write(hal::LogLevel::info, "loop", "started", {{"port", "8080"}});
  journal.write(hal::LogLevel::error, "loop", "failed");
  EXPECT_EQ(rig.written(), "<6>loop: started  port=8080\n<3>loop: failed\n");
  ::setenv("JOURNAL_STREAM", "1:1", 1);   // of a parent whose stderr was redirected
  ConsoleLog{hal::LogLevel::info, rig.in.get()}.write(hal::LogLevel::info, "loop", "started");
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_THAT(rig.written(), Not(HasSubstr("<6>")));
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
