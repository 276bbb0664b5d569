// What a client says the time is, in every situation it can come into.
#include "fsm/client_time.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<ClientTime>;

struct Facts {
  bool waits = false;           // a request is out and may still be answered
  bool believed_wrong = false;  // an answer was offered that belongs to no request, or took too long
  bool asked_twice = false;
  std::uint32_t last = 0;
  bool operator==(const Facts&) const = default;
};

struct World final : ClientTimePort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }
  void ask(std::uint32_t request) override {
    asked_twice |= std::exchange(waits, true);
    last = request;
  }
  void offer(sml::Time, sml::Time round_trip) override { believed_wrong |= !std::exchange(waits, false) || round_trip > kTimeAnswerMax; }
  void report_silent() override { waits = false; }
};

TEST(ClientTimeExplored, KeepsItsPromisesInEverySituation) {
  Explored<ClientTime, World> what;
  what.events = {AskTime{}, TimeAnswered{0, 1ms}, TimeAnswered{1, 1ms}, TimeAnswered{{}, 1ms}};
  what.elapse = [](Machine& m, World&, sml::Time passed) { m.context().asked -= passed; };
  what.normalise = [](Machine& m, World& world) {   // which number it is makes no difference, but whether the answer has the same one
    m.context().request = world.last = 1;
    if (m.is("resting"_s)) m.context().asked = {};
  };
  what.invariants = {{"an answer is believed once, and only to the request that waits for it", [](const Machine&, const World& world) { return !world.believed_wrong; }},
                     {"never two requests at once", [](const Machine&, const World& world) { return !world.asked_twice; }},
                     {"it waits exactly while it asks", [](const Machine& m, const World& world) { return world.waits == m.is("asking"_s); }},
                     {"it never waits for ever", [](const Machine& m, const World&) { return m.next_deadline().has_value(); }}};
  what.progress = [](const Machine& m, const World&) { return m.is("resting"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
