// Live view in every situation it can come into.
#include "fsm/live_view.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<LiveView>;

enum class Request : unsigned char { none, start, frame, stop };

struct Seen {
  bool waits = false;         // somebody asked and has no answer
  bool unasked = false;       // a frame was given, or an end told, and nobody waited
  Request request = Request::none;   // what the camera was asked and has not answered
  bool asked_twice = false;   // it was asked again before it had
  bool may_be_on = false;     // as far as one can know
  int stops = 0;              // asked for in a row
  bool operator==(const Seen&) const = default;
};

struct World final : LiveViewPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void ask(Request what) { asked_twice |= std::exchange(request, what) != Request::none; }
  void start_view() override {
    ask(Request::start);
    may_be_on = true;
    stops = 0;
  }
  void fetch_frame() override {
    ask(Request::frame);
    stops = 0;
  }
  void stop_view() override {
    ask(Request::stop);
    ++stops;
  }
  void forget_view() override { request = Request::none; }
  void give() override { unasked |= !std::exchange(waits, false); }
  void give_refusal() override { waits = false; }
  void give_lost() override { waits = false; }
  void give_ended() override { unasked |= !std::exchange(waits, false); }

  void hear(const sml::Input<LiveView>& input) {
    if (brings<Look>(input)) waits = true;
    if (brings<ViewLost>(input)) may_be_on = false;
    const auto* refused = brought<ViewRefused>(input);
    const bool answers = refused != nullptr || (brings<ViewStarted>(input) && request == Request::start) ||
                         (brings<FrameCame>(input) && request == Request::frame) || (brings<ViewStopped>(input) && request == Request::stop);
    if (!answers) return;
    const auto asked = std::exchange(request, Request::none);
    if (asked == Request::stop && refused == nullptr) may_be_on = false;
    if (asked == Request::start && refused != nullptr && refused->error.kind == hal::ErrorKind::busy) may_be_on = false;
    if (asked == Request::stop && stops == kStopsMax && !waits) may_be_on = false;   // given up, knowingly
  }
};

bool one_request_at_a_time(const Machine& m, const World& world) {
  const bool asks = m.is("starting"_s) || m.is("fetching"_s) || m.is("stopping"_s);
  return !world.asked_twice && (world.request != Request::none) == asks;
}

/// Nobody waits for ever, and nobody is told what he did not ask.
bool who_asks_is_answered(const Machine& m, const World& world) {
  const bool may_wait = m.is("starting"_s) || m.is("fetching"_s) || m.is("warming"_s) || (m.is("stopping"_s) && m.context().wanted);
  return world.waits == may_wait && !world.unasked;
}

/// It warms the camera.
bool it_is_never_left_on(const Machine& m, const World& world) { return !m.is("off"_s) || !world.may_be_on; }

TEST(LiveViewExplored, KeepsItsPromisesInEverySituation) {
  Explored<LiveView, World> what;
  what.events = {Look{}, LookAway{}, ViewStarted{}, ViewRefused{{hal::ErrorKind::busy, ""}}, ViewRefused{{hal::ErrorKind::timed_out, ""}}, FrameCame{}, ViewStopped{}, ViewLost{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"one request at a time", one_request_at_a_time}, {"who asks is answered", who_asks_is_answered}, {"it is never left on", it_is_never_left_on}};
  what.progress = [](const Machine& m, const World&) { return m.is("off"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
