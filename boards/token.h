#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "hal/result.h"

namespace nightjar::boards {

struct TokenOptions {
  std::string subject;
  std::string ttl = "30d";
  std::string config;
};

/// Declares `nightjar token`.
CLI::App* add_token(CLI::App& program, TokenOptions& options);
/// A token for /api/ws/metrics, signed with metrics.secret of the settings. The error is one line for a person.
hal::Result<std::string> make_token(const TokenOptions& options);

}  // namespace nightjar::boards
