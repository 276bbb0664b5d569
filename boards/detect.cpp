#include "boards/detect.h"

#include <filesystem>

#include "boards/files.h"

namespace nightjar::boards {

std::string device_tree_model(const std::string& root) {
  auto text = read_file(root + "/proc/device-tree/model");
  if (!text.ok()) return {};
  return text.value().substr(0, text.value().find('\0'));   // the device tree's texts end so
}

std::string board_of_model(std::string_view model) {
  constexpr std::string_view kPi = "Raspberry Pi ";
  constexpr std::string_view kModule = "Compute Module ";
  if (!model.starts_with(kPi)) return "generic";
  model.remove_prefix(kPi.size());
  if (model.starts_with(kModule)) model.remove_prefix(kModule.size());
  if (model.starts_with("3") || model.starts_with("Zero 2")) return "pi-3";
  if (model.starts_with("4")) return "pi-4";   // and 400
  if (model.starts_with("5")) return "pi-5";   // and 500
  return "generic";
}

std::string detect_board(const std::string& root) {
  const auto own = root + "/etc/nightjar/board.toml";
  std::error_code failed;
  return std::filesystem::exists(own, failed) ? own : board_of_model(device_tree_model(root));
}

}  // namespace nightjar::boards
