#include "boards/detect.h"

#include <gmock/gmock.h>

namespace nightjar::boards {
namespace {

TEST(Detect, TellsABoardByTheModelOfItsDeviceTree) {
  const std::pair<const char*, const char*> boards[] = {
      {"Raspberry Pi Zero 2 W Rev 1.0", "pi-3"},
      {"Raspberry Pi 3 Model B Plus Rev 1.3", "pi-3"},
      {"Raspberry Pi Compute Module 3 Plus Rev 1.0", "pi-3"},
      {"Raspberry Pi 4 Model B Rev 1.4", "pi-4"},
      {"Raspberry Pi 400 Rev 1.0", "pi-4"},
      {"Raspberry Pi Compute Module 4 Rev 1.0", "pi-4"},
      {"Raspberry Pi 5 Model B Rev 1.0", "pi-5"},
      {"Raspberry Pi 500 Rev 1.0", "pi-5"},
      {"Raspberry Pi Zero W Rev 1.1", "generic"},
      {"Radxa ROCK 4", "generic"},
      {"", "generic"},
  };
  for (const auto& [model, board] : boards) EXPECT_EQ(board_of_model(model), board) << model;
}

}  // namespace
}  // namespace nightjar::boards
