#include "drivers/linux/power.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

namespace nightjar::os {

namespace {

namespace fs = std::filesystem;

/// The first line of a small file, nothing when it cannot be read: parts come and go.
std::optional<std::string> line_of(const fs::path& file) {
  std::ifstream in{file};
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  return line;
}

std::optional<long> number_of(const fs::path& file) {
  const auto line = line_of(file);
  if (!line) return std::nullopt;
  long value = 0;
  const auto [end, failed] = std::from_chars(line->data(), line->data() + line->size(), value);
  if (failed != std::errc{} || end == line->data()) return std::nullopt;
  return value;
}

/// The entries of a class folder, by name; sysfs lists them in no order.
std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failed;
  for (fs::directory_iterator at{folder, failed}, end; !failed && at != end; at.increment(failed)) out.push_back(at->path());
  std::sort(out.begin(), out.end());
  return out;
}

void read_battery(const fs::path& sys, hal::PowerReading& reading) {
  for (const auto& supply : entries(sys / "class/power_supply")) {
    if (line_of(supply / "type") != "Battery" || line_of(supply / "scope") == "Device") continue;   // a mouse has one too
    if (const auto percent = number_of(supply / "capacity"); percent && *percent >= 0 && *percent <= 100)
      reading.battery = static_cast<int>(*percent);
    const auto status = line_of(supply / "status");   // Documentation/ABI/testing/sysfs-class-power
    if (status == "Charging") reading.charging = true;
    if (status == "Discharging" || status == "Not charging" || status == "Full") reading.charging = false;
    return;
  }
}

void read_under_voltage(const fs::path& sys, hal::PowerReading& reading) {
  for (const auto& monitor : entries(sys / "class/hwmon")) {
    if (line_of(monitor / "name") != "rpi_volt") continue;
    if (const auto alarm = number_of(monitor / "in0_lcrit_alarm")) reading.under_voltage = *alarm != 0;
    return;
  }
}

hal::PowerReading read_all(const fs::path& sys, const fs::path& uptime) {
  hal::PowerReading reading;
  read_battery(sys, reading);
  read_under_voltage(sys, reading);
  if (const auto temperature = number_of(sys / "class/thermal/thermal_zone0/temp"))
    reading.temperature = static_cast<double>(*temperature) / 1000;   // the file is in thousandths
  double seconds = 0;
  if (std::ifstream{uptime} >> seconds) reading.uptime = std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>{seconds});
  return reading;
}

}   // namespace

SysfsPower::SysfsPower(AsioLoop& loop, std::string sys, std::string uptime)
    : sys_(std::move(sys)), uptime_(std::move(uptime)), worker_(loop, "power") {}

hal::Operation SysfsPower::read(std::function<void(const hal::PowerReading&)> done) {
  std::erase_if(waiting_, [](const Answer& waiting) { return !waiting.wanted(); });
  const Answer answer{std::move(done)};
  waiting_.push_back(answer);
  if (!reading_) begin();
  return answer.operation();
}

void SysfsPower::begin() {
  reading_ = true;
  const auto answers = std::make_shared<std::vector<Answer>>(std::exchange(waiting_, {}));
  const auto reading = std::make_shared<hal::PowerReading>();
  worker_.run([reading, sys = sys_, uptime = uptime_] { *reading = read_all(sys, uptime); },
              [this, answers, reading, alive = std::weak_ptr{alive_}] {
                if (!alive.expired()) {
                  reading_ = false;
                  if (!waiting_.empty()) begin();
                }
                for (const auto& answer : *answers) answer(*reading);
              });
}

}   // namespace nightjar::os
