#include "drivers/linux/load.h"

#include <array>
#include <fstream>
#include <limits>

namespace nightjar::os {

/// "cpu  user nice system idle iowait irq softirq steal ..." in hundredths of a second; guest times are in the first two already.
std::optional<ProcLoad::Ticks> ProcLoad::ticks() const {
  std::ifstream file{proc_ + "/stat"};
  std::string name;
  std::array<std::uint64_t, 8> spent{};
  file >> name;
  for (auto& one : spent) file >> one;
  if (!file || name != "cpu") return std::nullopt;
  Ticks out;
  for (const auto one : spent) out.all += one;
  out.busy = out.all - spent[3] - spent[4];
  return out;
}

std::optional<double> ProcLoad::busy_share() {
  const auto now = ticks();
  if (!now) return std::nullopt;
  const auto before = std::exchange(before_, *now);
  if (now->all <= before.all || now->busy < before.busy) return now->all == before.all ? std::optional{0.0} : std::nullopt;   // iowait may run backwards
  return std::min(1.0, static_cast<double>(now->busy - before.busy) / static_cast<double>(now->all - before.all));
}

hal::Operation ProcLoad::read(std::function<void(const hal::LoadReading&)> done) {
  const hal::Completion<const hal::LoadReading&> answer{std::move(done)};
  loop_.post([this, answer] {
    if (!answer.wanted()) return;   // its asker, who is gone, may have taken us along
    hal::LoadReading reading;
    reading.cpu = busy_share();
    std::ifstream file{proc_ + "/meminfo"};   // "MemTotal:  948012 kB"
    std::string name;
    for (std::uint64_t kib = 0; file >> name >> kib; file.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
      if (name == "MemTotal:") reading.memory_total = kib * 1024;
      if (name == "MemAvailable:") reading.memory_available = kib * 1024;
    }
    answer(reading);
  });
  return answer.operation();
}

}   // namespace nightjar::os
