#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace nightjar::sim {

/// A function to be called once, later; moved, never copied. What fits 48 bytes is held in place: a world's queue does not
/// touch the heap for it (std::function would, for anything that owns a pointer).
class Task {
 public:
  Task() = default;
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Task> && std::is_invocable_v<std::remove_cvref_t<F>&>)
      Task(F&& function) {   // NOLINT: implicit by design
    using Held = std::remove_cvref_t<F>;
    if constexpr (sizeof(Held) <= kSize && alignof(Held) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<Held>) {
      ::new (static_cast<void*>(space_)) Held(std::forward<F>(function));
      verbs_ = &kVerbs<Held>;
    } else {
      using Boxed = Box<Held>;
      ::new (static_cast<void*>(space_)) Boxed{std::make_unique<Held>(std::forward<F>(function))};
      verbs_ = &kVerbs<Boxed>;
    }
  }
  Task(Task&& other) noexcept { take(other); }
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      clear();
      take(other);
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { clear(); }

  explicit operator bool() const { return verbs_ != nullptr; }
  void operator()() { verbs_->call(space_); }

 private:
  static constexpr std::size_t kSize = 48;
  struct Verbs {
    void (*call)(void*);
    void (*move)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };
  template <class Held>
  struct Box {
    std::unique_ptr<Held> held;
    void operator()() { (*held)(); }
  };
  template <class Held>
  static constexpr Verbs kVerbs{[](void* at) { (*static_cast<Held*>(at))(); },
                                [](void* from, void* to) noexcept {
                                  ::new (to) Held(std::move(*static_cast<Held*>(from)));
                                  static_cast<Held*>(from)->~Held();
                                },
                                [](void* at) noexcept { static_cast<Held*>(at)->~Held(); }};

  void take(Task& other) noexcept {
    if (!other.verbs_) return;
    verbs_ = std::exchange(other.verbs_, nullptr);
    verbs_->move(other.space_, space_);
  }
  void clear() noexcept {
    if (const auto* verbs = std::exchange(verbs_, nullptr)) verbs->destroy(space_);
  }

  const Verbs* verbs_ = nullptr;
  alignas(std::max_align_t) std::byte space_[kSize];
};

}   // namespace nightjar::sim
