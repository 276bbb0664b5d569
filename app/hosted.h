#pragma once
// A machine at home in the program: its events wait in the one queue, its deadlines are kept by the loop, its steps are traced.
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/queue.h"
#include "fsm/sml/sml.h"

namespace nightjar::app {

/// The last steps of every machine, oldest first; the newest push out the oldest.
class Trace {
 public:
  static constexpr std::size_t kKept = 1024;

  void add(const sml::Step& step) {
    steps_[next_ % kKept] = step;
    ++next_;
    if (on_step) on_step(step);
  }
  /// Hears every step as it is taken, for those who keep more than the last ones; may be empty. Asks nothing of the machines.
  std::function<void(const sml::Step&)> on_step;

  /// Steps ever taken.
  std::size_t count() const { return next_; }
  std::vector<sml::Step> last(std::size_t most) const {
    std::vector<sml::Step> out;
    const auto kept = next_ < kKept ? next_ : kKept;
    const auto from = next_ - (most < kept ? most : kept);
    for (auto i = from; i < next_; ++i) out.push_back(steps_[i % kKept]);
    return out;
  }

 private:
  std::array<sml::Step, kKept> steps_{};
  std::size_t next_ = 0;
};

/// What every machine's owner is given.
struct Runtime {
  hal::Loop& loop;
  Queue& queue;
  hal::Log& log;
  Trace trace;

  /// Now, as machines count it.
  sml::Time now() const { return loop.now().time_since_epoch(); }
};

template <class Table>
class Hosted {
 public:
  using Machine = sml::machine<Table>;

  /// The port is the owner, which outlives the machine; start() is called by it when its verbs may be.
  Hosted(Runtime& runtime, typename Table::Port& port) : runtime_(runtime), port_(port), alive_(std::make_shared<bool>(true)) {}
  Hosted(const Hosted&) = delete;
  Hosted& operator=(const Hosted&) = delete;

  void start() {
    machine_.start(runtime_.now(), port_, observer());
    rearm();
  }

  /// Queues the event; it is processed later, after all that came before it. From anywhere on the loop thread.
  template <class Event>
  void dispatch(Event event) {
    runtime_.queue.post([this, alive = std::weak_ptr{alive_}, event = std::move(event)] {
      if (!alive.expired()) process(event);
    });
  }

  /// Queues the event that answers `asked`, a handle of the port's owner. It is not processed when `asked` has been dropped or asked
  /// anew until its turn: what is forgotten is forgotten, even where its answer waits already.
  template <class Event>
  void answer(const hal::Operation& asked, Event event) {
    runtime_.queue.post([this, alive = std::weak_ptr{alive_}, &asked, name = asked.name(), event = std::move(event)] {
      if (!alive.expired() && asked.name() == name) process(event);
    });
  }

  /// Processes the event at once: only from within a task of the queue that is itself an event's turn.
  template <class Event>
  sml::Verdict process(const Event& event) {
    const auto verdict = machine_.process(event, runtime_.now(), port_, observer());
    if (verdict == sml::Verdict::unexpected)
      runtime_.log.write(hal::LogLevel::debug, Table::name, "an event that no row expects", {{"state", state_name()}});
    rearm();
    return verdict;
  }

  template <class State>
  bool is(State state) const {
    return machine_.is(state);
  }
  std::string_view state_name() const { return machine_.state_name(); }
  const auto& context() const { return machine_.context(); }
  std::optional<hal::Instant> next_deadline() const {
    const auto deadline = machine_.next_deadline();
    return deadline ? std::optional{hal::Instant{*deadline}} : std::nullopt;
  }
  const Machine& machine() const { return machine_; }

  /// Hears every step of this machine when it was taken, on the machine's own stack: it asks nothing of the machine. May be empty.
  std::function<void(const sml::Step&)> on_step;

 private:
  struct Observer {
    Hosted* host;
    void operator()(const sml::Step& step) const {
      host->runtime_.trace.add(step);
      if (host->on_step) host->on_step(step);
    }
  };
  Observer observer() { return Observer{this}; }

  void rearm() {
    const auto deadline = machine_.next_deadline();
    if (deadline == armed_) return;
    armed_ = deadline;
    timer_.drop();
    if (!deadline) return;
    timer_ = runtime_.loop.at(hal::Instant{*deadline}, [this] {
      runtime_.queue.post([this, alive = std::weak_ptr{alive_}] {
        if (!alive.expired()) expire();
      });
    });
  }

  void expire() {
    armed_.reset();
    machine_.advance(runtime_.now(), port_, observer());
    rearm();
  }

  Runtime& runtime_;
  typename Table::Port& port_;
  Machine machine_;
  std::optional<sml::Time> armed_;
  hal::Operation timer_;
  std::shared_ptr<bool> alive_;
};

}  // namespace nightjar::app
