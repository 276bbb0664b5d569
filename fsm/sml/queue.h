#pragma once

/// Bounded storage for events of a closed set, without a heap of its own.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fsm/sml/model.h"

namespace sml {

namespace detail {

template <class T>
consteval std::size_t largest_event() {
  std::size_t size = 1;
  for (std::size_t e = 0; e < Model<T>::event_count; ++e)
    if (Model<T>::parts.events[e]->size > size) size = Model<T>::parts.events[e]->size;
  return size;
}
template <class T>
consteval std::size_t strictest_event() {
  std::size_t align = 1;
  for (std::size_t e = 0; e < Model<T>::event_count; ++e)
    if (Model<T>::parts.events[e]->align > align) align = Model<T>::parts.events[e]->align;
  return align;
}
template <class T>
consteval bool trivial_events() {
  for (std::size_t e = 0; e < Model<T>::event_count; ++e)
    if (!Model<T>::parts.events[e]->trivial) return false;
  return true;
}

}  // namespace detail

/// One event out of the set a table answers, or none.
template <class T>
class any_event {
 public:
  any_event() = default;
  template <class E>
    requires(!std::is_same_v<E, any_event> && detail::table_knows<T, E>())
  any_event(const E& event) : any_event(detail::Model<T>::template event_id<E>, &event) {}  // NOLINT: is one of them
  any_event(std::uint8_t id, const void* event) { take(id, event); }
  any_event(const any_event& other) { take(other.id_, other.bytes_.data()); }
  any_event& operator=(const any_event& other) {
    if (this != &other) {
      drop();
      take(other.id_, other.bytes_.data());
    }
    return *this;
  }
  ~any_event() { drop(); }

  std::uint8_t id() const { return id_; }
  const void* payload() const { return bytes_.data(); }

  bool operator==(const any_event& other) const {
    if (id_ != other.id_) return false;
    if (id_ == kNoEvent) return true;
    const EventInfo& info = *detail::Model<T>::parts.events[id_];
    return info.equal == nullptr || info.equal(payload(), other.payload());
  }

 private:
  void take(std::uint8_t id, const void* event) {
    id_ = id;
    if (id_ == kNoEvent) return;
    const EventInfo& info = *detail::Model<T>::parts.events[id_];
    if (detail::trivial_events<T>()) {
      std::memcpy(bytes_.data(), event, info.size);
    } else if (info.copy != nullptr) {
      info.copy(bytes_.data(), event);
    }
  }
  void drop() {
    if (!detail::trivial_events<T>() && id_ != kNoEvent) {
      const EventInfo& info = *detail::Model<T>::parts.events[id_];
      if (info.destroy != nullptr) info.destroy(bytes_.data());
    }
    id_ = kNoEvent;
  }

  std::uint8_t id_ = kNoEvent;
  alignas(detail::strictest_event<T>()) std::array<std::byte, detail::largest_event<T>()> bytes_;
};

namespace detail {

/// First in, first out, at most N.
template <class T, std::size_t N>
class EventQueue {
 public:
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  const any_event<T>& operator[](std::size_t i) const { return items_[(head_ + i) % N]; }

  bool push(std::uint8_t id, const void* event) {
    if (count_ == N) return false;
    items_[(head_ + count_++) % N] = any_event<T>(id, event);
    return true;
  }
  void pop() {
    items_[head_] = any_event<T>{};
    head_ = (head_ + 1) % N;
    --count_;
  }
  void remove(std::size_t i) {
    for (; i + 1 < count_; ++i) items_[(head_ + i) % N] = items_[(head_ + i + 1) % N];
    --count_;
    items_[(head_ + count_) % N] = any_event<T>{};
  }
  void clear() {
    while (!empty()) pop();
  }
  bool operator==(const EventQueue& other) const {
    if (count_ != other.count_) return false;
    for (std::size_t i = 0; i < count_; ++i)
      if (!((*this)[i] == other[i])) return false;
    return true;
  }

 private:
  std::array<any_event<T>, N> items_{};
  std::size_t head_ = 0;
  std::size_t count_ = 0;
};

template <class T>
inline constexpr std::size_t post_max = [] {
  if constexpr (requires { T::post_max; }) {
    return static_cast<std::size_t>(T::post_max);
  } else {
    return std::size_t{8};
  }
}();

template <class T>
inline constexpr std::size_t defer_max = [] {
  if constexpr (requires { T::defer_max; }) {
    return static_cast<std::size_t>(T::defer_max);
  } else {
    return std::size_t{4};
  }
}();

}  // namespace detail
}  // namespace sml
