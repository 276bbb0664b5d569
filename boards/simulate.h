#pragma once
// `nightjar simulate`: nights in a world on virtual time, from the command line.
#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace nightjar::boards {

struct SimulateOptions {
  std::uint64_t seed = 1;
  bool seed_given = false;            // else a scenario's own counts
  std::string seeds;                  // "A..B": a sweep
  double hours = 12;
  std::string until;                  // a time of the night
  std::string scenario;               // a file; empty: drawn from the seed
  std::string log;                    // "full": every step and every line of the devices' logs
  std::string trace;                  // a file to write, for replay
  std::string shrunken;               // a file for the smallest scenario that still fails
  bool as_found = false;              // a failing night is told as it is
  std::optional<double> for_seconds;  // a sweep ends after so many seconds of the desk's time
  std::optional<std::uint16_t> serve; // the night goes by with the clock, its first device's page on this port
  int speed = 1;                      // with serve: seconds of the night in a second
  bool again = false;                 // each seed twice: the same must come of it
};

CLI::App* add_simulate(CLI::App& program, SimulateOptions& options);
/// The exit status: 0 when every promise was kept, 1 when not, 2 for a wrong option or file.
int simulate(const SimulateOptions& options);

}   // namespace nightjar::boards
