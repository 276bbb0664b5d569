#pragma once
#include <fstream>
#include <sstream>
#include <string>

#include "hal/result.h"

namespace nightjar::boards {

/// A small text file that a person wrote, read once at start: a configuration, a board.
inline hal::Result<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();   // nothing to read would count as a failure
  if (!file.is_open() || file.bad() || !text) return hal::Error{hal::ErrorKind::not_found, "cannot read " + path};
  return std::move(text).str();
}

}  // namespace nightjar::boards
