#include "drivers/linux/gpio_request.h"

#include <gpiod.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

#include "drivers/linux/loop_errors.h"

namespace nightjar::os {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

constexpr auto kConsumer = "nightjar";     // what gpioinfo shows as the user of the line
constexpr std::size_t kEdgesAtOnce = 16;   // as many as the kernel keeps for one line

std::string subject(const hal::LineName& line) { return line.chip + " line " + std::to_string(line.line); }

Error failure(int number, const std::string& what) {
  if (number == EBUSY) return {ErrorKind::in_use, what + ": taken by another program"};
  if (number == ENODEV || number == ENXIO) return {ErrorKind::missing, what + ": the chip is gone"};
  return os_error(number, what);
}

Error no_chip(int number, const hal::LineName& line) {
  if (number == EACCES || number == EPERM) return {ErrorKind::denied, "chip " + line.chip + ": no permission"};
  return {ErrorKind::missing, "no chip " + line.chip};
}

}   // namespace

#if defined(NIGHTJAR_GPIOD2)

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Chip = std::unique_ptr<gpiod_chip, Freed<gpiod_chip_close>>;
using Info = std::unique_ptr<gpiod_chip_info, Freed<gpiod_chip_info_free>>;
using Settings = std::unique_ptr<gpiod_line_settings, Freed<gpiod_line_settings_free>>;
using LineConfig = std::unique_ptr<gpiod_line_config, Freed<gpiod_line_config_free>>;
using RequestConfig = std::unique_ptr<gpiod_request_config, Freed<gpiod_request_config_free>>;
using Request = std::unique_ptr<gpiod_line_request, Freed<gpiod_line_request_release>>;
using Events = std::unique_ptr<gpiod_edge_event_buffer, Freed<gpiod_edge_event_buffer_free>>;

/// libgpiod 2 opens by path only; the label is asked of every chip there is.
Result<Chip> open_chip(const hal::LineName& line) {
  std::error_code failed;
  int denied = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/dev", failed}) {
    if (!entry.path().filename().string().starts_with("gpiochip")) continue;
    Chip chip{gpiod_chip_open(entry.path().c_str())};
    if (!chip) {
      if (errno == EACCES || errno == EPERM) denied = errno;
      continue;
    }
    const Info info{gpiod_chip_get_info(chip.get())};
    if (!info || line.chip != gpiod_chip_info_get_label(info.get())) continue;
    if (line.line >= gpiod_chip_info_get_num_lines(info.get())) return Error{ErrorKind::not_found, subject(line)};
    return Result<Chip>{std::move(chip)};
  }
  return no_chip(denied, line);
}

gpiod_line_bias bias(hal::Bias bias) {
  switch (bias) {
    case hal::Bias::as_is: return GPIOD_LINE_BIAS_AS_IS;
    case hal::Bias::none: return GPIOD_LINE_BIAS_DISABLED;
    case hal::Bias::pull_up: return GPIOD_LINE_BIAS_PULL_UP;
    case hal::Bias::pull_down: return GPIOD_LINE_BIAS_PULL_DOWN;
  }
  return GPIOD_LINE_BIAS_AS_IS;
}

Result<Request> request(const hal::LineName& line, const Settings& settings) {
  auto chip = open_chip(line);
  if (!chip.ok()) return chip.error();
  const LineConfig lines{gpiod_line_config_new()};
  const RequestConfig config{gpiod_request_config_new()};
  if (!settings || !lines || !config) return Error{ErrorKind::io, "out of memory"};
  gpiod_request_config_set_consumer(config.get(), kConsumer);
  const unsigned offset = line.line;
  if (gpiod_line_config_add_line_settings(lines.get(), &offset, 1, settings.get()) != 0) return failure(errno, subject(line));
  Request taken{gpiod_chip_request_lines(chip.value().get(), config.get(), lines.get())};
  if (!taken) return failure(errno, subject(line));
  return Result<Request>{std::move(taken)};
}

}   // namespace

struct GpioRequest::Held {
  hal::LineName name;
  bool output = false;
  Request request;
  Events events;
};

Result<std::unique_ptr<GpioRequest>> GpioRequest::input(const hal::LineName& line, const hal::InputOptions& options) {
  const Settings settings{gpiod_line_settings_new()};
  if (settings) {
    gpiod_line_settings_set_direction(settings.get(), GPIOD_LINE_DIRECTION_INPUT);
    gpiod_line_settings_set_edge_detection(settings.get(), GPIOD_LINE_EDGE_BOTH);
    gpiod_line_settings_set_event_clock(settings.get(), GPIOD_LINE_CLOCK_MONOTONIC);
    gpiod_line_settings_set_active_low(settings.get(), options.active_low);
    gpiod_line_settings_set_bias(settings.get(), bias(options.bias));
    const auto debounce = std::chrono::ceil<std::chrono::microseconds>(options.debounce).count();
    gpiod_line_settings_set_debounce_period_us(settings.get(), static_cast<unsigned long>(debounce < 0 ? 0 : debounce));
  }
  auto taken = request(line, settings);
  if (!taken.ok()) return taken.error();
  Events events{gpiod_edge_event_buffer_new(kEdgesAtOnce)};
  if (!events) return Error{ErrorKind::io, "out of memory"};
  auto held = std::make_unique<Held>(Held{line, false, std::move(taken).value(), std::move(events)});
  return std::unique_ptr<GpioRequest>{new GpioRequest{std::move(held)}};
}

Result<std::unique_ptr<GpioRequest>> GpioRequest::output(const hal::LineName& line, bool active_low) {
  const Settings settings{gpiod_line_settings_new()};
  if (settings) {
    gpiod_line_settings_set_direction(settings.get(), GPIOD_LINE_DIRECTION_OUTPUT);
    gpiod_line_settings_set_active_low(settings.get(), active_low);
    gpiod_line_settings_set_output_value(settings.get(), GPIOD_LINE_VALUE_INACTIVE);
  }
  auto taken = request(line, settings);
  if (!taken.ok()) return taken.error();
  auto held = std::make_unique<Held>(Held{line, true, std::move(taken).value(), nullptr});
  return std::unique_ptr<GpioRequest>{new GpioRequest{std::move(held)}};
}

GpioRequest::~GpioRequest() {
  if (held_->output) (void)set(false);
}

bool GpioRequest::debounces() { return true; }

int GpioRequest::descriptor() const { return gpiod_line_request_get_fd(held_->request.get()); }

Result<std::vector<GpioRequest::Edge>> GpioRequest::edges() {
  std::vector<Edge> out;
  const int count = gpiod_line_request_read_edge_events(held_->request.get(), held_->events.get(), kEdgesAtOnce);
  if (count < 0) return failure(errno, subject(held_->name));
  for (int i = 0; i < count; ++i) {
    auto* event = gpiod_edge_event_buffer_get_event(held_->events.get(), static_cast<unsigned long>(i));
    const auto stamp = static_cast<hal::Duration::rep>(gpiod_edge_event_get_timestamp_ns(event));
    out.push_back({hal::Instant{hal::Duration{stamp}}, gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE});
  }
  return out;
}

Result<bool> GpioRequest::active() const {
  const auto value = gpiod_line_request_get_value(held_->request.get(), held_->name.line);
  if (value == GPIOD_LINE_VALUE_ERROR) return failure(errno, subject(held_->name));
  return value == GPIOD_LINE_VALUE_ACTIVE;
}

Result<void> GpioRequest::set(bool active) {
  const auto value = active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
  if (gpiod_line_request_set_value(held_->request.get(), held_->name.line, value) != 0) return failure(errno, subject(held_->name));
  return {};
}

#else

namespace {

struct CloseChip {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }   // releases its lines too
};
using Chip = std::unique_ptr<gpiod_chip, CloseChip>;

int bias_flag(hal::Bias bias) {
  switch (bias) {
    case hal::Bias::as_is: return 0;
    case hal::Bias::none: return GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case hal::Bias::pull_up: return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case hal::Bias::pull_down: return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
  }
  return 0;
}

}   // namespace

struct GpioRequest::Held {
  hal::LineName name;
  bool output = false;
  Chip chip;
  gpiod_line* line = nullptr;   // the chip's
};

namespace {

struct Taken {
  Chip chip;
  gpiod_line* line = nullptr;
};

Result<Taken> request(const hal::LineName& name, int type, int flags) {
  Taken taken{Chip{gpiod_chip_open_by_label(name.chip.c_str())}};
  if (!taken.chip) return no_chip(errno, name);
  if (name.line >= gpiod_chip_num_lines(taken.chip.get())) return Error{ErrorKind::not_found, subject(name)};
  taken.line = gpiod_chip_get_line(taken.chip.get(), name.line);
  if (!taken.line) return failure(errno, subject(name));
  const gpiod_line_request_config config{kConsumer, type, flags};
  if (gpiod_line_request(taken.line, &config, 0) != 0) return failure(errno, subject(name));
  return Result<Taken>{std::move(taken)};
}

}   // namespace

Result<std::unique_ptr<GpioRequest>> GpioRequest::input(const hal::LineName& line, const hal::InputOptions& options) {
  const int flags = bias_flag(options.bias) | (options.active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0);
  auto taken = request(line, GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES, flags);
  if (!taken.ok()) return taken.error();
  auto held = std::make_unique<Held>(Held{line, false, std::move(taken.value().chip), taken.value().line});
  return std::unique_ptr<GpioRequest>{new GpioRequest{std::move(held)}};
}

Result<std::unique_ptr<GpioRequest>> GpioRequest::output(const hal::LineName& line, bool active_low) {
  auto taken = request(line, GPIOD_LINE_REQUEST_DIRECTION_OUTPUT, active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0);
  if (!taken.ok()) return taken.error();
  auto held = std::make_unique<Held>(Held{line, true, std::move(taken.value().chip), taken.value().line});
  return std::unique_ptr<GpioRequest>{new GpioRequest{std::move(held)}};
}

GpioRequest::~GpioRequest() {
  if (held_->output) (void)set(false);
}

bool GpioRequest::debounces() { return false; }

int GpioRequest::descriptor() const { return gpiod_line_event_get_fd(held_->line); }

Result<std::vector<GpioRequest::Edge>> GpioRequest::edges() {
  std::array<gpiod_line_event, kEdgesAtOnce> events;
  const int count = gpiod_line_event_read_multiple(held_->line, events.data(), static_cast<unsigned>(events.size()));
  if (count < 0) return failure(errno, subject(held_->name));
  std::vector<Edge> out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const auto at = std::chrono::seconds{events[i].ts.tv_sec} + std::chrono::nanoseconds{events[i].ts.tv_nsec};
    out.push_back({hal::Instant{at}, events[i].event_type == GPIOD_LINE_EVENT_RISING_EDGE});
  }
  return out;
}

Result<bool> GpioRequest::active() const {
  const int value = gpiod_line_get_value(held_->line);
  if (value < 0) return failure(errno, subject(held_->name));
  return value != 0;
}

Result<void> GpioRequest::set(bool active) {
  if (gpiod_line_set_value(held_->line, active ? 1 : 0) != 0) return failure(errno, subject(held_->name));
  return {};
}

#endif

GpioRequest::GpioRequest(std::unique_ptr<Held> held) : held_(std::move(held)) {}

}   // namespace nightjar::os
