#pragma once
// The errands about the camera's clock. Internal to drivers/canon.
#include <utility>

#include "drivers/canon/date_time.h"
#include "drivers/canon/errand_for.h"

namespace nightjar::canon {

class ReadClockErrand final : public ErrandFor<hal::CameraTime> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* clock = resource("functions/datetime");
    if (!clock) return answer(lacks("clock to be read"));
    get(clock->path, [this](const std::string& body) {
      const auto time = parse_date_time(body);
      if (!time) return answer(no_ccapi("the date and time"));
      answer(*time);
    });
  }
};

class SetClockErrand final : public ErrandFor<void> {
 public:
  SetClockErrand(hal::Completion<hal::Result<void>> completion, KnownPtr known, const hal::CameraTime& time)
      : ErrandFor(std::move(completion), std::move(known)), time_(time) {}

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* clock = resource("functions/datetime", Method::put);
    if (!clock) return answer(lacks("clock to be set"));
    send("PUT", clock->path, format_date_time(time_), [this](const std::string&) { answer({}); });
  }

  hal::CameraTime time_;
};

}   // namespace nightjar::canon
