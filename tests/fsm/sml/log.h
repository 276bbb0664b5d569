#pragma once

// A log that verbs of test tables write into, so that a test reads the order in which things happened.

#include <string>

#include "fsm/sml/sml.h"

namespace sml_test {

inline std::string log;

template <sml::text Word>
struct say {
  static constexpr std::string_view sml_name = Word.view();
  void operator()() const {
    if (!log.empty()) log += ' ';
    log += Word.view();
  }
};

/// The log since the last call.
inline std::string said() {
  std::string text;
  text.swap(log);
  return text;
}

}  // namespace sml_test
