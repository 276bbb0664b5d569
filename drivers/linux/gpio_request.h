#pragma once
// The only place that knows which libgpiod it is built against: 1.6 (Debian 12) or, with NIGHTJAR_GPIOD2, 2.x (Debian 13).
#include <cstdint>
#include <memory>
#include <vector>

#include "hal/gpio.h"

namespace nightjar::os {

/// One line had from the kernel. Destroying it gives the line back, an output inactive.
class GpioRequest {
 public:
  struct Edge {
    hal::Instant at;   // the kernel's stamp, CLOCK_MONOTONIC
    bool active = false;
  };

  /// Both edges of an input. `debounce` is used where debounces() is true, else left to the caller.
  static hal::Result<std::unique_ptr<GpioRequest>> input(const hal::LineName& line, const hal::InputOptions& options);
  /// An output, inactive.
  static hal::Result<std::unique_ptr<GpioRequest>> output(const hal::LineName& line, bool active_low);
  ~GpioRequest();
  GpioRequest(const GpioRequest&) = delete;
  GpioRequest& operator=(const GpioRequest&) = delete;

  /// Can this library ask the kernel to debounce?
  static bool debounces();

  /// Readable when there are edges.
  int descriptor() const;
  /// The edges that wait, at most 16, oldest first. Call it when descriptor() is readable: it does not wait then.
  hal::Result<std::vector<Edge>> edges();
  hal::Result<bool> active() const;
  hal::Result<void> set(bool active);

 private:
  struct Held;
  explicit GpioRequest(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

}   // namespace nightjar::os
