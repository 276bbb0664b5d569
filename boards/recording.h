#pragma once
// A trace file: what made it, then every step of every machine, a line each. Lines that begin with '#' are the head and the end:
//
//   # nightjar trace 1
//   # version 0.1.0
//   # table intervalometer 0123456789abcdef     one for each
//   # until 00:14:08                            when the night was cut short
//   # scenario                                  the scenario's TOML follows, each line after "#: "
//   #: name = "..."
//   # steps
//   00:00:00  pi  camera_link ...
//   # end 1234 0123456789abcdef                 steps, fingerprint
#include <fstream>
#include <optional>
#include <string>

#include "sim/simulation.h"

namespace nightjar::boards {

class Recording {
 public:
  Recording(const std::string& path, const sim::Scenario& scenario, std::optional<hal::Duration> until);
  bool good() const { return file_.good(); }
  void add(const std::string& line) { file_ << line << '\n'; }
  /// False when not all could be written.
  bool finish(const sim::Outcome& outcome);

 private:
  std::ofstream file_;
};

/// Runs what a trace file was made of again and compares step by step. The exit status: 0 identical, 1 not, 2 no trace of this program.
int replay(const std::string& path);

}   // namespace nightjar::boards
