#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boards/finding.h"

namespace nightjar::boards {

struct DoctorOptions {
  std::string board = "auto";
  std::string state;    // empty: the installed service's where it is installed, else what `nightjar run` takes
  std::string config;   // the same; none where it is not installed
  std::optional<std::uint16_t> port;
  std::string root;     // where /proc, /sys, /etc, /usr and /var are; tests have their own
};

/// Declares `nightjar doctor`.
CLI::App* add_doctor(CLI::App& program, DoctorOptions& options);
/// Looks at every part, each for some seconds at the most; changes nothing.
std::vector<Finding> examine(DoctorOptions options);
/// Prints what it found; gives the exit status.
int doctor(const DoctorOptions& options);

}  // namespace nightjar::boards
