#include "drivers/linux/log.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace nightjar::os {
namespace {

constexpr std::size_t kLineMax = 4000;   // below PIPE_BUF (4096): a pipe that polls writable takes it whole

struct Style {
  std::string_view name;
  std::string_view colour;
  int priority;   // sd-daemon(3)
};

const Style& style(hal::LogLevel level) {
  static constexpr std::array<Style, 4> kStyles{{
      {"debug  ", "\x1b[2m", 7},
      {"info   ", "", 6},
      {"warning", "\x1b[33m", 4},
      {"error  ", "\x1b[31m", 3},
  }};
  return kStyles[std::min(static_cast<std::size_t>(level), kStyles.size() - 1)];
}

/// JOURNAL_STREAM holds device:inode of the stream that leads to the journal (systemd.exec(5)); a child's redirected stderr is another.
bool leads_to_journal(int descriptor) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  return stream && ::fstat(descriptor, &status) == 0 && std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino) == stream;
}

std::string time_of_day() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const auto milliseconds = static_cast<int>((now.time_since_epoch() % std::chrono::seconds{1}).count());
  std::array<char, 64> text{};   // an int may be long, says the compiler
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d", local.tm_hour, local.tm_min, local.tm_sec, milliseconds);
  return text.data();
}

/// Length of the well-formed UTF-8 sequence of two bytes or more that `text` begins with, else 0 (RFC 3629 section 4).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  const std::size_t size = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
  const bool beyond = lead == 0xf4 && byte(1) >= 0x90;
  const bool control = lead == 0xc2 && byte(1) < 0xa0;   // C1: some terminals act on them
  return overlong || surrogate || beyond || control ? 0 : size;
}

/// Appends `text` with what would end or forge a line escaped; in a quoted value quotes and backslashes too.
void append_escaped(std::string& out, std::string_view text, bool quoted) {
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text[0]);
    auto size = std::size_t{1};
    if (quoted && (c == '"' || c == '\\')) {
      out += '\\';
      out += text[0];
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c >= 0x20 && c < 0x7f) {
      out += text[0];
    } else if (const auto sequence = c >= 0x80 ? utf8_length(text) : 0; sequence != 0) {
      out += text.substr(0, sequence);
      size = sequence;
    } else {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += "\\x";
      out += kDigits[c >> 4];
      out += kDigits[c & 0xf];
    }
    text.remove_prefix(size);
  }
}

void cut(std::string& line) {
  if (line.size() <= kLineMax) return;
  auto size = kLineMax - 3;
  while (size > 0 && (static_cast<unsigned char>(line[size]) & 0xc0) == 0x80) --size;   // not within a character
  line.resize(size);
  line += "...";
}

}   // namespace

std::string escape_log_value(std::string_view value) {
  std::string escaped;
  append_escaped(escaped, value, true);
  const bool plain = !value.empty() && escaped == value && value.find_first_of(" =") == std::string_view::npos;
  return plain ? escaped : '"' + escaped + '"';
}

ConsoleLog::ConsoleLog(hal::LogLevel minimum, int descriptor, const std::function<Journal()>& journal)
    : minimum_(minimum), descriptor_(descriptor), colour_(::isatty(descriptor) == 1 && !std::getenv("NO_COLOR")) {
  if (leads_to_journal(descriptor)) journal_ = journal();
}

void ConsoleLog::write(hal::LogLevel level, std::string_view component, std::string_view text,
                       std::initializer_list<hal::LogField> fields) {
  if (level < minimum_) return;
  const auto& look = style(level);
  std::string line;
  if (journal_ && !*journal_) {
    line.append("<").append(std::to_string(look.priority)).append(">").append(component).append(": ");
  } else if (journal_) {
    line.append(component).append(": ");
  } else {
    line.append(time_of_day()).append(" ").append(look.name).append(" ").append(component).append("  ");
  }
  append_escaped(line, text, false);
  for (const auto& field : fields) line.append("  ").append(field.name).append("=").append(escape_log_value(field.value));
  if (lost_ != 0) line.append("  lost_lines=").append(std::to_string(lost_));
  cut(line);
  if (colour_ && !look.colour.empty()) line = std::string{look.colour} + line + "\x1b[0m";

  const bool written = journal_ && *journal_ ? journal_->write(look.priority, component, line, fields) : print(line + '\n');
  lost_ = written ? 0 : lost_ + 1;
}

bool ConsoleLog::print(const std::string& line) {
  pollfd room{descriptor_, POLLOUT, 0};
  return ::poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0 &&
         ::write(descriptor_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

}   // namespace nightjar::os
