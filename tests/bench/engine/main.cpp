// Checks every contender against the reference, event by event, then times them in interleaved rounds.
// Output, one line per contender and order: name, order, and medians of the CPU ns per event, of the ratio to the switch of the
// same round, and of the ns more than ours takes in the same round (of ours with the trace on: what the trace costs).
// Usage: bench [rounds [events]]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "tests/bench/engine/session.h"

namespace {

using namespace session;

/// xorshift: the same stream everywhere.
struct Random {
  std::uint64_t state = 0x2545f4914f6cdd1du;
  std::uint32_t operator()(std::uint32_t bound) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<std::uint32_t>((state >> 20) % bound);
  }
};

Wire wire(Tag tag, Random& random) {
  Wire event{};
  event.tag = tag;
  event.frame = Frame{random(1000), random(2)};
  return event;
}

/// The reference: the same table once more, as data that is looked up.
struct Reference {
  struct Row { Phase from; Tag tag; int guard; int row; Phase to; };
  static constexpr Phase stay = static_cast<Phase>(0xff);
  static constexpr Row rows[] = {
      {Phase::idle, Tag::connect, 0, 1, Phase::connecting}, {Phase::idle, Tag::timer, 0, 2, stay},
      {Phase::connecting, Tag::connected, 0, 3, Phase::handshaking}, {Phase::connecting, Tag::failed, 1, 4, Phase::backing_off},
      {Phase::connecting, Tag::failed, 0, 5, Phase::idle}, {Phase::connecting, Tag::timer, 1, 6, Phase::backing_off},
      {Phase::connecting, Tag::close, 0, 7, Phase::idle}, {Phase::handshaking, Tag::upgraded, 0, 8, Phase::open},
      {Phase::handshaking, Tag::failed, 0, 9, Phase::backing_off}, {Phase::handshaking, Tag::close, 0, 10, Phase::idle},
      {Phase::open, Tag::frame, 2, 11, stay}, {Phase::open, Tag::frame, 0, 12, stay}, {Phase::open, Tag::ping, 0, 13, stay},
      {Phase::open, Tag::close, 0, 14, Phase::closing}, {Phase::open, Tag::timer, 0, 15, stay},
      {Phase::closing, Tag::close, 0, 16, Phase::idle}, {Phase::closing, Tag::timer, 0, 17, Phase::idle},
      {Phase::backing_off, Tag::timer, 0, 18, Phase::connecting}};
  Phase phase = Phase::idle;
  Context context;

  bool step(const Wire& e) {
    for (const Row& r : rows) {
      if (r.from != phase || r.tag != e.tag) continue;
      if (r.guard == 1 && context.attempts >= 10) continue;
      if (r.guard == 2 && e.frame.fin == 0) continue;
      if (r.row == 4 || r.row == 6 || r.row == 9) ++context.attempts;
      if (r.row == 5 || r.row == 8) context.attempts = 0;
      context.note(static_cast<std::uint32_t>(r.row), e.frame.size);
      if (r.to != stay) phase = r.to;
      return true;
    }
    return false;
  }
};

std::vector<Wire> random_order(std::size_t count, double& handled) {
  Random random;
  Reference reference;
  std::vector<Wire> events;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Wire event = wire(static_cast<Tag>(random(8)), random);
    if (random(100) < 72) {  // mostly one that the present state answers
      do event.tag = static_cast<Tag>(random(8));
      while (std::none_of(std::begin(Reference::rows), std::end(Reference::rows),
                          [&](const auto& r) { return r.from == reference.phase && r.tag == event.tag; }));
    }
    taken += reference.step(event) ? 1u : 0u;
    events.push_back(event);
  }
  handled = 100.0 * static_cast<double>(taken) / static_cast<double>(count);
  return events;
}

std::vector<Wire> traffic_order(std::size_t count) {
  Random random;
  std::vector<Wire> events;
  for (const Tag tag : {Tag::connect, Tag::connected, Tag::upgraded}) events.push_back(wire(tag, random));
  while (events.size() < count) {
    if (random(400) == 0) {  // the connection ends and is made anew
      for (const Tag tag : {Tag::close, Tag::close, Tag::connect, Tag::connected, Tag::upgraded}) events.push_back(wire(tag, random));
    } else {
      Wire event = wire(random(8) == 0 ? Tag::ping : Tag::frame, random);
      event.frame.fin = random(16) != 0;
      events.push_back(event);
    }
  }
  events.resize(count);
  return events;
}

std::vector<Wire> script_order(std::size_t count) {
  constexpr Tag script[32] = {
      Tag::connect, Tag::failed, Tag::timer, Tag::connected, Tag::upgraded, Tag::frame, Tag::frame, Tag::ping,
      Tag::frame, Tag::timer, Tag::frame, Tag::frame, Tag::close, Tag::timer, Tag::connect, Tag::timer,
      Tag::timer, Tag::connected, Tag::failed, Tag::timer, Tag::connected, Tag::upgraded, Tag::ping, Tag::frame,
      Tag::frame, Tag::frame, Tag::frame, Tag::ping, Tag::timer, Tag::close, Tag::close, Tag::timer};
  Random random;
  std::vector<Wire> events;
  for (std::size_t i = 0; i < count; ++i) {
    Wire event = wire(script[i % 32], random);
    event.frame.fin = i % 32 == 6 || i % 32 == 24;
    events.push_back(event);
  }
  return events;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Contender {
  const char* name;
  Run run;
  bool idle = false;  // does not do the work: the floor
};
constexpr Contender contenders[] = {
    {"null", run_null, true}, {"switch", run_switch}, {"variant", run_variant}, {"ours", run_ours}, {"ours_typed", run_typed}, {"ours_traced", run_traced},
#ifdef NIGHTJAR_WITH_SML
    {"boost_sml", run_sml},
#endif
#ifdef NIGHTJAR_WITH_MSM
    {"boost_msm", run_msm},
#endif
};
constexpr std::size_t kSwitch = 1, kOurs = 3;

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rounds = argc > 1 ? static_cast<std::size_t>(std::atoi(argv[1])) : 15;
  const std::size_t count = argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 10'000'000;
  double handled = 0;
  const std::pair<const char*, std::function<std::vector<Wire>()>> orders[] = {
      {"random", [&] { return random_order(count, handled); }},
      {"traffic", [&] { return traffic_order(count); }},
      {"script", [&] { return script_order(count); }}};

  std::printf("%-12s %-8s %8s %8s %8s\n", "contender", "order", "ns", "ratio", "trace");
  for (const auto& [order, make_events] : orders) {
    const std::vector<Wire> events = make_events();
    std::vector<std::uint8_t> expected(count);
    Reference reference;
    for (std::size_t i = 0; i < count; ++i) {
      reference.step(events[i]);
      expected[i] = static_cast<std::uint8_t>(reference.phase);
    }
    const auto agrees = [&](const Contender& c, std::uint64_t hash) { return c.idle || hash == reference.context.hash; };
    for (const Contender& c : contenders) {
      std::vector<std::uint8_t> states(count);
      const std::uint64_t hash = c.run(events.data(), count, states.data());
      if (!agrees(c, hash) || (!c.idle && states != expected)) {
        std::printf("%s differs from the reference in %s order\n", c.name, order);
        return 1;
      }
    }

    constexpr std::size_t n = std::size(contenders);
    std::vector<double> times[n];
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t k = 0; k < n; ++k) {
        const std::size_t c = (k + round) % n;  // nobody always runs first
        const std::clock_t begin = std::clock();  // CPU time: neighbours may be busy
        const std::uint64_t hash = contenders[c].run(events.data(), count, nullptr);
        const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC * 1e9;
        if (!agrees(contenders[c], hash)) return 1;
        times[c].push_back(took / static_cast<double>(count));
      }
    }
    for (std::size_t c = 0; c < n; ++c) {
      std::vector<double> ratios, costs;
      for (std::size_t round = 0; round < rounds; ++round) {
        ratios.push_back(times[c][round] / times[kSwitch][round]);
        costs.push_back(times[c][round] - times[kOurs][round]);
      }
      std::printf("%-12s %-8s %8.2f %8.3f %8.2f\n", contenders[c].name, order, median(times[c]), median(ratios), median(costs));
    }
  }
  std::printf("# random: %.0f %% of the events are handled\n", handled);
  return 0;
}
