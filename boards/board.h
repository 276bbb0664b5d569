#pragma once
// A board is data: what is fitted and where. Read at start; one program serves them all.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/pins.h"
#include "hal/result.h"

namespace nightjar::boards {

struct Board {
  std::string name;
  std::string description;
  std::uint16_t port = 3000;
  bool simulated_camera = false;
  bool sets_clock = false;        // the system's clock is ours to set: it has nobody else who does
  app::Pins pins{};
};

/// A board by the name of a built-in one ("host", "generic"), by the path of a TOML file, or "auto", which looks what it is (detect.h), below
/// `root`. The error is one line for a person.
hal::Result<Board> find_board(const std::string& name_or_path, const std::string& root = "");
std::vector<std::string> built_in_boards();

/// The boards packed into the program: {name, TOML}.
struct BuiltIn {
  std::string_view name;
  std::string_view toml;
};
extern const std::vector<BuiltIn> kBuiltIns;

}  // namespace nightjar::boards
