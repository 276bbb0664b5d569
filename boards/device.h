#pragma once
// One device put together from a board's data: drivers on this kernel, the camera (simulated where the board says so), the program.
#include <memory>
#include <string>

#include "app/settings.h"
#include "boards/board.h"
#include "drivers/linux/loop.h"

namespace nightjar::boards {

class Device {
 public:
  /// The state folder is made when it is not there. The error is one line for a person.
  static hal::Result<std::unique_ptr<Device>> make(const Board& board, app::Settings settings, const std::string& state_folder,
                                                   hal::LogLevel log_level);
  ~Device();

  /// Runs until SIGTERM or SIGINT; gives the exit status.
  int run();

 private:
  struct Parts;
  explicit Device(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace nightjar::boards
