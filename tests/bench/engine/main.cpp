// Checks every contender against the reference after every event, then times it: bench [rounds [events]].
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>
#include <vector>

#include "tests/bench/engine/rounds.h"
#include "tests/bench/engine/session.h"

namespace {

using namespace session;
using bench::Random;

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

  void step(const Wire& e) {
    for (const Row& r : rows) {
      if (r.from != phase || r.tag != e.tag) continue;
      if (r.guard == 1 && context.attempts >= 10) continue;
      if (r.guard == 2 && e.frame.fin == 0) continue;
      if (r.row == 4 || r.row == 6 || r.row == 9) ++context.attempts;
      if (r.row == 5 || r.row == 8) context.attempts = 0;
      context.note(static_cast<std::uint32_t>(r.row), e.frame.size);
      if (r.to != stay) phase = r.to;
      return;
    }
  }
};

std::vector<Wire> random_order(std::size_t count) {
  Random random;
  Reference reference;
  std::vector<Wire> events;
  for (std::size_t i = 0; i < count; ++i) {
    Wire event = wire(static_cast<Tag>(random(8)), random);
    if (random(100) < 72) {  // mostly one that the present state answers: of all, four in five are handled
      do event.tag = static_cast<Tag>(random(8));
      while (std::none_of(std::begin(Reference::rows), std::end(Reference::rows),
                          [&](const auto& r) { return r.from == reference.phase && r.tag == event.tag; }));
    }
    reference.step(event);
    events.push_back(event);
  }
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

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  const std::size_t count = argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 10'000'000;
  const std::pair<const char*, std::vector<Wire> (*)(std::size_t)> orders[] = {{"random", random_order}, {"traffic", traffic_order}, {"script", script_order}};
  for (const auto& [order, make_events] : orders) {
    const std::vector<Wire> events = make_events(count);
    std::vector<std::uint8_t> expected(count), states(count);
    Reference reference;
    for (std::size_t i = 0; i < count; ++i) {
      reference.step(events[i]);
      expected[i] = static_cast<std::uint8_t>(reference.phase);
    }
    std::vector<bench::Contender> timed;
    for (const Contender& c : contenders) {
      c.run(events.data(), count, states.data());
      if (!c.idle && states != expected) {
        std::printf("%s differs from the reference in %s order\n", c.name, order);
        return 1;
      }
      timed.push_back({c.name, [run = c.run, &events] { return run(events.data(), events.size(), nullptr); }, c.idle});
    }
    if (!bench::time_rounds(order, timed, reference.context.hash, count, rounds)) return 1;
  }
  return 0;
}
