#include "drivers/linux/gpio.h"

#include <memory>
#include <system_error>
#include <utility>

#include "drivers/linux/gpio_request.h"

namespace nightjar::os {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

class GpiodInputLine final : public hal::InputLine {
 public:
  GpiodInputLine(AsioLoop& loop, hal::Log& log, std::unique_ptr<GpioRequest> request, hal::Duration debounce, bool active,
                 std::function<void(const hal::Edge&)> on_edge)
      : loop_(loop),
        log_(log),
        request_(std::move(request)),
        debounce_(GpioRequest::debounces() ? hal::Duration{0} : debounce),
        told_(active),
        seen_(active),
        on_edge_(std::make_shared<Heard>(std::move(on_edge))) {
    watch_ = loop_.readable(request_->descriptor(), [this] { read(); });
  }
  ~GpiodInputLine() override { watch_.drop(); }   // first the watch, which holds the line's descriptor too

  Result<bool> active() const override {
    if (debounce_ > hal::Duration{0}) return told_;
    return request_->active();
  }

 private:
  using Heard = std::function<void(const hal::Edge&)>;

  void read() {
    const auto edges = request_->edges();
    if (!edges.ok()) {
      log_.write(hal::LogLevel::error, "gpio", "an input line failed and is not watched any more", {{"error", edges.error().text()}});
      watch_.drop();
      return;
    }
    const std::weak_ptr<Heard> alive = on_edge_;
    for (const auto& edge : edges.value()) {
      if (alive.expired()) return;
      if (debounce_ > hal::Duration{0})
        settle(edge);
      else
        tell({edge.at, edge.active});
    }
  }

  void settle(const GpioRequest::Edge& edge) {
    seen_ = edge.active;
    if (seen_ == told_) return settling_.drop();
    const auto when = edge.at + debounce_;
    settling_ = loop_.at(when, [this, when] { tell({when, seen_}); });
  }

  void tell(const hal::Edge& edge) {
    if (edge.active == told_) return;
    told_ = edge.active;
    const auto keep = on_edge_;   // the line may be destroyed within
    (*keep)(edge);
  }

  AsioLoop& loop_;
  hal::Log& log_;
  std::unique_ptr<GpioRequest> request_;
  hal::Duration debounce_;   // ours; 0 where the kernel does it
  bool told_;
  bool seen_;
  std::shared_ptr<Heard> on_edge_;
  hal::Operation settling_;
  hal::Operation watch_;
};

class GpiodOutputLine final : public hal::OutputLine {
 public:
  explicit GpiodOutputLine(std::unique_ptr<GpioRequest> request) : request_(std::move(request)) {}
  Result<void> set(bool active) override { return request_->set(active); }

 private:
  std::unique_ptr<GpioRequest> request_;
};

}   // namespace

Result<std::unique_ptr<hal::InputLine>> GpiodGpio::open_input(const hal::LineName& line, const hal::InputOptions& options,
                                                              std::function<void(const hal::Edge&)> on_edge) {
  auto request = GpioRequest::input(line, options);
  if (!request.ok()) return request.error();
  const auto active = request.value()->active();
  if (!active.ok()) return active.error();
  try {
    return Result<std::unique_ptr<hal::InputLine>>{
        std::make_unique<GpiodInputLine>(loop_, log_, std::move(request).value(), options.debounce, active.value(), std::move(on_edge))};
  } catch (const std::system_error& error) {   // the loop cannot watch it
    return Error{ErrorKind::io, line.chip + ": " + error.what()};
  }
}

Result<std::unique_ptr<hal::OutputLine>> GpiodGpio::open_output(const hal::LineName& line, bool active_low) {
  auto request = GpioRequest::output(line, active_low);
  if (!request.ok()) return request.error();
  return Result<std::unique_ptr<hal::OutputLine>>{std::make_unique<GpiodOutputLine>(std::move(request).value())};
}

}   // namespace nightjar::os
