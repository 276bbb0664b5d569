#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hal/gpio.h"
#include "hal/time.h"

namespace nightjar::sim {

/// The pins of a simulated board, and the fingers and wires at them. On any loop: a world's or the desk's.
///
/// Edges arrive later than what caused them, stamped with its time. With a debounce, a level counts once it has stood still that
/// long, and is stamped then (as the kernel's own does). Must outlive its lines.
class Gpio final : public hal::Gpio {
 public:
  explicit Gpio(hal::Loop& loop) : loop_(loop) {}
  Gpio(const Gpio&) = delete;

  hal::Result<std::unique_ptr<hal::InputLine>> open_input(const hal::LineName& line, const hal::InputOptions& options,
                                                          std::function<void(const hal::Edge&)> on_edge) override;
  hal::Result<std::unique_ptr<hal::OutputLine>> open_output(const hal::LineName& line, bool active_low) override;

  // ---- the world's side; levels here are electrical. Lines that do not exist are ignored.

  void add_chip(const std::string& label, unsigned lines) { chips_[label] = lines; }
  /// A contact to ground closes, as all our buttons do (pull-up, active low); release() opens it.
  void press(const hal::LineName& line) { wire(line, false); }
  void release(const hal::LineName& line) { wire(line, std::nullopt); }
  /// What is connected from outside: a level, or nothing, which leaves the line to its bias (high without one).
  void wire(const hal::LineName& line, std::optional<bool> level);
  /// As press() or release() of a worn contact: `flips` changes back and forth, evenly within `within`, the last one the wanted one.
  void bounce(const hal::LineName& line, bool pressed, unsigned flips, hal::Duration within);
  /// The level a program drives; nothing when no program has the line as an output.
  std::optional<bool> driven(const hal::LineName& line) const;
  /// Hears every change of driven(); may be empty.
  std::function<void(const hal::LineName& line, std::optional<bool> level)> on_driven;
  /// Every line is let go of, at once; lines still held by a program that has lost its power do nothing any more.
  void power_cut();

 private:
  class Input;
  class Output;
  friend class Input;
  friend class Output;
  using Key = std::pair<std::string, unsigned>;
  struct Line {
    std::optional<bool> outside;
    Input* input = nullptr;
    Output* output = nullptr;
    std::vector<hal::Operation> flips;   // of the last bounce()
  };
  static Key key(const hal::LineName& line) { return {line.chip, line.line}; }
  hal::Result<Line*> free_line(const hal::LineName& line);
  Line* find(const hal::LineName& line);
  void drive(const Key& at, std::optional<bool> level);

  hal::Loop& loop_;
  std::map<std::string, unsigned> chips_;
  std::map<Key, Line> lines_;
  std::map<Key, bool> driven_;
};

}   // namespace nightjar::sim
