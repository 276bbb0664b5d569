#pragma once
// Which board this is, as the kernel was told of it.
#include <string>
#include <string_view>

namespace nightjar::boards {

/// The model in the device tree below `root`, "Raspberry Pi 4 Model B Rev 1.4"; empty where there is no device tree, as on a PC.
std::string device_tree_model(const std::string& root = "");
/// The built-in board for a model; "generic" for any that has none of its own.
std::string board_of_model(std::string_view model);
/// What `--board auto` stands for: the person's own /etc/nightjar/board.toml where there is one, else the board of the model.
std::string detect_board(const std::string& root = "");

}  // namespace nightjar::boards
