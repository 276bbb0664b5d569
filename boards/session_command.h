#pragma once
// `nightjar session host|join|list|leave|end`: asks the device that runs here, or elsewhere, over its REST API.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace nightjar::boards {

struct SessionOptions {
  std::string device = "127.0.0.1:3000";   // ADDRESS:PORT of its page
  std::string token;                       // where auth.token is set
  std::string action;                      // host, join, list, leave, end
  std::string name;                        // host: of the session
  int members_max = 8;                     // host
  std::string code;                        // join
  std::string address;                     // join: of the host, when it is not found by itself
  std::uint16_t port = 8080;               // join: with address
  double seconds = 5;                      // list: how long to listen
};

/// The command line of it; `options` is filled in when it is parsed.
CLI::App* add_session(CLI::App& program, SessionOptions& options);
/// Gives the exit status; what went wrong is one line on stderr.
int session(const SessionOptions& options);

}  // namespace nightjar::boards
