#include "boards/files.h"

#include <gtest/gtest.h>

#include "tests/drivers/linux/scratch_folder.h"

namespace nightjar::boards {
namespace {

TEST(Files, AFileIsReadWholeAnEmptyOneToo) {
  const os::ScratchFolder folder;
  const auto path = folder.path() + "/settings.toml";
  for (const std::string text : {"port = 1\n", ""}) {
    std::ofstream{path, std::ios::binary} << text;
    const auto read = read_file(path);
    ASSERT_TRUE(read.ok()) << read.error().text();
    EXPECT_EQ(read.value(), text);
  }
}

TEST(Files, WhatIsNoFileCannotBeRead) {
  const os::ScratchFolder folder;
  EXPECT_FALSE(read_file(folder.path() + "/missing.toml").ok());
  EXPECT_FALSE(read_file(folder.path()).ok()) << "a folder";
}

}  // namespace
}  // namespace nightjar::boards
