// What is special to files; what every storage does: tests/contracts.
#include "drivers/linux/storage.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "drivers/linux/loop_descriptor.h"
#include "drivers/linux/storage_files.h"
#include "tests/drivers/linux/loop_turning.h"
#include "tests/drivers/linux/scratch_folder.h"

namespace nightjar::os {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

StorageFiles open_files(const std::string& root) {
  auto opened = StorageFiles::open(root);
  if (!opened.ok()) throw std::runtime_error{opened.error().text()};
  return std::move(opened).value();
}

std::string kind_of(const hal::Result<void>& result) { return result.ok() ? "ok" : std::string{to_string(result.error().kind)}; }

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) out.push_back(entry.path().filename());
  std::sort(out.begin(), out.end());
  return out;
}

TEST(PosixStorage, TheRootIsMadeWithTheFoldersAboveIt) {
  const ScratchFolder scratch;
  AsioLoop loop;
  const auto opened = PosixStorage::open(loop, scratch.path() + "/var/lib/nightjar");
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  EXPECT_TRUE(std::filesystem::is_directory(scratch.path() + "/var/lib/nightjar"));
}

TEST(PosixStorage, ARootThatCannotBeSaysWhy) {
  const ScratchFolder scratch;
  AsioLoop loop;
  std::ofstream{scratch.path() + "/file"} << "x";
  const auto opened = PosixStorage::open(loop, scratch.path() + "/file/below");
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().detail, HasSubstr(scratch.path() + "/file/below: "));
}

TEST(PosixStorage, UnfinishedReplacementsAreRemovedAtTheStartEverywhere) {
  const ScratchFolder scratch;
  std::filesystem::create_directories(scratch.path() + "/deep/er");
  for (const auto* name : {"/a", "/a~", "/deep/b~", "/deep/er/c~", "/deep/er/c"}) std::ofstream{scratch.path() + name} << "x";
  AsioLoop loop;
  const auto opened = PosixStorage::open(loop, scratch.path());
  EXPECT_THAT(names_in(scratch.path()), ElementsAre("a", "deep"));
  EXPECT_THAT(names_in(scratch.path() + "/deep"), ElementsAre("er"));
  EXPECT_THAT(names_in(scratch.path() + "/deep/er"), ElementsAre("c"));
}

TEST(PosixStorage, WhatWasAskedIsDoneBeforeItGoes) {
  const ScratchFolder scratch;
  AsioLoop loop;
  std::vector<hal::Operation> operations;
  {
    auto opened = PosixStorage::open(loop, scratch.path());
    ASSERT_TRUE(opened.ok());
    for (int i = 0; i < 20; ++i) operations.push_back(opened.value()->append("journal", "x", [](const hal::Result<void>&) {}));
  }
  EXPECT_EQ(open_files(scratch.path()).read("journal", 100).value(), std::string(20, 'x'));
}

TEST(PosixStorage, PastFourThousandOperationsOrSixtyFourMegabytesTheAnswerIsBusy) {
  const ScratchFolder scratch;
  AsioLoop loop;
  auto opened = PosixStorage::open(loop, scratch.path());
  ASSERT_TRUE(opened.ok());
  std::vector<hal::Operation> operations;
  std::size_t ok = 0;
  std::size_t busy = 0;
  const auto count = [&](const auto& result) { ++(!result.ok() && result.error().kind == hal::ErrorKind::busy ? busy : ok); };
  for (int i = 0; i < 4099; ++i) operations.push_back(opened.value()->list("folder", count));
  ASSERT_TRUE(turn_until(loop, [&] { return ok + busy == 4099; }));
  EXPECT_EQ(ok, 4096u);
  EXPECT_EQ(busy, 3u);

  ok = busy = 0;
  const std::string big(40u << 20, 'x');
  operations.push_back(opened.value()->replace("first", big, count));
  operations.push_back(opened.value()->replace("second", big, count));
  operations.push_back(opened.value()->replace("small", "x", count));
  ASSERT_TRUE(turn_until(loop, [&] { return ok + busy == 3; }));
  EXPECT_EQ(ok, 2u);
  EXPECT_EQ(busy, 1u);
}

TEST(StorageFiles, AFolderIsNoFile) {
  const ScratchFolder scratch;
  const auto files = open_files(scratch.path());
  ASSERT_EQ(kind_of(files.replace("folder/file", "x")), "ok");
  EXPECT_EQ(kind_of(files.replace("folder", "x")), "invalid");
  EXPECT_EQ(kind_of(files.append("folder", "x")), "invalid");
  EXPECT_EQ(kind_of(files.remove("folder")), "not found");
  EXPECT_EQ(files.read("folder", 10).error().kind, hal::ErrorKind::not_found);
  EXPECT_EQ(kind_of(files.replace("folder/file/below", "x")), "invalid");
  EXPECT_EQ(kind_of(files.remove("folder/file/below")), "not found");
  EXPECT_EQ(files.read("folder/file/below", 10).error().kind, hal::ErrorKind::not_found);
  EXPECT_TRUE(files.list("folder/file").value().empty());
  EXPECT_THAT(names_in(scratch.path()), ElementsAre("folder")) << "nothing unfinished is left lying about";
}

TEST(StorageFiles, LinksAreNotFollowedOutOfTheRoot) {
  const ScratchFolder scratch;
  const ScratchFolder outside;
  std::ofstream{outside.path() + "/secret"} << "secret";
  std::filesystem::create_directory_symlink(outside.path(), scratch.path() + "/folder");
  std::filesystem::create_symlink(outside.path() + "/secret", scratch.path() + "/file");
  const auto files = open_files(scratch.path());
  EXPECT_FALSE(files.read("folder/secret", 100).ok());
  EXPECT_FALSE(files.read("file", 100).ok());
  EXPECT_FALSE(files.append("file", "x").ok());
  EXPECT_TRUE(files.replace("file", "ours").ok());   // the link itself is replaced
  EXPECT_EQ(open_files(outside.path()).read("secret", 100).value(), "secret");
}

TEST(StorageFiles, AFifoInTheFolderDoesNotStopTheReader) {
  const ScratchFolder scratch;
  ASSERT_EQ(::mkfifo((scratch.path() + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(open_files(scratch.path()).read("fifo", 10).error().kind, hal::ErrorKind::not_found);
}

TEST(StorageFiles, AFileThatMayNotGrowKeepsWhatItHeld) {
  const ScratchFolder scratch;
  const auto files = open_files(scratch.path());
  ASSERT_TRUE(files.replace("settings", "old").ok());
  ASSERT_TRUE(files.append("journal", "old").ok());
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto limited = rlimit{1000, before.rlim_max};
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &limited);   // the first write is short, the second fails
  const std::string much(5000, 'x');
  const auto replaced = files.replace("settings", much);
  const auto appended = files.append("journal", much);
  const auto made = files.append("new", much);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, ignored);
  for (const auto* result : {&replaced, &appended, &made}) EXPECT_EQ(kind_of(*result), "too large");
  EXPECT_EQ(files.read("settings", 10'000).value(), "old");
  EXPECT_EQ(files.read("journal", 10'000).value(), "old");
  EXPECT_THAT(names_in(scratch.path()), ElementsAre("journal", "settings"));
}

TEST(StorageFiles, AFullDeviceIsNoSpace) {
  const auto files = open_files("/dev");
  EXPECT_EQ(kind_of(files.append("full", "x")), "no space left");
}

/// A child that replaces and appends until it is killed; the parent looks at what is left.
class KilledChild {
 public:
  explicit KilledChild(const std::string& root) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
    done_ = Descriptor{ends[0]};
    const Descriptor writer{ends[1]};
    child_ = ::fork();
    if (child_ == 0) work(root, writer.get());
  }
  /// Kills it while it does what follows its first `operations`; how far it gets is chance.
  void kill_after(unsigned operations) const {
    for (char done = 0; operations > 0; --operations)
      if (::read(done_.get(), &done, 1) != 1) throw std::runtime_error{"the child gave up"};
    ::kill(child_, SIGKILL);
    int status = 0;
    ::waitpid(child_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  }

  static std::string version(unsigned number) { return std::string(20'000 + number % 7 * 3000, static_cast<char>('a' + number % 26)); }
  static std::string record(unsigned number) { return "record " + std::to_string(number) + "\n"; }

 private:
  [[noreturn]] static void work(const std::string& root, int done) {
    const auto files = open_files(root);
    for (unsigned i = 0;; ++i) {
      if (!files.replace("state/settings", version(i)).ok() || ::write(done, "r", 1) != 1) ::_exit(1);
      if (!files.append("journal", record(i)).ok() || ::write(done, "a", 1) != 1) ::_exit(1);
    }
  }
  Descriptor done_;
  pid_t child_ = -1;
};

TEST(StorageFiles, KilledAtAnyMomentTheFileIsOneVersionWholeAndTheJournalAPrefix) {
  for (unsigned round = 0; round < 200; ++round) {
    const ScratchFolder scratch{ScratchFolder::in_memory()};   // the kernel lives on: what it was given is there, synced or not
    KilledChild{scratch.path()}.kill_after(2 + round % 10);
    const auto files = open_files(scratch.path());
    files.settle();
    const auto settings = files.read("state/settings", 1u << 20);
    ASSERT_TRUE(settings.ok()) << settings.error().text();
    ASSERT_FALSE(settings.value().empty());
    bool whole = false;
    for (unsigned i = 0; i < 26 * 7 && !whole; ++i) whole = settings.value() == KilledChild::version(i);
    ASSERT_TRUE(whole) << "round " << round << ": " << settings.value().size() << " bytes";

    const auto journal = files.read("journal", 16u << 20).value();
    std::string expected;
    for (unsigned i = 0; expected.size() < journal.size(); ++i) expected += KilledChild::record(i);
    ASSERT_EQ(journal, expected.substr(0, journal.size())) << "round " << round;
    ASSERT_THAT(names_in(scratch.path() + "/state"), ElementsAre("settings"));
  }
}

}   // namespace
}   // namespace nightjar::os
