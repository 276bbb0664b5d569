#pragma once
#include <string>

namespace nightjar::app {

/// Why a message was not taken. `malformed` counts against the client (contract.md: ten in ten seconds); a wrong value does not.
struct BadRequest {
  bool malformed = true;
  std::string code;        // INVALID_MESSAGE, UNKNOWN_TYPE, INVALID_PARAMETER
  std::string message;     // for people
  std::string details;     // what was wrong with it, when the message does not say
  std::string operation;   // the type it had, when it had a known one
};

}  // namespace nightjar::app
