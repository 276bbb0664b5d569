#pragma once
#include <deque>
#include <functional>
#include <string>

#include "hal/log.h"
#include "hal/time.h"

namespace nightjar::sim {

/// Keeps what a device says, for tests to read. The oldest lines go when there are more than kLinesMax.
class Log final : public hal::Log {
 public:
  struct Line {
    hal::Instant at;
    hal::LogLevel level;
    std::string component;
    std::string text;   // the sentence, then " name=value" of every field
  };
  static constexpr std::size_t kLinesMax = 10'000;

  explicit Log(const hal::Clock& clock) : clock_(clock) {}

  void write(hal::LogLevel level, std::string_view component, std::string_view text, std::initializer_list<hal::LogField> fields) override {
    Line line{clock_.now(), level, std::string{component}, std::string{text}};
    for (const auto& field : fields) line.text.append(" ").append(field.name).append("=").append(field.value);
    if (on_line) on_line(line);
    if (lines_.size() == kLinesMax) lines_.pop_front();
    lines_.push_back(std::move(line));
  }

  const std::deque<Line>& lines() const { return lines_; }
  bool contains(std::string_view words) const {
    for (const auto& line : lines_)
      if (line.text.find(words) != std::string::npos) return true;
    return false;
  }
  void clear() { lines_.clear(); }

  /// Hears every line as it is written; may be empty.
  std::function<void(const Line&)> on_line;

 private:
  const hal::Clock& clock_;
  std::deque<Line> lines_;
};

}   // namespace nightjar::sim
