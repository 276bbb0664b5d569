#include "boards/board.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "tests/drivers/linux/scratch_folder.h"

namespace nightjar::boards {
namespace {

hal::Result<Board> read(const std::string& toml) {
  const os::ScratchFolder folder;
  const auto path = folder.path() + "/mine.toml";
  std::ofstream(path, std::ios::binary) << toml;
  return find_board(path);
}

TEST(Board, OnlyAPiSetsTheClockOfItsSystem) {
  for (const auto& name : built_in_boards()) {
    const auto board = find_board(name);
    ASSERT_TRUE(board.ok()) << board.error().text();
    EXPECT_EQ(board.value().sets_clock, name.starts_with("pi-")) << name;
  }
  EXPECT_THAT(built_in_boards(), testing::IsSupersetOf({"host", "generic", "pi-3", "pi-4", "pi-5"}));
}

TEST(Board, AutoLooksWhatItIs) {
  const os::ScratchFolder root;
  EXPECT_EQ(find_board("auto", root.path()).value().name, "generic");
  std::filesystem::create_directories(root.path() + "/proc/device-tree");
  std::ofstream(root.path() + "/proc/device-tree/model", std::ios::binary) << std::string_view{"Raspberry Pi 4 Model B Rev 1.4\0", 31};
  EXPECT_EQ(find_board("auto", root.path()).value().name, "pi-4");
  std::filesystem::create_directories(root.path() + "/etc/nightjar");
  std::ofstream(root.path() + "/etc/nightjar/board.toml") << "description = \"mine\"\n";
  EXPECT_EQ(find_board("auto", root.path()).value().description, "mine");
  std::ofstream(root.path() + "/etc/nightjar/board.toml") << "pins = 3\n";
  EXPECT_FALSE(find_board("auto", root.path()).ok());
}

TEST(Board, ThatSaysNothingOfTheClockDoesNotSetIt) {
  const auto silent = read("port = 3000\n");
  ASSERT_TRUE(silent.ok()) << silent.error().text();
  EXPECT_FALSE(silent.value().sets_clock);
  EXPECT_TRUE(read("sets_clock = true\n").value().sets_clock);
  EXPECT_FALSE(read("sets_clock = \"yes\"\n").ok());
}

}  // namespace
}  // namespace nightjar::boards
