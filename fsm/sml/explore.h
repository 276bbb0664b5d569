#pragma once

/// Exhaustive exploration, for tests. Two levels: the table alone (every guard may say either, every timer may expire),
/// and the machine itself (breadth first over copies of it, with real contexts, so a counterexample is a shortest one).

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fsm/sml/record.h"

namespace sml {

// ---- the table --------------------------------------------------------------------------------

/// A state that is a finding, and the shortest way there, as causes: "Press", "(after)".
struct TableFinding {
  std::uint8_t state;
  std::vector<std::string> path;
};

struct TableReport {
  std::vector<std::uint8_t> reachable;    ///< leaves
  std::vector<TableFinding> deadlocks;    ///< left by no row, and not terminal
  std::vector<TableFinding> traps;        ///< from here neither the initial state nor a terminal one can be reached again
};

/// Explores one region of a table.
inline TableReport explore_table(const MachineInfo& machine, std::uint8_t region = 0) {
  struct Edge {
    std::uint8_t to;
    std::string cause;
  };
  const auto inside = [&](std::uint8_t leaf, std::uint8_t state) {
    for (std::uint8_t s = leaf; s != kNoState; s = machine.states[s].parent)
      if (s == state) return true;
    return false;
  };
  const auto begin_of = [&](std::uint8_t state) {
    while (machine.states[state].composite) state = machine.states[state].initial;
    return state;
  };
  const auto leaves = static_cast<std::uint8_t>(machine.leaves);
  std::vector<std::vector<Edge>> edges(machine.leaves);
  for (std::uint8_t leaf = 0; leaf < leaves; ++leaf) {
    for (std::uint16_t r = 0; r < machine.rows.size(); ++r) {
      const RowInfo& row = machine.rows[r];
      if (row.to == kNoState || row.kind == RowKind::entry || row.kind == RowKind::exit) continue;
      const bool speaks = row.from == kAnyState ? !machine.states[leaf].terminal : inside(leaf, row.from);
      if (!speaks || machine.states[row.to].region != machine.states[leaf].region) continue;
      if (row.kind == RowKind::completion && row.from != leaf && !machine.states[leaf].terminal) continue;
      for (std::uint8_t to = 0; to < leaves; ++to)
        if (to == begin_of(row.to) || (row.history && inside(to, row.to)))
          edges[leaf].push_back({to, std::string(machine.cause(row.event, r))});
    }
  }

  std::uint8_t initial = kNoState;
  for (std::uint8_t s = 0; s < machine.states.size(); ++s)
    if (machine.states[s].is_initial && machine.states[s].parent == kNoState && machine.states[s].region == region && initial == kNoState)
      initial = begin_of(s);
  TableReport report;
  if (initial == kNoState) return report;

  std::vector<std::pair<std::uint8_t, std::string>> came(machine.leaves, {kNoState, ""});
  std::vector<bool> seen(machine.leaves);
  std::deque<std::uint8_t> queue{initial};
  seen[initial] = true;
  while (!queue.empty()) {
    const std::uint8_t leaf = queue.front();
    queue.pop_front();
    report.reachable.push_back(leaf);
    for (const Edge& edge : edges[leaf]) {
      if (seen[edge.to]) continue;
      seen[edge.to] = true;
      came[edge.to] = {leaf, edge.cause};
      queue.push_back(edge.to);
    }
  }
  const auto path_to = [&](std::uint8_t leaf) {
    std::vector<std::string> path;
    for (; leaf != initial; leaf = came[leaf].first) path.insert(path.begin(), came[leaf].second);
    return path;
  };
  // Backwards from the initial and the terminal states: whatever that does not meet cannot get back to them.
  std::vector<bool> safe(machine.leaves);
  safe[initial] = true;
  for (std::uint8_t leaf = 0; leaf < leaves; ++leaf) safe[leaf] = safe[leaf] || machine.states[leaf].terminal;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::uint8_t leaf = 0; leaf < leaves; ++leaf)
      for (const Edge& edge : edges[leaf])
        if (!safe[leaf] && safe[edge.to]) changed = safe[leaf] = true;
  }
  for (const std::uint8_t leaf : report.reachable) {
    bool left = false;
    for (const Edge& edge : edges[leaf]) left = left || edge.to != leaf;
    if (!left && !machine.states[leaf].terminal && report.reachable.size() > 1) report.deadlocks.push_back({leaf, path_to(leaf)});
    if (left && !safe[leaf]) report.traps.push_back({leaf, path_to(leaf)});
  }
  return report;
}

template <class T>
TableReport explore_table() {
  return explore_table(info<T>);
}

// ---- the machine ------------------------------------------------------------------------------

/// What is explored. The port is a model of the world: it is copied along with the machine; if it can be compared, it
/// is part of what makes two situations different.
template <class T, class Port>
struct Exploration {
  using Machine = machine<T>;

  std::vector<any_event<T>> events;                 ///< every one of them is tried in every situation
  bool timers = true;                               ///< and so is waiting for the next deadline
  std::vector<Time> waits;                          ///< and waiting so long, unless a deadline comes first
  /// Holds in every situation.
  std::vector<std::pair<std::string, std::function<bool(const Machine&, const Port&)>>> invariants;
  /// From every situation some path leads on to one like this; where none does any more is a livelock (or a deadlock).
  std::function<bool(const Machine&, const Port&)> progress;
  /// Situations in which the end is allowed, besides terminal states.
  std::function<bool(const Machine&, const Port&)> may_rest;
  /// Takes what grows without bound (absolute times, statistics) out of a situation. Times count from 0 in each.
  std::function<void(Machine&, Port&)> normalise;
  /// Tells the model of the world of an input, before the machine gets it.
  std::function<void(Port&, const Input<T>&)> before;
  /// So much time has passed: moves what contexts and the world keep of times, as deadlines are moved.
  std::function<void(Machine&, Port&, Time)> elapse;
  std::size_t situations_max = 100'000;
};

enum class Trouble : std::uint8_t { none, invariant, deadlock, livelock };

/// What was found. `path` is a shortest list of inputs that leads to the trouble from a machine that was not started.
template <class T>
struct ExplorationReport {
  Trouble trouble = Trouble::none;
  std::string invariant;
  std::vector<Input<T>> path;
  std::size_t situations = 0;
  std::size_t steps = 0;
  bool complete = true;  ///< false: situations_max was reached
  Counters<T> counters;

  bool ok() const { return trouble == Trouble::none && complete; }
  std::string text() const {
    constexpr const char* names[] = {"no trouble", "broken invariant", "deadlock", "livelock"};
    std::string out = names[static_cast<std::size_t>(trouble)];
    if (!invariant.empty()) out += ": " + invariant;
    out += " (" + std::to_string(situations) + " situations" + (complete ? ")" : ", not all)");
    for (const Input<T>& input : path) out += "\n  " + input.text();
    return out;
  }
};

namespace detail {

template <class T, class Port>
struct Situation {
  machine<T> m;
  Port port;
  Time now{};                 // on the path that led here first
  std::size_t parent = 0;
  Input<T> input{};
  std::vector<std::size_t> next;
};

template <class T, class Port>
bool same(const Situation<T, Port>& s, const machine<T>& m, const Port& port) {
  if (!(s.m == m)) return false;
  if constexpr (requires { static_cast<bool>(port == port); }) {
    return s.port == port;
  } else {
    return true;
  }
}

template <class T>
std::uint64_t key(const machine<T>& m) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t r = 0; r < m.regions(); ++r) hash = mix(hash, std::uint64_t{m.state(r)});
  for (std::size_t s = 0; s < m.slots(); ++s) hash = mix(hash, static_cast<std::uint64_t>(m.deadline(s).count()));
  if constexpr (requires { hash_value(m.context()); }) hash = mix(hash, static_cast<std::uint64_t>(hash_value(m.context())));
  return hash;
}

}  // namespace detail

/// Explores everything `what` can lead a machine into, beginning with start(). Stops at the first trouble.
/// Contexts are compared with ==; give a free function hash_value(const Context&) where there are very many.
template <class T, class Port>
ExplorationReport<T> explore(const Exploration<T, Port>& what, machine<T> m = {}, Port port = {}) {
  using S = detail::Situation<T, Port>;
  using Kind = typename Input<T>::Kind;
  ExplorationReport<T> report;
  std::deque<S> situations;
  std::unordered_multimap<std::uint64_t, std::size_t> known;

  const auto trouble_at = [&](Trouble trouble, std::size_t at, std::string name = {}) {
    report.trouble = trouble;
    report.invariant = std::move(name);
    report.situations = situations.size();
    for (;; at = situations[at].parent) {
      report.path.insert(report.path.begin(), situations[at].input);
      if (at == 0) return report;
    }
  };
  /// The number of a situation, and whether it is new. Machines are kept with time 0 = now.
  const auto arrive = [&](machine<T> next, Port world, Time elapsed, std::size_t parent, Input<T> input) {
    const Time now = situations.empty() ? elapsed : situations[parent].now + elapsed;
    input.time = now;
    next.shift(-elapsed);
    if (what.elapse && elapsed != Time::zero()) what.elapse(next, world, elapsed);
    if (what.normalise) what.normalise(next, world);
    const std::uint64_t key = detail::key(next);
    const auto [first, last] = known.equal_range(key);
    for (auto it = first; it != last; ++it)
      if (detail::same(situations[it->second], next, world)) return std::pair{it->second, false};
    situations.push_back(S{std::move(next), std::move(world), now, parent, std::move(input), {}});
    known.emplace(key, situations.size() - 1);
    return std::pair{situations.size() - 1, true};
  };
  const auto broken = [&](const S& s) -> std::string {
    for (const auto& [name, holds] : what.invariants)
      if (!holds(s.m, s.port)) return name.empty() ? "(unnamed)" : name;
    return {};
  };

  {
    Input<T> input{Kind::start, {}, {}};
    feed(m, input, port, report.counters);
    arrive(std::move(m), std::move(port), {}, 0, input);
    if (auto name = broken(situations[0]); !name.empty()) return trouble_at(Trouble::invariant, 0, name);
  }
  for (std::size_t at = 0; at < situations.size(); ++at) {
    std::vector<std::pair<Input<T>, Time>> tries;
    for (const auto& event : what.events) tries.push_back({{Kind::event, {}, event}, {}});
    const auto deadline = situations[at].m.next_deadline();
    if (what.timers && deadline) tries.push_back({{Kind::advance, {}, {}}, *deadline > Time::zero() ? *deadline : Time::zero()});
    for (const Time wait : what.waits)
      if (!deadline || wait < *deadline) tries.push_back({{Kind::advance, {}, {}}, wait});
    bool moves = false;
    for (auto& [input, elapsed] : tries) {
      machine<T> next = situations[at].m;
      Port world = situations[at].port;
      input.time = elapsed;
      if (what.before) what.before(world, input);
      feed(next, input, world, report.counters);
      ++report.steps;
      const auto [to, fresh] = arrive(std::move(next), std::move(world), elapsed, at, input);
      situations[at].next.push_back(to);
      moves = moves || to != at;
      if (!fresh) continue;
      if (auto name = broken(situations[to]); !name.empty()) return trouble_at(Trouble::invariant, to, name);
      if (situations.size() >= what.situations_max) {
        report.complete = false;
        report.situations = situations.size();
        return report;
      }
    }
    const S& s = situations[at];
    bool ended = what.may_rest && what.may_rest(s.m, s.port);
    for (std::size_t r = 0; r < s.m.regions(); ++r) ended = ended || introspect<T>::states[s.m.state(r)].terminal;
    if (!moves && !ended) return trouble_at(Trouble::deadlock, at);
  }
  if (what.progress) {
    // Backwards from every situation with progress; the first (nearest) one that is not met cannot get on.
    std::vector<std::vector<std::size_t>> back(situations.size());
    for (std::size_t i = 0; i < situations.size(); ++i)
      for (const std::size_t to : situations[i].next) back[to].push_back(i);
    std::vector<bool> gets_on(situations.size());
    std::deque<std::size_t> queue;
    for (std::size_t i = 0; i < situations.size(); ++i) {
      const S& s = situations[i];
      bool good = what.progress(s.m, s.port) || (what.may_rest && what.may_rest(s.m, s.port));
      for (std::size_t r = 0; r < s.m.regions(); ++r) good = good || introspect<T>::states[s.m.state(r)].terminal;
      if (!good) continue;
      gets_on[i] = true;
      queue.push_back(i);
    }
    while (!queue.empty()) {
      const std::size_t at = queue.front();
      queue.pop_front();
      for (const std::size_t from : back[at]) {
        if (gets_on[from]) continue;
        gets_on[from] = true;
        queue.push_back(from);
      }
    }
    for (std::size_t i = 0; i < situations.size(); ++i)
      if (!gets_on[i]) return trouble_at(Trouble::livelock, i);
  }
  report.situations = situations.size();
  return report;
}

}  // namespace sml
