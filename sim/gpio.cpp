#include "sim/gpio.h"

namespace nightjar::sim {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

class Gpio::Input final : public hal::InputLine {
 public:
  Input(Gpio& gpio, Key at, const hal::InputOptions& options, std::function<void(const hal::Edge&)> on_edge)
      : gpio_(&gpio), at_(std::move(at)), options_(options), on_edge_(std::make_shared<Heard>(std::move(on_edge))) {
    gpio.lines_[at_].input = this;
    reported_ = logical();
  }
  ~Input() override {
    if (gpio_) gpio_->lines_[at_].input = nullptr;
  }
  Input(const Input&) = delete;

  Result<bool> active() const override {
    if (!gpio_) return Error{ErrorKind::io, "the power is off"};
    return options_.debounce > hal::Duration{0} ? reported_ : logical();
  }

  /// The level outside may have changed.
  void look() {
    if (options_.debounce <= hal::Duration{0}) return report();
    if (logical() == reported_)
      settling_.drop();
    else
      settling_ = gpio_->loop_.at(gpio_->loop_.now() + options_.debounce, [this] { report(); });
  }
  void orphan() {
    gpio_ = nullptr;
    settling_.drop();
    on_edge_.reset();
  }

 private:
  using Heard = std::function<void(const hal::Edge&)>;

  bool logical() const {
    const auto& outside = gpio_->lines_.at(at_).outside;
    const bool level = outside ? *outside : options_.bias != hal::Bias::pull_down;
    return level != options_.active_low;
  }
  void report() {
    if (logical() == reported_) return;
    reported_ = !reported_;
    const hal::Edge edge{gpio_->loop_.now(), reported_};
    gpio_->loop_.post([heard = std::weak_ptr{on_edge_}, edge] {
      if (const auto on_edge = heard.lock()) (*on_edge)(edge);
    });
  }

  Gpio* gpio_;
  Key at_;
  hal::InputOptions options_;
  std::shared_ptr<Heard> on_edge_;
  bool reported_ = false;
  hal::Operation settling_;
};

class Gpio::Output final : public hal::OutputLine {
 public:
  Output(Gpio& gpio, Key at, bool active_low) : gpio_(&gpio), at_(std::move(at)), active_low_(active_low) {
    gpio.lines_[at_].output = this;
    gpio.drive(at_, active_low_);
  }
  ~Output() override {
    if (!gpio_) return;
    auto& gpio = *gpio_;
    gpio.drive(at_, active_low_);
    gpio.lines_[at_].output = nullptr;
    gpio.drive(at_, std::nullopt);
  }
  Output(const Output&) = delete;

  Result<void> set(bool active) override {
    if (!gpio_) return Error{ErrorKind::io, "the power is off"};
    gpio_->drive(at_, active != active_low_);
    return {};
  }
  void orphan() { gpio_ = nullptr; }

 private:
  Gpio* gpio_;
  Key at_;
  bool active_low_;
};

Result<Gpio::Line*> Gpio::free_line(const hal::LineName& line) {
  const auto chip = chips_.find(line.chip);
  if (chip == chips_.end()) return Error{ErrorKind::missing, "no chip " + line.chip};
  const auto name = line.chip + " line " + std::to_string(line.line);
  if (line.line >= chip->second) return Error{ErrorKind::not_found, name};
  auto& at = lines_[key(line)];
  if (at.input || at.output) return Error{ErrorKind::in_use, name};
  return &at;
}

Result<std::unique_ptr<hal::InputLine>> Gpio::open_input(const hal::LineName& line, const hal::InputOptions& options,
                                                         std::function<void(const hal::Edge&)> on_edge) {
  if (const auto free = free_line(line); !free.ok()) return free.error();
  return Result<std::unique_ptr<hal::InputLine>>{std::make_unique<Input>(*this, key(line), options, std::move(on_edge))};
}

Result<std::unique_ptr<hal::OutputLine>> Gpio::open_output(const hal::LineName& line, bool active_low) {
  if (const auto free = free_line(line); !free.ok()) return free.error();
  return Result<std::unique_ptr<hal::OutputLine>>{std::make_unique<Output>(*this, key(line), active_low)};
}

Gpio::Line* Gpio::find(const hal::LineName& line) {
  const auto chip = chips_.find(line.chip);
  return chip != chips_.end() && line.line < chip->second ? &lines_[key(line)] : nullptr;
}

void Gpio::wire(const hal::LineName& line, std::optional<bool> level) {
  auto* at = find(line);
  if (!at) return;
  at->outside = level;
  if (at->input) at->input->look();
}

void Gpio::bounce(const hal::LineName& line, bool pressed, unsigned flips, hal::Duration within) {
  auto* at = find(line);
  if (!at || flips == 0) return;
  at->flips.clear();
  for (unsigned i = 0; i < flips; ++i) {
    const bool closes = pressed == ((flips - 1 - i) % 2 == 0);
    const auto when = loop_.now() + within * i / flips;
    at->flips.push_back(loop_.at(when, [this, line, closes] { closes ? press(line) : release(line); }));
  }
}

std::optional<bool> Gpio::driven(const hal::LineName& line) const {
  const auto at = driven_.find(key(line));
  return at == driven_.end() ? std::nullopt : std::optional{at->second};
}

void Gpio::drive(const Key& at, std::optional<bool> level) {
  const hal::LineName line{at.first, at.second};
  if (driven(line) == level) return;
  if (level)
    driven_[at] = *level;
  else
    driven_.erase(at);
  if (on_driven) on_driven(line, level);
}

void Gpio::power_cut() {
  for (auto& [at, line] : lines_) {
    if (auto* input = std::exchange(line.input, nullptr)) input->orphan();
    if (auto* output = std::exchange(line.output, nullptr)) {
      output->orphan();
      drive(at, std::nullopt);
    }
  }
}

}   // namespace nightjar::sim
