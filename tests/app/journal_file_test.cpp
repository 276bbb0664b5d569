// A journal on a disk that fails, fills and loses power: what is on it is always the beginning of what was said, and all of it soon after.
#include "app/journal_file.h"

#include <gmock/gmock.h>

#include "sim/world.h"

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;

struct JournalFileTest : testing::Test {
  sim::World world{11};
  sim::Host& host = world.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1));
  std::unique_ptr<Queue> queue;
  std::unique_ptr<Runtime> runtime;
  std::unique_ptr<JournalFile> journal;
  int answers = 0, refusals = 0;

  JournalFileTest() { boot(); }
  ~JournalFileTest() override { off(); }

  void boot() {
    host.power_on();
    queue = std::make_unique<Queue>(host.loop(), host.log());
    runtime.reset(new Runtime{host.loop(), *queue, host.log(), {}});
    journal = std::make_unique<JournalFile>(*runtime, host.storage());
  }
  void off() {
    journal.reset();
    runtime.reset();
    queue.reset();
  }
  JournalFile::Done answer() {
    return [this](const hal::Result<void>& result) {
      ++answers;
      if (!result.ok()) ++refusals;
    };
  }
  void begin(std::string line) { journal->begin(std::move(line), answer()); }
  void append(std::string line) { journal->append(std::move(line), answer()); }
  std::string on_disk() const {
    const auto found = host.storage().files().find(JournalFile::kPath);
    return found == host.storage().files().end() ? "(none)" : found->second;
  }
};

TEST_F(JournalFileTest, LinesAreOnDiskInOrderAndAnsweredOnce) {
  begin("one\n");
  for (const auto* line : {"two\n", "three\n", "four\n"}) append(line);
  EXPECT_EQ(answers, 0) << "nothing is answered within the call";
  world.advance(1s);
  EXPECT_EQ(on_disk(), "one\ntwo\nthree\nfour\n");
  EXPECT_EQ(answers, 4);
  EXPECT_EQ(refusals, 0);
}

TEST_F(JournalFileTest, WhatTheDiskDidNotTakeIsMadeGoodByItself) {
  begin("one\n");
  append("two\n");
  world.advance(1s);
  host.storage().fail_with(hal::ErrorKind::io);
  append("three\n");
  world.advance(1s);
  append("four\n");
  world.advance(1s);
  EXPECT_EQ(refusals, 2) << "nobody waits for a disk that fails";
  host.storage().fail_with({});
  append("five\n");
  world.advance(JournalFile::kMendAfter);
  EXPECT_EQ(on_disk(), "one\ntwo\nthree\nfour\nfive\n");
  append("six\n");
  world.advance(1s);
  EXPECT_EQ(on_disk(), "one\ntwo\nthree\nfour\nfive\nsix\n");
}

TEST_F(JournalFileTest, ASessionBegunOnADiskThatFailsIsThereWholeLater) {
  append("of the one before\n");
  world.advance(1s);
  host.storage().fail_with(hal::ErrorKind::io);
  begin("one\n");
  append("two\n");
  world.advance(25s);
  host.storage().fail_with({});
  world.advance(JournalFile::kMendAfter);
  EXPECT_EQ(on_disk(), "one\ntwo\n");
}

TEST_F(JournalFileTest, ADiskThatIsFullLosesNothingOnceThereIsRoom) {
  begin("one\n");
  world.advance(1s);
  host.storage().set_capacity(6);   // a part of a line still fits
  append("two\n");
  append("three\n");
  world.advance(30s);
  host.storage().set_capacity(1u << 20);
  world.advance(JournalFile::kMendAfter);
  EXPECT_EQ(on_disk(), "one\ntwo\nthree\n");
}

TEST_F(JournalFileTest, WhatAPowerCutHasTornGoes) {
  host.storage().put(JournalFile::kPath, "one\ntwo\nthr");
  journal->resume(8, true);
  append("four\n");
  world.advance(1s);
  EXPECT_EQ(on_disk(), "one\ntwo\nfour\n");
}

TEST_F(JournalFileTest, RemovedIsAfterAllThatWasSaidAndNothingComesBack) {
  begin("one\n");
  world.advance(1s);
  host.storage().fail_with(hal::ErrorKind::no_space);
  append("two\n");
  world.advance(1s);
  host.storage().fail_with({});
  journal->remove(answer());
  world.advance(60s);
  EXPECT_EQ(on_disk(), "(none)");
  EXPECT_EQ(answers, 3);
}

TEST_F(JournalFileTest, ARemovalThatFailsForgetsNothing) {
  host.storage().fail_with(hal::ErrorKind::io);
  begin("one\n");
  append("two\n");
  world.advance(1s);
  journal->remove(answer());
  world.advance(1s);
  EXPECT_EQ(refusals, 3);
  host.storage().fail_with({});
  world.advance(JournalFile::kMendAfter);
  EXPECT_EQ(on_disk(), "one\ntwo\n") << "the session is still there";
}

TEST_F(JournalFileTest, WhatIsOwedIsBoundedAndNeverLeavesAHole) {
  const std::string line = std::string(1u << 20, 'x') + "\n";
  begin("one\n");
  world.advance(1s);
  host.storage().fail_with(hal::ErrorKind::io);
  for (int i = 0; i < 6; ++i) append(line);
  world.advance(1s);
  host.storage().fail_with({});
  append("after the hole\n");
  world.advance(60s);
  EXPECT_EQ(on_disk(), "one\n");
  EXPECT_EQ(answers, 8) << "the session goes on";
  begin("another\n");
  append("night\n");
  world.advance(1s);
  EXPECT_EQ(on_disk(), "another\nnight\n");
}

// Whenever the power goes: what was answered well is there, and what is there is the beginning of what was said.
TEST_F(JournalFileTest, APowerCutAtAnyInstantLosesNothingAnswered) {
  for (int cut = 0; cut < 200; ++cut) {
    off();
    host.storage().put(JournalFile::kPath, "");
    boot();
    std::string said, kept;
    const auto say = [&](const std::string& line, bool first) {
      said += line;
      const auto done = [&kept, so_far = said](const hal::Result<void>& result) {
        if (result.ok()) kept = so_far;
      };
      if (first) journal->begin(line, done);
      else journal->append(line, done);
    };
    say("line 0\n", true);
    for (int i = 1; i < 12; ++i) {
      if (i == 4) host.storage().fail_with(hal::ErrorKind::io);
      if (i == 6) host.storage().fail_with({});
      say("line " + std::to_string(i) + "\n", false);
      world.advance(i < 6 ? 1ms * cut : 3s + 1ms * cut);
      if (i * 17 > cut) break;
    }
    host.storage().fail_with({});
    host.power_cut();
    const auto left = on_disk();
    EXPECT_TRUE(said.starts_with(left.substr(0, left.rfind('\n') + 1))) << left;
    EXPECT_TRUE(left.starts_with(kept)) << "cut " << cut << ": answered " << kept << " left " << left;
  }
}

}  // namespace
}  // namespace nightjar::app
