#pragma once

/// What a machine does with an event. The order, always: guard, exit, action, state, entry, timers;
/// then the observer; then completions; then recalled events; then posted ones.

#include "fsm/sml/machine.h"

namespace sml::detail {

template <class T, class Observer>
class Engine {
 public:
  using Mo = Model<T>;
  using M = typename Mo::M;
  static constexpr bool kObserved = !std::is_same_v<Observer, NoObserver>;
  static constexpr bool kSingle = Mo::parts.regions == 1;
  static constexpr bool kQueued = Mo::parts.posts;
  static constexpr bool kDefers = Mo::parts.defers;
  static constexpr bool kSettles = Mo::parts.completes || kQueued || kDefers;

  SML_INLINE Engine(machine<T>& self, typename M::port_type* port, Time now, Observer& observer)
      : m_(self), env_{&self.contexts_, port, now, {}}, observer_(observer) {}

  void start() {
    attach();
    for (std::size_t r = 0; r < Mo::parts.regions; ++r) m_.states_[r] = kNoState;
    if constexpr (Mo::parts.slots > 0)
      for (Time& deadline : m_.deadlines_.items) deadline = kNever;
    if constexpr (Mo::parts.histories > 0)
      for (std::size_t h = 0; h < Mo::parts.histories; ++h) m_.histories_[h] = kNoState;
    if constexpr (kDefers) m_.deferred_.events.clear();
    guarded([&] {
      enter_regions(std::make_index_sequence<Mo::parts.regions>{});
      return Verdict::taken;
    });
    settle(Verdict::taken);
  }

  template <std::uint8_t Event>
  SML_INLINE Verdict process(const void* event) {
    if constexpr (!kSettles && !Mo::parts.throws) {
      return dispatch<Event>(event);
    } else {
      attach();
      const Verdict verdict = guarded([&] { return dispatch<Event>(event); });
      settle(verdict);
      return verdict;
    }
  }

  SML_INLINE Verdict process_any(std::uint8_t id, const void* event) {
    if constexpr (!kSettles && !Mo::parts.throws) {
      return dispatch_any(id, event);
    } else {
      attach();
      const Verdict verdict = guarded([&] { return dispatch_any(id, event); });
      settle(verdict);
      return verdict;
    }
  }

  std::size_t advance() {
    std::size_t fired = 0;
    if constexpr (Mo::parts.slots > 0) {
      attach();
      for (; fired < kTimersMax; ++fired) {
        std::size_t earliest = 0;
        for (std::size_t s = 1; s < Mo::parts.slots; ++s)
          if (deadline(s) < deadline(earliest)) earliest = s;
        if (deadline(earliest) == kNever || deadline(earliest) > env_.now) break;
        const Verdict verdict = guarded([&] { return expire(earliest); });
        settle(verdict);
      }
    }
    return fired;
  }

  /// Arms the timers of a leaf and of the states around it, as if they had been entered now.
  template <std::uint8_t Leaf>
  void arm_leaf() {
    arm_path<Leaf>(std::make_index_sequence<way_in<T, root_of(Leaf), Leaf>.size>{});
  }

 private:
  // ---- one event against one state --------------------------------------------------------------

  using Index = Answers<T>;

  /// One event, all the leaves that answer it.
  template <std::uint8_t Event>
  struct OnEvent {
    static constexpr std::size_t size = Index::leaves_of(Event);
    static constexpr unsigned label(std::size_t i) { return Index::index.items[Index::head_of_event(Event, i)].leaf; }
    template <std::size_t I>
    SML_INLINE static Verdict run(Engine& e, const void*& event) {
      return e.template answer<Index::head_of_event(Event, I), Event>(event);
    }
  };
  /// One leaf, all the events it answers.
  template <std::uint8_t Leaf>
  struct InLeaf {
    static constexpr std::size_t groups = Index::groups_in(Leaf);
    static constexpr bool any = groups > 0 && Index::index.items[Index::head_in_leaf(Leaf, groups - 1)].event == kNoEvent;
    static constexpr std::size_t size = any ? groups - 1 : groups;
    static constexpr unsigned label(std::size_t i) { return Index::index.items[Index::head_in_leaf(Leaf, i)].event; }
    template <std::size_t I>
    SML_INLINE static Verdict run(Engine& e, const void*& event) {
      constexpr std::size_t head = Index::head_in_leaf(Leaf, I);
      return e.template answer<head, Index::index.items[head].event>(event);
    }
  };
  struct OnAny {
    static constexpr std::size_t size = Mo::leaf_count;
    static constexpr unsigned label(std::size_t i) { return static_cast<unsigned>(i); }
    template <std::size_t Leaf>
    SML_INLINE static Verdict run(Engine& e, const std::uint8_t& id, const void*& event) {
      if constexpr (InLeaf<Leaf>::any) {
        if (id >= Mo::event_count) return e.template answer<Index::head_in_leaf(Leaf, InLeaf<Leaf>::groups - 1), kNoEvent>(event);
      }
      return chain_over<InLeaf<Leaf>>(id, Verdict::unexpected, e, event);
    }
  };
  template <std::uint8_t Event>
  struct OnSurprise {
    template <std::uint8_t Leaf>
    static Verdict on(Engine& e, const void* event) {
      return e.template try_rows<rows_for_surprise<T, Leaf, Event>, 0, Leaf, Event>(event);
    }
  };
  struct OnSurpriseAny {
    template <std::uint8_t Event>
    static Verdict on(Engine& e, const void* event) {
      return e.template surprise<Event>(event);
    }
  };
  struct OnCompletion {
    template <std::uint8_t Leaf>
    static Verdict on(Engine& e, const bool& entered) {
      return e.template try_completions<Leaf, 0>(entered);
    }
  };
  struct OnTimer {
    template <std::uint8_t Leaf>
    static Verdict on(Engine& e, const std::size_t& slot) {
      return e.template try_timers<Leaf, 0>(slot);
    }
  };
  struct OnException {
    template <std::uint8_t Leaf>
    static Verdict on(Engine& e) {
      return e.template try_catchers<Leaf, 0>();
    }
  };
  template <std::uint8_t Top, std::uint8_t Event>
  struct Enter {
    template <std::uint8_t Leaf>
    static bool on(Engine& e, const void*& event) {
      e.template enter_path<Top, Leaf, Event>(event, std::make_index_sequence<way_in<T, Top, Leaf>.size>{});
      return true;
    }
  };

  /// Asks the rows of a group one after the other.
  template <std::size_t A, std::uint8_t Event>
  SML_INLINE Verdict answer(const void* event) {
    constexpr const Answer& a = Index::index.items[A];
    constexpr const auto& row = Mo::rows[a.row];
    if constexpr (row.raw->guarded) {
      static_assert(row.raw->guard_bool, "sml: a guard returns bool; this one returns something else");
      constexpr auto guard = row.raw->guard;
      if (!guard(env_, event)) {
        if constexpr (a.last) {
          note(kNoRow, a.leaf, Event, a.leaf, Verdict::refused);
          return Verdict::refused;
        } else {
          return answer<A + 1, Event>(event);
        }
      }
    }
    if constexpr (a.plain) {
      if constexpr (row.raw->acts) {
        constexpr auto action = row.raw->action;
        action(env_, event);
      }
      if constexpr (row.to == kNoState) {
        note(a.row, a.leaf, Event, a.leaf, Verdict::internal);
        return Verdict::internal;
      } else {
        m_.states_[Mo::states[a.leaf].region] = row.to;
        if constexpr (kSettles) moved_ |= 1u << Mo::states[a.leaf].region;
        note(a.row, a.leaf, Event, row.to, Verdict::taken);
        return Verdict::taken;
      }
    } else {
      return fire<a.leaf, a.row, Event>(event);
    }
  }

  template <const auto& Rows, std::size_t K, std::uint8_t Leaf, std::uint8_t Event>
  Verdict try_rows(const void* event) {
    if constexpr (K == Rows.size) {
      if constexpr (K > 0) note(kNoRow, Leaf, Event, Leaf, Verdict::refused);
      return K > 0 ? Verdict::refused : Verdict::unexpected;
    } else {
      constexpr std::uint16_t r = Rows.items[K];
      if constexpr (Mo::rows[r].raw->guarded) {
        constexpr auto guard = Mo::rows[r].raw->guard;
        if (!guard(env_, event)) return try_rows<Rows, K + 1, Leaf, Event>(event);
      }
      return fire<Leaf, r, Event>(event);
    }
  }

  /// Takes one row: exit, action, state, entry.
  template <std::uint8_t Leaf, std::uint16_t R, std::uint8_t Event>
  SML_INLINE Verdict fire(const void* event) {
    constexpr const auto& row = Mo::rows[R];
    [[maybe_unused]] constexpr auto action = row.raw->action;
    if constexpr (row.to == kNoState) {
      if constexpr (row.raw->acts) action(env_, event);
      if constexpr (row.raw->defers) defer_event(Event, event);
      note(R, Leaf, Event, Leaf, Verdict::internal);
      return Verdict::internal;
    } else {
      constexpr std::uint8_t top = Mo::source_of_row(Leaf, R);
      constexpr std::uint8_t region = Mo::states[Leaf].region;
      constexpr auto path = std::make_index_sequence<way_out<T, Leaf, top>.size>{};
      leave<Leaf, top, Event>(event, path);
      if constexpr (row.raw->acts) action(env_, event);
      if constexpr (row.raw->defers) defer_event(Event, event);
      disarm<Leaf, top>();
      if constexpr (Mo::parts.histories > 0) remember<Leaf, top>(path);
      const std::uint8_t arrived = enter<row.to, row.history, region, Event>(event);
      if constexpr (kSettles) moved_ |= 1u << region;
      note(R, Leaf, Event, arrived, Verdict::taken);
      return Verdict::taken;
    }
  }

  // ---- leaving and entering ---------------------------------------------------------------------

  static constexpr std::uint8_t root_of(std::uint8_t state) {
    while (Mo::states[state].parent != kNoState) state = Mo::states[state].parent;
    return state;
  }

  template <std::uint16_t R>
  SML_INLINE void run_side([[maybe_unused]] const void* event) {
    [[maybe_unused]] constexpr auto guard = Mo::rows[R].raw->guard;
    [[maybe_unused]] constexpr auto action = Mo::rows[R].raw->action;
    if constexpr (Mo::rows[R].raw->guarded)
      if (!guard(env_, event)) return;
    if constexpr (Mo::rows[R].raw->acts) action(env_, event);
  }
  template <std::uint8_t S, Trigger Kind, std::uint8_t Event, std::size_t... K>
  SML_INLINE void run_sides([[maybe_unused]] const void* event, std::index_sequence<K...>) {
    (run_side<side_rows<T, S, Kind, Event>.items[K]>(event), ...);
  }
  template <std::uint8_t S, Trigger Kind, std::uint8_t Event>
  SML_INLINE void run_sides_of(const void* event) {
    run_sides<S, Kind, Event>(event, std::make_index_sequence<side_rows<T, S, Kind, Event>.size>{});
  }

  template <std::uint8_t Leaf, std::uint8_t Top, std::uint8_t Event, std::size_t... I>
  SML_INLINE void leave([[maybe_unused]] const void* event, std::index_sequence<I...>) {
    (run_sides_of<way_out<T, Leaf, Top>.items[I], Trigger::exit, Event>(event), ...);
  }

  /// The slots of the states that are left are one stretch: from the outermost one's first to the leaf's last.
  template <std::uint8_t Leaf, std::uint8_t Top>
  SML_INLINE void disarm() {
    constexpr std::size_t first = Mo::states[Top].timer_base;
    constexpr std::size_t last = Mo::states[Leaf].timer_base + std::size_t{Mo::states[Leaf].timer_count};
    if constexpr (first < last)
      for (std::size_t s = first; s < last; ++s) m_.deadlines_.items[s] = kNever;
  }

  template <std::uint8_t Leaf, std::uint8_t Top, std::size_t... I>
  SML_INLINE void remember(std::index_sequence<I...>) {
    (remember_in<way_out<T, Leaf, Top>.items[I], Leaf>(), ...);
  }
  template <std::uint8_t S, std::uint8_t Leaf>
  SML_INLINE void remember_in() {
    if constexpr (Mo::states[S].history_slot != kNoState) m_.histories_[Mo::states[S].history_slot] = Leaf;
  }

  template <std::uint8_t To, History H, std::uint8_t Region, std::uint8_t Event>
  SML_INLINE std::uint8_t enter(const void* event) {
    constexpr std::uint8_t first = first_leaf<T>(To, H);
    if constexpr (first != kNoState) {
      m_.states_[Region] = first;
      enter_path<To, first, Event>(event, std::make_index_sequence<way_in<T, To, first>.size>{});
      return first;
    } else {
      const std::uint8_t resumed = resume_leaf<T>(To, H, m_.histories_);
      m_.states_[Region] = resumed;
      switch_over<ForEachOf<leaves_inside<T, To>, Enter<To, Event>>>(resumed, false, *this, event);
      return resumed;
    }
  }
  template <std::uint8_t Top, std::uint8_t Leaf, std::uint8_t Event, std::size_t... I>
  SML_INLINE void enter_path([[maybe_unused]] const void* event, std::index_sequence<I...>) {
    (enter_one<way_in<T, Top, Leaf>.items[I], Event>(event), ...);
  }
  template <std::uint8_t S, std::uint8_t Event>
  SML_INLINE void enter_one(const void* event) {
    run_sides_of<S, Trigger::entry, Event>(event);
    arm_state<S>(std::make_index_sequence<own_timers<T, S>.size>{});
  }
  template <std::size_t... R>
  void enter_regions(std::index_sequence<R...>) {
    (enter_region<R>(), ...);
  }
  template <std::size_t R>
  void enter_region() {
    constexpr std::uint8_t initial = Mo::parts.region_initial[R];
    const std::uint8_t arrived = enter<initial, History::no, R, kNoEvent>(nullptr);
    moved_ |= 1u << R;
    note(kNoRow, kNoState, kNoEvent, arrived, Verdict::taken);
  }

  // ---- timers -----------------------------------------------------------------------------------

  Time& deadline(std::size_t slot) { return m_.deadlines_.items[slot]; }

  template <std::uint16_t R>
  SML_INLINE Time delay_of() {
    [[maybe_unused]] constexpr auto ask = Mo::rows[R].raw->ask_delay;
    if constexpr (Mo::rows[R].raw->asks_delay) {
      return ask(env_);
    } else {
      return Mo::rows[R].raw->delay;
    }
  }
  static constexpr Time later(Time when, Time delay) { return delay > kNever - when ? kNever : when + delay; }

  template <std::uint8_t S, std::size_t... K>
  SML_INLINE void arm_state(std::index_sequence<K...>) {
    ((m_.deadlines_.items[Mo::states[S].timer_base + K] = later(env_.now, delay_of<own_timers<T, S>.items[K]>())), ...);
  }
  template <std::uint8_t Leaf, std::size_t... I>
  void arm_path(std::index_sequence<I...>) {
    (arm_state<way_in<T, root_of(Leaf), Leaf>.items[I]>(
         std::make_index_sequence<own_timers<T, way_in<T, root_of(Leaf), Leaf>.items[I]>.size>{}),
     ...);
  }

  Verdict expire(std::size_t slot) {
    Verdict best = Verdict::unexpected;
    for (std::size_t r = 0; r < Mo::parts.regions; ++r) {
      const Verdict verdict =
          switch_over<ForEachOf<leaves_with<T, Trigger::timer_after>, OnTimer>>(m_.states_[r], Verdict::unexpected, *this, slot);
      if (verdict > best) best = verdict;
    }
    if (best == Verdict::unexpected) deadline(slot) = kNever;
    return best;
  }

  template <std::uint8_t Leaf, std::size_t K>
  Verdict try_timers(std::size_t slot) {
    if constexpr (K == timer_rows<T, Leaf>.size) {
      return Verdict::unexpected;
    } else {
      constexpr std::uint16_t r = timer_rows<T, Leaf>.items[K];
      constexpr const auto& row = Mo::rows[r];
      if (slot != std::size_t{Mo::states[row.from].timer_base} + row.timer) return try_timers<Leaf, K + 1>(slot);
      if constexpr (row.raw->kind == Trigger::timer_every) {
        deadline(slot) = next_tick(deadline(slot), delay_of<r>());
      } else {
        deadline(slot) = kNever;
      }
      if constexpr (row.raw->guarded) {
        [[maybe_unused]] constexpr auto guard = row.raw->guard;
        if (!guard(env_, nullptr)) {
          note(r, Leaf, kNoEvent, Leaf, Verdict::refused);
          return Verdict::refused;
        }
      }
      return fire<Leaf, r, kNoEvent>(nullptr);
    }
  }

  /// The next tick of the same grid that is still to come.
  Time next_tick(Time due, Time period) const {
    if (period <= Time::zero()) return later(env_.now, Time{1});
    const Time missed = env_.now - due;
    return later(due, period * (missed / period + 1));
  }

  // ---- completions, posted and deferred events --------------------------------------------------

  template <std::uint8_t Leaf, std::size_t K>
  Verdict try_completions(bool entered) {
    if constexpr (K == rows_of_kind<T, Leaf, Trigger::completion>.size) {
      return Verdict::unexpected;
    } else {
      constexpr std::uint16_t r = rows_of_kind<T, Leaf, Trigger::completion>.items[K];
      [[maybe_unused]] constexpr auto guard = Mo::rows[r].raw->guard;
      if (Mo::rows[r].to == kNoState && !entered) return try_completions<Leaf, K + 1>(entered);
      if constexpr (!Mo::rows[r].raw->guarded) {
        return fire<Leaf, r, kNoEvent>(nullptr);
      } else {
        if (guard(env_, nullptr)) return fire<Leaf, r, kNoEvent>(nullptr);
        return try_completions<Leaf, K + 1>(entered);
      }
    }
  }

  void complete() {
    if constexpr (Mo::parts.completes) {
      for (std::size_t round = 0; round < kCompletionsMax; ++round) {
        bool again = false;
        for (std::size_t r = 0; r < Mo::parts.regions; ++r) {
          const bool entered = (moved_ & (1u << r)) != 0;
          moved_ &= ~(1u << r);
          recall_ = recall_ || entered;
          const Verdict verdict = switch_over<ForEachOf<leaves_with<T, Trigger::completion>, OnCompletion>>(
              m_.states_[r], Verdict::unexpected, *this, entered);
          again = again || verdict == Verdict::taken;
        }
        if (!again) break;
      }
    }
    recall_ = recall_ || moved_ != 0;
    moved_ = 0;
  }

  void finish(Verdict verdict) {
    if (verdict < Verdict::internal) return;
    guarded([&] {
      complete();
      return Verdict::taken;
    });
  }

  /// What one event caused is finished before the next one is looked at.
  void settle(Verdict verdict) {
    if constexpr (kSettles) {
      finish(verdict);
      for (std::size_t handled = 0; handled < kPostedMax; ++handled)
        if (!recall_one() && !handle_posted()) return;
      if constexpr (kQueued) {
        while (!posted_.empty()) {
          drop_posted(posted_[0].id());
          posted_.pop();
        }
      }
    }
  }

  /// After a change of state: offers the deferred events, oldest first, until one is not deferred again.
  /// If that one changes the state, the oldest is offered anew; else the next one is.
  bool recall_one() {
    if constexpr (kDefers) {
      if (recall_) next_recalled_ = 0;
      const bool changed = recall_;
      recall_ = false;
      auto& events = m_.deferred_.events;
      if (!changed && next_recalled_ >= recall_end_) return false;
      if (changed) recall_end_ = events.size();
      for (; next_recalled_ < recall_end_; ++next_recalled_) {
        const any_event<T> event = events[next_recalled_];
        keep_ = false;
        recalling_ = true;
        const Verdict verdict = guarded([&] { return dispatch_any(event.id(), event.payload()); });
        recalling_ = false;
        if (keep_) continue;
        events.remove(next_recalled_);
        --recall_end_;
        finish(verdict);
        return true;
      }
    }
    return false;
  }

  bool handle_posted() {
    if constexpr (kQueued) {
      if (posted_.empty()) return false;
      const any_event<T> event = posted_[0];
      posted_.pop();
      const Verdict verdict = guarded([&] { return dispatch_any(event.id(), event.payload()); });
      finish(verdict);
      return true;
    } else {
      return false;
    }
  }

  void defer_event(std::uint8_t id, const void* event) {
    if constexpr (kDefers) {
      if (recalling_) {
        keep_ = true;
      } else if (!m_.deferred_.events.push(id, event)) {
        drop_posted(id);
      }
    }
  }
  void drop_posted(std::uint8_t id) {
    ++m_.dropped_.value;
    note(kNoRow, m_.states_[0], id, m_.states_[0], Verdict::dropped);
  }

  static bool push(void* engine, const EventInfo* event, const void* payload) {
    Engine& e = *static_cast<Engine*>(engine);
    if constexpr (kQueued) {
      const std::uint8_t id = Mo::event_list.find(event->key);
      if (id != kNoEvent && e.posted_.push(id, payload)) return true;
      e.drop_posted(id);
    }
    return false;
  }
  /// Posters lead to this engine, which lives as long as the call.
  SML_INLINE void attach() {
    if constexpr (kQueued) env_.poster = {this, &push};
  }

  // ---- all regions ------------------------------------------------------------------------------

  template <std::uint8_t Event>
  SML_INLINE Verdict dispatch(const void* event) {
    Verdict best = Verdict::unexpected;
    if constexpr (kSingle) {
      best = switch_over<OnEvent<Event>>(m_.states_[0], Verdict::unexpected, *this, event);
    } else {
      for (std::size_t r = 0; r < Mo::parts.regions; ++r) {
        const Verdict verdict =
            switch_over<OnEvent<Event>>(m_.states_[r], Verdict::unexpected, *this, event);
        if (verdict > best) best = verdict;
      }
    }
    if constexpr (Mo::parts.surprises || kObserved) {
      if (best == Verdict::unexpected) best = surprise<Event>(event);
    }
    return best;
  }

  SML_INLINE Verdict dispatch_any(std::uint8_t id, const void* event) {
    Verdict best = Verdict::unexpected;
    if constexpr (kSingle) {
      best = tree_over<OnAny>(m_.states_[0], Verdict::unexpected, *this, id, event);
    } else {
      for (std::size_t r = 0; r < Mo::parts.regions; ++r) {
        const Verdict verdict = tree_over<OnAny>(m_.states_[r], Verdict::unexpected, *this, id, event);
        if (verdict > best) best = verdict;
      }
    }
    if constexpr (Mo::parts.surprises) {
      if (best == Verdict::unexpected)
        best = switch_over<ForEachOf<all_events<T>, OnSurpriseAny>>(id, Verdict::unexpected, *this, event);
    } else if constexpr (kObserved) {
      if (best == Verdict::unexpected) note(kNoRow, m_.states_[0], id, m_.states_[0], Verdict::unexpected);
    }
    return best;
  }

  /// Nobody named the event.
  template <std::uint8_t Event>
  Verdict surprise(const void* event) {
    Verdict best = Verdict::unexpected;
    if constexpr (Mo::parts.surprises)
      for (std::size_t r = 0; r < Mo::parts.regions; ++r) {
        const Verdict verdict =
            switch_over<ForEachOf<leaves_with<T, Trigger::unexpected>, OnSurprise<Event>>>(m_.states_[r], Verdict::unexpected, *this, event);
        if (verdict > best) best = verdict;
      }
    if (best == Verdict::unexpected) note(kNoRow, m_.states_[0], Event, m_.states_[0], Verdict::unexpected);
    return best;
  }

  // ---- exceptions -------------------------------------------------------------------------------

  template <std::uint8_t Leaf, std::size_t K>
  Verdict try_catchers() {
    if constexpr (K == rows_of_kind<T, Leaf, Trigger::exception>.size) {
      return Verdict::unexpected;
    } else {
      constexpr std::uint16_t r = rows_of_kind<T, Leaf, Trigger::exception>.items[K];
      [[maybe_unused]] constexpr auto guard = Mo::rows[r].raw->guard;
      const void* thrown = Mo::rows[r].raw->catcher();
      if (thrown == nullptr) return try_catchers<Leaf, K + 1>();
      if constexpr (Mo::rows[r].raw->guarded)
        if (!guard(env_, thrown)) return try_catchers<Leaf, K + 1>();
      return fire<Leaf, r, kNoEvent>(thrown);
    }
  }

  /// Runs `step`; an exception out of it goes to the rows of exception<>, or on to the caller.
  template <class Do>
  SML_INLINE Verdict guarded(Do step) {
#if defined(__cpp_exceptions)
    if constexpr (Mo::parts.throws) {
      try {
        return step();
      } catch (...) {
        Verdict best = Verdict::unexpected;
        for (std::size_t r = 0; r < Mo::parts.regions; ++r) {
          const Verdict verdict =
              switch_over<ForEachOf<leaves_with<T, Trigger::exception>, OnException>>(m_.states_[r], Verdict::unexpected, *this);
          if (verdict > best) best = verdict;
        }
        if (best == Verdict::unexpected) throw;
        return best;
      }
    } else {
      return step();
    }
#else
    return step();
#endif
  }

  SML_INLINE void note(std::uint16_t row, std::uint8_t from, std::uint8_t event, std::uint8_t to, Verdict verdict) {
    if constexpr (kObserved) observer_(Step{&info<T>, env_.now, row, from, event, to, verdict});
  }

  struct NoQueue {};

  machine<T>& m_;
  Env<M> env_;
  Observer& observer_;
  unsigned moved_ = 0;      // regions that entered a state and were not asked for completions yet
  bool recall_ = false;     // the state changed: deferred events may be looked at again
  bool recalling_ = false;  // the event being handled is a deferred one
  bool keep_ = false;       // and it was deferred again
  std::size_t next_recalled_ = 0, recall_end_ = 0;
  [[no_unique_address]] std::conditional_t<kQueued, EventQueue<T, post_max<T>>, NoQueue> posted_;
};

inline NoObserver no_observer;

template <class Wanted, class... Rest>
inline constexpr bool has_argument = (PortArgument<Rest, Wanted> || ... || false);

template <class Port>
SML_INLINE Port* pick_port() {
  return nullptr;
}
template <class Port, class First, class... Rest>
SML_INLINE Port* pick_port(First& first, Rest&... rest) {
  if constexpr (PortArgument<First, Port>) {
    return &first;
  } else {
    return pick_port<Port>(rest...);
  }
}
SML_INLINE Time pick_time() { return Time{}; }
template <class First, class... Rest>
SML_INLINE Time pick_time(First& first, Rest&... rest) {
  if constexpr (TimeArgument<First>) {
    return first;
  } else {
    return pick_time(rest...);
  }
}
template <class Port>
SML_INLINE auto& pick_observer() {
  return no_observer;
}
template <class Port, class First, class... Rest>
SML_INLINE auto& pick_observer(First& first, Rest&... rest) {
  if constexpr (TimeArgument<First> || PortArgument<First, Port>) {
    return pick_observer<Port>(rest...);
  } else {
    static_assert(std::is_invocable_v<First&, const Step&>,
                  "sml: an argument that is neither the time, nor this machine's port, nor an observer (of a Step)");
    return first;
  }
}

}  // namespace sml::detail

namespace sml {

template <class T>
template <class... Rest>
SML_INLINE auto machine<T>::with(Rest&... rest) {
  static_assert(std::is_same_v<Port, none> || detail::has_argument<Port, Rest...>,
                "sml: this machine speaks to a Port; pass it, after the event");
  constexpr bool timed = (detail::TimeArgument<Rest> || ... || false);
  static_assert(timed || Mo::parts.slots == 0, "sml: this machine has timers; pass the time");
  auto& observer = detail::pick_observer<Port>(rest...);
  using Observer = std::remove_reference_t<decltype(observer)>;
  if constexpr (std::is_same_v<Port, none>) {
    return detail::Engine<T, Observer>(*this, &detail::nothing, detail::pick_time(rest...), observer);
  } else {
    return detail::Engine<T, Observer>(*this, detail::pick_port<Port>(rest...), detail::pick_time(rest...), observer);
  }
}

template <class T>
template <detail::Grammar... S>
void machine<T>::set_state(S... states) {
  (set_one(states), ...);
}

template <class T>
template <detail::Grammar... S>
void machine<T>::set_state(Time now, S... states) {
  (set_one(states), ...);
  detail::Engine<T, detail::NoObserver> engine(*this, nullptr, now, detail::no_observer);
  (engine.template arm_leaf<detail::first_leaf<T>(detail::number_of_state<T, S>(), detail::History::no)>(), ...);
}

template <class T>
template <class S>
void machine<T>::set_one(S) {
  constexpr std::uint8_t wanted = detail::number_of_state<T, S>();
  static_assert(wanted != kNoState, "sml: no such state in this table");
  constexpr std::uint8_t leaf = detail::first_leaf<T>(wanted, detail::History::no);
  constexpr std::uint8_t region = Mo::states[leaf].region;
  states_[region] = leaf;
  if constexpr (Mo::parts.slots > 0) {
    for (std::size_t s = Mo::parts.region_slots[region];
         s < (region + 1u < Mo::parts.regions ? Mo::parts.region_slots[region + 1u] : Mo::parts.slots); ++s)
      deadlines_.items[s] = kNever;
  }
}

}  // namespace sml
