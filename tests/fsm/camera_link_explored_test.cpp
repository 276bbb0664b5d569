// The link to a camera in every situation it can come into.
#include "fsm/camera_link.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<CameraLink>;

constexpr int kFailuresMax = 7;   // from the fifth on all delays are the same, so that further ones bring nothing new

struct Seen {
  bool opening = false;        // an attempt is under way
  bool checking = false;       // a check is under way
  bool connected = false;      // as told
  bool asked_twice = false;    // a request while its like was under way
  bool told_twice = false;     // connected when it was, lost when it was not
  int failures = 0;            // since all was well, or since another address is tried
  bool operator==(const Seen&) const = default;
};

struct World final : CameraLinkPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void open() override { asked_twice |= std::exchange(opening, true); }
  void forget_open() override { opening = false; }
  void check() override { asked_twice |= std::exchange(checking, true); }
  void forget_check() override { checking = false; }
  void report_connected() override {
    told_twice |= std::exchange(connected, true);
    failures = 0;
  }
  void report_open_failed(const OpenFailed&) override { ++failures; }
  void report_open_timed_out() override { ++failures; }
  void report_lost(const Lost&) override { lose(); }
  void report_silent() override { lose(); }
  void report_released() override { connected = false; }

  void lose() {
    told_twice |= !std::exchange(connected, false);
    ++failures;
  }
  void hear(const sml::Input<CameraLink>& input) {
    if (brings<Opened>(input) || brings<OpenFailed>(input)) opening = false;
    if (brings<Alive>(input)) checking = false;
    if (brings<Retarget>(input)) {
      connected = false;
      failures = 0;
    }
  }
};

/// Two connections at once would be refused by a camera that takes one controller.
bool never_two_opens_or_checks_at_once(const Machine&, const World& world) { return !world.asked_twice; }

/// An answer that belongs to nothing would be taken for one that does.
bool an_open_is_under_way_exactly_while_connecting(const Machine& m, const World& world) { return world.opening == m.is("connecting"_s); }
bool a_check_is_under_way_exactly_while_checking(const Machine& m, const World& world) { return world.checking == m.is("checking"_s); }

/// A page never shows a camera that is not there, nor misses one that is.
bool clients_are_told_of_each_connection_and_each_loss_once(const Machine& m, const World& world) {
  return !world.told_twice && world.connected == (m.is("ready"_s) || m.is("checking"_s));
}

/// Only success, or another address, sets the schedule back.
bool every_failure_counts_until_one_succeeds(const Machine& m, const World& world) {
  return m.is("no_camera"_s) || m.context().attempt == world.failures;
}

/// A camera that was switched off is tried after 5, 10, 20, 40, and then every 60 s, for ever.
bool the_delays_are_5_10_20_40_and_then_60_s(const Machine& m, const World& world) {
  if (!m.is("backing_off"_s)) return true;
  const sml::Time delays[]{5s, 10s, 20s, 40s, 60s};
  return m.next_deadline() == delays[std::min(world.failures, 5) - 1];
}

/// Nobody is there to press a button: in every state that waits for the world a clock runs.
bool it_never_waits_for_ever(const Machine& m, const World&) { return m.is("no_camera"_s) || m.next_deadline().has_value(); }

TEST(CameraLinkExplored, KeepsItsPromisesInEverySituation) {
  Explored<CameraLink, World> what;
  what.events = {Retarget{}, Opened{}, OpenFailed{}, Alive{}, Lost{}, Retry{}, Release{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.normalise = [](Machine& m, World& world) {
    m.context().attempt = std::min(m.context().attempt, kFailuresMax);
    world.failures = std::min(world.failures, kFailuresMax);
  };
  what.invariants = {{"never two opens or checks at once", never_two_opens_or_checks_at_once},
                     {"an open is under way exactly while connecting", an_open_is_under_way_exactly_while_connecting},
                     {"a check is under way exactly while checking", a_check_is_under_way_exactly_while_checking},
                     {"clients are told of each connection and each loss once", clients_are_told_of_each_connection_and_each_loss_once},
                     {"every failure counts until one succeeds", every_failure_counts_until_one_succeeds},
                     {"the delays are 5, 10, 20, 40, and then 60 s", the_delays_are_5_10_20_40_and_then_60_s},
                     {"it never waits for ever", it_never_waits_for_ever}};
  what.progress = [](const Machine& m, const World&) { return m.is("ready"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
