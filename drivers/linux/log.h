#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/linux/journal.h"
#include "hal/log.h"

namespace nightjar::os {

/// Lines on a descriptor, stderr at first:
///
///     23:14:07.123 info    camera_link  connected  address=192.168.4.2:443
///
/// Local time. Values with spaces, quotes or control characters are quoted and escaped, so a line is a line whatever the network
/// sends. Colour on a terminal, unless NO_COLOR is set. Where the journal reads (JOURNAL_STREAM names the descriptor) the line goes to it as
/// an entry whose fields can be searched for, without time and level, which the journal has; where that is not to be had (a sandbox without
/// its socket), as a line that begins with its priority, "<6>".
///
/// A line longer than 4000 bytes is cut. A reader that does not read costs lines, not time: what a full pipe
/// would not take is dropped, and the next line that gets through says how many were.
class ConsoleLog final : public hal::Log {
 public:
  /// `journal` opens it, where the descriptor leads there; tests have their own.
  explicit ConsoleLog(hal::LogLevel minimum = hal::LogLevel::info, int descriptor = 2,
                      const std::function<Journal()>& journal = [] { return Journal{}; });

  void write(hal::LogLevel level, std::string_view component, std::string_view text,
             std::initializer_list<hal::LogField> fields = {}) override;

 private:
  bool print(const std::string& line);

  hal::LogLevel minimum_;
  int descriptor_;
  bool colour_;
  std::optional<Journal> journal_;
  std::uint64_t lost_ = 0;
};

/// `value` as it stands in a line: itself when plain, else in double quotes with \n, \t, \", \\ and \xNN. UTF-8 stays as it is, other bytes
/// do not.
std::string escape_log_value(std::string_view value);

}   // namespace nightjar::os
