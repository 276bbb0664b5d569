#include "sim/timeline.h"

#include <algorithm>
#include <stdexcept>

#include "sim/chance.h"

namespace nightjar::sim {

Timeline::Event Timeline::at(hal::Instant when, Owner owner, Task task) {
  if (closed_) return {};
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
    free_.reserve(slots_.capacity());   // release() must not throw
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  const auto sequence = ++sequence_;
  slots_[slot].sequence = sequence;
  slots_[slot].owner = owner;
  slots_[slot].task = std::move(task);
  ++alive_;
  if (when <= now_) {
    ready_.push_back({now_, sequence, slot});
  } else {
    heap_.push_back({when, sequence, slot});
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  }
  return {sequence, slot};
}

Task Timeline::release(std::uint32_t slot) noexcept {
  Task task = std::move(slots_[slot].task);
  slots_[slot].sequence = 0;
  free_.push_back(slot);
  --alive_;
  return task;
}

void Timeline::cancel(Event event) noexcept {
  if (!pending(event)) return;
  const Task task = release(event.slot);   // its destruction, at the end of this call, may cancel others
  ++dead_;
  if (dead_ > alive_ + 64) sweep();
}

void Timeline::drop_all_of(Owner owner) {
  std::vector<Task> dropped;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].sequence == 0 || slots_[slot].owner != owner) continue;
    dropped.push_back(release(slot));
    ++dead_;
  }
}

void Timeline::close() {
  closed_ = true;
  std::vector<Task> dropped;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
    if (slots_[slot].sequence != 0) dropped.push_back(release(slot));
  heap_.clear();
  ready_.clear();
  ready_from_ = 0;
  dead_ = 0;
}

void Timeline::sweep() {
  std::erase_if(heap_, [this](const Entry& entry) { return dead(entry); });
  std::make_heap(heap_.begin(), heap_.end(), Later{});
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(ready_from_));
  ready_from_ = 0;
  std::erase_if(ready_, [this](const Entry& entry) { return dead(entry); });
  dead_ = 0;
}

void Timeline::bury() {
  while (!heap_.empty() && dead(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
    --dead_;
  }
  while (ready_from_ < ready_.size() && dead(ready_[ready_from_])) {
    ++ready_from_;
    --dead_;
  }
  if (ready_from_ == ready_.size()) {
    ready_.clear();
    ready_from_ = 0;
  }
}

std::optional<hal::Instant> Timeline::next() {
  bury();
  if (!ready_.empty()) return now_;
  if (!heap_.empty()) return heap_.front().when;
  return std::nullopt;
}

bool Timeline::step() {
  if (running_) throw std::logic_error("a world cannot be stepped from within one of its events");
  const auto when = next();
  if (!when) return false;
  Entry entry{};
  if (!heap_.empty() && heap_.front().when <= now_) {
    entry = heap_.front();
  } else if (!ready_.empty()) {
    entry = ready_[ready_from_];
  } else {
    entry = heap_.front();
  }
  if (!heap_.empty() && entry.sequence == heap_.front().sequence) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
  } else {
    ++ready_from_;
  }
  at_once_ = *when > now_ ? 0 : at_once_ + 1;
  if (at_once_ > kEventsAtOnceMax) throw std::runtime_error("time stands still: an event keeps making another at the same instant");
  now_ = *when;
  ++steps_;
  note(static_cast<std::uint64_t>(now_.time_since_epoch().count()) * 31 + slots_[entry.slot].owner);
  Task task = release(entry.slot);
  running_ = true;
  const struct Guard {
    bool& running;
    ~Guard() { running = false; }
  } guard{running_};
  task();
  return true;
}

void Timeline::skip_to(hal::Instant when) {
  if (when > now_) {
    now_ = when;
    at_once_ = 0;
  }
}

void Timeline::note(std::uint64_t value) { fingerprint_ = Chance::mix(fingerprint_ ^ value) + 0x9e3779b97f4a7c15u; }

void Timeline::note(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;   // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  note(hash ^ text.size());
}

}   // namespace nightjar::sim
