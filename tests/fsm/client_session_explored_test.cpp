// One client of the camera API in every situation it can come into.
#include "fsm/client_session.h"

#include <algorithm>

#include "tests/fsm/explored.h"

namespace nightjar::fsm {

/// Found by the exploration's look-up, which else would compare all contexts of a state.
static std::uint64_t hash_value(const ClientSession::Context& context) {
  std::uint64_t hash = static_cast<std::uint64_t>(context.bad_count * kBadMax + context.next);
  for (const auto at : context.bad) hash = hash * 31 + static_cast<std::uint64_t>(at.count());
  return hash;
}

namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<ClientSession>;

// Bad messages are as old as 0, 5, 10 s or older: at, within and past the limit. The 50 ms of a change are rounded away.
constexpr sml::Time kWait = kBadWithin / 2;
constexpr sml::Time kLongAgo = -kBadWithin - kWait;
sml::Time rounded(sml::Time at) { return std::max(at - at % kWait, kLongAgo); }

struct Seen {
  int welcomes = 0;
  int closes = 0;
  int forgets = 0;
  bool closed_for_rubbish = false;
  bool deserves_it = false;                // ten bad messages within ten seconds came, the tenth while it was open
  bool sent_first = false;                 // something before the welcome
  bool sent_after_close = false;
  bool change_waits = false;
  std::array<sml::Time, kBadMax> bad{};    // the last ten, newest first
  int bad_count = 0;
  bool operator==(const Seen&) const = default;
};

struct World final : ClientSessionPort, Seen {
  World() { bad.fill(kLongAgo); }
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void send_welcome() override {
    ++welcomes;
    sent_after_close |= closes != 0;
  }
  void send_status() override {
    sent_first |= welcomes == 0;
    sent_after_close |= closes != 0 || forgets != 0;
    change_waits = false;
  }
  void close_for_rubbish() override {
    closed_for_rubbish = true;
    close();
  }
  void close_for_slowness() override { close(); }
  void close_going_away() override { close(); }
  void forget() override {
    ++forgets;
    change_waits = false;
  }

  void close() {
    ++closes;
    change_waits = false;
  }
  void hear(const sml::Input<ClientSession>& input) {
    if (closes != 0 || forgets != 0) return;
    if (brings<Changed>(input)) change_waits = true;
    if (!brings<BadMessage>(input)) return;
    std::rotate(bad.begin(), bad.end() - 1, bad.end());
    bad.front() = {};
    bad_count = std::min(bad_count + 1, kBadMax);
    deserves_it |= bad_count == kBadMax && -bad.back() <= kBadWithin;
  }
};

/// The page draws nothing before the welcome, and draws it once.
bool it_is_welcomed_once_before_all_else(const Machine&, const World& world) { return world.welcomes == 1 && !world.sent_first; }

/// RFC 6455, section 5.5.1: one close, and nothing after it.
bool it_is_closed_once_and_nothing_is_sent_after_it(const Machine& m, const World& world) {
  return world.closes <= 1 && !world.sent_after_close && (world.closes == 1 || !m.is("closing"_s));
}

/// What a client cost the device is given back exactly when it has gone.
bool it_is_forgotten_once_when_it_has_gone(const Machine& m, const World& world) { return world.forgets == (m.is(sml::X) ? 1 : 0); }

/// Contract.md, section 1: 10 bad messages within 10 s, no fewer and no slower.
bool it_is_closed_for_rubbish_when_it_deserves_it(const Machine&, const World& world) { return world.closed_for_rubbish == world.deserves_it; }

/// A photo is seen on every phone at once, and a silent device is seen to be alive.
bool a_status_comes_in_time(const Machine& m, const World& world) {
  if (!m.is("open"_s) && !m.is("changed"_s)) return !world.change_waits;
  return m.next_deadline() <= (world.change_waits ? sml::Time{kChangeWait} : sml::Time{kStatusEvery});
}

/// A client that does not answer our close costs six seconds.
bool a_close_ends(const Machine& m, const World&) { return !m.is("closing"_s) || m.next_deadline() <= kCloseMax; }

TEST(ClientSessionExplored, KeepsItsPromisesInEverySituation) {
  Explored<ClientSession, World> what;
  what.events = {Changed{}, BadMessage{}, Overflowed{}, ShutDown{}, Gone{}};
  what.waits = {kWait};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.elapse = [](Machine& m, World& world, sml::Time passed) {
    for (auto& at : m.context().bad) at = rounded(at - passed);
    for (auto& at : world.bad) at = rounded(at - passed);
  };
  what.normalise = [](Machine& m, World& world) {
    if (!m.is("closing"_s) && !m.is(sml::X)) return;
    m.context() = {};   // no row looks at it any more
    world.bad.fill(kLongAgo);
    world.bad_count = 0;
  };
  what.invariants = {{"it is welcomed once, before all else", it_is_welcomed_once_before_all_else},
                     {"it is closed once, and nothing is sent after it", it_is_closed_once_and_nothing_is_sent_after_it},
                     {"it is forgotten once, when it has gone", it_is_forgotten_once_when_it_has_gone},
                     {"it is closed for rubbish when it deserves it", it_is_closed_for_rubbish_when_it_deserves_it},
                     {"a status comes in time", a_status_comes_in_time},
                     {"a close ends", a_close_ends}};
  what.progress = [](const Machine& m, const World&) { return m.is(sml::X); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
