#pragma once
// hal::Storage.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/contracts/network_tools.h"

namespace nightjar::contracts {

using testing::ElementsAre;
using testing::IsEmpty;

/// Asks and waits for the answers, one at a time.
class Disk {
 public:
  explicit Disk(Rig& rig) : rig_(rig) {}

  std::string replace(std::string_view path, std::string bytes) {
    return wait<void>([&](auto done) { return rig_.storage().replace(path, std::move(bytes), done); });
  }
  std::string append(std::string_view path, std::string bytes) {
    return wait<void>([&](auto done) { return rig_.storage().append(path, std::move(bytes), done); });
  }
  std::string remove(std::string_view path) {
    return wait<void>([&](auto done) { return rig_.storage().remove(path, done); });
  }
  std::string read(std::string_view path, std::size_t size_max = 64u << 20) {
    std::string bytes;
    const auto error = wait<std::string>([&](auto done) { return rig_.storage().read(path, size_max, done); }, &bytes);
    return error == "ok" ? bytes : error;
  }
  /// "name size" of each, or the error alone.
  std::vector<std::string> list(std::string_view folder) {
    std::vector<hal::Storage::Entry> entries;
    const auto error = wait<std::vector<hal::Storage::Entry>>([&](auto done) { return rig_.storage().list(folder, done); }, &entries);
    if (error != "ok") return {error};
    std::vector<std::string> out;
    for (const auto& entry : entries) out.push_back(entry.name + " " + std::to_string(entry.size));
    return out;
  }
  hal::Storage::Space space() {
    hal::Storage::Space out;
    EXPECT_EQ(wait<hal::Storage::Space>([&](auto done) { return rig_.storage().space(done); }, &out), "ok");
    return out;
  }

 private:
  /// "ok", or the error's kind in words.
  template <class Answer, class Ask, class Out = Answer>
  std::string wait(Ask ask, Out* out = nullptr) {
    std::string kind;
    int answers = 0;
    const auto operation = ask(std::function<void(hal::Result<Answer>)>{[&](hal::Result<Answer> result) {
      ++answers;
      kind = result.ok() ? "ok" : to_string(result.error().kind);
      EXPECT_TRUE(result.ok() || !result.error().detail.empty());
      if constexpr (!std::is_void_v<Answer>) {
        if (result.ok()) *out = std::move(result).value();
      }
    }});
    EXPECT_EQ(answers, 0) << "later than the call";
    EXPECT_TRUE(rig_.run_until([&] { return answers != 0; }));
    EXPECT_EQ(answers, 1);
    return kind;
  }

  Rig& rig_;
};

TEST(StorageContract, AFileHoldsWhatItWasReplacedWith) {
  const auto rig = make_rig();
  Disk disk{*rig};
  EXPECT_EQ(disk.read("settings.json"), "not found");
  EXPECT_EQ(disk.replace("settings.json", "one"), "ok");
  EXPECT_EQ(disk.read("settings.json"), "one");
  EXPECT_EQ(disk.replace("settings.json", "another, longer"), "ok");
  EXPECT_EQ(disk.read("settings.json"), "another, longer");
  EXPECT_EQ(disk.replace("settings.json", ""), "ok");
  EXPECT_EQ(disk.read("settings.json"), "");
}

TEST(StorageContract, EveryByteIsKeptAsItIs) {
  const auto rig = make_rig();
  Disk disk{*rig};
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(disk.replace("bytes", bytes), "ok");
  EXPECT_EQ(disk.append("bytes", bytes), "ok");
  EXPECT_EQ(disk.read("bytes"), bytes + bytes);
}

TEST(StorageContract, FiveMegabytesAreReplacedWhole) {
  const auto rig = make_rig();
  Disk disk{*rig};
  const auto first = pattern(5'000'000);
  const auto second = pattern(5'000'001);
  ASSERT_EQ(disk.replace("picture.jpg", first), "ok");
  ASSERT_EQ(disk.replace("picture.jpg", second), "ok");
  EXPECT_TRUE(disk.read("picture.jpg") == second);
}

TEST(StorageContract, AppendingAddsAtTheEndAndMakesTheFile) {
  const auto rig = make_rig();
  Disk disk{*rig};
  EXPECT_EQ(disk.append("journal", "a"), "ok");
  EXPECT_EQ(disk.append("journal", "bc"), "ok");
  EXPECT_EQ(disk.append("journal", ""), "ok");
  EXPECT_EQ(disk.append("journal", "d"), "ok");
  EXPECT_EQ(disk.read("journal"), "abcd");
  EXPECT_EQ(disk.replace("journal", "new"), "ok");
  EXPECT_EQ(disk.append("journal", "er"), "ok");
  EXPECT_EQ(disk.read("journal"), "newer");
}

TEST(StorageContract, ParentFoldersAreMadeAsNeeded) {
  const auto rig = make_rig();
  Disk disk{*rig};
  EXPECT_EQ(disk.replace("sessions/2031/07/report.json", "{}"), "ok");
  EXPECT_EQ(disk.append("journals/now", "x"), "ok");
  EXPECT_EQ(disk.read("sessions/2031/07/report.json"), "{}");
  EXPECT_EQ(disk.read("journals/now"), "x");
}

TEST(StorageContract, ReadingOverTheLimitIsTooLargeAndAtTheLimitIsNot) {
  const auto rig = make_rig();
  Disk disk{*rig};
  ASSERT_EQ(disk.replace("file", "12345"), "ok");
  EXPECT_EQ(disk.read("file", 5), "12345");
  EXPECT_EQ(disk.read("file", 4), "too large");
  EXPECT_EQ(disk.read("file", 0), "too large");
  ASSERT_EQ(disk.replace("empty", ""), "ok");
  EXPECT_EQ(disk.read("empty", 0), "");
}

TEST(StorageContract, ARemovedFileIsGone) {
  const auto rig = make_rig();
  Disk disk{*rig};
  ASSERT_EQ(disk.replace("folder/file", "x"), "ok");
  EXPECT_EQ(disk.remove("folder/file"), "ok");
  EXPECT_EQ(disk.read("folder/file"), "not found");
  EXPECT_EQ(disk.remove("folder/file"), "not found");
  EXPECT_EQ(disk.remove("no/such/folder"), "not found");
  EXPECT_EQ(disk.read("no/such/folder"), "not found");
}

TEST(StorageContract, AListHasTheFilesOfOneFolderByNameAndNoFolders) {
  const auto rig = make_rig();
  Disk disk{*rig};
  EXPECT_THAT(disk.list("reports"), IsEmpty()) << "an absent folder is empty";
  for (const auto* name : {"b", "a", "c10", "c9", "Z", ".hidden"}) ASSERT_EQ(disk.replace("reports/" + std::string{name}, name), "ok");
  ASSERT_EQ(disk.replace("reports/inner/file", "x"), "ok");
  ASSERT_EQ(disk.replace("beside", "x"), "ok");
  EXPECT_THAT(disk.list("reports"), ElementsAre(".hidden 7", "Z 1", "a 1", "b 1", "c10 3", "c9 2"));
  EXPECT_THAT(disk.list("reports/inner"), ElementsAre("file 1"));
  ASSERT_EQ(disk.remove("reports/inner/file"), "ok");
  EXPECT_THAT(disk.list("reports/inner"), IsEmpty());
}

TEST(StorageContract, PathsThatAreNoneAreInvalid) {
  const auto rig = make_rig();
  Disk disk{*rig};
  const std::vector<std::string> paths{"",
                                       "/",
                                       "/abs",
                                       "..",
                                       "../x",
                                       "a/../b",
                                       ".",
                                       "./a",
                                       "a//b",
                                       "a/",
                                       "a/.",
                                       "a b",
                                       "a\\b",
                                       "caf\xc3\xa9",
                                       std::string("a\0b", 3),
                                       "a\n",
                                       std::string(201, 'a'),
                                       "a~"};
  for (const auto& path : paths) {
    EXPECT_EQ(disk.replace(path, "x"), "invalid") << path;
    EXPECT_EQ(disk.append(path, "x"), "invalid") << path;
    EXPECT_EQ(disk.read(path), "invalid") << path;
    EXPECT_EQ(disk.remove(path), "invalid") << path;
    EXPECT_THAT(disk.list(path), ElementsAre("invalid")) << path;
  }
}

TEST(StorageContract, PathsAtTheLimitsAreTaken) {
  const auto rig = make_rig();
  Disk disk{*rig};
  std::string deep = "a";
  while (deep.size() < 199) deep += "/a";
  const std::string all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  for (const auto& path : {deep, std::string(200, 'n'), all, std::string{"..."}, std::string{"-"}, std::string{".a/..b"}}) {
    EXPECT_EQ(disk.replace(path, path), "ok") << path;
    EXPECT_EQ(disk.read(path), path);
  }
}

TEST(StorageContract, WhatIsAskedIsDoneAndAnsweredInTheOrderAsked) {
  const auto rig = make_rig();
  std::vector<std::string> answers;
  std::vector<hal::Operation> operations;
  const auto done = [&](const char* name) {
    return [&answers, name](const hal::Result<void>& result) { answers.push_back(name + std::string{result.ok() ? " ok" : " failed"}); };
  };
  const auto read = [&](const char* name) {
    return [&answers, name](const hal::Result<std::string>& result) {
      answers.push_back(name + (" " + (result.ok() ? result.value() : "failed")));
    };
  };
  auto& storage = rig->storage();
  operations.push_back(storage.read("f", 100, read("read 1")));
  operations.push_back(storage.replace("f", "one", done("replace 1")));
  operations.push_back(storage.append("f", "+two", done("append")));
  operations.push_back(storage.read("f", 100, read("read 2")));
  operations.push_back(storage.append("../f", "no path", done("append 2")));
  operations.push_back(storage.replace("f", "three", done("replace 2")));
  operations.push_back(storage.read("f", 100, read("read 3")));
  operations.push_back(storage.remove("f", done("remove")));
  operations.push_back(storage.read("f", 100, read("read 4")));
  EXPECT_THAT(answers, IsEmpty());
  ASSERT_TRUE(rig->run_until([&] { return answers.size() == 9; }));
  EXPECT_THAT(answers, ElementsAre("read 1 failed", "replace 1 ok", "append ok", "read 2 one+two", "append 2 failed", "replace 2 ok",
                                   "read 3 three", "remove ok", "read 4 failed"));
}

TEST(StorageContract, ADroppedOperationNeverAnswers) {
  const auto rig = make_rig();
  auto& storage = rig->storage();
  bool answered = false;
  storage.replace("f", pattern(100'000), [&](const hal::Result<void>&) { answered = true; }).drop();
  storage.append("f", "x", [&](const hal::Result<void>&) { answered = true; }).drop();
  storage.read("f", 1u << 20, [&](const hal::Result<std::string>&) { answered = true; }).drop();
  storage.list("f", [&](const hal::Result<std::vector<hal::Storage::Entry>>&) { answered = true; }).drop();
  storage.space([&](const hal::Result<hal::Storage::Space>&) { answered = true; }).drop();
  Disk disk{*rig};
  EXPECT_EQ(disk.replace("g", "done after them"), "ok");
  let_pass(*rig, 5ms);
  EXPECT_FALSE(answered);
}

TEST(StorageContract, AnOperationMayBeDroppedWithinTheAnswerOfTheOneBefore) {
  const auto rig = make_rig();
  hal::Operation second;
  bool first_answered = false;
  bool answered = false;
  const auto first = rig->storage().append("f", "1", [&](const hal::Result<void>&) {
    first_answered = true;
    second.drop();
  });
  second = rig->storage().append("f", "2", [&](const hal::Result<void>&) { answered = true; });
  ASSERT_TRUE(rig->run_until([&] { return first_answered; }));
  Disk disk{*rig};
  EXPECT_THAT(disk.read("f"), testing::AnyOf("1", "12")) << "a write that had begun may still happen, whole";
  EXPECT_FALSE(answered);
}

TEST(StorageContract, SpaceIsWhatThereIs) {
  const auto rig = make_rig();
  Disk disk{*rig};
  const auto space = disk.space();
  EXPECT_GT(space.total, 0u);
  EXPECT_LE(space.free, space.total);
}

TEST(StorageContract, WhatWasAnsweredIsThereAfterARestart) {
  const auto rig = make_rig();
  Disk disk{*rig};
  ASSERT_EQ(disk.replace("deep/in/settings", "old"), "ok");
  ASSERT_EQ(disk.replace("deep/in/settings", "new"), "ok");
  ASSERT_EQ(disk.append("journal/now", "first "), "ok");
  ASSERT_EQ(disk.append("journal/now", "second"), "ok");
  ASSERT_EQ(disk.replace("gone", "x"), "ok");
  ASSERT_EQ(disk.remove("gone"), "ok");
  rig->restart_storage();
  EXPECT_EQ(disk.read("deep/in/settings"), "new");
  EXPECT_EQ(disk.read("journal/now"), "first second");
  EXPECT_EQ(disk.read("gone"), "not found");
  EXPECT_THAT(disk.list("deep/in"), ElementsAre("settings 3"));
}

TEST(StorageContract, AfterARestartInTheMiddleAReplacementIsOldOrNewAndAnAppendAPrefix) {
  const auto rig = make_rig();
  Disk disk{*rig};
  const std::string old(50'000, 'o');
  const std::string fresh(80'000, 'n');
  ASSERT_EQ(disk.replace("file", old), "ok");
  ASSERT_EQ(disk.append("journal", old), "ok");
  {
    const auto replacing = rig->storage().replace("file", fresh, [](const hal::Result<void>&) {});
    const auto appending = rig->storage().append("journal", fresh, [](const hal::Result<void>&) {});
    rig->restart_storage();
  }
  EXPECT_THAT(disk.read("file"), testing::AnyOf(old, fresh));
  const auto journal = disk.read("journal");
  EXPECT_EQ(journal, (old + fresh).substr(0, journal.size()));
  EXPECT_GE(journal.size(), old.size());
}

TEST(StorageContract, AThousandOperationsMayWaitAndPastTheBoundTheAnswerIsBusyAndNothingWasDone) {
  const auto rig = make_rig();
  Disk disk{*rig};
  constexpr std::size_t kAsked = 6000;
  std::vector<hal::Operation> operations;
  std::size_t done = 0;
  std::size_t busy = 0;
  for (std::size_t i = 0; i < kAsked; ++i) {
    operations.push_back(rig->storage().read("absent", 10, [&](const hal::Result<std::string>& result) {
      ASSERT_FALSE(result.ok());
      ++(result.error().kind == hal::ErrorKind::busy ? busy : done);
    }));
  }
  ASSERT_TRUE(rig->run_until([&] { return done + busy == kAsked; }));
  EXPECT_GE(done, 1000u);
  EXPECT_EQ(disk.replace("afterwards", "it goes on"), "ok");
}

}   // namespace nightjar::contracts
