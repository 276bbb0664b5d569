#pragma once

/// For programs written for [Boost].SML: boost::sml is this engine; sm<T> takes its dependencies by type, starts itself,
/// and process_event() says whether the event was handled.
/// What is done otherwise, and why: README.md.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <utility>

#include "fsm/sml/sml.h"

namespace sml {
namespace detail {

/// Dependencies of an sm, found by type at run time: references to what was given as an lvalue, copies of what was not.
class Dependencies {
 public:
  static constexpr std::size_t kMax = 8;
  static constexpr std::size_t kCopyMax = 16;  // bytes of a copy: numbers and pointers

  template <class D>
  void add(D&& dependency) {
    using V = std::remove_cvref_t<D>;
    if (count_ == kMax) std::abort();
    Entry& entry = entries_[count_++];
    entry.key = type_key<V>;
    if constexpr (std::is_lvalue_reference_v<D>) {
      entry.object = const_cast<V*>(&dependency);
    } else {
      static_assert(std::is_trivially_copyable_v<V> && sizeof(V) <= kCopyMax, "sml: pass this dependency as an lvalue; it is referred to");
      std::memcpy(entry.copy.data(), &dependency, sizeof(V));
    }
  }
  /// Ends the program if nothing of that type was given: the table cannot be run without it.
  template <class P>
    requires(!std::is_same_v<bare<P>, Time> && !std::is_same_v<bare<P>, _> && !std::is_same_v<bare<P>, none>)
  bare<P>& sml_get() {
    for (std::size_t i = 0; i < count_; ++i) {
      if (entries_[i].key != type_key<bare<P>>) continue;
      void* object = entries_[i].object != nullptr ? entries_[i].object : entries_[i].copy.data();
      return *static_cast<bare<P>*>(object);
    }
    std::abort();
  }

 private:
  struct Entry {
    std::uint64_t key = 0;
    void* object = nullptr;
    alignas(std::max_align_t) std::array<std::byte, kCopyMax> copy{};
  };
  std::array<Entry, kMax> entries_{};
  std::size_t count_ = 0;
};

/// T's own rows; what its verbs ask for comes from the dependencies.
template <class T>
struct Adapted : T {
  static constexpr auto name = table_name<T>();
  using Port = Dependencies;
};

}  // namespace detail

struct testing {};  ///< policy: the sm may set_current_states()

/// policy: L's log_process_event and log_state_change are called. Guards and actions have names here, which an
/// observer of the machine sees; log_guard and log_action are not called.
template <class L>
struct logger {
  using type = L;
};

namespace detail {

template <class... Policies>
struct logger_in {
  using type = void;
};
template <class First, class... Rest>
struct logger_in<First, Rest...> : logger_in<Rest...> {};
template <class L, class... Rest>
struct logger_in<logger<L>, Rest...> {
  using type = L;
};

}  // namespace detail

/// A machine with its dependencies, in the manner of [Boost].SML. What was given as an lvalue is referred to and has to
/// outlive it.
template <class T, class... Policies>
class sm {
  using Table = detail::Adapted<T>;
  using Logger = typename detail::logger_in<Policies...>::type;

 public:
  template <class... D>
    requires(!(std::is_same_v<std::remove_cvref_t<D>, sm> || ...))
  explicit sm(D&&... dependencies) {
    (take(std::forward<D>(dependencies)), ...);
    with_observer([&](auto&... observer) { machine_.start(Time{}, dependencies_, observer...); });
  }

  /// True if a row handled it.
  template <class E>
  bool process_event(const E& event) {
    Verdict verdict{};
    if constexpr (!std::is_void_v<Logger>) logger_->template log_process_event<T>(event);
    with_observer([&](auto&... observer) { verdict = machine_.process_foreign(event, Time{}, dependencies_, observer...); });
    return verdict >= Verdict::internal;
  }
  template <class E>
  bool process_event(const detail::event_t<E, detail::Trigger::event>&) {
    return process_event(E{});
  }

  /// Whether all these states are active.
  template <class... S>
  bool is(S... states) const {
    return (machine_.is(states) && ...);
  }
  template <class Composite, class... S>
    requires(requires { typename Composite::id; })
  bool is(S... states) const {
    return (machine_.template is<typename Composite::id::type>(states) && ...);
  }
  template <class Visit>
  void visit_current_states(Visit&& visit) const {
    machine_.visit_current_states(visit);
  }
  template <class... S>
  void set_current_states(S... states) {
    static_assert((std::is_same_v<Policies, testing> || ...), "sml: sm<T, testing> may set its states");
    machine_.set_state(states...);
  }
  machine<Table>& underlying() { return machine_; }

 private:
  template <class D>
  void take(D&& dependency) {
    if constexpr (std::is_same_v<std::remove_cvref_t<D>, Logger>) {
      logger_ = &dependency;
    } else {
      dependencies_.add(std::forward<D>(dependency));
    }
  }
  template <class Do>
  void with_observer(Do run) {
    if constexpr (std::is_void_v<Logger>) {
      run();
    } else {
      using State = typename machine<Table>::active_state;
      auto observer = [this](const Step& step) {
        if (step.verdict == Verdict::taken && step.from != kNoState) logger_->template log_state_change<T>(State{step.from}, State{step.to});
      };
      run(observer);
    }
  }

  detail::Dependencies dependencies_;
  machine<Table> machine_;
  std::conditional_t<std::is_void_v<Logger>, none, Logger>* logger_ = nullptr;
};

namespace aux {

template <class T>
constexpr const char* get_type_name() {
  return detail::joined<detail::type_name<T>>::value.data();
}

}  // namespace aux

namespace utility {
namespace detail_of_dispatch {

template <class Runtime, class Sm, class E>
bool offer(Sm& machine, const Runtime& event, int id) {
  if constexpr (requires { E::id; }) {
    if (static_cast<int>(E::id) != id) return false;
    if constexpr (std::is_constructible_v<E, const Runtime&>) {
      machine.process_event(E(event));
    } else {
      machine.process_event(E{});
    }
    return true;
  } else {
    return false;
  }
}

template <class Runtime, class Sm, bool S, class... R>
bool offer_all(Sm& machine, const Runtime& event, int id, const table<S, R...>*) {
  return (offer<Runtime, Sm, typename R::trigger_type::event_type>(machine, event, id) || ...);
}

}  // namespace detail_of_dispatch

/// dispatch(event, id) gives the sm the event of its table whose `id` it is, made from `event` if it can be.
template <class Runtime, int First, int Last, class T, class... Policies>
auto make_dispatch_table(sm<T, Policies...>& machine) {
  return [&machine](const Runtime& event, int id) {
    if (id < First || id > Last) return false;
    return detail_of_dispatch::offer_all<Runtime>(machine, event, id, static_cast<const detail::table_of<T>*>(nullptr));
  };
}

}  // namespace utility
}  // namespace sml

/// The name such programs know.
namespace boost {
namespace sml = ::sml;
}
