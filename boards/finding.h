#pragma once
// What the doctor found of one part, and how it is read out.
#include <string>
#include <vector>

namespace nightjar::boards {

enum class Health : unsigned char {
  works,
  limited,   // Nightjar runs without it, or with less
  fails,     // needed, or fitted to the board, and not to be had
};

struct Finding {
  Health health = Health::works;
  std::string part;      // "state folder"
  std::string says;      // "/var/lib/nightjar can be written"
  std::string remedy{};  // "sudo apt install avahi-daemon"; empty where nothing is to be done
};

/// A line for each, aligned, and a sentence that sums them up.
std::string read_out(const std::vector<Finding>& findings);
/// Whether nothing fails.
bool is_well(const std::vector<Finding>& findings);

}  // namespace nightjar::boards
