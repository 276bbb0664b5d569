#pragma once
// The camera's clock as CCAPI carries it:
//   {"datetime":"Tue, 01 Jan 2019 01:23:45 +0900","dst":false}
// It looks like RFC 1123 and is not: the digits are what the camera shows, daylight saving included, while the zone behind them is that
// of standard time. With "dst":true a reader of dates is therefore an hour off.
#include <optional>
#include <string>
#include <string_view>

#include "hal/camera.h"

namespace nightjar::canon {

/// Nothing when it is not of that form, or no date there is. Never throws.
std::optional<hal::CameraTime> parse_date_time(std::string_view body);

/// What sets a clock to that.
std::string format_date_time(const hal::CameraTime& time);

}   // namespace nightjar::canon
