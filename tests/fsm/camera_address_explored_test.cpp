// A camera between two addresses, in every situation that announcements, liars, answers and the link can bring it into.
#include "fsm/camera_address.h"

#include <map>

#include "tests/fsm/explored.h"

namespace nightjar::fsm {

/// Found by the exploration's look-up, which else would compare all contexts of a state.
static std::uint64_t hash_value(const CameraAddress::Context& context) {
  std::uint64_t out = std::hash<std::string>{}(context.place.text());
  for (const auto& address : context.tries) out = out * 31 + std::hash<std::string>{}(address.text());
  return out;
}

namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<CameraAddress>;

// Two addresses suffice: it is at one, and the table tells "here" from "elsewhere" only.
constexpr hal::Endpoint kHere{hal::IpAddress::v4(192, 168, 4, 2), 443};
constexpr hal::Endpoint kThere{hal::IpAddress::v4(192, 168, 4, 3), 443};

struct Facts {
  std::set<hal::IpAddress> asked;   // whom we verify
  hal::Endpoint proven;             // where it was recognised, or the link stood, last
  bool twice = false;               // one address was verified twice at a time
  bool present = false;             // as clients were told
  bool operator==(const Facts&) const = default;
};

struct World final : CameraAddressPort, Facts {
  bool operator==(const World& other) const { return static_cast<const Facts&>(*this) == other; }

  void ask(const hal::IpAddress& address) { twice |= !asked.insert(address).second; }
  void verify(const Seen& seen) override { ask(seen.address); }
  void verify_here() override { ask(proven.address); }
  void forget_tries() override { asked.clear(); }
  void seek() override {}
  void report_found(const Recognised& recognised) override {
    proven = recognised.origin.endpoint;
    present = true;
  }
  void report_unreachable() override { present = false; }
  void report_left() override { present = false; }
  void report_missing() override { present = false; }

  void hear(const sml::Input<CameraAddress>& input) {
    if (const auto* mistaken = brought<Mistaken>(input)) asked.erase(mistaken->address);
    if (const auto* ready = brought<LinkReady>(input)) {
      proven = ready->place;
      present = true;
    }
  }
};

/// An announcement is easily forged: what is believed was proven.
bool an_address_is_believed_only_when_the_camera_there_was_recognised(const Machine& m, const World& world) {
  return m.is("absent"_s) || m.context().place == world.proven;
}

bool it_waits_for_exactly_those_it_has_asked(const Machine& m, const World& world) {
  return !world.twice && std::set<hal::IpAddress>(m.context().tries.begin(), m.context().tries.end()) == world.asked;
}

bool nothing_is_under_way_when_it_has_settled(const Machine& m, const World& world) {
  return !(m.is("settled"_s) || m.is("absent"_s)) || world.asked.empty();
}

bool a_doubt_is_settled_in_time(const Machine& m, const World&) { return m.is("absent"_s) || m.next_deadline().has_value(); }

bool clients_see_it_while_it_is_settled(const Machine& m, const World& world) { return !m.is("settled"_s) || world.present; }

TEST(CameraAddressExplored, KeepsItsPromisesInEverySituation) {
  Explored<CameraAddress, World> what;
  for (const auto& place : {kHere, kThere}) {
    what.events.emplace_back(Seen{place.address, {}});
    what.events.emplace_back(Recognised{{true, place, {}, {}, {}}, {}});
    what.events.emplace_back(Mistaken{place.address, {}});
    what.events.emplace_back(LinkReady{place});
  }
  for (const sml::any_event<CameraAddress>& event : {sml::any_event<CameraAddress>{Doubted{}}, {LinkLost{}}, {LookAgain{}}}) what.events.push_back(event);
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"an address is believed only when the camera there was recognised", an_address_is_believed_only_when_the_camera_there_was_recognised},
                     {"it waits for exactly those it has asked", it_waits_for_exactly_those_it_has_asked},
                     {"nothing is under way when it has settled", nothing_is_under_way_when_it_has_settled},
                     {"a doubt is settled in time", a_doubt_is_settled_in_time},
                     {"clients see it while it is settled", clients_see_it_while_it_is_settled}};
  what.progress = [](const Machine& m, const World&) { return m.is("settled"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
