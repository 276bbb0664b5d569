// Following a camera, in every situation it can come into.
#include "fsm/camera_address.h"

#include <algorithm>

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<CameraAddress>;

// Three addresses: where it is believed to be, and two elsewhere, so that one is seen while the other is verified. The table tells no
// more apart; that eight at most are verified at a time is told in a story.
const auto kHere = hal::IpAddress::v4(192, 168, 4, 2);
const auto kThere = hal::IpAddress::v4(192, 168, 4, 9);
const auto kFar = hal::IpAddress::v4(10, 0, 0, 7);

Recognised recognised(const hal::IpAddress& address) {
  Recognised out;
  out.origin.endpoint = {address, 443};
  return out;
}
Mistaken mistaken(const hal::IpAddress& address) { return {address, {hal::ErrorKind::timed_out, ""}}; }

struct Facts {
  std::vector<hal::IpAddress> verified;   // asked, and not answered
  hal::Endpoint place;                    // the last that was proven, by an answer or by a connection that stands
  hal::Endpoint claimed;                  // by the present input
  bool asked_twice = false;               // one address was verified by two requests at once
  bool believed_falsely = false;          // found where nobody had answered
  bool operator==(const Facts&) const = default;
};

struct World final : CameraAddressPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }

  void verify(const Seen& seen) override { ask(seen.address); }
  void verify_here() override { ask(place.address); }
  void note_silence() override {}
  void forget_tries() override { verified.clear(); }
  void seek() override {}
  void report_found(const Recognised& found) override {
    believed_falsely |= found.origin.endpoint != claimed;
    place = claimed;
  }
  void report_unreachable() override {}
  void report_left() override {}
  void report_missing() override {}

  void ask(const hal::IpAddress& address) {
    asked_twice |= std::find(verified.begin(), verified.end(), address) != verified.end();
    verified.push_back(address);
  }
  void hear(const sml::Input<CameraAddress>& input) {
    claimed = {};
    if (const auto* ready = brought<LinkReady>(input)) place = ready->place;
    if (const auto* not_it = brought<Mistaken>(input)) std::erase(verified, not_it->address);
    const auto* found = brought<Recognised>(input);
    if (found == nullptr) return;
    claimed = found->origin.endpoint;
    std::erase(verified, claimed.address);
  }
};

/// What is seen, doubted or lost moves no belief; only an answer with the right serial number does, or a connection that stands.
bool an_address_is_believed_only_when_it_is_proven(const Machine& m, const World& world) {
  return !world.believed_falsely && m.context().place == world.place;
}

/// However often it is announced, a camera that takes few connections gets one.
bool each_address_is_verified_by_one_request_at_a_time(const Machine&, const World& world) { return !world.asked_twice; }

/// An answer finds somebody who waits for it, and nobody waits for one that will not come.
bool the_tries_are_those_under_way(const Machine& m, const World& world) {
  return m.context().tries == world.verified && (world.verified.empty() || !(m.is("absent"_s) || m.is("settled"_s)));
}

/// Announcements do not prolong a verification or a search: a forger cannot keep the device looking.
bool it_decides_in_time(const Machine& m, const World&) {
  if (m.is("absent"_s)) return true;
  return m.next_deadline() <= (m.is("settled"_s) ? sml::Time{kAnnouncedFor} : m.is("seeking"_s) ? sml::Time{kSeekMax} : sml::Time{kVerifyMax});
}

TEST(CameraAddressExplored, KeepsItsPromisesInEverySituation) {
  Explored<CameraAddress, World> what;
  what.events = {Seen{kHere, ""}, Seen{kThere, ""}, Seen{kFar, ""}, Doubted{}, recognised(kHere), recognised(kThere), mistaken(kHere), mistaken(kThere), mistaken(kFar),
                 LinkReady{{kHere, 443}}, LinkReady{{kThere, 443}}, LinkLost{}, LookAgain{}};
  what.waits = {2s};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.normalise = [](Machine&, World& world) { world.claimed = {}; };
  what.invariants = {{"an address is believed only when it is proven", an_address_is_believed_only_when_it_is_proven},
                     {"each address is verified by one request at a time", each_address_is_verified_by_one_request_at_a_time},
                     {"the tries are those under way", the_tries_are_those_under_way},
                     {"it decides in time", it_decides_in_time}};
  what.progress = [](const Machine& m, const World&) { return m.is("settled"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
