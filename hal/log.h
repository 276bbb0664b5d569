#pragma once
#include <initializer_list>
#include <string_view>

namespace nightjar::hal {

enum class LogLevel : unsigned char { debug, info, warning, error };

struct LogField {
  std::string_view name;
  std::string_view value;
};

/// Where the program says what it does: structured lines for people and the journal. Loop thread only; never blocks for long, never fails.
/// Secrets (passwords, tokens) are never handed to it.
class Log {
 public:
  virtual ~Log() = default;
  /// `component` is the machine or driver that speaks ("camera_link"); `text` one sentence; `fields` what a tool may search for.
  virtual void write(LogLevel level, std::string_view component, std::string_view text,
                     std::initializer_list<LogField> fields = {}) = 0;
};

}  // namespace nightjar::hal
