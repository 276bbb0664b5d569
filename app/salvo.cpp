#include "app/salvo.h"

#include <algorithm>

namespace nightjar::app {

void Trigger::arm(const std::string& shot_id, hal::Instant at) {
  if (!armed_.contains(shot_id) && armed_.size() >= kArmedMax) return on_report(shot_id, hal::Error{hal::ErrorKind::busy, "too many shots are waiting"});
  if (at > loop_.now() + kAheadMax) return on_report(shot_id, hal::Error{hal::ErrorKind::invalid, "too far ahead"});
  armed_[shot_id] = loop_.at(at, [this, shot_id, at] { release(shot_id, at); });
}

void Trigger::release(const std::string& shot_id, hal::Instant due) {
  const auto now = loop_.now();
  armed_.erase(shot_id);
  if (now - due > hal::Duration{kLateMax}) return on_report(shot_id, hal::Error{hal::ErrorKind::timed_out, "too late"});
  if (!shutter) return on_report(shot_id, hal::Error{hal::ErrorKind::missing, "no shutter"});
  shutter([this, shot_id, alive = std::weak_ptr{alive_}](const hal::Result<void>& taken) {
    if (!alive.expired() && !taken.ok()) on_report(shot_id, taken.error());
  });
  on_report(shot_id, now);
}

std::size_t Salvo::fired() const {
  return static_cast<std::size_t>(std::ranges::count_if(results, [](const auto& entry) { return entry.second.fired; }));
}

std::optional<hal::Duration> Salvo::spread() const {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  for (const auto& [id, result] : results) {
    if (!result.fired) continue;
    first = std::min(first.value_or(result.at), result.at);
    last = std::max(last.value_or(result.at), result.at);
  }
  return fired() < 2 ? std::nullopt : std::optional{from_micros(*last - *first)};
}

Salvo& Salvos::add(std::string shot_id, hal::Duration host_time, std::size_t asked) {
  if (salvos_.size() >= kKept) salvos_.pop_front();
  salvos_.push_back({std::move(shot_id), host_time, {}, asked});
  return salvos_.back();
}

Salvo* Salvos::find(const std::string& shot_id) {
  const auto at = std::ranges::find(salvos_, shot_id, &Salvo::shot_id);
  return at == salvos_.end() ? nullptr : &*at;
}

}  // namespace nightjar::app
